package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store/storetest"
)

// showing are the commands that write nothing to the database, each as it is tried:
// those that need an issue on its way, and those that need a draft, among them.
var showing = []string{
	"audit", "editor list",
	"backup FILE", "bounce list", "comment list", "comment list --text lamp", "comment search lamp", "comment show 1",
	"issue check 1", "issue delivered 1", "issue delivered 1 --by domain", "issue delivered 1 --watch", "issue history", "issue list", "issue preview 1 --out PREVIEW", "issue read", "issue read --posts", "issue show", "issue show 1", "issue suggest", "issue voices", "issue test --number 1 proof@reader.example",
	"post list", "post search lamp", "schedule list", "sending", "sending show", "series glossary", "series list", "source list", "source show 1",
	"status", "subscriber import --dry-run READERS", "subscriber list", "subscriber show reader0001@reader.example", "suggest list", "suppression list",
}

// changing are the commands that write to the database, or use none.
var changing = []string{
	"bench deliver", "bench part", "bounce accept", "bounce take", "completion", "db copy", "db migrate", "demo", "dkim keygen", "dkim show", "doctor", "health", "help", "import",
	"editor add", "editor link", "editor passwd", "editor remove", "editor role",
	"issue approve", "issue cancel", "issue draft", "issue edit", "issue move", "issue pause", "issue pick", "issue publish", "issue reopen",
	"issue hold", "issue keep", "issue maybe", "issue order", "issue pass", "issue resume", "issue send", "issue settle", "issue skip",
	"issue together", "issue undecide", "issue undo", "issue unpick", "issue update", "issue withdraw",
	"preview", "pull", "restore", "schedule run", "sending hold", "sending release", "serve", "series add", "series set",
	"source add", "source remove", "source set", "subscriber add", "subscriber ask", "subscriber erase", "subscriber export", "suggest forget", "suggest off", "suggest on", "suppression add", "suppression remove", "version",
}

// TestShowingWritesNothing runs every command that shows something, before anything
// was approved and after an issue was mailed, while entries wait to be indexed.
func TestShowingWritesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		in := draftedInstallation(t, digest.NewTestClock(sunday, 1), db...)
		in.readers(3)
		dsn := in.flags[1]
		storeEntries(t, dsn, []digest.Post{{GUID: "lamps", Title: "Lamps", Published: sunday.Add(-time.Hour), Announced: -1, Hash: "1", Body: digest.Plain("A lamp.")}})
		in.must("source", "set", "1", "--name", "Night shifts")
		written := storetest.Watch(t, dsn)
		fill := strings.NewReplacer("READERS", filepath.Join(in.dir, "readers.csv"), "FILE", filepath.Join(in.dir, "postbag.backup"), "PREVIEW", filepath.Join(in.dir, "preview"))
		show := func(when string) {
			t.Helper()
			for _, command := range showing {
				if strings.HasPrefix(command, "issue delivered") && when == "drafted" {
					continue
				}
				files := filesBeside(t, dsn)
				in.must(strings.Fields(fill.Replace(command))...)
				if written() {
					t.Errorf("%s: postbag %s writes to the database", when, command)
				}
				if now := filesBeside(t, dsn); !slices.Equal(now, files) {
					t.Errorf("%s: postbag %s leaves %q where there was %q", when, command, now, files)
				}
			}
		}
		show("drafted")
		in.must("issue", "approve", "1")
		in.must("issue", "send", "--yes", "1")
		in.must("issue", "draft")
		in.must("editor", "add", "ann@desk.example") // else serve makes the link to set up
		in.must("issue", "edit", "--heading", "Lamps, again.")
		if !written() {
			t.Fatal("what is written is not seen")
		}
		if err := os.Remove(filepath.Join(in.dir, "postbag.backup")); err != nil {
			t.Fatal(err)
		}
		show("sent")
		mails, err := readOutbox(filepath.Join(in.dir, "outbox"))
		if err != nil {
			t.Fatal(err)
		}
		reader := slices.IndexFunc(mails, func(m readMail) bool { return strings.HasPrefix(m.to, "reader") })
		token := regexp.MustCompile(`/unsubscribe/(\w+)`).FindStringSubmatch(mails[reader].text)[1]
		s := in.serve("--only", "web")
		// Not /readyz: it tries to write, in a table that holds nothing else.
		for _, page := range []string{"/", "/issues/", "/issues/1", "/feed.atom", "/unsubscribe/" + token, "/preferences/" + token, "/healthz"} {
			if code, _ := s.get(t, page); code != http.StatusOK {
				t.Errorf("%s answers %d", page, code)
			}
			if written() {
				t.Errorf("to get %s writes to the database", page)
			}
		}
	})
}

// filesBeside lists the files beside an SQLite database.
func filesBeside(t *testing.T, dsn string) (names []string) {
	t.Helper()
	if strings.HasPrefix(dsn, "postgres://") {
		return nil
	}
	entries, err := os.ReadDir(filepath.Dir(dsn))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestEveryCommandShowsOrChanges wants each command in one of the lists.
func TestEveryCommandShowsOrChanges(t *testing.T) {
	var grammar cli
	parser, err := (&Program{}).parser(t.Context(), &grammar)
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		name := strings.TrimPrefix(leaf.Path(), "postbag ")
		shows := slices.ContainsFunc(showing, func(c string) bool { return c == name || strings.HasPrefix(c, name+" ") })
		if changes := slices.Contains(changing, name); shows == changes {
			t.Errorf("%q should be in one of the two lists", name)
		}
	}
}
