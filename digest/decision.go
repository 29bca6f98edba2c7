package digest

import "time"

// Decision is what the editors of a series decided of a comment that its draft does
// not pick. A pick is a block of the draft, and outranks a decision: taken out, the
// comment is again what was decided before.
type Decision string

// The decisions.
const (
	Undecided Decision = ""
	SkipIt    Decision = "skip"  // not offered again in the series
	MaybeIt   Decision = "maybe" // offered again in the next issue
)

// Did says a decision as what somebody did: they "skipped" a comment.
func (d Decision) Did() string {
	switch d {
	case SkipIt:
		return "skipped"
	case MaybeIt:
		return "said maybe to"
	}
	return "took back what was decided of"
}

// Decided is what was decided of one comment in a series: by whom, when, and for
// which issue.
type Decided struct {
	CommentID int64     `json:"comment_id"`
	Decision  Decision  `json:"decision"`
	IssueID   int64     `json:"issue_id"`
	At        time.Time `json:"at"`
	By        Actor     `json:"by"`
}

// For tells whether the decision stands for an issue: a maybe of an earlier issue
// leaves the comment undecided in a later one.
func (d Decided) For(issueID int64) Decision {
	if d.Decision == MaybeIt && d.IssueID < issueID {
		return Undecided
	}
	return d.Decision
}
