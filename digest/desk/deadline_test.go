package desk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
)

var worker = digest.Actor{Kind: digest.ByWorker, Name: "worker"}

// ruled is a draft for [sunday] of a series with a rule, with so many picks; its comments
// are long enough to be suggested, and came days before.
func ruled(t *testing.T, rule digest.DeadlineRule, atLeast, picks int) (*bench, digest.Issue) {
	t.Helper()
	d := newDesk(t, 3)
	d.clock.at = sunday.Add(-48 * time.Hour)
	issue := d.open(t)
	page := pull.Page{SourceID: 1, Seen: d.clock.at}
	for i := range 6 {
		text := strings.Repeat(fmt.Sprintf("I drove the number %d for nine years and I still know every stop of it by its smell. ", i), 8)
		page.Comments = append(page.Comments, digest.Comment{GUID: fmt.Sprint("long", i), PostRef: "p", Author: fmt.Sprint("Ines ", i), Published: d.clock.at.Add(-time.Hour),
			Hash: fmt.Sprint("long", i), Words: prose.CountWords(text), Body: digest.Plain(text)})
	}
	if _, err := d.db.StorePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	name := string(rule)
	if _, err := d.Set(t.Context(), ada, "", desk.Settings{Deadline: &name, AtLeast: &atLeast}); err != nil {
		t.Fatal(err)
	}
	for i := range picks {
		d.pick(t, int64(i+1))
	}
	return d, issue
}

// TestDeadlineRules lets the moment of a draft pass under every rule, in time, late, and
// with what keeps it back.
func TestDeadlineRules(t *testing.T) {
	for _, c := range []struct {
		name    string
		rule    digest.DeadlineRule
		atLeast int
		picks   int
		late    bool
		before  func(t *testing.T, d *bench)
		sent    bool
		why     string
	}{
		{name: "held", rule: digest.Hold, picks: 3},
		{name: "picked, enough", rule: digest.SendPicked, atLeast: 2, picks: 2, sent: true},
		{name: "picked, too few", rule: digest.SendPicked, atLeast: 3, picks: 2, why: "2 of the 3 picks that it needs are in it"},
		{name: "picked, none", rule: digest.SendPicked, why: "0 of the 1 picks"},
		{name: "picked, late", rule: digest.SendPicked, picks: 2, late: true, why: "too long ago"},
		{name: "picked, something to mend", rule: digest.SendPicked, picks: 2, why: "heading", before: func(t *testing.T, d *bench) {
			_, at := present(t, d)
			d.edit(t, at, desk.Edit{Heading: p("Nothing under it")})
		}},
		{name: "picked, approved once", rule: digest.SendPicked, picks: 2, why: "ada@blog.example took the approval back", before: func(t *testing.T, d *bench) {
			d.approve(t)
			if _, err := d.Reopen(t.Context(), ada, desk.Ref{Number: 8}); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "suggested", rule: digest.SendSuggested, sent: true},
		{name: "suggested, below what is picked", rule: digest.SendSuggested, picks: 2, sent: true},
		{name: "suggested, all of it watched", rule: digest.SendSuggested, why: "no comment is suggested", before: func(t *testing.T, d *bench) {
			watched := "Ines\nComment number"
			if _, err := d.Set(t.Context(), ada, "", desk.Settings{WatchList: &watched}); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "posts", rule: digest.SendPosts, sent: true},
		{name: "posts, with picks", rule: digest.SendPosts, picks: 2, sent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, issue := ruled(t, c.rule, c.atLeast, c.picks)
			if c.before != nil {
				c.before(t, d)
			}
			if early, err := d.AtDeadline(t.Context(), worker, desk.Ref{Number: 8}, c.late); err != nil || early.Sent || whole(t, d, issue).State != digest.Draft {
				t.Fatalf("before its moment: %+v, %v", early, err)
			}
			d.clock.at = sunday.Add(time.Minute)
			done, err := d.AtDeadline(t.Context(), worker, desk.Ref{Number: 8}, c.late)
			if err != nil || done.Sent != c.sent || !strings.Contains(done.Why, c.why) || c.why == "" && done.Why != "" {
				t.Fatalf("%+v, %v", done, err)
			}
			now := whole(t, d, issue)
			if !c.sent {
				if now.State != digest.Draft || !now.DueAt.Equal(sunday.Add(7*24*time.Hour)) || now.Picks() != c.picks {
					t.Errorf("it is %s, due %v, with %d picks", now.State, now.DueAt, now.Picks())
				}
				return
			}
			if now.State != digest.Approved || !now.DueAt.Equal(sunday) || !now.Slot.Equal(sunday) {
				t.Errorf("it is %s, due %v for %v", now.State, now.DueAt, now.Slot)
			}
			_, history, err := d.History(t.Context(), desk.Ref{Number: 8}, 1)
			if err != nil || history[0].Did != digest.Change(digest.Approved) || history[0].By.Kind != digest.ByWorker {
				t.Errorf("its history ends with %+v, %v", history, err)
			}
			headed := said(now, digest.HeadingBlock, "Chosen automatically from this week's comments")
			switch c.rule {
			case digest.SendPicked:
				if now.Picks() != c.picks || headed != 0 {
					t.Errorf("it has %d picks, headed %d", now.Picks(), headed)
				}
			case digest.SendSuggested:
				if now.Picks() <= c.picks || headed != 1 || now.Blocks[c.picks].Kind != digest.HeadingBlock {
					t.Errorf("it has %d picks, headed %d", now.Picks(), headed)
				}
			case digest.SendPosts:
				if now.Picks() != 0 || len(now.Blocks) != 1 || !strings.Contains(now.Blocks[0].Text, "[A post](<https://blog.example/p>): 9 new comments") || strings.Contains(now.Blocks[0].Text, "smell") {
					t.Errorf("its rows are %+v", now.Blocks)
				}
				if next, _ := present(t, d); next.Picks() != c.picks {
					t.Errorf("the next draft has %d picks", next.Picks())
				}
			}
			if again, err := d.AtDeadline(t.Context(), worker, desk.Ref{Number: 8}, false); digest.KindOf(err) != digest.Conflict || again.Sent {
				t.Errorf("a second time: %+v, %v", again, err)
			}
		})
	}
}

// TestAutomaticIsOldEnough: what came less than twelve hours ago is not sent unseen, nor
// what the blog took back.
func TestAutomaticIsOldEnough(t *testing.T) {
	d, issue := ruled(t, digest.SendSuggested, 0, 0)
	text := strings.Repeat("I was on it on Saturday night and I will not forget what the driver said to us. ", 8)
	d.clock.at = sunday.Add(-11 * time.Hour)
	page := pull.Page{SourceID: 1, Seen: d.clock.at, Comments: []digest.Comment{{GUID: "young", PostRef: "p", Author: "Ned", Published: d.clock.at,
		Hash: "young", Words: prose.CountWords(text), Body: digest.Plain(text)}}}
	if _, err := d.db.StorePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	d.clock.at = sunday
	if done, err := d.AtDeadline(t.Context(), worker, desk.Ref{Number: 8}, false); err != nil || !done.Sent {
		t.Fatalf("%+v, %v", done, err)
	}
	for _, b := range whole(t, d, issue).Frozen.Blocks {
		if b.Pick != nil && b.Pick.Author == "Ned" {
			t.Error("a comment of eleven hours ago went out unseen")
		}
	}
}

// TestAutomaticFitsAMail has more suggested than a mail has room for: what does not fit
// is left out, and the issue says so.
func TestAutomaticFitsAMail(t *testing.T) {
	d, issue := ruled(t, digest.SendSuggested, 0, 0)
	d.Desk = desk.New(desk.Options{Store: d.db, Clock: d.clock, BaseURL: "https://news.example.org", Size: func(f *digest.Frozen) (int, error) {
		all, err := json.Marshal(f)
		return len(all), err
	}})
	page := pull.Page{SourceID: 1, Seen: d.clock.at}
	for i := range 12 {
		text := strings.Repeat(fmt.Sprintf("I worked on line %d for nine years, because my father did, and nobody asked us what we thought of the new times. ", i), 150)
		page.Comments = append(page.Comments, digest.Comment{GUID: fmt.Sprint("huge", i), PostRef: "p", Author: fmt.Sprint("Jo ", i), Published: d.clock.at.Add(-time.Hour),
			Hash: fmt.Sprint("huge", i), Words: prose.CountWords(text), Body: digest.Plain(text)})
	}
	if _, err := d.db.StorePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	d.clock.at = sunday
	if done, err := d.AtDeadline(t.Context(), worker, desk.Ref{Number: 8}, false); err != nil || !done.Sent {
		t.Fatalf("%+v, %v", done, err)
	}
	sent := whole(t, d, issue)
	size, err := d.MailSize(sent.Frozen)
	if err != nil || size > desk.TooLargeMail || sent.Picks() == 0 {
		t.Errorf("the mail has %d bytes with %d picks, %v", size, sent.Picks(), err)
	}
	if last := fmt.Sprintf("%+v", sent.Frozen.Blocks[len(sent.Frozen.Blocks)-1]); !strings.Contains(last, "More was suggested than a mail has room for.") {
		t.Errorf("the issue ends with %s", last)
	}
}
