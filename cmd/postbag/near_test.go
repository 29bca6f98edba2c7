package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// TestFoundingBlogQuotes looks for what repeats or quotes in the founding blog: its
// own compilation quotes comments under posts that are not in the sample, and five
// comments quote. Then a post compiles three of its comments.
func TestFoundingBlogQuotes(t *testing.T) {
	t.Parallel()
	blog := serveFounding(t)
	dsn := storetest.Database(t)
	in := following(t, nil, blog, "--db", dsn)
	in.must("pull", "--history")
	rows := listed[commentRow](in, "comment", "list", "--limit", "1000")
	quotes := 0
	for key, others := range compareAll(t, dsn) {
		for _, line := range near.Words(others) {
			switch words := in.must("comment", "show", fmt.Sprint(key.ID)); {
			case key.IsPost, strings.HasPrefix(line, "quoted in comment "): // told with the comments
			case !strings.HasPrefix(line, "quotes "):
				t.Errorf("comment %d: %s", key.ID, line)
			case !strings.Contains(words, "\n"+line+"\n"):
				t.Errorf("comment %d should show %q:\n%s", key.ID, line, words)
			default:
				quotes++
			}
		}
	}
	if quotes != 5 {
		t.Errorf("%d comments quote, want 5", quotes)
	}

	chosen := slices.DeleteFunc(slices.Clone(rows), func(c commentRow) bool { return c.Words < 60 || c.Words > 150 })[:3]
	storeEntries(t, dsn, []digest.Post{{GUID: "pick-9", URL: blog + "/pick-9", Title: "Pick of the Week 9", Published: time.Date(2017, 11, 5, 9, 0, 0, 0, time.UTC),
		Announced: -1, Hash: "pick-9", Body: digest.Plain("A bit late:\n\n" + chosen[0].Text + "\n\n*******\n\n" + chosen[1].Text + "\n\n*******\n\n" + chosen[2].Text)}})
	want := []int64{chosen[0].ID, chosen[1].ID, chosen[2].ID}
	var quoted []int64
	for key, others := range compareAll(t, dsn) {
		if !key.IsPost && slices.ContainsFunc(others, func(o near.Other) bool { return o.IsLater && o.IsPost }) {
			quoted = append(quoted, key.ID)
		}
	}
	slices.Sort(quoted)
	if sorted := slices.Sorted(slices.Values(want)); !slices.Equal(quoted, sorted) {
		t.Errorf("quoted are %d, want %d", quoted, sorted)
	}
	for _, id := range want {
		words := in.must("comment", "show", fmt.Sprint(id))
		if c := shown(in, id); len(c.QuotedInPosts) != 1 || !strings.Contains(words, "\nquoted in “Pick of the Week 9”\n") {
			t.Errorf("comment %d is quoted in %d:\n%s", id, c.QuotedInPosts, words)
		}
	}
}

// compareAll compares all that is stored.
func compareAll(t *testing.T, dsn string) map[near.Key][]near.Other {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	posts, err := db.Posts(t.Context(), digest.PostFilter{})
	if err != nil {
		t.Fatal(err)
	}
	comments, err := db.Comments(t.Context(), digest.CommentFilter{State: digest.CommentNew})
	if err != nil {
		t.Fatal(err)
	}
	var entries []near.Entry
	for _, p := range posts {
		entries = append(entries, near.Post(p))
	}
	for _, c := range comments {
		entries = append(entries, near.Comment(c.Comment))
	}
	return near.Compare(entries)
}

// TestRepostIsNoted posts a pick of an earlier issue again under another post, with
// a word changed: the editor is offered it, and told.
func TestRepostIsNoted(t *testing.T) {
	t.Parallel()
	blog := serveFounding(t)
	dsn := storetest.Database(t)
	in := following(t, nil, blog, "--db", dsn)
	in.must("pull", "--history")
	in.must("issue", "draft")
	in.must("issue", "pick", "--suggested")
	in.must("issue", "approve")
	rows := listed[commentRow](in, "comment", "list", "--limit", "1000")
	old := rows[slices.IndexFunc(rows, func(c commentRow) bool { return c.State == digest.CommentPicked && c.Words > 100 && c.Words < 200 })]
	text := strings.Replace(old.Text, " the ", " our ", 1)
	storeEntries(t, dsn, nil, digest.Comment{GUID: "again", PostRef: rows[0].PostGUID, Author: "Anonymous",
		Published: time.Date(2017, 11, 2, 23, 0, 0, 0, time.UTC), Hash: "again", Words: old.Words, Body: digest.Plain(text)})
	note := fmt.Sprintf("repeats comment %d of %s", old.ID, time.Time(old.Published).Format("2 January 2006"))
	in.must("issue", "draft")
	suggested := listed[suggestionRow](in, "issue", "suggest", "--limit", "1000")
	noted := 0
	for _, c := range suggested {
		if c.GUID == "again" && slices.Equal(c.Notes, []string{note}) {
			noted++
		} else if len(c.Notes) > 0 {
			t.Errorf("comment %d has the notes %q", c.ID, c.Notes)
		}
	}
	if noted != 1 || !strings.Contains(in.must("issue", "suggest", "--limit", "1000"), note) {
		t.Errorf("%q is not noted among %d suggestions", note, len(suggested))
	}
	again := shown(in, listed[commentRow](in, "comment", "list")[0].ID)
	words := in.must("comment", "show", fmt.Sprint(old.ID))
	if again.GUID != "again" || !slices.Equal(again.NearCopies, []int64{old.ID}) || !strings.Contains(words, fmt.Sprintf("\n1 near copy: %d\n", again.ID)) {
		t.Errorf("the copy is %+v, and the old one shows\n%s", again, words)
	}
}

// shown gives what is shown of a comment.
func shown(in *installation, id int64) shownRow {
	in.t.Helper()
	return listed[shownRow](in, "comment", "show", fmt.Sprint(id))[0]
}

// storeEntries stores posts and comments as a pull would.
func storeEntries(t *testing.T, dsn string, posts []digest.Post, comments ...digest.Comment) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	page := pull.Page{SourceID: 1, Seen: time.Now(), Posts: posts, Comments: comments}
	_, err = db.StorePage(t.Context(), page)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Error(err)
	}
}
