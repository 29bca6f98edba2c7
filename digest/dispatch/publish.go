package dispatch

import (
	"context"

	"postbag/digest"
	"postbag/digest/desk"
)

// Check asks the blogs whether the picks of an issue are still there. It gives the
// rows of which nothing shows whether they are. When one was removed the error is
// of kind Conflict.
func (s *Sender) Check(ctx context.Context, issue digest.Issue) (unsure []desk.Row, err error) {
	if err := s.Desk.Removed(ctx, issue); err != nil {
		return nil, err
	}
	if unsure, err = s.Desk.Recheck(ctx, issue); err != nil {
		return unsure, err
	}
	return unsure, s.Desk.Removed(ctx, issue)
}

// Publish puts an approved issue on the web and in the feed now, once its picks
// were checked; unsure are those of which nothing shows whether they are still
// there. Without a number the only approved issue is meant.
func (s *Sender) Publish(ctx context.Context, by digest.Actor, ref desk.Ref) (issue digest.Issue, unsure []desk.Row, err error) {
	if issue, err = s.meant(ctx, ref, digest.Approved); err != nil {
		return issue, nil, err
	}
	if unsure, err = s.Check(ctx, issue); err != nil {
		return issue, unsure, err
	}
	issue, err = s.Desk.Publish(ctx, by, desk.Ref{Series: ref.Series, Number: issue.Number})
	return issue, unsure, err
}

// meant gives the issue that is named, else the only one in one of some states.
func (s *Sender) meant(ctx context.Context, ref desk.Ref, states ...digest.IssueState) (digest.Issue, error) {
	if ref.Number != 0 {
		issue, _, err := s.Desk.Issue(ctx, ref)
		return issue, err
	}
	return s.Desk.Only(ctx, ref.Series, states...)
}

// Waits tells why an issue whose moment has come waits for the editor: a pick was
// removed from the blog, and the editor did not decide to send it anyway. It is nil
// when nothing stands in the way. Unsure are the picks of which nothing shows
// whether they are still there.
func (s *Sender) Waits(ctx context.Context, issue digest.Issue) (why error, unsure []desk.Row, err error) {
	unsure, err = s.Check(ctx, issue)
	if err == nil || digest.KindOf(err) != digest.Conflict {
		return nil, unsure, err
	}
	if issue.Overrode == digest.OverrodeRemovedPick {
		return nil, unsure, nil
	}
	return err, unsure, nil
}
