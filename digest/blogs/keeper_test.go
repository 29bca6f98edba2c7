package blogs_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	"postbag/digest/fetch"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
	"postbag/digest/sampleblog"
	"postbag/digest/store"
)

var editor = digest.Actor{Kind: digest.ByEditor, Name: "ada@paper.example"}

type rig struct {
	*testing.T
	*blogs.Keeper
	db      *store.DB
	url     string
	indexed int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	blog := httptest.NewServer(sampleblog.New(time.Now()))
	t.Cleanup(blog.Close)
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "postbag.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	allow, err := fetch.ParseAllow([]string{strings.TrimPrefix(blog.URL, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Options{UserAgent: "test", Allow: allow})
	runner := beside.New(t.Context(), db, digest.SystemClock{}, nil)
	r := &rig{T: t, db: db, url: blog.URL}
	r.Keeper = blogs.New(blogs.Options{
		Store: db, Runner: runner,
		Pulling: func(tell func(pull.Progress)) *pull.Tools {
			return pull.NewTools(pull.Options{Store: db, Fetcher: client, ToProse: markup.FromHTML, Progress: tell})
		},
		First: func() digest.Series {
			return digest.Series{Slug: "weekly", Name: "Weekly", Title: "{name} {number}", Schedule: "0 18 * * 0", Zone: "UTC", NextNumber: 1, Deadline: digest.Hold, CreatedAt: time.Now()}
		},
		Index: func(context.Context) error { r.indexed++; return nil },
	})
	t.Cleanup(func() {
		runner.Close()
		client.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// ended waits for the end of a task.
func (r *rig) ended(id int64) beside.Task {
	r.Helper()
	for {
		t, err := r.Runner.Task(r.Context(), id)
		if err != nil {
			r.Fatal(err)
		}
		if !t.Live() {
			return t
		}
		if r.Context().Err() != nil {
			r.Fatalf("it stays %+v", t)
		}
	}
}

// TestABlogFromItsAddressToItsComments: finding stores nothing; what is added is pulled
// beside; its list says how it is.
func TestABlogFromItsAddressToItsComments(t *testing.T) {
	r := newRig(t)
	found, err := r.Find(t.Context(), r.url, discover.Options{})
	if err != nil || len(found.Feeds) != 2 || len(found.Says()) < 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if all, err := r.List(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("finding stored %v, %v", all, err)
	}
	added, err := r.Add(t.Context(), editor, r.url, discover.Options{Name: "The paper"})
	if err != nil {
		t.Fatal(err)
	}
	id := added.Source.ID
	if all, err := r.List(t.Context()); err != nil || len(all) != 1 || all[0].Health != "not pulled yet" || all[0].Task.ID != 0 {
		t.Fatalf("%+v, %v", all, err)
	}
	task, err := r.Pull(t.Context(), editor, id, poll.Options{History: true})
	if err != nil {
		t.Fatal(err)
	}
	done := r.ended(task.ID)
	if done.State != beside.Done || done.Name != "The paper" || len(done.Said) == 0 || !strings.Contains(done.Said[0], "comments new") || r.indexed != 1 {
		t.Errorf("%+v, indexed %d", done, r.indexed)
	}
	shown, err := r.Show(t.Context(), id, 5)
	if err != nil || shown.Posts == 0 || shown.Comments == 0 || shown.Health != "well" || len(shown.Listings) == 0 || shown.Task.ID != task.ID {
		t.Errorf("%+v, %v", shown, err)
	}
	again, err := r.Pull(t.Context(), editor, id, poll.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.ended(again.ID); got.State != beside.Done || !strings.Contains(strings.Join(got.Said, " "), "less than a minute ago") {
		t.Errorf("%+v", got)
	}
	if _, err := r.Find(t.Context(), r.url, discover.Options{}); digest.KindOf(err) != digest.Conflict {
		t.Errorf("the blog was found twice: %v", err)
	}
	if err := r.Remove(t.Context(), editor, id); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"a removed blog is pulled":   second(r.Pull(t.Context(), editor, id, poll.Options{})),
		"a removed blog is shown":    second(r.Show(t.Context(), id, 1)),
		"an unknown blog is pulled":  second(r.Pull(t.Context(), editor, 99, poll.Options{})),
		"an unknown blog is removed": r.Remove(t.Context(), editor, 99),
	} {
		if digest.KindOf(err) != digest.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestAnExport: what is no export is told at once, and its file is gone; an export is
// read beside, and its file is gone when it has been.
func TestAnExport(t *testing.T) {
	r := newRig(t)
	file := func(body string) string {
		path := filepath.Join(t.TempDir(), "export.xml")
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	isGone := func(path string) {
		t.Helper()
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", path, err)
		}
	}
	bad := file("hello")
	if _, err := r.Import(t.Context(), editor, blogs.Export{Name: "notes.txt", Path: bad}); digest.KindOf(err) != digest.Invalid {
		t.Errorf("a note was imported: %v", err)
	}
	isGone(bad)
	elsewhere := file(wordpress)
	if _, err := r.Import(t.Context(), editor, blogs.Export{Name: "e.xml", Path: elsewhere, Source: 9}); digest.KindOf(err) != digest.NotFound {
		t.Errorf("it went to an unknown blog: %v", err)
	}
	isGone(elsewhere)

	good := file(wordpress)
	task, err := r.Import(t.Context(), editor, blogs.Export{Name: "paper.xml", Path: good})
	if err != nil {
		t.Fatal(err)
	}
	got := r.ended(task.ID)
	if got.State != beside.Done || got.Name != "paper.xml" || len(got.Said) < 2 || !strings.Contains(got.Said[0], "1 post and 1 comment") {
		t.Errorf("%+v", got)
	}
	isGone(good)
	all, err := r.List(t.Context())
	if err != nil || len(all) != 1 || !strings.Contains(all[0].Health, "came from an import") {
		t.Errorf("%+v, %v", all, err)
	}
}

const wordpress = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The paper</title><link>https://paper.example</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://paper.example</wp:base_site_url><wp:base_blog_url>https://paper.example</wp:base_blog_url>
<item><title>Rain</title><link>https://paper.example/rain</link><dc:creator>ada</dc:creator><guid isPermaLink="false">https://paper.example/?p=1</guid><content:encoded>It rains.</content:encoded>
<wp:post_id>1</wp:post_id><wp:post_date_gmt>2026-01-02 03:04:05</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_author>Ben</wp:comment_author><wp:comment_date_gmt>2026-01-03 03:04:05</wp:comment_date_gmt><wp:comment_content>Here too.</wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type><wp:comment_parent>0</wp:comment_parent></wp:comment>
</item></channel></rss>`
