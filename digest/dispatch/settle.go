package dispatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// Settlements decide about mails that were refused or are in doubt.
type Settlements interface {
	// Unsettled counts the rows that a settlement means.
	Unsettled(ctx context.Context, x Settlement) (Unsettled, error)
	// SettleMails moves them, some thousands in one transaction, each with its row of the
	// audit list, and gives how many it moved. Rows that are sent again take an issue
	// that was sent or is paused back to sending; while sending is held, and of a
	// withdrawn issue, that is an error of kind Conflict. What was moved stays so when a
	// later transaction fails.
	SettleMails(ctx context.Context, by digest.Actor, x Settlement) (int, error)
	// SubscriberByKey gives the subscriber with an address key; the error is of kind NotFound.
	SubscriberByKey(ctx context.Context, key string) (subscribers.Subscriber, error)
}

// Settlement is a person's word about mails of an issue.
type Settlement struct {
	IssueID  int64
	From, To subscribers.DeliveryState
	Readers  []int64   // whose mails; none for all
	Asked    time.Time // rows that changed later are not meant
	At       time.Time
}

// Unsettled counts what can be settled.
type Unsettled struct {
	Rows     int
	Mailable int // of those, the readers who may still be mailed
	Causes   map[subscribers.Cause]int
}

// Words say for the audit list what was decided of n mails.
func (x Settlement) Words(n int) string {
	what := "in doubt"
	if x.From == subscribers.Failed {
		what = "refused"
	}
	return fmt.Sprintf("%d %s: %s", n, what, verdictWords[x.To])
}

var verdictWords = map[subscribers.DeliveryState]string{
	subscribers.Delivered: "arrived", subscribers.Queued: "sent again", subscribers.Failed: "not sent",
}

// Verdict is what a person says of a mail that was refused or is in doubt.
type Verdict string

// The verdicts.
const (
	Arrived    Verdict = "sent"
	SendAgain  Verdict = "send-again" // with the same Message-ID
	NotArrived Verdict = "not-sent"   // and not sent again
)

// Verdicts lists them.
func Verdicts() []Verdict { return []Verdict{Arrived, SendAgain, NotArrived} }

var verdictStates = map[Verdict]subscribers.DeliveryState{
	Arrived: subscribers.Delivered, SendAgain: subscribers.Queued, NotArrived: subscribers.Failed,
}

// VerdictsOf lists what a person can say of an issue's mails in a state.
func VerdictsOf(issue digest.Issue, state subscribers.DeliveryState) (all []Verdict) {
	if state == subscribers.Uncertain {
		all = []Verdict{Arrived}
	}
	if slices.Contains(digest.MailedStates(), issue.State) {
		all = append(all, SendAgain)
	}
	if state == subscribers.Uncertain {
		all = append(all, NotArrived)
	}
	return all
}

// Label says a verdict in words that fit a button.
func (v Verdict) Label() string { return verdictLabels[v] }

var verdictLabels = map[Verdict]string{Arrived: "It arrived", SendAgain: "Send it again", NotArrived: "Give it up"}

// LabelAll says it of all mails in a state.
func (v Verdict) LabelAll() string { return verdictLabelsAll[v] }

var verdictLabelsAll = map[Verdict]string{Arrived: "Count all as arrived", SendAgain: "Send all again", NotArrived: "Give all up"}

// Asking is what somebody would decide, before they do.
type Asking struct {
	State   subscribers.DeliveryState // uncertain or failed
	As      Verdict
	Emails  []string  // of the readers whose mails are meant; none for all
	Readers []int64   // further ones, by id
	Asked   time.Time // the moment of the question that was answered; zero for now
}

// Settling is a decision with what it would lead to.
type Settling struct {
	Asking
	Issue  digest.Issue
	Series digest.Series
	Unsettled
	readers []int64
}

// mostNamed bounds the readers that are named in one decision.
const mostNamed = 1000

// Settling tells what a decision would lead to. The error is of kind Invalid for one
// that cannot be made, and NotFound for an address that is nobody's. Without a number the
// newest issue is meant whose mailing began.
func (s *Sender) Settling(ctx context.Context, ref desk.Ref, a Asking) (q Settling, err error) {
	to, known := verdictStates[a.As]
	if !known || !slices.Contains(subscribers.SettledStates(), a.State) || !a.State.To(to) {
		return q, digest.Fail(digest.Invalid, "What is uncertain can be sent, send-again or not-sent; what is failed can be sent or send-again.",
			"mails that are %s cannot be settled as %s", a.State, a.As)
	}
	if len(a.Emails)+len(a.Readers) > mostNamed {
		return q, digest.Fail(digest.Invalid, "Name fewer, or none for all.", "more than %d readers are named", mostNamed)
	}
	if a.Asked.IsZero() {
		a.Asked = s.Clock.Now()
	}
	q.Asking = a
	if ref.Number != 0 {
		q.Issue, _, err = s.Desk.Issue(ctx, ref)
	} else {
		q.Issue, err = s.Desk.Newest(ctx, ref.Series, digest.MailedStates()...)
	}
	if err != nil {
		return q, err
	}
	if q.Series, err = s.Desk.SeriesOf(ctx, q.Issue.SeriesID); err != nil {
		return q, err
	}
	q.readers = slices.Clone(a.Readers)
	for _, email := range a.Emails {
		parsed, err := address.Parse(email)
		if err != nil {
			return q, err
		}
		reader, err := s.Store.SubscriberByKey(ctx, parsed.Key)
		if err != nil {
			return q, err
		}
		q.readers = append(q.readers, reader.ID)
	}
	q.Unsettled, err = s.Store.Unsettled(ctx, q.settlement(s.Clock.Now()))
	return q, err
}

func (q Settling) settlement(at time.Time) Settlement {
	return Settlement{IssueID: q.Issue.ID, From: q.State, To: verdictStates[q.As], Readers: q.readers, Asked: q.Asked, At: at}
}

// Settle decides as was asked, and gives how many mails it decided about. Those that are
// to be sent again wait for a worker, or for [Sender.Deliver].
func (s *Sender) Settle(ctx context.Context, by digest.Actor, q Settling) (n int, err error) {
	return s.Store.SettleMails(ctx, by, q.settlement(s.Clock.Now()))
}

// Consequence says in sentences what the decision leads to: who, when, how many.
func (q Settling) Consequence() (lines []string) {
	mails := "1 mail"
	if q.Rows != 1 {
		mails = fmt.Sprintf("%d mails", q.Rows)
	}
	of := "in doubt: the mail server may have taken them, and nobody knows"
	if q.Rows == 1 {
		of = "in doubt: the mail server may have taken it, and nobody knows"
	}
	if q.State == subscribers.Failed {
		of = "refused"
	}
	lines = append(lines, fmt.Sprintf("%s of %s: %s%s.", mails, q.Issue.Title, of, q.why()))
	switch q.As {
	case Arrived:
		lines = append(lines, q.number("It counts as sent from now on, and is not sent again.", "They count as sent from now on, and are not sent again."))
	case NotArrived:
		lines = append(lines, q.number("It counts", "They count")+" as not sent from now on. Nobody gets the issue by that.")
	case SendAgain:
		again := "It is mailed again now, to " + readers(q.Mailable)
		if q.Mailable < q.Rows {
			again += "; the others have left, or may not be mailed"
		}
		lines = append(lines, again+".")
		if q.State == subscribers.Uncertain {
			lines = append(lines, "Who has it already gets it a second time, with the same Message-ID: many mail programs show it once.")
		}
		if q.Issue.State == digest.Paused {
			lines = append(lines, "Sending of the issue is paused; it goes on, with all that waits.")
		}
		lines = append(lines, "It cannot be undone.")
	}
	return lines
}

// number gives the words for one mail or for several.
func (q Settling) number(one, several string) string {
	if q.Rows == 1 {
		return one
	}
	return several
}

func readers(n int) string {
	if n == 1 {
		return "1 reader"
	}
	return fmt.Sprintf("%d readers", n)
}

// why names the causes, the most frequent first.
func (q Settling) why() string {
	causes := slices.SortedFunc(maps.Keys(q.Causes), func(a, b subscribers.Cause) int {
		if q.Causes[a] != q.Causes[b] {
			return q.Causes[b] - q.Causes[a]
		}
		return strings.Compare(string(a), string(b))
	})
	var all []string
	for _, c := range causes {
		if c != subscribers.NoCause {
			all = append(all, fmt.Sprintf("%s %d", c, q.Causes[c]))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}
