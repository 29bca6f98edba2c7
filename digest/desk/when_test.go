package desk_test

import (
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

// TestReadMoment reads what an editor may type for a moment, in a zone with its summer.
func TestReadMoment(t *testing.T) {
	d := newDesk(t, 1)
	d.clock.at = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	series := digest.Series{Zone: "Europe/London"}
	for text, want := range map[string]string{
		"2026-03-28 18:00":          "2026-03-28T18:00:00Z",
		"2026-03-29T18:00":          "2026-03-29T17:00:00Z",
		" 2026-03-29t18:00:30 ":     "2026-03-29T17:00:30Z",
		"2026-10-25 01:30":          "2026-10-25T00:30:00Z", // the first of two
		"2026-04-01T10:00:00+02:00": "2026-04-01T08:00:00Z",
		"2026-04-01t10:00:00z":      "2026-04-01T10:00:00Z",
		// refused
		"2026-03-29 01:30":         "on 29 March 2026 the clocks in London skip the time 01:30",
		"2026-03-20 11:59":         "Friday 20 March 2026 11:59 GMT has passed",
		"2026-03-20 12:00":         "has passed",
		"2046-03-20 12:00":         "Tuesday 20 March 2046 12:00 GMT is too far ahead",
		"2026-02-30 12:00":         "is no date with a time",
		"2026-04-01":               "is no date with a time",
		"":                         "the date and the time are missing",
		strings.Repeat("x", 1<<10): "…\" is no date with a time",
	} {
		at, err := d.ReadMoment(series, text)
		if err != nil {
			if digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), want) || digest.HintOf(err) == "" {
				t.Errorf("%.40q: %v, want %s", text, err, want)
			}
			continue
		}
		if got := at.UTC().Format(time.RFC3339); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// TestApproveForAMoment approves a draft for a moment of the editor's own: it answers
// for the latest slot that has passed by then and is free, and the next for one after.
func TestApproveForAMoment(t *testing.T) {
	week := 7 * 24 * time.Hour
	for _, c := range []struct {
		name     string
		at, slot time.Time
		next     time.Time
	}{
		{"before its moment", sunday.Add(-time.Hour), sunday, sunday.Add(week)},
		{"the day after", sunday.Add(24 * time.Hour), sunday, sunday.Add(week)},
		{"at the next moment", sunday.Add(week), sunday.Add(week), sunday.Add(2 * week)},
		{"ten days after", sunday.Add(10 * 24 * time.Hour), sunday.Add(week), sunday.Add(2 * week)},
	} {
		d, _, issue := drafted(t)
		due, last, err := d.Due(t.Context(), whole(t, d, issue), desk.When{At: c.at})
		if err != nil || !due.Equal(c.at) || last != c.slot.Equal(sunday) {
			t.Errorf("%s: it would go out %v, the month's last %v, %v", c.name, due, last, err)
		}
		approved, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{At: c.at})
		if err != nil || !approved.DueAt.Equal(c.at) || !approved.Slot.Equal(c.slot) || !approved.Frozen.Date.Equal(c.at) {
			t.Fatalf("%s: it goes out %v for %v, %v", c.name, approved.DueAt, approved.Slot, err)
		}
		if next, _ := present(t, d); !next.Slot.Equal(c.next) {
			t.Errorf("%s: the next draft is for %v", c.name, next.Slot)
		}
		if back, err := d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number}); err != nil || !back.DueAt.Equal(c.at) {
			t.Errorf("%s: taken back it goes out %v, %v", c.name, back.DueAt, err)
		}
	}
	for _, at := range []time.Time{sunday.Add(-48 * time.Hour), sunday.Add(-49 * time.Hour), sunday.Add(20 * 366 * 24 * time.Hour)} {
		d, _, issue := drafted(t)
		if _, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{At: at}); digest.KindOf(err) != digest.Invalid || err == nil {
			t.Errorf("for %v: %v", at, err)
		}
		if now := whole(t, d, issue); now.State != digest.Draft || !now.DueAt.Equal(sunday) {
			t.Errorf("for %v it is %s, due %v", at, now.State, now.DueAt)
		}
	}
}

// TestNowWaits: what is to go out now waits long enough to be taken back, and is for its
// slot again then.
func TestNowWaits(t *testing.T) {
	d, _, issue := drafted(t)
	approved, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{Now: true})
	if err != nil || !approved.DueAt.Equal(d.clock.at.Add(10*time.Minute)) {
		t.Fatalf("it goes out %v, %v", approved.DueAt, err)
	}
	d.clock.at = d.clock.at.Add(5 * time.Minute)
	back, err := d.Reopen(t.Context(), ben, desk.Ref{Number: issue.Number})
	if err != nil || !back.DueAt.Equal(sunday) || !back.Slot.Equal(sunday) {
		t.Errorf("taken back it is due %v for %v, %v", back.DueAt, back.Slot, err)
	}
}

// TestPlan gives a draft a moment of its own, which is when it goes out if it is approved
// by then, and passes as any other does.
func TestPlan(t *testing.T) {
	d, _, issue := drafted(t)
	monday := sunday.Add(20 * time.Hour)
	planned, err := d.Plan(t.Context(), ada, desk.Ref{}, monday)
	if err != nil || !planned.DueAt.Equal(monday) || !planned.Slot.Equal(sunday) {
		t.Fatalf("it is due %v for %v, %v", planned.DueAt, planned.Slot, err)
	}
	if _, err := d.Plan(t.Context(), ada, desk.Ref{}, d.clock.at); digest.KindOf(err) != digest.Invalid || err == nil {
		t.Errorf("planned for the present moment, it gives %v", err)
	}
	_, history, err := d.History(t.Context(), desk.Ref{Number: issue.Number}, 1)
	if err != nil || history[0].Did != digest.Timed || history[0].Words != "planned it for Monday 30 March 2026 14:00 UTC" {
		t.Errorf("its history is %+v, %v", history, err)
	}
	approved := d.approve(t)
	if !approved.DueAt.Equal(monday) || !approved.Slot.Equal(sunday) {
		t.Errorf("approved it goes out %v for %v", approved.DueAt, approved.Slot)
	}
}
