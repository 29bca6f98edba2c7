package subscribers

import "time"

// LetterKind tells what a letter is for; package letters has a value for each.
type LetterKind string

// The kinds of letters.
const (
	// ConfirmationLetter asks an address to confirm its subscription.
	ConfirmationLetter LetterKind = "confirmation"
	// LinksLetter brings a subscriber the links to leave and to choose, when those of
	// the mails are not at hand or have broken.
	LinksLetter LetterKind = "links"
	// SignInLetter brings an editor a link that signs in at the desk.
	SignInLetter LetterKind = "sign-in"
	// InvitationLetter asks somebody to become an editor.
	InvitationLetter LetterKind = "invitation"
	// ReminderLetter tells an editor that nobody has approved an issue yet.
	ReminderLetter LetterKind = "reminder"
)

// Letter is one mail to one address outside any issue, to a reader or to an editor.
// It is queued, claimed and
// begun as a delivery is; one that was sent, or failed for good, is removed.
type Letter struct {
	ID    int64
	Kind  LetterKind
	Email string
	// SubscriberID is the reader's; 0 for a letter to an editor.
	SubscriberID int64
	CreatedAt    time.Time
	// Token is that of the links which the letter carries, "" for none; they
	// work until Expires, for good where that is zero.
	Token   string
	Expires time.Time
	// Name is what an editor who is written to is called, and By who asks: "" where
	// it is not known, and in letters to readers.
	Name, By string
	// About is what the letter tells, as it was when it was queued: JSON whose form its
	// kind knows; "" for nothing.
	About string
	// Void tells that what the letter asks for was done, or cannot be done any more.
	Void     bool
	Fence    int // counts claims, this one included
	Attempts int // how often it was begun
	NextTry  time.Time
	Outcome
}

// MessageID gives the id of a letter without its angle brackets: the same in
// every retry, and never that of a delivery.
func (l Letter) MessageID(salt []byte, domain string) string {
	return messageID(salt, domain, "letter "+string(l.Kind), 0, l.ID)
}

// Useful tells whether a letter is of any use to its reader at a moment.
func (l Letter) Useful(now time.Time) bool {
	return !l.Void && (l.Expires.IsZero() || now.Before(l.Expires))
}
