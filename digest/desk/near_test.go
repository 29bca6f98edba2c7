package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/near"
	"postbag/digest/prose"
	"postbag/digest/pull"
)

const girl = "There is a girl who gets on at the last stop but two, and she counts her coins into my hand every night."

// wrote makes a comment of that day.
func wrote(guid, author string, at time.Time, text string) digest.Comment {
	return digest.Comment{GUID: guid, PostRef: "p", Author: author, Published: at, Hash: "h" + guid, Words: prose.CountWords(text), Body: digest.Plain(text)}
}

// store stores a page, and gives the comments' ids.
func (d *bench) store(t *testing.T, posts []digest.Post, comments ...digest.Comment) []int64 {
	t.Helper()
	stored, err := d.db.StorePage(t.Context(), pull.Page{SourceID: 1, Seen: d.clock.at, Posts: posts, Comments: comments})
	if err != nil {
		t.Fatal(err)
	}
	return stored.CommentIDs
}

// near says what a comment has to do with others.
func (d *bench) near(t *testing.T, id int64) string {
	t.Helper()
	c, err := d.db.Comment(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	others, err := d.Near(t.Context(), c.Comment)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(near.Words(others), "; ")
}

// TestNear compares a comment with those around it, with posts, and with picks of
// whatever year.
func TestNear(t *testing.T) {
	d := newDesk(t, 0)
	d.open(t)
	old := now.AddDate(-3, 0, 0)
	ids := d.store(t, nil, wrote("old", "Ines", old, girl), wrote("old too", "Ines", old, "One winter the heating failed, and she lent me her scarf for the whole of the route."))
	between := make([]digest.Comment, 1100)
	for i := range between {
		between[i] = wrote(fmt.Sprint("between", i), "Bob", old.Add(time.Duration(i+1)*time.Hour), fmt.Sprint("Comment ", i))
	}
	d.store(t, nil, between...)
	again := d.store(t, []digest.Post{{GUID: "q", URL: "https://blog.example/q", Title: "What you said", Published: now, Hash: "q", Body: digest.Plain("You said: " + girl + strings.Repeat(" We were all moved by it.", 9))}},
		wrote("again", "Bob", now.Add(-time.Hour), girl),
		wrote("again too", "Bob", now.Add(-time.Hour), "One winter the heating failed, and she lent me her scarf for the whole of the route."))
	expect := func(id int64, want string) {
		t.Helper()
		if got := d.near(t, id); got != want {
			t.Errorf("comment %d: %q, want %q", id, got, want)
		}
	}
	expect(again[0], "quoted in “What you said”")
	expect(again[1], "")
	d.pick(t, ids...)
	expect(again[0], fmt.Sprintf("repeats comment %d of 4 March 2023", ids[0]))
	expect(again[1], fmt.Sprintf("repeats comment %d of 4 March 2023", ids[1]))
	d.remove(t, ids[1], again[0])
	expect(again[1], "")
	expect(again[0], "")
	expect(ids[0], "quoted in “What you said”")
}

// TestSuggestionsKnowEarlierWeeks: what repeats a pick of an earlier issue is noted,
// and a writer who never wrote before is a reason.
func TestSuggestionsKnowEarlierWeeks(t *testing.T) {
	d := newDesk(t, 0)
	story := "At my depot I was the night controller for years and we never ran the last bus early. " + girl
	first := d.store(t, nil, wrote("first", "Ines", now, story))
	d.open(t)
	suggested := func(id int64) (reasons, notes string) {
		t.Helper()
		all, err := d.Suggestions(t.Context(), desk.Ref{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(all, func(s desk.Suggested) bool { return s.ID == id })
		if at < 0 {
			t.Fatalf("comment %d is not suggested", id)
		}
		return strings.Join(all[at].Why(), ", "), strings.Join(all[at].Notes, ", ")
	}
	if reasons, _ := suggested(first[0]); strings.Contains(reasons, "New name") {
		t.Errorf("in the first issue everybody would be new: %s", reasons)
	}
	d.pick(t, first...)
	d.clock.at = now.Add(time.Hour)
	d.approve(t)
	d.clock.at = now.Add(2 * time.Hour)
	other := "I worked my shifts at that depot for twelve years, and my manager has yet to come down and ask one of us %s."
	next := d.store(t, nil, wrote("again", "Idris", d.clock.at, story), wrote("known", "Ines", d.clock.at, fmt.Sprintf(other, "a single thing about trams")),
		wrote("unnamed", "Anonymous", d.clock.at, fmt.Sprintf(other, "when the canteen had been shut")))
	d.open(t)
	reasons, notes := suggested(next[0])
	if !strings.Contains(reasons, "New name") || notes != fmt.Sprintf("repeats comment %d of 4 March 2026", first[0]) {
		t.Errorf("the new writer's has the reasons %q and the notes %q", reasons, notes)
	}
	for _, id := range next[1:] {
		if reasons, _ := suggested(id); strings.Contains(reasons, "New name") {
			t.Errorf("comment %d has the reasons %q", id, reasons)
		}
	}
}
