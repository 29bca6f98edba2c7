package dispatch

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
)

// Prospect is who will get an issue, and when.
type Prospect struct {
	Issue digest.Issue
	// Due is when it goes out, or would if it were approved now: the moment from which it
	// is mailed. It is zero for an issue that has no moment.
	Due         time.Time
	LastOfMonth bool // readers who want one mail a month get it
	Audience    subscribers.Audience
	Series      digest.Series
	Several     bool // there is more than one series
}

// Readers counts who gets it.
func (p Prospect) Readers() int { return p.Audience.Readers(p.LastOfMonth) }

// Who says in sentences who gets it, and who gets nothing.
func (p Prospect) Who() string {
	who := p.Audience.Who(p.LastOfMonth)
	if others := p.Audience.Others(p.LastOfMonth); others != "" {
		who += " " + others
	}
	return who
}

// Prospect tells who gets an issue that is still to be mailed, and when it would go out
// if it were approved for a moment.
func (s *Sender) Prospect(ctx context.Context, ref desk.Ref, when desk.When) (p Prospect, err error) {
	if p.Issue, p.Series, err = s.Desk.Issue(ctx, ref); err != nil {
		return p, err
	}
	return s.prospect(ctx, p, when)
}

func (s *Sender) prospect(ctx context.Context, p Prospect, when desk.When) (_ Prospect, err error) {
	if p.Due, p.LastOfMonth, err = s.Desk.Due(ctx, p.Issue, when); err != nil {
		return p, err
	}
	all, err := s.Store.SeriesList(ctx)
	if err != nil {
		return p, err
	}
	p.Several = len(all) > 1
	p.Audience, err = s.Store.Audience(ctx)
	return p, err
}

// ToSend gives the issue that [Sender.Send] means, and whom it would be mailed to now.
// Without a number that is the only issue on its way, else the newest that was sent.
func (s *Sender) ToSend(ctx context.Context, ref desk.Ref) (p Prospect, err error) {
	if p.Issue, err = s.toSend(ctx, ref); err != nil {
		return p, err
	}
	if p.Series, err = s.Desk.SeriesOf(ctx, p.Issue.SeriesID); err != nil {
		return p, err
	}
	return s.prospect(ctx, p, desk.When{})
}

func (s *Sender) toSend(ctx context.Context, ref desk.Ref) (digest.Issue, error) {
	issue, err := s.Desk.Meant(ctx, ref, digest.Sending, digest.Paused, digest.Published, digest.Approved)
	if digest.KindOf(err) == digest.NotFound && ref.Number == 0 {
		issue, err = s.Desk.Newest(ctx, ref.Series, digest.Sent)
	}
	return issue, err
}

// TakeBack holds an issue back as far as that is still possible: an approval is taken
// back; what is on the web already is not mailed before somebody says so; and a mailing
// that has begun is paused, with all that has not left. Without a number the only issue
// on its way is meant. An issue of another version than ref's is refused; whatever else was
// done to it, to stop it is no harm.
func (s *Sender) TakeBack(ctx context.Context, by digest.Actor, ref desk.Ref) (digest.Issue, error) {
	ref.Last = 0
	const tries = 4 // a worker may take it from one state to the next meanwhile
	for i := 1; ; i++ {
		issue, err := s.Desk.Meant(ctx, ref, digest.Approved, digest.Published, digest.Sending, digest.Paused)
		if err != nil {
			return issue, err
		}
		ref.Number = issue.Number
		if err := s.Desk.Unchanged(ctx, issue, ref.Seen()); err != nil {
			return issue, err
		}
		switch issue.State {
		case digest.Approved:
			issue, err = s.Desk.Reopen(ctx, by, ref)
		case digest.Published:
			if err = s.Store.StopMailing(ctx, by, issue.ID, s.Clock.Now(), ref.Seen()); err == nil {
				return s.Desk.ByID(ctx, issue.ID)
			}
		case digest.Sending:
			issue, err = s.Pause(ctx, by, ref)
		case digest.Paused:
			return issue, nil
		default:
			return issue, digest.Fail(digest.Conflict, "Only what waits or is on its way can be held.", "issue %d is %s", issue.Number, issue.State.Is()).
				Offer(digest.Act{Do: digest.ListIssues, Series: ref.Series})
		}
		if err == nil || digest.KindOf(err) != digest.Conflict || i == tries {
			return issue, err
		}
	}
}
