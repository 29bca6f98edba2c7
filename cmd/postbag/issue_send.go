package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

type issueSendCmd struct {
	which
	Anyway bool `help:"Send what is on the web already, although a pick was removed from the blog since."`
}

// sendAnyway is kept with an issue that is sent although a pick was removed.
const sendAnyway = "to be sent although a pick was removed"

// Run mails an issue. Where a worker runs on this database the issue is handed to
// it and watched; elsewhere this command delivers it.
func (c issueSendCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		office, err := a.newPostOffice(ctx)
		if err != nil {
			return err
		}
		issue, err := c.meant(ctx, a)
		if err != nil {
			return err
		}
		if issue.State == digest.Sent {
			fmt.Fprintf(p.Stdout, "%s was sent already.\n", cell(issue.Title, 150))
			return a.delivered(ctx, issue)
		}
		if issue, err = a.toSend(ctx, c, issue); err != nil {
			return err
		}
		return office.send(ctx, issue)
	})
}

// meant gives the issue that is named, else the only one that is on its way, else
// the newest that was sent.
func (c issueSendCmd) meant(ctx context.Context, a *app) (digest.Issue, error) {
	if c.Number != 0 {
		issue, _, err := a.desk.Issue(ctx, c.ref())
		return issue, err
	}
	issue, err := a.desk.Only(ctx, c.Series, digest.Sending, digest.Paused, digest.Published, digest.Approved)
	if err != nil && digest.KindOf(err) == digest.NotFound {
		return a.desk.Newest(ctx, c.Series, digest.Sent)
	}
	return issue, err
}

// toSend checks an issue once more before it is mailed, publishes it if it is
// only approved, and makes now its moment.
func (a *app) toSend(ctx context.Context, c issueSendCmd, issue digest.Issue) (digest.Issue, error) {
	switch issue.State {
	case digest.Draft:
		return issue, digest.Fail(digest.Conflict, "Approve it first: postbag issue approve", "issue %d is a draft", issue.Number)
	case digest.Approved, digest.Published:
	case digest.Sending, digest.Paused:
		return issue, nil
	default:
		return issue, digest.Fail(digest.Conflict, "Only what is approved or published can be sent.", "issue %d is %s", issue.Number, issue.State)
	}
	readers, err := a.roster().Counts(ctx)
	if err != nil {
		return issue, err
	}
	if readers[subscribers.Active] == 0 {
		return issue, digest.Fail(digest.Conflict, "Add readers first; or leave it on the web alone: postbag issue publish", "nobody has subscribed yet")
	}
	if err := a.recheckNow(ctx, issue); err != nil {
		return issue, err
	}
	if issue.State == digest.Approved {
		if issue, err = a.desk.Publish(ctx, c.to(issue)); err != nil {
			return issue, err
		}
	}
	reason := sendAnyway
	if !c.Anyway {
		reason = ""
		if err := a.desk.Removed(ctx, issue); err != nil {
			return issue, err
		}
	}
	err = a.db.SetDue(ctx, issue.ID, a.p.Clock.Now(), reason)
	if err != nil && digest.KindOf(err) == digest.Conflict {
		// The worker began it at this very moment.
		issue, _, err = a.desk.Issue(ctx, c.to(issue))
	}
	return issue, err
}

// send delivers an issue here, or watches the worker that does. It does not take
// over from a worker that goes away: how that one's mail left, and what its links
// lead to, was said by its own settings.
func (o *postOffice) send(ctx context.Context, issue digest.Issue) error {
	series, err := o.series(ctx, issue)
	if err != nil {
		return err
	}
	others := others{until: map[int64]time.Time{}}
	for {
		if err := o.notHeld(ctx); err != nil {
			return err
		}
		joining := o.joining()
		joining.Alone = true
		place, err := o.db.Join(ctx, joining)
		switch {
		case err == nil:
			gone, err := others.lived(ctx, o.app)
			if err != nil || gone {
				place.Leave()
				return first(err, o.workerGone(ctx, issue))
			}
			return o.sendFrom(ctx, place, issue, series)
		case digest.KindOf(err) != digest.Conflict:
			return err
		}
		if err := others.look(ctx, o.app); err != nil {
			return err
		}
		if done, err := o.watch(ctx, issue); done || err != nil {
			return err
		}
	}
}

// others are the processes that have a place among the workers. One that was
// killed has it until its lease is over, and was never seen alive: what it was
// doing may be begun anew.
type others struct {
	until map[int64]time.Time
	alive bool
	told  bool
}

// lived tells whether one of them was there: it renewed its lease, or gave its
// place up by itself.
func (o *others) lived(ctx context.Context, a *app) (bool, error) {
	for id := range o.until {
		if o.alive {
			break
		}
		left, err := a.db.LeftByItself(ctx, id)
		if err != nil {
			return false, err
		}
		o.alive = left
	}
	return o.alive, nil
}

// look finds out whether one of them lives: it renews its lease.
func (o *others) look(ctx context.Context, a *app) error {
	workers, err := a.db.Workers(ctx)
	if err != nil {
		return err
	}
	for _, w := range workers {
		before, known := o.until[w.ID]
		if w.Until.IsZero() || known && !w.Until.Equal(before) {
			o.alive = true
		}
		if known && !o.alive && !o.told {
			o.told = true
			a.log.Info("waiting for a worker that does not answer until its lease runs out", "worker", w.Name, "until", w.Until)
		}
		o.until[w.ID] = w.Until
	}
	return nil
}

// workerGone says that a watched worker has gone, unless it had just finished.
func (o *postOffice) workerGone(ctx context.Context, issue digest.Issue) error {
	state, err := o.db.IssueState(ctx, issue.ID)
	if err != nil {
		return err
	}
	if state == digest.Sent {
		return o.delivered(ctx, issue)
	}
	return digest.Fail(digest.Unavailable, fmt.Sprintf("Start postbag serve again, or run with its settings: postbag issue send %d", issue.Number),
		"the worker that was sending issue %d is gone; what it had not sent is still queued", issue.Number)
}

// sendFrom delivers an issue here for as long as the place among the workers is
// held.
func (o *postOffice) sendFrom(ctx context.Context, place work.Place, issue digest.Issue, series digest.Series) error {
	defer place.Leave()
	err := o.sendHere(place, issue, series)
	switch held := place.Context(); {
	case held.Err() != nil && ctx.Err() == nil:
		return context.Cause(held) // another process may be sending now
	case err != nil && digest.KindOf(err) == digest.Unavailable:
		return digest.Fail(digest.Unavailable, strings.TrimSpace(digest.HintOf(err)+fmt.Sprintf(" Nobody is lost: run issue send %d again, or leave it to postbag serve.", issue.Number)), "%w", err)
	case err == nil && o.postage.transport.IsOutbox():
		fmt.Fprintf(o.p.Stdout, "No mail left this machine: see the files in %s.\n", o.postage.transport)
	}
	return err
}

// sendHere delivers an issue in this process until every row is terminal. A row
// that waits for another try is waited for.
func (o *postOffice) sendHere(place work.Place, issue digest.Issue, series digest.Series) error {
	ctx := place.Context()
	b := o.p.bar("sending", -1)
	defer b.done()
	for {
		summary, err := o.deliver(ctx, place, issue, series, func(p deliver.Progress) { b.of(p.Done, p.Total) })
		if err != nil {
			return err
		}
		wait := summary.NextTry.Sub(o.p.Clock.Now())
		switch {
		case summary.Paused != "":
			return digest.Fail(digest.Unavailable, fmt.Sprintf("When it is mended: postbag issue resume %d, then postbag issue send %d", issue.Number, issue.Number), "sending is paused: %s", summary.Paused)
		case summary.State == digest.Paused:
			_, err := fmt.Fprintf(o.p.Stdout, "Sending is paused. Go on with: postbag issue resume %d\n", issue.Number)
			return err
		case summary.Finished || summary.NextTry.IsZero():
			b.done()
			return o.delivered(ctx, issue)
		case wait > longestWait:
			b.done()
			fmt.Fprintf(o.p.Stdout, "%s for another try, the next at %s UTC: leave that to postbag serve, or run issue send %d again then.\n",
				waiting(summary.Counts.Open()), when(summary.NextTry), issue.Number)
			return o.delivered(ctx, issue)
		}
		if err := o.p.Clock.Sleep(ctx, max(wait, time.Second)); err != nil {
			return err
		}
	}
}

func waiting(n int) string {
	if n == 1 {
		return "1 mail waits"
	}
	return fmt.Sprintf("%d mails wait", n)
}

// longestWait is how long a command waits for another try; what takes longer is
// the worker's.
const longestWait = 2 * time.Minute

// How often a watched issue is looked at, and how long until the lock of its
// worker is tried again: it may have gone away.
const (
	watchEvery = 200 * time.Millisecond
	watchFor   = 3 * time.Second
)

// watch shows for a while how the worker that runs elsewhere gets on, and tells
// whether there is no more to see.
func (o *postOffice) watch(ctx context.Context, issue digest.Issue) (done bool, err error) {
	b := o.p.bar("sending", -1)
	defer b.done()
	for until := time.Now().Add(watchFor); time.Now().Before(until); {
		counts, err := o.db.Counts(ctx, issue.ID)
		if err != nil {
			return false, err
		}
		state, err := o.db.IssueState(ctx, issue.ID)
		if err != nil {
			return false, err
		}
		b.of(counts.Total()-counts.Open(), counts.Total())
		idle := counts[subscribers.Queued]+counts[subscribers.Claimed]+counts[subscribers.InFlight] == 0
		if state != digest.Published && state != digest.Sending || state == digest.Sending && idle && counts.Open() > 0 {
			b.done()
			if counts.Open() > 0 {
				fmt.Fprintf(o.p.Stdout, "%s for another try; the worker goes on with them.\n", waiting(counts.Open()))
			}
			return true, o.delivered(ctx, issue)
		}
		if err := sleepReal(ctx, watchEvery); err != nil {
			return false, err
		}
	}
	return false, nil
}
