package dispatch

import (
	"context"

	"postbag/digest"
	"postbag/digest/desk"
)

// Send makes now the moment of an issue's mailing, which cannot be undone: whom it goes
// to, tells [Sender.ToSend]. It checks the issue once more,
// and publishes it if it is only approved. An issue that is on its way, or was
// sent, stays as it is. Without a number the only issue on its way is meant, else
// the newest that was sent. Anyway sends what is on the web already although a pick
// was removed from the blog since. An issue that is not as ref saw it is refused with an
// error of kind Conflict that tells what was done since. Unsure are the picks of which nothing shows
// whether they are still there. [Sender.Deliver] then mails the issue.
func (s *Sender) Send(ctx context.Context, by digest.Actor, ref desk.Ref, anyway bool) (issue digest.Issue, unsure []desk.Row, err error) {
	if issue, err = s.toSend(ctx, ref); err != nil {
		return issue, nil, err
	}
	ref.Number = issue.Number
	if isAsked := issue.State == digest.Published && issue.Asks == digest.AsksNothing && !issue.DueAt.IsZero() && !issue.DueAt.After(s.Clock.Now()); isAsked || issue.State == digest.Sending || issue.State == digest.Sent {
		ref.Last = 0 // it is on its way: whoever says so once more means the same
	}
	if err := s.Desk.Unchanged(ctx, issue, ref.Seen()); err != nil {
		return issue, nil, err
	}
	switch issue.State {
	case digest.Sending, digest.Paused, digest.Sent:
		return issue, nil, nil
	case digest.Draft:
		return issue, nil, digest.Fail(digest.Conflict, "", "issue %d is a draft", issue.Number).
			Offer(digest.Act{Do: digest.ApproveIssue, Series: ref.Series, Issue: issue.Number})
	case digest.Approved, digest.Published:
	default:
		return issue, nil, digest.Fail(digest.Conflict, "Only what is approved or published can be sent.", "issue %d is %s", issue.Number, issue.State.Is())
	}
	readers, err := s.Store.Audience(ctx)
	if err != nil {
		return issue, nil, err
	}
	if readers.Readers(true) == 0 {
		err := digest.Fail(digest.Conflict, "", "nobody has subscribed yet").Offer(digest.Act{Do: digest.AddSubscriber})
		if issue.State == digest.Approved {
			err = err.Offer(digest.Act{Do: digest.PublishIssue, Series: ref.Series, Issue: issue.Number})
		}
		return issue, nil, err
	}
	return s.begin(ctx, by, issue, ref, anyway)
}

func (s *Sender) begin(ctx context.Context, by digest.Actor, issue digest.Issue, ref desk.Ref, anyway bool) (_ digest.Issue, unsure []desk.Row, err error) {
	overrode := digest.OverrodeNothing
	if anyway {
		overrode = digest.OverrodeRemovedPick
	}
	switch {
	case issue.State == digest.Approved:
		if issue, unsure, err = s.Desk.Publish(ctx, by, ref); err == nil && ref.Last != 0 {
			ref.Last, err = s.published(ctx, ref)
		}
	case anyway:
		unsure, err = s.Desk.Recheck(ctx, issue)
	default:
		unsure, err = s.Desk.Check(ctx, issue)
	}
	if err != nil {
		return issue, unsure, err
	}
	err = s.Store.SetDue(ctx, by, issue.ID, s.Clock.Now(), overrode, ref.Seen())
	present, _, readErr := s.Desk.Issue(ctx, ref)
	if readErr == nil && (present.State == digest.Sending || present.State == digest.Sent) {
		err = nil // a worker began it meanwhile
	}
	if err == nil {
		err = readErr
	}
	return present, unsure, err
}

// published gives the newest change of an issue that was published just now; when somebody
// has come between, the one that ref saw.
func (s *Sender) published(ctx context.Context, ref desk.Ref) (last int64, err error) {
	_, history, err := s.Desk.History(ctx, ref, 1)
	if did, _ := digest.Moved(digest.Published); err == nil && len(history) > 0 && history[0].Did == did {
		return history[0].ID, nil
	}
	return ref.Last, err
}

// Pause stops the sending of an issue; what is queued stays queued.
func (s *Sender) Pause(ctx context.Context, by digest.Actor, ref desk.Ref) (digest.Issue, error) {
	ref.Last = 0 // to stop is no harm, whatever else was done
	return s.setState(ctx, by, ref, digest.Sending, digest.Paused, digest.Pause{Cause: digest.PauseByHand})
}

// Resume goes on sending an issue that was paused.
func (s *Sender) Resume(ctx context.Context, by digest.Actor, ref desk.Ref) (digest.Issue, error) {
	return s.setState(ctx, by, ref, digest.Paused, digest.Sending, digest.Pause{})
}

func (s *Sender) setState(ctx context.Context, by digest.Actor, ref desk.Ref, from, to digest.IssueState, why digest.Pause) (digest.Issue, error) {
	issue, err := s.Desk.Meant(ctx, ref, from)
	if err != nil {
		return issue, err
	}
	if err := s.Store.SetIssueState(ctx, by, issue.ID, to, why, s.Clock.Now(), ref.Seen()); err != nil {
		return issue, err
	}
	issue.State, issue.Pause = to, why
	return issue, nil
}

// Begin checks the picks of a published issue once more and freezes its audience: from
// then on every worker sends its share. Unsure are the picks of which nothing shows
// whether they are still there. The error is of kind Conflict when a pick was removed
// from the blog, unless the editor decided to send the issue anyway.
func (s *Sender) Begin(ctx context.Context, by digest.Actor, issue digest.Issue) (unsure []desk.Row, err error) {
	unsure, err = s.Desk.Check(ctx, issue)
	isOverridden := digest.KindOf(err) == digest.Conflict && issue.Overrode == digest.OverrodeRemovedPick
	if err != nil && !isOverridden {
		return unsure, err
	}
	mailing, last, err := s.Mailing(ctx, issue)
	if err != nil {
		return unsure, err
	}
	_, err = s.Store.Begin(ctx, mailing, last)
	return unsure, err
}
