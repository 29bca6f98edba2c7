package desk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/suggest"
)

// Tuned tells how the rules for a series' suggestions stand, and how well they did.
type Tuned struct {
	Rules []Standing // in the order of [suggest.AllRules]
	// Helps are the further helps, of which only the switch says anything.
	Helps []Standing
	// Shown counts the comments that its issues taught by, and Picked those of them that
	// were picked.
	Shown, Picked int
	Taste         suggest.Taste
	Lately        Record
}

// Standing is how a rule stands in a series.
type Standing struct {
	Rule suggest.Rule
	On   bool
	// Fired counts the comments shown for which it gave a reason, and Right those of them
	// that were picked.
	Fired, Right  int
	Start, Weight float64
}

// Change says in words what was learned of the rule's weight.
func (s Standing) Change() string {
	const little = 0.1
	more := s.Weight - s.Start
	if s.Rule.IsCaution() {
		more = -more
	}
	switch {
	case more > little:
		return "counts more than at the start"
	case more < -little:
		return "counts less than at the start"
	}
	return "as at the start"
}

// Record is what the newest issues' suggestions held of their picks.
type Record struct {
	Issues, Picks int
	// Suggested counts the picks that were offered as suggestions, Longest those among
	// as many of the longest comments.
	Suggested, Longest int
}

// String says it in a sentence.
func (r Record) String() string {
	issues := fmt.Sprintf("last %d issues", r.Issues)
	switch r.Issues {
	case 0:
		return "No issue tells yet how well the suggestions do."
	case 1:
		issues = "last issue"
	case recordIssues:
		issues = "last five issues"
	}
	return fmt.Sprintf("Of the picks of your %s the suggestions held %d of %d; the longest comments would have held %d.", issues, r.Suggested, r.Picks, r.Longest)
}

// recordIssues is how many issues a record is about.
const recordIssues = 5

// Learned says in a sentence what the weights come from.
func (t Tuned) Learned() string {
	if t.Taste.Issues == 0 {
		return "Nothing is learned yet: that begins with the first issue of eight picks, when it is approved."
	}
	picks, issues := "picks", "issues"
	if t.Taste.Picks == 1 {
		picks = "pick"
	}
	if t.Taste.Issues == 1 {
		issues = "issue"
	}
	return fmt.Sprintf("Learned from %d %s in %d %s.", t.Taste.Picks, picks, t.Taste.Issues, issues)
}

// tuning gives how much each rule weighs for an issue, by the issues before it, and which
// are off.
func (d *Desk) tuning(ctx context.Context, issue digest.Issue) (taste suggest.Taste, off []suggest.Rule, err error) {
	if taste, err = d.store.Taste(ctx, issue.SeriesID, issue.ID); err != nil {
		return taste, nil, err
	}
	off, err = d.store.RulesOff(ctx, issue.SeriesID)
	return taste, off, err
}

// Tuning gives a mark of how the rules for an issue are tuned: another is tuned otherwise.
func (d *Desk) Tuning(ctx context.Context, issue digest.Issue) (string, error) {
	taste, off, err := d.tuning(ctx, issue)
	return fmt.Sprint(taste, off), err
}

// Tuned gives how a series' rules stand.
func (d *Desk) Tuned(ctx context.Context, slug string) (t Tuned, err error) {
	series, err := d.Series(ctx, slug)
	if err != nil {
		return t, err
	}
	lessons, err := d.store.Lessons(ctx, series.ID, math.MaxInt64, mostLessons)
	if err != nil {
		return t, err
	}
	off, err := d.store.RulesOff(ctx, series.ID)
	if err != nil {
		return t, err
	}
	fired, right := map[suggest.Rule]int{}, map[suggest.Rule]int{}
	for i, l := range lessons { // the newest first
		if i == 0 {
			t.Taste = l.Taste
		}
		if i < recordIssues {
			t.Lately.Issues++
		}
		for _, e := range l.Examples {
			t.Shown++
			for _, r := range e.Said {
				fired[r]++
			}
			if !e.Picked {
				continue
			}
			t.Picked++
			for _, r := range e.Said {
				right[r]++
			}
			if i >= recordIssues {
				continue
			}
			t.Lately.Picks++
			if e.Suggested {
				t.Lately.Suggested++
			}
			if e.Long {
				t.Lately.Longest++
			}
		}
	}
	for _, r := range suggest.AllRules() {
		t.Rules = append(t.Rules, Standing{Rule: r, On: !slices.Contains(off, r), Fired: fired[r], Right: right[r], Start: r.Start(), Weight: t.Taste.Of(r)})
	}
	for _, r := range suggest.AllHelps() {
		t.Helps = append(t.Helps, Standing{Rule: r, On: !slices.Contains(off, r)})
	}
	return t, nil
}

// SwitchRule switches a rule for a series' suggestions, or a further help, on or off, and tells whether that
// changed anything. One that is not known is an error of kind Invalid.
func (d *Desk) SwitchRule(ctx context.Context, by digest.Actor, slug string, rule suggest.Rule, on bool) (changed bool, err error) {
	if !rule.Known() {
		var names []string
		for _, r := range slices.Concat(suggest.AllRules(), suggest.AllHelps()) {
			names = append(names, string(r))
		}
		return false, digest.Fail(digest.Invalid, "The rules are: "+strings.Join(names, ", ")+".", "there is no rule %q", rule)
	}
	series, err := d.Series(ctx, slug)
	if err != nil {
		return false, err
	}
	return d.store.SwitchRule(ctx, by, series.ID, rule, on)
}

// Forget lets a series' suggestions begin anew: what its issues taught is removed. It
// tells how many issues that were.
func (d *Desk) Forget(ctx context.Context, by digest.Actor, slug string) (issues int, err error) {
	series, err := d.Series(ctx, slug)
	if err != nil {
		return 0, err
	}
	return d.store.Forget(ctx, by, series.ID)
}
