package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Severity tells what a finding asks of the editor.
type Severity string

// The severities.
const (
	MustFix Severity = "must-fix" // the issue is not approved as long as it is so
	LookAt  Severity = "look-at"  // the editor decides whether anything is wrong
)

// FindingKind tells what was found in an issue.
type FindingKind string

// What is looked for in an issue before it goes out. Each has its severity in
// [FindingKinds].
const (
	FoundNoTitle       FindingKind = "no-title"
	FoundNoPicks       FindingKind = "no-picks"
	FoundRemovedPick   FindingKind = "removed-pick"
	FoundChangedPick   FindingKind = "changed-pick"
	FoundPickedTwice   FindingKind = "picked-twice"
	FoundNoWords       FindingKind = "no-words"       // a pick without text
	FoundBadTrim       FindingKind = "bad-trim"       // its trimming does not fit its words
	FoundEmptyText     FindingKind = "empty-text"     // of the editor's
	FoundBareHeading   FindingKind = "bare-heading"   // nothing is under it
	FoundTooLarge      FindingKind = "too-large"      // mail programs would cut the mail off
	FoundNoUnsubscribe FindingKind = "no-unsubscribe" // which is a fault of the program

	FoundLarge        FindingKind = "large"        // it will soon be too large
	FoundDeadLink     FindingKind = "dead-link"    //
	FoundUnsure       FindingKind = "unsure"       // nothing shows whether a pick is still there
	FoundWatched      FindingKind = "watched-name" // a name on the watch list
	FoundName         FindingKind = "name"         // a person whom no post names
	FoundTelephone    FindingKind = "telephone"    //
	FoundMailAddress  FindingKind = "mail-address" //
	FoundPostAddress  FindingKind = "post-address" //
	FoundAccusation   FindingKind = "accusation"   // a word that accuses, near a name or an office
	FoundTelling      FindingKind = "may-tell"     // it may tell who wrote it
	FoundOneThread    FindingKind = "one-thread"   // more than a third of the picks are from it
	FoundAbbreviation FindingKind = "abbreviation" // nothing explains it
	FoundLifted       FindingKind = "lifted-cut"   // the lifted line was cut since
	FoundPreheader    FindingKind = "preheader"    // too short or too long for an inbox
	FoundUsedBefore   FindingKind = "used-before"  // in an earlier issue
	FoundNearCopy     FindingKind = "near-copy"    // of another pick
	FoundHeld         FindingKind = "sending-held" // nothing is mailed at present
	FoundNoWorker     FindingKind = "no-worker"    // nobody is there to do what was asked for
)

// FindingKinds gives every kind with its severity.
func FindingKinds() map[FindingKind]Severity {
	return map[FindingKind]Severity{
		FoundNoTitle: MustFix, FoundNoPicks: MustFix, FoundRemovedPick: MustFix, FoundChangedPick: MustFix,
		FoundPickedTwice: MustFix, FoundNoWords: MustFix, FoundBadTrim: MustFix, FoundEmptyText: MustFix,
		FoundBareHeading: MustFix, FoundTooLarge: MustFix, FoundNoUnsubscribe: MustFix,
		FoundLarge: LookAt, FoundDeadLink: LookAt, FoundUnsure: LookAt, FoundWatched: LookAt, FoundName: LookAt,
		FoundTelephone: LookAt, FoundMailAddress: LookAt, FoundPostAddress: LookAt, FoundAccusation: LookAt, FoundTelling: LookAt, FoundOneThread: LookAt,
		FoundAbbreviation: LookAt, FoundLifted: LookAt, FoundPreheader: LookAt, FoundUsedBefore: LookAt, FoundNearCopy: LookAt,
		FoundHeld: LookAt, FoundNoWorker: LookAt,
	}
}

// Finding is one thing that was found in an issue, to be mended or to be looked at.
type Finding struct {
	Kind FindingKind
	// Row and Number are where it is: a row of the issue and the number of a pick, both
	// from 1, and Block the row's id; 0 for the issue as a whole.
	Row, Number int
	Block       int64
	// Field is what of the issue it is about: "title", "intro"; "" for a row.
	Field string
	// Subject is what it is about: a name, an abbreviation, an address. With Kind and
	// Block it tells findings apart, see [Finding.Key].
	Subject string
	Words   string // a sentence for a person
	Acts    []Act  // what mends it
	// Seen is who has looked at it and lets it stand; nil for nobody.
	Seen *Seen
}

// Severity gives the severity of the finding's kind.
func (f Finding) Severity() Severity { return FindingKinds()[f.Kind] }

// Key names the finding for as long as it is about the same: the mark of having seen
// it is kept under it.
func (f Finding) Key() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s\n%s", f.Kind, f.Block, f.Field, f.Subject))
	return hex.EncodeToString(sum[:12])
}

// Seen is that an editor has looked at a finding.
type Seen struct {
	By Actor
	At time.Time
}

// Answer is what a blog said last when it was asked about a comment.
type Answer struct {
	CommentID int64
	AskedAt   time.Time
	Said      Said
}

// Said is what an answer says.
type Said string

// The answers.
const (
	SaidThere  Said = "there"
	SaidGone   Said = "gone"
	SaidUnsure Said = "unsure" // nothing shows whether it is still there
)

// AnswerFresh is how long what a blog said of a comment is believed without asking
// again.
const AnswerFresh = 15 * time.Minute

// IsFresh tells whether an answer is still believed at a moment.
func (a Answer) IsFresh(now time.Time) bool {
	since := now.Sub(a.AskedAt)
	return !a.AskedAt.IsZero() && since >= 0 && since < AnswerFresh
}

// Asking is that the blogs are asked about an issue, beside everything else.
type Asking struct {
	IssueID  int64
	WantedAt time.Time // zero when nobody ever asked
	By       Actor
	BeganAt  time.Time
	DoneAt   time.Time
	// Done of Total picks have been looked at.
	Done, Total int
	Notices     []string // what could not be asked, and why
}

// IsOpen tells whether it is still to be done, or under way.
func (a Asking) IsOpen() bool { return !a.WantedAt.IsZero() && a.DoneAt.Before(a.WantedAt) }

// LinkAnswer is what an address said that an issue links to.
type LinkAnswer struct {
	URL     string
	AskedAt time.Time
	Status  int    // of the answer; 0 for none
	Fault   string // why there was none, in words
}

// LinkFresh is how long what an address said is believed.
const LinkFresh = 24 * time.Hour

// IsDead tells whether the address answered that there is nothing, or did not answer.
// Who refuses a program (401, 403, 429) may well be there for a person.
func (l LinkAnswer) IsDead() bool {
	switch {
	case l.Status == 404, l.Status == 410:
		return true
	case l.Status >= 500:
		return true
	}
	return l.Status == 0
}

// Standing is what of a picked comment tells whether it is still what was picked.
type Standing struct {
	Hash   string
	Gone   bool
	GoneBy GoneBy
}

// Comment gives a comment that stands so, without its words.
func (s Standing) Comment() Comment { return Comment{Hash: s.Hash, Gone: s.Gone, GoneBy: s.GoneBy} }
