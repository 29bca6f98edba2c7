package bounce

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
	"postbag/subscribers/report"
)

// Store is what this package asks of the database.
type Store interface {
	Publication(ctx context.Context) (digest.Publication, error)
	// ByToken finds a subscriber by the token of its links; the error is of kind NotFound.
	ByToken(ctx context.Context, token string) (subscribers.Subscriber, error)
	// SubscriberByKey finds one by its address key; the error is of kind NotFound.
	SubscriberByKey(ctx context.Context, key string) (subscribers.Subscriber, error)
	// Mailed gives the mails of issues to a subscriber, the newest first; that of one
	// issue alone unless issueID is 0. A bounce may be faster than the ledger learns that
	// its mail was taken.
	Mailed(ctx context.Context, subscriberID, issueID int64, most int) ([]Mailed, error)
	// TakeEvents keeps events that are new, and moves the readers that they are about
	// as [Rules.Judge] says, in one transaction. It tells what became of each, in the
	// same order. An event about nobody who is there is [NobodyOf].
	TakeEvents(ctx context.Context, rules Rules, events []Known) ([]Taken, error)
	// RefusedIn lists issues of which more mails have failed than when it was last
	// looked, with how many these are, once nobody is left who was not tried.
	RefusedIn(ctx context.Context, most int) (map[int64]int, error)
	// Tallies counts the readers of an issue that were tried, and those refused as
	// unknown, by receiving domain; none where too few were refused for any doubt.
	Tallies(ctx context.Context, issueID int64) (map[string]Tally, error)
	// CountRefusedReaders counts those of a decision, and DecideRefused carries it out in one
	// transaction, with a row of the audit.
	CountRefusedReaders(ctx context.Context, x Decision) (int, error)
	DecideRefused(ctx context.Context, by digest.Actor, x Decision) (int, error)
	// Refused gives failed mails of an issue of which no event tells, by id, those
	// after one.
	Refused(ctx context.Context, issueID, after int64, most int) ([]Refusal, error)
	// Looked notes that the failed mails of an issue were looked at, when there were
	// so many.
	Looked(ctx context.Context, issueID int64, failed int) error
	// Events lists events, the newest first.
	Events(ctx context.Context, f Filter) ([]Listed, error)
	// BounceCounts counts the events of an issue by kind.
	BounceCounts(ctx context.Context, issueID int64) (map[report.Kind]int, error)
}

// Options are what a [Service] is made of.
type Options struct {
	Store Store
	Clock digest.Clock
	Log   *slog.Logger // default: none
	Rules Rules
	// Domain is that of the return paths; "" takes one of any domain.
	Domain string
}

// Service takes what comes back. It is safe for concurrent use.
type Service struct{ o Options }

// New makes a service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Rules.Hard = cmp.Or(o.Rules.Hard, DefaultHard)
	return &Service{o}
}

// mostMailed is how many of a reader's mails are looked through for one that an event
// may be about.
const mostMailed = 200

// Message reads one message and takes what it says. to are addresses that the mail
// server says it was for. What no event is, or cannot be read, is no error.
func (s *Service) Message(ctx context.Context, from Source, r io.Reader, to ...string) (Taken, error) {
	sum := sha256.New()
	found, err := report.Read(io.TeeReader(r, sum), to...)
	if err != nil {
		return Taken{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if found.Unread {
		return Taken{Outcome: Unread, Kind: found.Kind}, nil
	}
	if found.Kind == report.Other {
		return Taken{Outcome: NoEvent, Kind: found.Kind}, nil
	}
	e := Event{
		ID: hex.EncodeToString(sum.Sum(nil)[:16]), Kind: found.Kind, Status: found.Status, Code: found.Code, Words: found.Words, Source: from,
		Person: Person{ReturnPaths: found.ReturnPaths, Token: found.Token, MessageID: found.MessageID, RelayID: found.RelayID},
	}
	for _, r := range found.Recipients {
		e.Addresses = append(e.Addresses, r.Address)
	}
	return s.take(ctx, e, &found)
}

// Take takes an event of another source, such as a provider's webhook. The error is the
// database's; an event about nobody is none.
func (s *Service) Take(ctx context.Context, e Event) (Taken, error) { return s.take(ctx, e, nil) }

func (s *Service) take(ctx context.Context, e Event, found *report.Report) (Taken, error) {
	known, taken, err := s.know(ctx, e, found)
	if err != nil || taken.Outcome != "" {
		return taken, err
	}
	all, err := s.takeAll(ctx, []Known{known})
	if err != nil {
		return Taken{}, err
	}
	return all[0], nil
}

// takeEach takes events in one transaction.
func (s *Service) takeEach(ctx context.Context, events []Event) ([]Taken, error) {
	var all []Known
	var places []int // of each of these among the events
	taken := make([]Taken, len(events))
	for i, e := range events {
		known, t, err := s.know(ctx, e, nil)
		if err != nil {
			return nil, err
		}
		if taken[i] = t; t.Outcome == "" {
			all, places = append(all, known), append(places, i)
		}
	}
	if len(all) == 0 {
		return taken, nil
	}
	stored, err := s.takeAll(ctx, all)
	for i, t := range stored {
		taken[places[i]] = t
	}
	return taken, err
}

// know finds out what an event is about; taken has an outcome where nothing is left to
// be done.
func (s *Service) know(ctx context.Context, e Event, found *report.Report) (known Known, taken Taken, err error) {
	if e.ID == "" || e.Source == "" {
		return known, taken, digest.Fail(digest.Invalid, "", "an event needs an id and a source")
	}
	if now := s.o.Clock.Now(); e.At.IsZero() || e.At.After(now) {
		e.At = now
	}
	known, ok, err := s.identify(ctx, e, found)
	switch {
	case err != nil:
		return known, taken, fmt.Errorf("take a bounce: %w", err)
	case !ok && e.Kind.ByProgram(), ok && known.Kind == report.Other:
		return known, Taken{Outcome: NoEvent, Kind: e.Kind}, nil
	case !ok:
		return known, Taken{Outcome: NobodyOf, Kind: e.Kind}, nil
	}
	return known, taken, nil
}

// takenAtOnce is how many events one transaction takes.
const takenAtOnce = 200

// TakeAll takes events of another source, such as a provider's webhook, and counts what
// became of them. The error is the database's; events before it may have been taken.
func (s *Service) TakeAll(ctx context.Context, events []Event) (outcomes map[Outcome]int, err error) {
	outcomes = map[Outcome]int{}
	for part := range slices.Chunk(events, takenAtOnce) {
		all, err := s.takeEach(ctx, part)
		if err != nil {
			return outcomes, err
		}
		for _, t := range all {
			outcomes[t.Outcome]++
		}
	}
	return outcomes, nil
}

// takeAll stores events, and logs those that ended a subscription.
func (s *Service) takeAll(ctx context.Context, events []Known) ([]Taken, error) {
	for i, e := range events {
		events[i].Key = e.key()
	}
	all, err := s.o.Store.TakeEvents(ctx, s.o.Rules, events)
	if err != nil {
		return nil, fmt.Errorf("take bounces: %w", err)
	}
	for i, t := range all {
		if t.Ended {
			s.o.Log.Info("an address is not mailed any more", "to", subscribers.Mask(t.Email), "state", string(t.State),
				"kind", string(t.Kind), "status", events[i].Status, "source", string(events[i].Source))
		}
	}
	return all, nil
}

// identify finds out whom an event is about, from the surest sign to the least; see the
// documentation of the package.
func (s *Service) identify(ctx context.Context, e Event, found *report.Report) (known Known, ok bool, err error) {
	pub, err := s.o.Store.Publication(ctx)
	if err != nil {
		return known, false, err
	}
	known = Known{Event: e}
	for _, path := range e.ReturnPaths {
		r, read := subscribers.ReturnPath{Domain: s.o.Domain, Salt: pub.Salt}.Read(path)
		if !read {
			continue
		}
		known.SubscriberID, known.LetterID = r.SubscriberID, r.LetterID
		if r.LetterID == 0 {
			if ok, err := s.mail(ctx, &known, func(m Mailed) bool { return m.IssueID == r.IssueID }, r.IssueID); !ok {
				return known, false, err
			}
		}
		if found != nil && len(found.Recipients) > 1 && !found.OldStyle && e.Kind != report.Complaint {
			// One reader got the mail, who has it sent on to several addresses.
			known.becomes(report.Mildest(found.Recipients))
		}
		return known, true, nil
	}
	if found != nil && found.OldStyle {
		return known, false, nil // nothing but the return path tells a bounce from anything else
	}
	return s.byMail(ctx, known, pub.Salt, found)
}

// becomes takes what a report says of one recipient for the event.
func (e *Known) becomes(r report.Recipient) {
	e.Kind, e.Status, e.Code, e.Words = r.Kind, r.Status, r.Code, r.Words
}

// byMail finds the reader by the token of their links or by their address, and the
// mail by its ids.
func (s *Service) byMail(ctx context.Context, known Known, salt []byte, found *report.Report) (_ Known, ok bool, err error) {
	reader, proved, err := s.reader(ctx, known.Person, "")
	if err != nil {
		return known, false, err
	}
	if proved {
		known.SubscriberID = reader.ID
		if found != nil && len(found.Recipients) > 1 && known.Kind != report.Complaint {
			known.becomes(about(found.Recipients, reader))
		}
		mailed, err := s.mail(ctx, &known, s.names(known, salt), 0)
		// An event without a mail could be told again and again with other words.
		return known, mailed || known.Signed || known.Kind.Ends(), err
	}
	for i, a := range known.Addresses {
		reader, there, err := s.reader(ctx, Person{}, a)
		if err != nil {
			return known, false, err
		}
		if !there {
			continue
		}
		known.SubscriberID = reader.ID
		mailed, err := s.mail(ctx, &known, s.names(known, salt), 0)
		if err != nil {
			return known, false, err
		}
		if mailed || known.Signed {
			if found != nil && i < len(found.Recipients) && known.Kind != report.Complaint {
				known.becomes(found.Recipients[i])
			}
			return known, true, nil
		}
	}
	return known, false, nil
}

// about gives what a report says of a reader: of their own address, if it names it.
func about(all []report.Recipient, reader subscribers.Subscriber) report.Recipient {
	for _, r := range all {
		if a, err := address.Parse(r.Address); err == nil && a.Key == reader.Key {
			return r
		}
	}
	return report.Mildest(all)
}

// reader finds a reader by a token or an address.
func (s *Service) reader(ctx context.Context, p Person, email string) (found subscribers.Subscriber, ok bool, err error) {
	switch {
	case p.Token != "":
		found, err = s.o.Store.ByToken(ctx, p.Token)
	case email != "":
		a, wrong := address.Parse(email)
		if wrong != nil {
			return found, false, nil
		}
		found, err = s.o.Store.SubscriberByKey(ctx, a.Key)
	default:
		return found, false, nil
	}
	if err != nil && digest.KindOf(err) == digest.NotFound {
		return found, false, nil
	}
	return found, err == nil, err
}

const (
	// A relay's name for a mail that anybody may have written counts if it has at least
	// so many letters and digits, one digit among them,
	leastRelayID = 5
	// if the mail began to go out so shortly before (servers try for about a week), and
	// if no other mail to the reader was called so meanwhile.
	longestTried = 14 * 24 * time.Hour
)

// names gives what tells the mail of an event among a reader's: its Message-ID, or the
// relay's name for it in the reply by which the relay took it.
func (s *Service) names(e Known, salt []byte) func(Mailed) bool {
	return func(m Mailed) bool {
		id := subscribers.Mailing{IssueID: m.IssueID, Domain: m.Domain}.MessageID(salt, e.SubscriberID)
		if e.MessageID != "" && strings.EqualFold(e.MessageID, id) {
			return true
		}
		isName := len(e.RelayID) >= leastRelayID && strings.ContainsAny(e.RelayID, "0123456789")
		isNew := !m.At.After(e.At) && e.At.Sub(m.At) <= longestTried
		guessed := !e.Signed && !(isName && isNew)
		return e.RelayID != "" && !guessed && hasWord(m.Reply, e.RelayID)
	}
}

// hasWord tells whether a name stands in a reply by itself, and not as a part of a
// longer one.
func hasWord(reply, name string) bool {
	inName := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
	for at := 0; ; {
		i := strings.Index(reply[at:], name)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(name)
		if (i == 0 || !inName(reply[i-1])) && (end == len(reply) || !inName(reply[end])) {
			return true
		}
		at = i + 1
	}
}

// mail finds the mail that an event is about among those to its reader.
func (s *Service) mail(ctx context.Context, e *Known, is func(Mailed) bool, issueID int64) (ok bool, err error) {
	all, err := s.o.Store.Mailed(ctx, e.SubscriberID, issueID, mostMailed)
	for _, m := range all {
		switch {
		case !is(m):
		case ok && !e.Signed:
			return false, err // two mails are called so
		case !ok:
			e.IssueID, e.MailedAt, ok = m.IssueID, m.At, true
		}
	}
	return ok, err
}

// Counts counts the events of an issue by kind.
func (s *Service) Counts(ctx context.Context, issueID int64) (map[report.Kind]int, error) {
	counts, err := s.o.Store.BounceCounts(ctx, issueID)
	if err != nil {
		return nil, fmt.Errorf("count bounces: %w", err)
	}
	return counts, nil
}

// Events lists events, the newest first.
func (s *Service) Events(ctx context.Context, f Filter) ([]Listed, error) {
	all, err := s.o.Store.Events(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("list bounces: %w", err)
	}
	return all, nil
}
