package digest

import (
	"fmt"
	"strings"
	"time"
)

// Audited is one row of the audit list: who changed what, and when. The store writes
// it in the transaction of the change, so that neither is there without the other.
// What readers do for themselves (sign up, confirm, leave) is not in it: a reader's
// consents and dates tell that.
type Audited struct {
	ID int64
	At time.Time // of the first, where the row counts several
	By Actor
	// Did is what was done, On what it was done to, and Words what of it: "the blog
	// Night Bus" and "name, language", for a person.
	Did   Doing
	On    string
	Words string // may be empty
	// Times is how often it was done, more than once for attempts that failed; Last
	// is when it was done last.
	Times int
	Last  time.Time
}

// String tells it in a sentence: "ann removed the blog Night Bus".
func (a Audited) String() string {
	s := fmt.Sprintf("%s %s %s", a.By, a.Did.Words(), a.On)
	if a.Words != "" {
		s += ": " + a.Words
	}
	if a.Times > 1 {
		s += fmt.Sprintf(" (%d times)", a.Times)
	}
	return s
}

// Doing is what was done, as the audit list keeps it. A change of an issue is
// "issue-" and its [Change]; see [DoingOf].
type Doing string

// What is done. A new one gets its words in doingWords.
const (
	SourceAdded        Doing = "source-added"
	SourceChanged      Doing = "source-changed"
	SourceRemoved      Doing = "source-removed"
	SourceAccepted     Doing = "source-accepted" // a page was stored, whatever is new in it
	ExportImported     Doing = "export-imported" // a blog's export file
	SeriesAdded        Doing = "series-added"
	SeriesChanged      Doing = "series-changed"
	PublicationChanged Doing = "publication-changed"
	ReaderAdded        Doing = "reader-added"
	ReaderChanged      Doing = "reader-changed"
	ReaderRemoved      Doing = "reader-removed"
	ReadersImported    Doing = "readers-imported"
	ReadersExported    Doing = "readers-exported"
	AddressSuppressed  Doing = "address-suppressed"
	AddressReleased    Doing = "address-released"
	BlogsAsked         Doing = "blogs-asked" // about an issue's picks
	SendingHeld        Doing = "sending-held"
	SendingReleased    Doing = "sending-released"
	MailsSettled       Doing = "mails-settled" // that were refused or in doubt
	SettingChanged     Doing = "setting-changed"
	EditorInvited      Doing = "editor-invited"
	EditorAdded        Doing = "editor-added"
	EditorChanged      Doing = "editor-changed"
	EditorRemoved      Doing = "editor-removed"
	PasswordChanged    Doing = "password-changed"
	PasskeyAdded       Doing = "passkey-added"
	PasskeyRemoved     Doing = "passkey-removed"
	PasskeyRenamed     Doing = "passkey-renamed"
	LinkMade           Doing = "link-made" // a link to sign in, or to set up
	SignedIn           Doing = "signed-in"
	SignInFailed       Doing = "sign-in-failed"
	SignedOut          Doing = "signed-out"
)

var doingWords = map[Doing]string{
	SourceAdded:        "began to follow",
	SourceChanged:      "changed the settings of",
	SourceRemoved:      "stopped following",
	SourceAccepted:     "accepted the newest page of",
	ExportImported:     "imported an export of",
	SeriesAdded:        "added the series",
	SeriesChanged:      "changed the series",
	PublicationChanged: "changed",
	ReaderAdded:        "added the reader",
	ReaderChanged:      "changed the reader",
	ReaderRemoved:      "removed the reader",
	ReadersImported:    "imported readers from",
	ReadersExported:    "exported readers to",
	AddressSuppressed:  "suppressed the address",
	AddressReleased:    "took off the suppression list",
	BlogsAsked:         "asked the blogs again about",
	SendingHeld:        "held",
	SendingReleased:    "released",
	MailsSettled:       "decided about mails of",
	SettingChanged:     "changed the setting",
	EditorInvited:      "invited the editor",
	EditorAdded:        "added the editor",
	EditorChanged:      "changed the editor",
	EditorRemoved:      "removed the editor",
	PasswordChanged:    "changed the password of",
	PasskeyAdded:       "added a passkey of",
	PasskeyRemoved:     "removed a passkey of",
	PasskeyRenamed:     "renamed a passkey of",
	LinkMade:           "made a link for",
	SignedIn:           "signed in as",
	SignInFailed:       "failed to sign in as",
	SignedOut:          "signed out",
}

// issueChanges are the changes of an issue, which [DoingOf] makes doings of.
var issueChanges = map[Change]string{
	Opened: "opened", Edited: "edited", Judged: "decided of comments for", Timed: "set the moment of", TookOver: "moved the rows into", Stopped: "kept back", Undone: "undid a change of", Postponed: "postponed", Followed: "moved, by the settings,",
	Reopened: "reopened", Hurried: "hurried", Change(Approved): "approved", Change(Published): "published", Change(Skipped): "skipped",
	Change(Cancelled): "cancelled", Change(Withdrawn): "withdrew", Change(Paused): "paused", Change(Sending): "resumed", Change(Sent): "finished sending",
}

const ofIssues = "issue-"

// DoingOf gives what the audit list calls a change of an issue.
func DoingOf(c Change) Doing { return Doing(ofIssues + string(c)) }

// Words says the doing with its maker before it and its object behind it.
func (d Doing) Words() string {
	if w, ok := doingWords[d]; ok {
		return w
	}
	if len(d) > len(ofIssues) && d[:len(ofIssues)] == ofIssues {
		if w, ok := issueChanges[Change(d[len(ofIssues):])]; ok {
			return w
		}
	}
	return string(d)
}

// Doings lists what can be in the audit list, in no order.
func Doings() []Doing {
	var all []Doing
	for d := range doingWords {
		all = append(all, d)
	}
	for c := range issueChanges {
		all = append(all, DoingOf(c))
	}
	return all
}

// AuditFilter says which rows of the audit list are wanted, the newest first.
type AuditFilter struct {
	By     string    // part of who it was; "" for anybody
	Did    Doing     // "" for anything
	Since  time.Time // zero for ever
	Before int64     // only rows with a smaller id, to page on; 0 for the newest
	Limit  int
}

// How long the audit list goes back: two years, or the newest so many rows where
// that is less. A clean-up by the worker removes the rest.
const (
	AuditKept = 2 * 365 * 24 * time.Hour
	AuditMost = 200_000
)

// Label says the doing alone, to choose it from a list.
func (d Doing) Label() string {
	words := string(d)
	return strings.ToUpper(words[:1]) + strings.ReplaceAll(words[1:], "-", " ")
}
