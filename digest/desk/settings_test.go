package desk_test

import (
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
				if _, _, err := d.Set(t.Context(), by, "", s); err != nil {
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
	if _, _, err := d.Set(t.Context(), ada, "", desk.Settings{Publication: &name}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Approve(t.Context(), ben, desk.Ref{}, false); err != nil {
		t.Fatal(err)
	}
	_, pub, err := d.Set(t.Context(), ben, "", desk.Settings{PostalAddress: &address})
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
			if _, _, err := d.Set(t.Context(), ben, "", desk.Settings{Title: &last}); err != nil {
				t.Error(err)
			}
		}
	})
	both.Wait()
	series, err := d.Series(t.Context(), "")
	if err != nil || series.Title != last || series.NextNumber != 19 {
		t.Errorf("%+v, %v", series, err)
	}
	if draft, _ := present(t, d); draft.Number != 18 || draft.Title != series.TitleOf(18) {
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
	if _, _, err := d.Set(t.Context(), ben, "", desk.Settings{Schedule: &plan, Title: &pattern}); err != nil {
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
	if _, _, err := d.Set(t.Context(), ben, "", desk.Settings{Zone: &zone}); digest.KindOf(err) != digest.Invalid {
		t.Errorf("an unknown zone gives %v", err)
	}
	if again, _ := present(t, d); again.Version != moved.Version {
		t.Error("a refused setting changed the draft")
	}
}
