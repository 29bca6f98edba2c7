package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
)

// Duty names the recurring work that asks the blogs; see [Check.AskWaiting].
const Duty = "ask"

// Bounds of one asking.
const (
	mostLinks   = 100             // addresses that are asked
	linksTime   = 2 * time.Minute // for all of them, in real time
	tellEvery   = time.Second     // how often it is stored how far it is, in real time
	mostNotices = 20              // that are kept
)

// Want asks that the blogs be asked about the picks and the links of an issue, and
// gives how far that is: the worker does it, beside everything else.
func (c *Check) Want(ctx context.Context, by digest.Actor, ref desk.Ref) (digest.Asking, error) {
	issue, _, err := c.desk.Issue(ctx, ref)
	if err != nil {
		return digest.Asking{}, err
	}
	if issue.Picks() == 0 {
		return digest.Asking{}, digest.Fail(digest.Conflict, "Pick some comments first.", "issue %d has no picks to ask about", issue.Number).
			Offer(digest.Act{Do: digest.ReadIssue, Series: ref.Series, Issue: issue.Number})
	}
	return c.store.WantAsking(ctx, by, issue.ID, c.clock.Now(), Duty)
}

// Now asks the blogs about an issue in this process, and tells how far it is; where it
// is under way elsewhere both do it, which is no harm.
func (c *Check) Now(ctx context.Context, by digest.Actor, ref desk.Ref, tell func(digest.Asking)) (digest.Asking, error) {
	a, err := c.Want(ctx, by, ref)
	if err != nil {
		return a, err
	}
	return c.ask(ctx, a, tell)
}

// AskWaiting asks the blogs about every issue for which somebody wants that, one after
// the other. What was found out before a process ended is not asked again for a while.
func (c *Check) AskWaiting(ctx context.Context) error {
	open, err := c.store.OpenAskings(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, a := range open {
		if _, err := c.ask(ctx, a, nil); err != nil {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// ask does one asking. The error is the store's, or the end of ctx: then it stays open,
// and what is known by then is kept.
func (c *Check) ask(ctx context.Context, a digest.Asking, tell func(digest.Asking)) (digest.Asking, error) {
	issue, err := c.store.IssueByID(ctx, a.IssueID)
	if err != nil {
		return a, err
	}
	a.BeganAt = c.clock.Now()
	due, err := c.due(ctx, issue, a)
	if err != nil {
		return a, err
	}
	a.Total = issue.Picks()
	a.Done = a.Total - len(due)
	progress := func() {
		if tell != nil {
			tell(a)
		}
	}
	if err := c.store.SaveAsking(ctx, a); err != nil {
		return a, err
	}
	progress()
	var answers []digest.Answer
	stored := time.Now()
	save := func() error {
		if err := c.store.SaveAnswers(ctx, answers); err != nil {
			return err
		}
		answers, stored = nil, time.Now()
		return c.store.SaveAsking(ctx, a)
	}
	var saving error
	found, err := c.blogs.Ask(ctx, due, func(id int64, there bool) {
		said := digest.SaidThere
		if !there {
			said = digest.SaidGone
		}
		answers = append(answers, digest.Answer{CommentID: id, AskedAt: c.clock.Now(), Said: said})
		a.Done++
		progress()
		if time.Since(stored) > tellEvery {
			saving = errors.Join(saving, save())
		}
	})
	if ctx.Err() != nil {
		return a, c.keep(ctx, answers, ctx.Err())
	}
	if err != nil {
		a.Notices = append(a.Notices, err.Error())
	}
	for _, id := range found.Unsure {
		answers = append(answers, digest.Answer{CommentID: id, AskedAt: c.clock.Now(), Said: digest.SaidUnsure})
	}
	a.Done = a.Total
	a.Notices = append(a.Notices, notices(found.Notices)...)
	if err := errors.Join(saving, save()); err != nil {
		return a, err
	}
	if err := c.askLinks(ctx, issue); err != nil {
		return a, err
	}
	a.DoneAt = c.clock.Now()
	if a.DoneAt.Before(a.WantedAt) {
		a.DoneAt = a.WantedAt // a clock that went back
	}
	progress()
	return a, c.store.SaveAsking(ctx, a)
}

// keep stores what is known when the process is told to end.
func (c *Check) keep(ctx context.Context, answers []digest.Answer, cause error) error {
	after, cancel := digest.Afterwards(ctx, 3*time.Second)
	defer cancel()
	return errors.Join(cause, c.store.SaveAnswers(after, answers))
}

// due are the picks that are to be asked about: those of which nothing was heard since
// somebody wanted it, as after a process that ended in the midst.
func (c *Check) due(ctx context.Context, issue digest.Issue, a digest.Asking) ([]int64, error) {
	picked := issue.Picked()
	known, err := c.store.Answers(ctx, picked)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(picked, func(id int64) bool {
		k, is := known[id]
		return is && !k.AskedAt.Before(a.WantedAt) && k.IsFresh(c.clock.Now())
	}), nil
}

func notices(all []pull.Notice) (words []string) {
	for _, n := range all {
		if len(words) < mostNotices && !slices.Contains(words, n.Text) {
			words = append(words, n.Text)
		}
	}
	return words
}

// askLinks asks the addresses that an issue links to, those of which nothing was heard
// for a day. What there is no time for stays unknown.
func (c *Check) askLinks(ctx context.Context, issue digest.Issue) error {
	if c.links == nil {
		return nil
	}
	series, err := c.desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return err
	}
	ref := desk.Ref{Series: series.Slug, Number: issue.Number}
	outlook, err := c.desk.Outlook(ctx, ref)
	if err != nil {
		return err
	}
	rows, err := c.desk.Rows(ctx, outlook.Issue)
	if err != nil {
		return err
	}
	all := addresses(Report{Outlook: outlook, Rows: rows})
	urls := make([]string, len(all))
	for i, a := range all {
		urls[i] = a.url
	}
	known, err := c.store.LinkAnswers(ctx, urls)
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, linksTime)
	defer cancel()
	asked := 0
	for _, url := range urls {
		if a, is := known[url]; is && c.clock.Now().Sub(a.AskedAt) < digest.LinkFresh && c.clock.Now().Sub(a.AskedAt) >= 0 && !a.IsDead() {
			continue
		}
		if asked++; asked > mostLinks || bounded.Err() != nil {
			break
		}
		status, err := c.links.Reach(bounded, url)
		if bounded.Err() != nil {
			break
		}
		a := digest.LinkAnswer{URL: url, AskedAt: c.clock.Now(), Status: status}
		if err != nil && status == 0 {
			a.Fault = err.Error()
		}
		if err := c.store.SaveLink(ctx, a); err != nil {
			return fmt.Errorf("keep what a link said: %w", err)
		}
	}
	return ctx.Err()
}
