package digest

import (
	"fmt"
	"strings"
	"time"
)

// Revision is one change of an issue: who made it, when, and what it did. The
// revisions of an issue, in order, are its history.
type Revision struct {
	ID      int64
	IssueID int64
	Version int64 // the issue's Version after the change
	At      time.Time
	By      Actor
	Did     Change
	Words   string // what changed, for a person: "took out row 2: Ines, “I drove…”"
	// Before is what undoing the change brings back; nil when it cannot be undone,
	// or not any more.
	Before *Content
	// Undoes is the id of the revision that this one undid, else 0.
	Undoes int64
	// Decides are the decisions on comments that the change makes, for the store to
	// keep with it. They are not read back.
	Decides []Decided
	// Shown are comments that whoever made the change had before their eyes, for the
	// store to keep with it. They are not read back.
	Shown []int64
}

// String says who did what, and when: "ann took out row 2 at 18:04 UTC".
func (r Revision) String() string {
	return fmt.Sprintf("%s %s at %s UTC", r.By, r.Words, r.At.UTC().Format("15:04"))
}

// Change says what kind of change a revision is.
type Change string

// The changes. Only an edit and a decision can be undone.
const (
	Opened    Change = "opened"    // the draft was opened
	Edited    Change = "edited"    // its title, introduction or blocks changed
	Judged    Change = "decided"   // comments were skipped, kept for later or left undecided
	Undone    Change = "undone"    // an edit or a decision was taken back
	Postponed Change = "postponed" // its moment passed, and it waits for the next
	Timed     Change = "timed"     // an editor gave it a moment of its own
	Followed  Change = "followed"  // it followed its series' settings
	TookOver  Change = "took-over" // it got the rows of a skipped issue
	Reopened  Change = "reopened"  // an approval was taken back
	Hurried   Change = "hurried"   // somebody let it go out at once
	Stopped   Change = "stopped"   // somebody kept it from being mailed at its moment
)

// Moved is the change of moving an issue to another state, with its words.
func Moved(to IssueState) (Change, string) {
	switch to {
	case Draft:
		return Reopened, "took the approval back"
	case Approved:
		return Change(to), "approved it"
	case Published:
		return Change(to), "published it"
	case Skipped:
		return Change(to), "skipped it"
	case Cancelled:
		return Change(to), "cancelled it"
	case Withdrawn:
		return Change(to), "withdrew it"
	case Paused:
		return Change(to), "paused it"
	case Sending:
		return Change(to), "resumed it"
	}
	return Change(to), "made it " + string(to)
}

// AsSeen is how an issue stood when somebody looked at it who now decides about it. A
// field that is zero is not looked at.
type AsSeen struct {
	// Version is the issue's: another one has other words, or another moment.
	Version int64
	// Last is the id of the newest change of the issue: moving it to another state, and
	// pausing or hurrying its mailing, leave the version as it is.
	Last int64
}

// Refuse gives an error of kind Conflict when an issue is not as it was seen: it tells
// what was done since, by the issue's history, the newest first.
func (s AsSeen) Refuse(now Issue, history []Revision) error {
	changed := s.Version != 0 && s.Version != now.Version
	cause := &Changed{Issue: now.Number}
	for _, r := range history {
		isNews := s.Last != 0 && r.ID > s.Last
		changed = changed || isNews
		if isNews || s.Version != 0 && r.Version > s.Version {
			cause.Since = append([]Revision{r}, cause.Since...)
		}
	}
	if !changed {
		return nil
	}
	return Fail(Conflict, "Nothing was done. Look at it again, and decide anew.", "%w", cause).
		Offer(Act{Do: ShowIssue, Issue: now.Number}, Act{Do: IssueHistory, Issue: now.Number})
}

// Content is what an edit or a decision changed, as it was before.
type Content struct {
	Title string  `json:"title,omitempty"` // "" where it was not changed
	Intro *string `json:"intro,omitempty"` // nil where it was not changed
	// Subject and Preheader are nil where they were not changed.
	Subject   *string `json:"subject,omitempty"`
	Preheader *string `json:"preheader,omitempty"`
	Blocks    []Block `json:"blocks"` // all of them, in order; nil where none was changed
	// Decisions are those on comments that were decided anew, as they were.
	Decisions []Decided `json:"decisions,omitempty"`
	// MailEnds is [Issue.MailEnds]; nil where it was not changed.
	MailEnds *int64 `json:"mail_ends,omitempty"`
}

// Changed is the cause of an error of kind Conflict that says that an issue is no
// longer what somebody looked at. Since tells what was done to it meanwhile, the
// earliest first.
type Changed struct {
	Issue int // its number
	Since []Revision
}

// Error says who did what.
func (c *Changed) Error() string { return c.told(Revision.String) }

// Told says it with people called by their names, and times in a zone.
func (c *Changed) Told(people People, zone *time.Location) string {
	return c.told(func(r Revision) string { return r.Told(people, zone) })
}

// Told is [Revision.String] with people called by their names, and the time in a zone.
func (r Revision) Told(people People, zone *time.Location) string {
	return fmt.Sprintf("%s %s at %s", people.Name(r.By), people.Told(r.Words), r.At.In(zone).Format("15:04"))
}

// Done is the part of an error that says what somebody did.
type Done struct{ Revision }

func (d *Done) Error() string { return d.String() }

func (c *Changed) told(say func(Revision) string) string {
	var did []string
	for _, r := range c.Since {
		did = append(did, say(r))
	}
	if len(did) == 0 {
		return fmt.Sprintf("issue %d was changed meanwhile", c.Issue)
	}
	return fmt.Sprintf("issue %d was changed meanwhile: %s", c.Issue, strings.Join(did, "; "))
}
