package bounce

import (
	"fmt"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/report"
)

// Source is where an event comes from.
type Source string

// The sources of the program itself; a provider's webhook has the provider's name.
const (
	AtSMTP  Source = "smtp"    // the mail server refused the mail while it was handed over
	Pipe    Source = "pipe"    // postbag bounce
	Maildir Source = "maildir" // a folder of messages
	IMAP    Source = "imap"    // a mailbox on a server
)

// Event is something that came back, as a source tells it.
type Event struct {
	// ID is what the source calls the event, the same whenever it tells it again.
	ID     string
	At     time.Time // when it happened; zero for now
	Kind   report.Kind
	Status string // RFC 3463, "" for none
	Code   int    // SMTP reply, 0 for none
	Words  string // of the server
	Source Source
	Person
}

// Person is whom an event is about, by whatever the source knows.
type Person struct {
	ReturnPaths []string // addresses that may be return paths of ours
	Token       string   // of the reader's links
	Addresses   []string // the reader's, as the report has them
	MessageID   string   // of the mail, without brackets
	RelayID     string   // what the relay called the mail when it took it
	// Signed tells that the source's signature was checked: then the address is
	// believed.
	Signed bool
}

// Known is an event of which it is known whom it is about.
type Known struct {
	Event
	Key          string // what makes it one event
	SubscriberID int64
	IssueID      int64 // 0 where it is not known, and for letters
	LetterID     int64
	MailedAt     time.Time // when the mailing of the issue began; zero for none
}

// mailed is the moment that a row of bounces is measured by.
func (e Known) mailed() time.Time {
	if e.MailedAt.IsZero() {
		return e.At
	}
	return e.MailedAt
}

// key gives what makes an event one: the mail, the reader and the kind where the mail
// is known, whatever way the news came and however often; else what its source calls
// it.
func (e Known) key() string {
	switch {
	case e.IssueID != 0:
		return KeyOf(e.IssueID, e.SubscriberID, e.Kind)
	case e.LetterID != 0:
		return fmt.Sprintf("letter:%d:%d:%s", e.LetterID, e.SubscriberID, e.Kind)
	}
	return fmt.Sprintf("%s:%s", e.Source, e.ID)
}

// KeyOf gives what makes an event of an issue's mail one.
func KeyOf(issueID, subscriberID int64, kind report.Kind) string {
	return fmt.Sprintf("issue:%d:%d:%s", issueID, subscriberID, kind)
}

// Outcome is what became of something that came back.
type Outcome string

// The outcomes.
const (
	Recorded Outcome = "recorded" // it is new, and kept
	Repeated Outcome = "repeated" // it was known, and changed nothing
	NoEvent  Outcome = "no event" // it is nothing that says anything of an address
	NobodyOf Outcome = "nobody"   // it is about nobody of ours, or cannot be proved
	Unread   Outcome = "unread"   // it cannot be read
)

// Taken is what became of an event.
type Taken struct {
	Outcome Outcome
	Kind    report.Kind
	Email   string // of the reader, "" where nobody is known
	// Counted tells that the event counted against the address, and Ended that it
	// ended the subscription, as State says.
	Counted, Ended bool
	State          subscribers.State
}

// Mailed is a mail of an issue.
type Mailed struct {
	IssueID int64
	Domain  string    // of its Message-ID
	At      time.Time // when the mailing began
	Reply   string    // of the server that took it
}

// Listed is an event as it is listed.
type Listed struct {
	At           time.Time
	Kind         report.Kind
	Status       string
	Code         int
	Words        string
	Source       Source
	Counted      bool
	Ended        subscribers.State // what the address became by it; "" for nothing
	Email        string
	SubscriberID int64
	Series       string // slug; "" where no issue is known
	Number       int
	Title        string
}

// Filter selects events; zero fields select all.
type Filter struct {
	IssueID      int64
	SubscriberID int64
	// Later leaves out what was refused while it was handed over.
	Later bool
	Limit int
}
