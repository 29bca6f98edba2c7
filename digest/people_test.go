package digest_test

import (
	"testing"
	"time"

	"postbag/digest"
)

func TestPeopleAreCalledByTheirNames(t *testing.T) {
	p := digest.PeopleOf([]digest.Editor{
		{Email: "ann@desk.example", Name: "Ann"}, {Email: "ben@desk.example", Name: "Ben"}, {Email: "b@desk.example", Name: "ben"}, {Email: "cy@desk.example"},
	})
	for who, want := range map[digest.Actor]string{
		{Kind: digest.ByEditor, Name: "ann@desk.example"}:  "Ann",
		{Kind: digest.ByEditor, Name: "ben@desk.example"}:  "Ben (ben@desk.example)",
		{Kind: digest.ByEditor, Name: "b@desk.example"}:    "ben (b@desk.example)",
		{Kind: digest.ByEditor, Name: "cy@desk.example"}:   "cy@desk.example",
		{Kind: digest.ByEditor, Name: "gone@desk.example"}: "gone@desk.example",
		{Kind: digest.ByCommand, Name: "ann@desk.example"}: "ann@desk.example",
		{Kind: digest.ByWorker, Name: "host-1"}:            "the worker",
	} {
		if got := p.Name(who); got != want {
			t.Errorf("%v is called %q, want %q", who, got, want)
		}
	}
	last := digest.Revision{By: digest.Actor{Kind: digest.ByEditor, Name: "ann@desk.example"}, Words: "picked ann@desk.example's words", At: time.Date(2026, 7, 1, 17, 4, 0, 0, time.UTC)}
	if got := p.Told(digest.Undid(last)); got != "undid what Ann did: picked ann@desk.example's words" {
		t.Error(got)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	changed := &digest.Changed{Issue: 8, Since: []digest.Revision{last}}
	if got := changed.Told(p, london); got != "issue 8 was changed meanwhile: Ann picked ann@desk.example's words at 18:04" {
		t.Error(got)
	}
	if got := changed.Error(); got != "issue 8 was changed meanwhile: ann@desk.example picked ann@desk.example's words at 17:04 UTC" {
		t.Error(got)
	}
}
