package remind

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/subscribers/letters"
)

const (
	// mostTold bounds the comments that are suggested, and the problems, in a mail.
	mostTold = 5
	// mostWords is how many characters of a comment a mail has.
	mostWords = 140
)

// Store is what reminding needs of the database.
type Store interface {
	// IssuesIn lists the issues in some states, without Blocks and Frozen.
	IssuesIn(ctx context.Context, states ...digest.IssueState) ([]digest.Issue, error)
	// Reminded tells which reminders of a draft's moment are done, by how long before.
	Reminded(ctx context.Context, issueID int64, due time.Time) ([]time.Duration, error)
	// Remind notes that a reminder is done, and queues a letter to every editor, with a
	// token of its own, that tells what is given and is of use until it expires; it counts
	// them. Nothing is done for a draft that is none any more, has another moment, or was
	// reminded.
	Remind(ctx context.Context, r digest.Reminder, told string, expires time.Time) (letters int, err error)
	// PassReminder notes that a reminder is left out because it is late.
	PassReminder(ctx context.Context, r digest.Reminder) error
	// ReminderLink gives what a token stands for.
	ReminderLink(ctx context.Context, token string) (link digest.ReminderLink, found bool, err error)
	// UseReminder notes that a link was used.
	UseReminder(ctx context.Context, id int64, reply digest.Reply) error
}

// Options are what a [Service] is made of. Sender is not needed to remind.
type Options struct {
	Store  Store
	Desk   *desk.Desk
	Sender *dispatch.Sender
	Clock  digest.Clock
	Log    *slog.Logger // nil discards
}

// Service reminds, and takes replies. It is safe for concurrent use.
type Service struct{ Options }

// New makes a service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{o}
}

// Series makes the reminders of a series that are due. One that is more than
// [digest.ReminderLate] late is left out.
func (s *Service) Series(ctx context.Context, series digest.Series) error {
	drafts, err := s.Store.IssuesIn(ctx, digest.Draft)
	if err != nil {
		return err
	}
	for _, issue := range drafts {
		if issue.SeriesID != series.ID || issue.DueAt.IsZero() {
			continue
		}
		if err := s.issue(ctx, issue, series); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) issue(ctx context.Context, issue digest.Issue, series digest.Series) error {
	done, err := s.Store.Reminded(ctx, issue.ID, issue.DueAt)
	if err != nil {
		return err
	}
	isDone := map[time.Duration]bool{}
	for _, ahead := range done {
		isDone[ahead] = true
	}
	now := s.Clock.Now()
	for _, ahead := range digest.RemindersAhead() {
		r := digest.Reminder{IssueID: issue.ID, DueAt: issue.DueAt, Ahead: ahead}
		until := r.At().Add(digest.ReminderLate)
		switch {
		case isDone[ahead] || r.At().After(now):
			continue
		case now.After(until):
			if err := s.Store.PassReminder(ctx, r); err != nil {
				return err
			}
			continue
		}
		told, err := s.tell(ctx, issue, series, ahead)
		if err != nil {
			return err
		}
		n, err := s.Store.Remind(ctx, r, told, until)
		if err != nil {
			return err
		}
		s.Desk.LogOf(ctx, s.Log, issue).Info("the editors are reminded: nobody has approved it", "due", issue.DueAt, "letters", n)
	}
	return nil
}

// tell gives what a reminder tells of a draft, as it stands now.
func (s *Service) tell(ctx context.Context, issue digest.Issue, series digest.Series, ahead time.Duration) (string, error) {
	ref := desk.Ref{Series: series.Slug, Number: issue.Number}
	g, err := s.Desk.Glance(ctx, ref)
	if err != nil {
		return "", err
	}
	is, err := s.Desk.Outlook(ctx, ref)
	if err != nil {
		return "", err
	}
	told := letters.Told{
		Title: g.Issue.Title, Series: series.Slug, Number: issue.Number, Several: g.Several,
		Moment: desk.Spoken(series, issue.DueAt, s.Clock.Now()), Hours: int(ahead / time.Hour),
		Picks: g.Issue.Picks(), Left: g.Left, ToFix: len(is.Problems), Otherwise: otherwise(series),
	}
	for _, p := range is.Problems {
		if len(told.Problems) < mostTold {
			told.Problems = append(told.Problems, oneLine(p.Error()))
		}
	}
	suggested, err := s.Desk.Suggestions(ctx, ref, mostTold)
	if err != nil {
		return "", err
	}
	for _, c := range suggested {
		told.Suggested = append(told.Suggested, letters.ToldComment{
			Author: oneLine(c.Author), Words: cut(oneLine(c.Body.Shown()), mostWords), Post: oneLine(c.PostTitle), Reasons: strings.Join(c.Why(), " · "),
		})
	}
	packed, err := json.Marshal(told)
	if err != nil {
		return "", fmt.Errorf("remind of issue %d: %w", issue.Number, err)
	}
	return string(packed), nil
}

// otherwise says what happens to a draft of a series if nobody does anything.
func otherwise(series digest.Series) string {
	switch series.Deadline {
	case digest.SendPicked:
		return fmt.Sprintf("If nobody does anything, it goes out as it is picked, provided that it has at least %d and nothing is to be fixed. Else it waits for the next moment.", max(series.AtLeast, 1))
	case digest.SendSuggested:
		return "If nobody does anything, what is suggested goes out below what is picked, headed as chosen automatically. Where that cannot be, it waits for the next moment."
	case digest.SendPosts:
		return "If nobody does anything, a list of the posts and of how many comments they have goes out, and no reader’s words. What is picked goes on to the next issue."
	}
	return "If nobody does anything, nothing goes out. What is picked is kept, and waits for the next moment."
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return text
}
