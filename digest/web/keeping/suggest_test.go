package keeping_test

import (
	"net/http"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/web/desktest"
)

// TestSuggestionsOfASeries: how the rules stand is shown in plain figures; a rule is
// switched by one button, and what was learned is forgotten by one.
func TestSuggestionsOfASeries(t *testing.T) {
	const page = "/desk/settings/suggestions"
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	wants(t, ann.Get("/desk/settings"), http.StatusOK, page+"?series=pick-of-the-week")
	wants(t, ann.Get(page), http.StatusOK, "No issue tells yet how well the suggestions do.", "Nothing is learned yet", "First-hand", "Mostly quoted", "Switch off", "as at the start")
	for name, form := range map[string][]string{
		"nothing to do": nil, "no rule": {"do", "off"}, "an unknown one": {"do", "off", "rule", "charm"}, "an unknown deed": {"do", "x", "rule", "length"},
	} {
		t.Run(name, func(t *testing.T) { wants(t, ann.Post(page, form), http.StatusUnprocessableEntity) })
	}
	wants(t, ann.Post(page+"?series=none", []string{"do", "off", "rule", "length"}), http.StatusNotFound)
	wants(t, ann.Post(page, []string{"do", "forget"}), http.StatusOK, "Nothing was learned yet.")

	wants(t, ben.Post(page, []string{"do", "off", "rule", "length"}), http.StatusOK, "“A length to read” is off.", "(off)", "Switch on")
	switched := ann.Post(page, []string{"do", "off", "rule", "length"})
	if wants(t, switched, http.StatusOK, `id="rule-length"`); switched.URL.Fragment != "rule-length" {
		t.Errorf("it leads to %s", switched.URL)
	}
	all, err := d.Desk.Suggestions(t.Context(), desk.Ref{}, 99)
	if err != nil || len(all) < 12 {
		t.Fatal(len(all), err)
	}
	for _, s := range all {
		for _, r := range s.Reasons {
			if r.Rule == "length" {
				t.Errorf("comment %d is suggested for its length, and that rule is off", s.ID)
			}
		}
	}
	wants(t, ann.Post(page, []string{"do", "on", "rule", "length"}), http.StatusOK, "“A length to read” is on.")

	var picks, passed []int64
	for i, s := range all {
		if i < 8 {
			picks = append(picks, s.ID)
		} else {
			passed = append(passed, s.ID)
		}
	}
	if _, _, err := d.Desk.Pick(t.Context(), desktest.Ann.Actor(), desk.Ref{}, picks...); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Desk.Decide(t.Context(), desktest.Ann.Actor(), desk.Ref{}, digest.SkipIt, passed...); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Desk.Approve(t.Context(), desktest.Ann.Actor(), desk.Ref{Number: 8}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	wants(t, ann.Get(page), http.StatusOK, "Of the picks of your last issue the suggestions held", "Learned from 8 picks in 1 issue.", "it was 1 of", `data-label="Right">8 of`, "It cannot be brought back.")
	wants(t, ann.Post(page, []string{"do", "forget"}), http.StatusOK, "What the picks taught is forgotten.", "Nothing is learned yet")
}
