package keeping

import (
	"fmt"
	"net/http"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/digest/suggest"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// suggestions shows how the rules of a series stand.
func (a *Area) suggestions(w http.ResponseWriter, r *http.Request) error {
	slug := r.URL.Query().Get(site.SeriesQuery)
	if all, err := a.Read.SeriesList(r.Context()); err == nil && slug == "" && len(all) > 1 {
		return a.Back(w, r, a.Site().Path(site.SettingsPage), "Each series has its own suggestions: choose one.")
	}
	series, err := a.Desk.Series(r.Context(), slug)
	if err != nil {
		return err
	}
	tuned, err := a.Desk.Tuned(r.Context(), series.Slug)
	if err != nil {
		return err
	}
	page := screen.Suggestions{
		Series: series.Name, Action: a.Site().Desk(site.SuggestPage, series.Slug), Back: a.Site().Path(site.SettingsPage),
		Lately: tuned.Lately.String(), Learned: tuned.Learned(), MayForget: tuned.Shown > 0, Any: oneOf(tuned.Picked, tuned.Shown),
	}
	reasons := screen.RuleTable{ID: "reasons", Title: "Reasons", Column: "Right"}
	cautions := screen.RuleTable{ID: "cautions", Title: "Cautions", Column: "Picked all the same", Note: "They speak against a comment: it comes later in the list, and is never hidden."}
	for _, s := range tuned.Rules {
		in := &reasons
		if s.Rule.IsCaution() {
			in = &cautions
		}
		in.Rows = append(in.Rows, ruleRow(s))
	}
	helps := screen.RuleTable{ID: "helps", Title: "Further help", Note: "It orders nothing, and stands where it can be used."}
	for _, s := range tuned.Helps {
		helps.Rows = append(helps.Rows, ruleRow(s))
	}
	page.Tables = []screen.RuleTable{reasons, cautions, helps}
	return a.Show(w, r, page)
}

func ruleRow(s desk.Standing) screen.RuleRow {
	row := screen.RuleRow{Rule: string(s.Rule), Name: s.Rule.Name(), Says: s.Rule.Says(), On: s.On, Change: s.Change()}
	if s.Fired > 0 {
		row.Right = fmt.Sprintf("%d of %d", s.Right, s.Fired)
	}
	return row
}

// oneOf writes a share as one of so many; "" for none.
func oneOf(n, of int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("1 of %d", (of+n/2)/n)
}

// tune switches a rule, or lets a series forget what its picks taught.
func (a *Area) tune(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	series, err := a.Desk.Series(ctx, r.URL.Query().Get(site.SeriesQuery))
	if err != nil {
		return err
	}
	said, to := "", a.Site().Desk(site.SuggestPage, series.Slug)
	switch do := form.Text("do"); do {
	case "on", "off":
		rule := suggest.Rule(form.Text("rule"))
		if _, err = a.Desk.SwitchRule(ctx, frame.By(r), series.Slug, rule, do == "on"); err == nil {
			said = fmt.Sprintf("“%s” is %s.", rule.Name(), do)
			to += "#" + screen.RuleElement(string(rule))
		}
	case "forget":
		var issues int
		if issues, err = a.Desk.Forget(ctx, frame.By(r), series.Slug); err == nil {
			said = "Nothing was learned yet."
			if issues > 0 {
				said = "What the picks taught is forgotten."
			}
		}
	default:
		err = digest.Fail(digest.Invalid, "Send it again from the page.", "it is not said what to do")
	}
	if err != nil {
		return err
	}
	return a.Back(w, r, to, said)
}
