package desk

import (
	"cmp"
	"context"
	"slices"

	"postbag/digest"
	"postbag/digest/suggest"
)

// Lesson is what an issue taught of its editors' taste when it was frozen.
type Lesson struct {
	IssueID  int64
	Examples []Example
	// Taste is what is known by then, of this issue and those before it.
	Taste suggest.Taste
}

// Example is a comment that the editors of an issue were shown, and what became of it.
type Example struct {
	CommentID int64 `json:"comment"`
	suggest.Shown
	// Said are the rules that gave a reason for it, or a caution.
	Said []suggest.Rule `json:"said,omitempty"`
	// Long tells that it is one of the longest comments that the issue could pick, as
	// many as are offered as suggestions.
	Long bool `json:"long,omitempty"`
}

const (
	// offeredCount is how many suggestions count as offered, and how many comments as
	// the longest.
	offeredCount = 20
	// mostLessons is how many issues are learned from: the oldest counts a sixteenth.
	mostLessons = 104
)

// lesson makes what a draft teaches that is about to be frozen; nil where nobody chose
// anything. A comment counts as shown when an editor decided of it, or decided of one
// below it on the page; picks that nobody chose one by one, as those of the rules, do
// not count, nor does what was kept for later, was decided of in another issue, or
// folds under a near copy.
func (d *Desk) lesson(ctx context.Context, issue digest.Issue) (*Lesson, error) {
	ids, err := d.store.Shown(ctx, issue.ID)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	candidates, all, err := d.Judge(ctx, issue)
	if err != nil {
		return nil, err
	}
	ids = ids[:0]
	for _, c := range candidates {
		ids = append(ids, c.ID)
	}
	decided, err := d.store.Decisions(ctx, issue.SeriesID, ids)
	if err != nil {
		return nil, err
	}
	taken, err := d.store.PickedIn(ctx, issue.SeriesID, issue.ID, ids)
	if err != nil {
		return nil, err
	}
	suggested := map[int64]bool{}
	for _, s := range suggest.Top(all, offeredCount) {
		suggested[s.CommentID] = true
	}
	long := longest(candidates, offeredCount)
	l := &Lesson{IssueID: issue.ID}
	picks := 0
	for _, s := range all {
		id := s.CommentID
		_, picked := issue.PickOf(id)
		was := decided[id]
		skipped := was.Decision == digest.SkipIt && was.IssueID == issue.ID
		isElsewhere := taken[id] != 0 || was.For(issue.ID) != digest.Undecided && !skipped || s.NearCopyOf != 0
		isShown := seen[id] || skipped && !picked
		if !isShown || isElsewhere && !picked {
			continue
		}
		if picked {
			picks++
		}
		e := Example{CommentID: id, Long: long[id], Shown: suggest.Shown{Signals: s.Signals, Picked: picked, Suggested: suggested[id]}}
		for _, r := range s.Reasons {
			e.Said = append(e.Said, r.Rule)
		}
		l.Examples = append(l.Examples, e)
	}
	if picks == 0 {
		return nil, nil
	}
	earlier, err := d.store.Lessons(ctx, issue.SeriesID, issue.ID, mostLessons-1)
	if err != nil {
		return nil, err
	}
	l.Taste = learn(append([]Lesson{*l}, earlier...))
	return l, nil
}

// longest gives the n longest of some comments.
func longest(all []digest.Candidate, n int) map[int64]bool {
	all = slices.SortedFunc(slices.Values(all), func(a, b digest.Candidate) int {
		return cmp.Or(cmp.Compare(b.Words, a.Words), cmp.Compare(a.ID, b.ID))
	})
	long := map[int64]bool{}
	for _, c := range all[:min(n, len(all))] {
		long[c.ID] = true
	}
	return long
}

// learn gives the taste that lessons teach, which come the newest first.
func learn(lessons []Lesson) suggest.Taste {
	issues := make([][]suggest.Shown, 0, len(lessons))
	for _, l := range slices.Backward(lessons) {
		shown := make([]suggest.Shown, len(l.Examples))
		for i, e := range l.Examples {
			shown[i] = e.Shown
		}
		issues = append(issues, shown)
	}
	return suggest.Learn(suggest.Taste{}, issues)
}
