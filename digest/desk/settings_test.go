package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

// TestSettingsAtOnce lets two editors change different settings at the same time,
// again and again: nothing of either is lost.
func TestSettingsAtOnce(t *testing.T) {
	d := newDesk(t, 1)
	values := map[string][]*string{}
	word := func(field string, i int) *string {
		s := field + " " + string(rune('a'+i))
		values[field] = append(values[field], &s)
		return &s
	}
	const times = 5
	var hers, his []desk.Settings
	for i := range times {
		hers = append(hers, desk.Settings{Publication: word("publication", i)}, desk.Settings{Name: word("name", i)})
		his = append(his, desk.Settings{PostalAddress: word("address", i)}, desk.Settings{Title: word("{number} title", i)})
	}
	var both sync.WaitGroup
	for by, all := range map[digest.Actor][]desk.Settings{ada: hers, ben: his} {
		both.Go(func() {
			for _, s := range all {
				if _, err := d.Set(t.Context(), by, "", s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	series, err := d.Series(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	pub, err := d.db.Publication(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for field, got := range map[string]string{"publication": pub.Name, "name": series.Name, "address": pub.PostalAddress, "{number} title": series.Title} {
		if want := *values[field][times-1]; got != want {
			t.Errorf("the %s is %q, want %q", field, got, want)
		}
	}
}

// TestOneSettingLeavesTheOthers: a setting is stored whatever else was changed since
// somebody read the settings, and by the approval that mints the identity of feeds.
func TestOneSettingLeavesTheOthers(t *testing.T) {
	d, _, _ := drafted(t)
	stale, err := d.db.Publication(t.Context())
	if err != nil || stale.TagAuthority != "" {
		t.Fatalf("%+v, %v", stale, err)
	}
	name, address := "Our Blog", "1 High Street"
	if _, err := d.Set(t.Context(), ada, "", desk.Settings{Publication: &name}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Approve(t.Context(), ben, desk.Ref{}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	done, err := d.Set(t.Context(), ben, "", desk.Settings{PostalAddress: &address})
	pub := done.Publication
	if err != nil || pub.Name != name || pub.PostalAddress != address || pub.TagAuthority != "news.example.org,2026-03-04" {
		t.Errorf("%+v, %v", pub, err)
	}
}

// TestTitleWhileDraftsOpen changes the title pattern while drafts open and close:
// neither stands in the other's way, and the open draft has the new title.
func TestTitleWhileDraftsOpen(t *testing.T) {
	d := newDesk(t, 1)
	var both sync.WaitGroup
	both.Go(func() {
		for range 10 {
			if _, _, err := d.Draft(t.Context(), ada, ""); err != nil {
				t.Error(err)
			}
			if _, err := d.Cancel(t.Context(), ada, desk.Ref{}); err != nil {
				t.Error(err)
			}
		}
		if _, _, err := d.Draft(t.Context(), ada, ""); err != nil {
			t.Error(err)
		}
	})
	last := ""
	both.Go(func() {
		for i := range 10 {
			last = "Letters " + string(rune('a'+i)) + " {number}"
			if _, err := d.Set(t.Context(), ben, "", desk.Settings{Title: &last}); err != nil {
				t.Error(err)
			}
		}
	})
	both.Wait()
	series, err := d.Series(t.Context(), "")
	if err != nil || series.Title != last || series.NextNumber != 9 {
		t.Errorf("%+v, %v", series, err)
	}
	if draft, _ := present(t, d); draft.Number != 8 || draft.Title != series.TitleOf(8) {
		t.Errorf("the draft is %d, %q", draft.Number, draft.Title)
	}
}

// TestDraftFollowsTheSchedule moves the open draft to a new schedule's moment, says
// so in its history, and leaves a title of the editor's own alone.
func TestDraftFollowsTheSchedule(t *testing.T) {
	d, _, issue := drafted(t)
	_, at := present(t, d)
	own := "A title of my own"
	d.edit(t, at, desk.Edit{Title: &own})
	plan, pattern := "0 9 * * 6", "Saturday {number}"
	if _, err := d.Set(t.Context(), ben, "", desk.Settings{Schedule: &plan, Title: &pattern}); err != nil {
		t.Fatal(err)
	}
	saturday := time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)
	moved, _ := present(t, d)
	if !moved.Slot.Equal(saturday) || !moved.DueAt.Equal(saturday) || moved.Title != own {
		t.Errorf("the draft is %q for %v, due %v", moved.Title, moved.Slot, moved.DueAt)
	}
	_, history, err := d.History(t.Context(), desk.Ref{Number: issue.Number}, 1)
	if err != nil || history[0].Did != digest.Followed || history[0].By != ben || history[0].Words != "moved it to Saturday 28 March 2026 09:00 UTC" {
		t.Errorf("its history says %+v, %v", history, err)
	}
	zone := "Nowhere/Atall"
	if _, err := d.Set(t.Context(), ben, "", desk.Settings{Zone: &zone}); digest.KindOf(err) != digest.Invalid {
		t.Errorf("an unknown zone gives %v", err)
	}
	if again, _ := present(t, d); again.Version != moved.Version {
		t.Error("a refused setting changed the draft")
	}
}

// TestNextNumberOfAnOpenDraft sets the next number while a draft is open: one that
// nobody has put anything into takes it, and any other keeps its own. No number is
// taken twice, and the untouched draft still gives way when the issue before it is
// reopened.
func TestNextNumberOfAnOpenDraft(t *testing.T) {
	d := newDesk(t, 1)
	number := func(n int) *int { return &n }
	if _, _, err := d.Draft(t.Context(), ada, ""); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{9, 5, 5} { // up, down, and where it is
		done, err := d.Set(t.Context(), ben, "", desk.Settings{NextNumber: number(n)})
		if err != nil || done.Draft.Number != n || done.Draft.Title != done.Series.TitleOf(n) || done.Series.NextNumber != n+1 {
			t.Fatalf("%+v, %v", done, err)
		}
	}
	stored, _ := present(t, d)
	if stored.Number != 5 || stored.Title != "Pick 5" {
		t.Errorf("the draft is %d, %q", stored.Number, stored.Title)
	}
	_, history, err := d.History(t.Context(), desk.Ref{}, 1)
	if err != nil || history[0].Words != "numbered it 5, titled it “Pick 5”" {
		t.Errorf("its history says %+v, %v", history, err)
	}

	issue, at := present(t, d)
	heading := "On the rota"
	d.edit(t, at, desk.Edit{Heading: &heading})
	done, err := d.Set(t.Context(), ben, "", desk.Settings{NextNumber: number(9)})
	if err != nil || done.Draft.Number != 5 || done.Was.Number != 5 || done.Series.NextNumber != 9 {
		t.Errorf("%+v, %v", done, err)
	}
	for _, n := range []int{5, 4} {
		if _, err := d.Set(t.Context(), ben, "", desk.Settings{NextNumber: number(n)}); digest.KindOf(err) != digest.Conflict {
			t.Errorf("the next number %d gives %v", n, err)
		}
	}
	// What a skipped issue had goes on to the next, whatever its number.
	_, next, err := d.Skip(t.Context(), ada, desk.Ref{Number: issue.Number})
	if err != nil || next.Number != 9 || len(next.Blocks) != 1 {
		t.Fatalf("%+v, %v", next, err)
	}
	if _, err := d.Set(t.Context(), ben, "", desk.Settings{NextNumber: number(3)}); digest.KindOf(err) != digest.Conflict {
		t.Errorf("a number below those that are taken gives %v", err)
	}
}

// TestUntouchedDraftGivesWay reopens an approved issue after the draft behind it was
// numbered anew.
func TestUntouchedDraftGivesWay(t *testing.T) {
	d, _, issue := drafted(t)
	if _, _, err := d.Approve(t.Context(), ada, desk.Ref{}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	n := issue.Number + 7
	done, err := d.Set(t.Context(), ben, "", desk.Settings{NextNumber: &n})
	if err != nil || done.Draft.Number != n || len(done.Kept) != 1 || done.Kept[0].Number != issue.Number {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := d.Reopen(t.Context(), ada, desk.Ref{Number: issue.Number}); err != nil {
		t.Fatal(err)
	}
	if draft, _ := present(t, d); draft.Number != issue.Number {
		t.Errorf("the draft is %d", draft.Number)
	}
}

// TestTitlePatternFields takes the fields that there are, and names any other.
func TestTitlePatternFields(t *testing.T) {
	d := newDesk(t, 1)
	for pattern, unknown := range map[string]string{
		"{name} {number}": "", "No. {number}": "", "{nmae} {number}": "{nmae}", "{number} of {year}": "{year}", "{Name} {number}": "{Name}",
		"{number} {}": "{}", "{ number } {number}": "{ number }", "{{number}}": "{", "{number": "", "{number} }": "}",
	} {
		_, err := d.Set(t.Context(), ada, "", desk.Settings{Title: &pattern})
		wrong := unknown != "" || pattern == "{number"
		if (err != nil) != wrong || wrong && (digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), unknown)) {
			t.Errorf("%s gives %v", pattern, err)
		}
	}
}

// TestNamesAreBounded: a name is a line that readers can read, and no text.
func TestNamesAreBounded(t *testing.T) {
	d := newDesk(t, 0)
	long := strings.Repeat("a", 201)
	for what, s := range map[string]desk.Settings{
		"name": {Name: &long}, "publication": {Publication: &long}, "title": {Title: pointer(long + " {number}")}, "postal address": {PostalAddress: pointer(strings.Repeat("a", 1001))},
	} {
		if _, err := d.Set(t.Context(), ada, "pick", s); digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), "characters at the most") {
			t.Errorf("%s: %v", what, err)
		}
	}
	turned := "Pick \u202eof the\u0000 Week"
	done, err := d.Set(t.Context(), ada, "pick", desk.Settings{Name: &turned})
	if err != nil || done.Series.Name != "Pick of the Week" {
		t.Errorf("%q, %v", done.Series.Name, err)
	}
}

func pointer(s string) *string { return &s }
