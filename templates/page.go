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

// ReaderPage is a page made for one reader. It is kept out of search engines and
// of Referer headers.
type ReaderPage interface {
	// heading gives the name of the page's template, and its title.
	heading(Site) (name, title string)
}

// SubscribedPage answers the sign-up form; it is the same for everybody.
type SubscribedPage struct{}

// ConfirmPage asks for the one press that confirms an address.
type ConfirmPage struct {
	Email  string // masked
	Action string // where the button posts to
}

// ConfirmedPage follows a confirmation.
type ConfirmedPage struct {
	Preferences string // the reader's own page
}

// ConfirmExpiredPage meets a confirmation link that is too old, or not known: broken
// on its way, or so old that it is forgotten.
type ConfirmExpiredPage struct{ Unknown bool }

// UnsubscribePage asks for the one press that ends a subscription.
type UnsubscribePage struct {
	Email       string // masked
	Action      string // where the button posts to
	Preferences string // the quieter choices
}

// UnsubscribedPage follows the end of a subscription.
type UnsubscribedPage struct {
	Email string // masked
	Undo  string // where the Undo button posts to, with [UndoField]; "" leaves it out
}

// PreferencesPage is a reader's own page.
type PreferencesPage struct {
	Email       string // masked
	Action      string // where the choice posts to, as [FrequencyField]
	Frequency   subscribers.Frequency
	Subscribed  bool   // false when the reader has left
	Saved       bool   // a choice was just saved
	Unsubscribe string // the page that ends the subscription
}

// LeavePage asks for the address whose links to leave and to choose are to be mailed.
type LeavePage struct {
	Lost bool // it meets a link that leads to nobody
	Form Form
}

// LinksMailedPage answers that form; it is the same for everybody.
type LinksMailedPage struct{}

// TestPage meets a link of a test mail.
type TestPage struct {
	For string // what the link is for in a reader's mail, after "it leads to"
}

// MessagePage says something in plain words, most often that a page is not
// there or did not work; [Message] gives that of a status.
type MessagePage struct {
	Title string // a few words
	Text  string // a sentence or two
}

func (SubscribedPage) heading(Site) (name, title string) { return "subscribed", "Look in your mail" }
func (ConfirmPage) heading(Site) (name, title string)    { return "confirm", "One press to confirm" }
func (ConfirmedPage) heading(Site) (name, title string)  { return "confirmed", "You are subscribed" }
func (p ConfirmExpiredPage) heading(Site) (name, title string) {
	if p.Unknown {
		return "expired", "This link does not work"
	}
	return "expired", "This link has run out"
}
func (p LeavePage) heading(s Site) (name, title string) {
	switch {
	case p.Form.Error != "":
		return "leave", "Error: Unsubscribe"
	case p.Lost:
		return "leave", "This link does not work"
	}
	return "leave", "Unsubscribe"
}
func (LinksMailedPage) heading(Site) (name, title string) { return "mailed", "Look in your mail" }
func (TestPage) heading(Site) (name, title string)        { return "test", "This link is from a test" }
func (UnsubscribePage) heading(s Site) (name, title string) {
	return "unsubscribe", "Leave " + s.Series + "?"
}
func (UnsubscribedPage) heading(Site) (name, title string) {
	return "unsubscribed", "You are unsubscribed"
}
func (PreferencesPage) heading(Site) (name, title string) { return "preferences", "How often" }
func (p MessagePage) heading(Site) (name, title string)   { return "message", p.Title }
