package main

import (
	"encoding/json"
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
	in := &installation{t: t, dir: t.TempDir()}
	dsn := storetest.Database(t)
	in.flags = []string{"--db", dsn, "--fetch-allow", hostOf(blog)}
	in.must("source", "add", blog)
	in.must("pull", "--history")
	storeEntries(t, dsn, nil) // compares, however long it takes
	rows := listed(t, in)
	quotes := 0
	for _, c := range rows {
		words := in.must("comment", "show", fmt.Sprint(c.ID))
		if strings.Contains(words, " near cop") || strings.Contains(words, "\nrepeats ") || strings.Contains(words, "\nquoted in “") {
			t.Errorf("comment %d is copied or quoted:\n%s", c.ID, words)
		}
		if strings.Contains(words, "\nquotes ") {
			quotes++
		}
	}
	if quotes != 5 {
		t.Errorf("%d comments quote, want 5", quotes)
	}
	if quoted := compareAll(t, dsn); len(quoted) != 0 {
		t.Errorf("posts quote %d", quoted)
	}

	chosen := slices.DeleteFunc(slices.Clone(rows), func(c commentRow) bool { return c.Words < 60 || c.Words > 150 })[:3]
	storeEntries(t, dsn, []digest.Post{{GUID: "pick-9", URL: blog + "/pick-9", Title: "Pick of the Week 9", Published: time.Date(2017, 11, 5, 9, 0, 0, 0, time.UTC),
		Announced: -1, Hash: "pick-9", Body: digest.Plain("A bit late:\n\n" + chosen[0].Text + "\n\n*******\n\n" + chosen[1].Text + "\n\n*******\n\n" + chosen[2].Text)}})
	want := []int64{chosen[0].ID, chosen[1].ID, chosen[2].ID}
	if quoted := compareAll(t, dsn); !slices.Equal(quoted, want) {
		t.Errorf("quoted are %d, want %d", quoted, want)
	}
	for _, id := range want {
		words := in.must("comment", "show", fmt.Sprint(id))
		if c := shown(t, in, id); len(c.QuotedInPosts) != 1 || !strings.Contains(words, "\nquoted in “Pick of the Week 9”\n") {
			t.Errorf("comment %d is quoted in %d:\n%s", id, c.QuotedInPosts, words)
		}
	}
}

// compareAll compares every comment with everything, and what is found so with what
// is stored. It gives the comments that posts quote, newest first.
func compareAll(t *testing.T, dsn string) (quoted []int64) {
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
		entries = append(entries, near.Entry{Key: near.Key{ID: p.ID, IsPost: true}, Published: p.Published, Text: near.Read(p.Body)})
	}
	var ids []int64
	for _, c := range comments {
		ids = append(ids, c.ID)
		entries = append(entries, near.Entry{Key: near.Key{ID: c.ID}, Answers: c.ParentID, Published: c.Published, Text: near.Read(c.Body)})
	}
	found, _, err := db.Near(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries[len(posts):] {
		var stored []near.Link
		for _, o := range found[e.ID] {
			if !o.IsLater {
				stored = append(stored, near.Link{Earlier: o.Key, Relation: o.Relation})
			}
		}
		if want := near.Links(e, entries, nil); !slices.Equal(stored, want) {
			t.Errorf("comment %d has the links %v, want %v", e.ID, stored, want)
		}
		if slices.ContainsFunc(found[e.ID], func(o near.Other) bool { return o.IsLater && o.IsPost }) {
			quoted = append(quoted, e.ID)
		}
	}
	return quoted
}

// TestRepostIsNoted posts a comment again under another post, years later and with
// a word changed: the editor is offered it, and told.
func TestRepostIsNoted(t *testing.T) {
	t.Parallel()
	blog := serveFounding(t)
	in := &installation{t: t, dir: t.TempDir()}
	dsn := storetest.Database(t)
	in.flags = []string{"--db", dsn, "--fetch-allow", hostOf(blog)}
	in.must("source", "add", blog)
	in.must("pull", "--history")
	storeEntries(t, dsn, nil) // compares, however long it takes
	rows := listed(t, in)
	at := slices.IndexFunc(rows, func(c commentRow) bool {
		return c.Words > 100 && c.Words < 200 && time.Time(c.Published).Year() == 2015
	})
	old := rows[at]
	text := strings.Replace(old.Text, " the ", " our ", 1)
	storeEntries(t, dsn, nil, digest.Comment{GUID: "again", PostRef: rows[0].PostGUID, Author: "Anonymous",
		Published: time.Date(2017, 11, 2, 23, 0, 0, 0, time.UTC), Hash: "again", Words: old.Words, Body: digest.Plain(text)})
	note := fmt.Sprintf("repeats comment %d of 14 January 2015", old.ID)
	in.must("issue", "draft")
	var suggested []suggestionRow
	if err := json.Unmarshal([]byte(in.must("issue", "suggest", "--json", "--limit", "1000")), &suggested); err != nil {
		t.Fatal(err)
	}
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
	again := shown(t, in, listed(t, in)[0].ID)
	words := in.must("comment", "show", fmt.Sprint(old.ID))
	if again.GUID != "again" || !slices.Equal(again.NearCopies, []int64{old.ID}) || !strings.Contains(words, fmt.Sprintf("\n1 near copy: %d\n", again.ID)) {
		t.Errorf("the copy is %+v, and the old one shows\n%s", again, words)
	}
}

// shown gives what is shown of a comment, once all is compared.
func shown(t *testing.T, in *installation, id int64) shownRow {
	t.Helper()
	var rows []shownRow
	if err := json.Unmarshal([]byte(in.must("comment", "show", "--json", fmt.Sprint(id))), &rows); err != nil {
		t.Fatal(err)
	}
	return rows[0]
}

func listed(t *testing.T, in *installation) (rows []commentRow) {
	t.Helper()
	if err := json.Unmarshal([]byte(in.must("comment", "list", "--json", "--limit", "1000")), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// storeEntries stores posts and comments as a pull would, and compares all there
// is.
func storeEntries(t *testing.T, dsn string, posts []digest.Post, comments ...digest.Comment) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	page := pull.Page{SourceID: 1, Seen: time.Now(), Posts: posts, Comments: comments}
	if _, err := db.StorePage(t.Context(), page); err != nil {
		t.Error(err)
	}
	for n := 1; n > 0 && err == nil; {
		if n, err = db.Index(t.Context(), 0); n == 0 && err == nil {
			n, err = db.LinkNear(t.Context(), 0)
		}
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Error(err)
	}
}
