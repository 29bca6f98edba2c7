package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store/storetest"
)

// streams runs a command and gives what it writes to standard output and to
// standard error.
func (in *installation) streams(args ...string) (out, errors string) {
	in.t.Helper()
	var stdout, stderr bytes.Buffer
	p := &Program{Args: append(append([]string{}, in.flags...), args...), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Clock: in.now()}
	if err := p.Run(context.Background()); err != nil {
		in.t.Errorf("postbag %s: %v", strings.Join(args, " "), err)
	}
	return stdout.String(), stderr.String()
}

// status gives what the command of that name prints, with single spaces.
func (in *installation) status() string {
	in.t.Helper()
	return strings.Join(strings.Fields(in.must("status")), " ")
}

// TestListingsOfNothing wants one line that says so, not the head of an empty table.
func TestListingsOfNothing(t *testing.T) {
	in := &installation{t: t, dir: t.TempDir(), flags: []string{"--db", storetest.Database(t)}}
	in.must("db", "migrate")
	for command, want := range map[string]string{
		"source list":                     "No blogs are followed yet. To follow one: postbag source add URL",
		"post list":                       "No posts are stored yet. To bring them: postbag source add URL, then postbag pull",
		"post list --since 2026-01-01":    "No post is like that.",
		"comment list":                    "No comments are stored yet. To bring them: postbag source add URL, then postbag pull",
		"comment list --text lamp":        "No comment is like that.",
		"comment search lamp":             "No comment has these words.",
		"post search lamp":                "No post has these words.",
		"series list":                     "No series yet. The first blog brings one: postbag source add URL",
		"subscriber list":                 "No readers yet. To add some: postbag subscriber add ADDRESS, or: postbag subscriber import FILE",
		"subscriber list --state pending": "No reader is like that.",
		"suppression list":                "No address is suppressed.",
		"bounce list":                     "Nothing has come back.",
	} {
		args := strings.Fields(command)
		if out, said := in.streams(args...); out != "" || said != want+"\n" {
			t.Errorf("%s writes %q and says %q, want %q", command, out, said, want)
		}
		if out, said := in.streams(append(args, "--json")...); out != "[]\n" || said != "" {
			t.Errorf("%s --json writes %q and says %q", command, out, said)
		}
	}
}

// TestListingsOfAnIssueWithNothing does the same where there is a blog and an issue.
func TestListingsOfAnIssueWithNothing(t *testing.T) {
	server := httptest.NewServer(rowSite)
	t.Cleanup(server.Close)
	in := following(t, nil, server.URL)
	if out, said := in.streams("issue", "list"); out != "" || said != "No issues yet. To open the first draft: postbag issue draft\n" {
		t.Errorf("issue list writes %q and says %q", out, said)
	}
	in.must("issue", "draft")
	if out, said := in.streams("issue", "show"); !strings.Contains(out, "Goes out") || strings.Contains(out, "COMMENT") || !strings.HasPrefix(said, "It has no rows.") {
		t.Errorf("issue show writes %q and says %q", out, said)
	}
	if out, said := in.streams("issue", "suggest"); out != "" || !strings.HasPrefix(said, "Nothing is suggested.") {
		t.Errorf("issue suggest writes %q and says %q", out, said)
	}
}

// TestAFailingFeedIsToldInFull reads all of what went wrong in the list of blogs, and
// from the schedule when it is run by hand.
func TestAFailingFeedIsToldInFull(t *testing.T) {
	onBoth(t, func(t *testing.T, db ...string) {
		var down atomic.Bool
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down.Load() {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			rowSite.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		in := following(t, nil, server.URL, db...)
		if out := in.must("schedule", "run", "pull:1"); !strings.Contains(out, "pull:1 is done.") {
			t.Errorf("schedule run says %q", out)
		}
		in.clock = digest.NewTestClock(in.now().Now().Add(10*time.Minute), 1)
		down.Store(true)
		_, err := in.run("schedule", "run", "pull:1")
		if err == nil || !strings.Contains(err.Error(), "pull:1 failed: ") || !strings.Contains(err.Error(), "502") || digest.KindOf(err) != digest.Unavailable {
			t.Errorf("schedule run gives %v", err)
		}
		list := in.must("source", "list")
		lines := strings.Split(strings.TrimSpace(list), "\n")
		if len(lines) != 5 || !strings.Contains(lines[1], "posts: failing since") || lines[3] != "1  Kettle Row" ||
			!strings.HasPrefix(lines[4], "   posts: failing since") || !strings.HasSuffix(lines[4], "502 Bad Gateway") {
			t.Errorf("source list writes\n%s", list)
		}
	})
}
