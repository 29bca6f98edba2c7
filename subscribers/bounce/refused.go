package bounce

import (
	"context"
	"fmt"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/report"
)

// Refusal is a mail of an issue that failed while it was handed over, or was given up.
type Refusal struct {
	DeliveryID            int64
	Email                 string // of the reader; "" for who was forgotten
	IssueID, SubscriberID int64
	MailedAt, At          time.Time
	subscribers.Outcome
}

// Kind gives what a refusal says of the address, and its status code; ok is false for
// one that says nothing of it, such as a server that was never reached.
func (r Refusal) Kind() (kind report.Kind, status string, ok bool) {
	status = report.StatusIn(r.Reply)
	switch r.Cause {
	case subscribers.AddressRefused:
		// The server spoke of the address, and for good; its code may say what of it.
		if kind = report.Hard; report.Telling(status) {
			kind = report.ByStatus(status)
		}
	case subscribers.MailboxFull:
		kind = report.Soft
	case subscribers.Expired:
		if r.Code < 400 || r.Code == 421 {
			return "", "", false
		}
		if kind = report.ByStatus(status); kind == report.Hard {
			kind = report.Soft // what was tried again was refused temporarily each time
		}
	case subscribers.MessageRefused, subscribers.SenderRefused:
		kind = report.Policy
	default:
		return "", "", false
	}
	return kind, status, true
}

// How many refusals one transaction takes, and how many issues are looked at in turn.
const (
	refusalsAtOnce = 200
	issuesAtOnce   = 50
)

// Refusals takes the refusals in the ledger since it was last asked, by the same rules
// as bounces that come later, and tells how many were new. An issue is looked at once all
// its readers were tried: before that nobody knows whether its refusals are to be
// believed, see [Tally].
func (s *Service) Refusals(ctx context.Context) (n int, err error) {
	issues, err := s.o.Store.RefusedIn(ctx, issuesAtOnce)
	if err != nil {
		return 0, fmt.Errorf("look for refused mails: %w", err)
	}
	for issue, failed := range issues {
		taken, err := s.refusalsOf(ctx, issue)
		if n += taken; err == nil {
			err = s.o.Store.Looked(ctx, issue, failed)
		}
		if err != nil {
			return n, fmt.Errorf("take refused mails: %w", err)
		}
	}
	return n, nil
}

func (s *Service) refusalsOf(ctx context.Context, issueID int64) (n int, err error) {
	tallies, err := s.o.Store.Tallies(ctx, issueID)
	if err != nil {
		return 0, err
	}
	doubts, doubted := doubtsOf(tallies), map[string]int{}
	defer func() { s.logDoubts(issueID, doubts, doubted) }()
	for after := int64(0); ; {
		all, err := s.o.Store.Refused(ctx, issueID, after, refusalsAtOnce)
		if err != nil || len(all) == 0 {
			return n, err
		}
		after = all[len(all)-1].DeliveryID
		var events []Known
		for _, r := range all {
			kind, status, ok := r.Kind()
			if !ok {
				continue
			}
			if r.Cause == subscribers.AddressRefused && kind.Scores() && doubts.of(r.Email) {
				kind = report.Doubtful
				doubted[DomainOf(r.Email)]++
			}
			events = append(events, Known{
				Event:   Event{At: r.At, Kind: kind, Status: status, Code: r.Code, Words: r.Reply, Source: AtSMTP},
				IssueID: r.IssueID, SubscriberID: r.SubscriberID, MailedAt: r.MailedAt,
			})
		}
		if len(events) == 0 {
			continue
		}
		taken, err := s.takeAll(ctx, events)
		if err != nil {
			return n, err
		}
		for _, t := range taken {
			if t.Outcome == Recorded {
				n++
			}
		}
	}
}
