package remind

import (
	"context"
	"slices"
	"strconv"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

// Question is what the page of a link asks.
type Question struct {
	digest.ReminderLink
	Asked  digest.Reply
	Issue  digest.Issue
	Series digest.Series
	// Several tells that there is more than one series, so that an address names one.
	Several bool
	// Lines are the consequence, in sentences: who gets what, and when.
	Lines []string
	// Problems are what keeps the issue from being sent; it cannot be while there are any.
	Problems []string
}

// Ask tells what a link would do now. Nothing is changed. The error is of kind NotFound
// for what is no link, or one of an editor who is none any more, and of kind Conflict for
// one that cannot be used: it was used, its moment has passed, or somebody has approved,
// skipped or moved the issue meanwhile.
func (s *Service) Ask(ctx context.Context, token string, reply digest.Reply) (q Question, err error) {
	found := false
	if slices.Contains(digest.Replies(), reply) {
		if q.ReminderLink, found, err = s.Store.ReminderLink(ctx, token); err != nil {
			return q, err
		}
	}
	if !found {
		return q, digest.Fail(digest.NotFound, "Links of reminders are gone with what they are about. The desk shows what there is to do.", "this link stands for nothing").
			Offer(digest.Act{Do: digest.SignInAct})
	}
	if !q.Used.IsZero() {
		return q, digest.Fail(digest.Conflict, "The desk shows how it stands.", "the links of this mail were used already, to %s", replyWords[q.Reply]).
			Offer(digest.Act{Do: digest.SignInAct})
	}
	issue, series, err := s.Desk.Waiting(ctx, q.IssueID, q.DueAt)
	q.Asked, q.Issue, q.Series = reply, issue, series
	if err != nil {
		return q, err
	}
	if !q.DueAt.After(s.Clock.Now()) {
		return q, digest.Fail(digest.Conflict, "The desk shows how it stands.", "the moment of %s has passed, and this link with it", issue.Title).
			Offer(digest.Act{Do: digest.SignInAct})
	}
	return q, s.consequence(ctx, &q)
}

// replyWords finish "it was used already, to …".
var replyWords = map[digest.Reply]string{
	digest.ReplySend: "send the issue", digest.ReplySkip: "skip it", digest.ReplyWait: "give it another day",
}

func (q Question) ref(version int64) desk.Ref {
	return desk.Ref{Series: q.Series.Slug, Number: q.Issue.Number, Version: version}
}

// consequence says what the reply would do.
func (s *Service) consequence(ctx context.Context, q *Question) error {
	ahead, err := s.Sender.Prospect(ctx, q.ref(0), desk.When{})
	if err != nil {
		return err
	}
	q.Several = ahead.Several
	spoken := func(at time.Time) string { return desk.Spoken(q.Series, at, s.Clock.Now()) }
	switch q.Asked {
	case digest.ReplySend:
		is, err := s.Desk.Outlook(ctx, q.ref(0))
		if err != nil {
			return err
		}
		for _, p := range is.Problems {
			if len(q.Problems) < mostTold {
				q.Problems = append(q.Problems, oneLine(p.Error()))
			}
		}
		q.Lines = []string{
			"It is approved as it stands, with " + picks(q.Issue.Picks()) + ". It goes out " + spoken(ahead.Due) + ".",
			ahead.Who(),
			"Until then the approval can be taken back at the desk.",
		}
	case digest.ReplySkip:
		next, err := s.Desk.NextMoment(ctx, q.Issue, q.Series)
		if err != nil {
			return err
		}
		q.Lines = []string{
			"Nothing goes out " + spoken(q.DueAt) + ". No reader gets a mail.",
			"The " + picks(q.Issue.Picks()) + " and all else in it go on to the next issue, which is due " + spoken(next) + ".",
		}
	case digest.ReplyWait:
		at, err := s.Desk.DayLater(ctx, q.Issue, q.Series)
		if err != nil {
			return err
		}
		q.Lines = []string{
			"Its moment is " + spoken(at) + " then, in place of " + spoken(q.DueAt) + ".",
			"It still needs an approval by then. The editors are reminded again.",
		}
	}
	return nil
}

func picks(n int) string {
	if n == 1 {
		return "1 pick"
	}
	return strconv.Itoa(n) + " picks"
}

// Reply does what a link stands for, as the editor whose mail it was, and says what was
// done. The version is that of the draft that the page showed: one that somebody changed
// since is looked at again first, an error of kind Conflict.
func (s *Service) Reply(ctx context.Context, token string, reply digest.Reply, version int64) (said string, err error) {
	q, err := s.Ask(ctx, token, reply)
	if err != nil {
		return "", err
	}
	if version == 0 {
		return "", digest.Fail(digest.Invalid, "Open the link again.", "the form does not say which version of the issue it was made for")
	}
	by, spoken := q.Editor.Actor(), func(at time.Time) string { return desk.Spoken(q.Series, at, s.Clock.Now()) }
	switch reply {
	case digest.ReplySend:
		issue, _, err := s.Desk.Approve(ctx, by, q.ref(version), desk.When{})
		if err != nil {
			return "", err
		}
		said = issue.Title + " is approved. It goes out " + spoken(issue.DueAt) + "."
	case digest.ReplySkip:
		issue, next, err := s.Desk.Skip(ctx, by, q.ref(version))
		if err != nil {
			return "", err
		}
		said = issue.Title + " is skipped. The next is due " + spoken(next.DueAt) + "."
	case digest.ReplyWait:
		issue, err := s.Desk.GiveDay(ctx, by, q.ref(0), q.DueAt)
		if err != nil {
			return "", err
		}
		said = issue.Title + " has another day. Its moment is " + spoken(issue.DueAt) + " now, and it still needs an approval."
	}
	// What was done stands, and keeps the link from doing anything again by itself.
	if err := s.Store.UseReminder(ctx, q.ReminderLink.ID, reply); err != nil {
		s.Log.ErrorContext(ctx, "it was not noted that a reminder's link was used", "error", err)
	}
	return said, nil
}
