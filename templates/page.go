package templates

import (
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// HomePage is the front page: the sign-up form and the latest issue.
type HomePage struct {
	Site   Site
	Form   Form
	Latest *digest.Frozen // nil before the first issue
	// TakeDown is where a writer asks for a comment to be taken down; "" leaves
	// the line out.
	TakeDown string
}

// IssuePage is the page of one issue.
type IssuePage struct {
	Site           Site
	Form           Form
	Issue          *digest.Frozen
	Published      time.Time
	Updated        time.Time   // of the last correction, if after Published
	Previous, Next *IssueEntry // nil at the ends
	TakeDown       string      // as in [HomePage]
}

// ArchivePage lists all issues.
type ArchivePage struct {
	Site   Site
	Issues []IssueEntry // newest first
}

// SubscribedPage answers the sign-up form; it is the same for everybody.
type SubscribedPage struct {
	Site Site
}

// ConfirmPage asks for the one press that confirms an address.
type ConfirmPage struct {
	Site   Site
	Email  string // masked
	Action string // where the button posts to
}

// ConfirmedPage follows a confirmation.
type ConfirmedPage struct {
	Site Site
	// Preferences is the reader's own page; "" leaves the link out.
	Preferences string
}

// ConfirmExpiredPage meets a confirmation link that is too old or unknown.
type ConfirmExpiredPage struct {
	Site Site
	Form Form
}

// Consent is what whoever asks for another link agrees to; they know the first
// one.
func (p ConfirmExpiredPage) Consent() string {
	return p.Site.often() + " You confirm by the new link; every issue has a one-click way out."
}

// UnsubscribePage asks for the one press that ends a subscription.
type UnsubscribePage struct {
	Site        Site
	Email       string // masked
	Action      string // where the button posts to
	Preferences string // the quieter choices
}

// UnsubscribedPage follows the end of a subscription.
type UnsubscribedPage struct {
	Site  Site
	Email string // masked
	Undo  string // where the Undo button posts to, with [UndoField]
}

// PreferencesPage is a reader's own page.
type PreferencesPage struct {
	Site        Site
	Email       string // masked
	Action      string // where the choice posts to, as [FrequencyField]
	Frequency   subscribers.Frequency
	Subscribed  bool   // false when the reader has left
	Saved       bool   // a choice was just saved
	Unsubscribe string // the page that ends the subscription
}

// MessagePage says something in plain words, most often that a page is not
// there or did not work.
type MessagePage struct {
	Site   Site
	Status int    // of the answer; picks the words when Title is empty
	Title  string // a few words
	Text   string // a sentence or two
}
