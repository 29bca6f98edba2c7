package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"postbag/digest"
)

// silentFor is how long a command works without a word where no terminal shows a bar.
const silentFor = 2 * time.Second

// watchCheck shows, until done is called, that the blogs are asked about picks, which
// may take a minute: by a bar on a terminal, elsewhere by one line once it takes long.
func (a *app) watchCheck() (done func()) {
	var mu sync.Mutex
	var b bar
	var line *time.Timer
	a.checker.Progress = func(n, total int) {
		mu.Lock()
		defer mu.Unlock()
		if line == nil {
			b = a.p.bar("asking the blogs whether the picks are still there", total)
			line = time.AfterFunc(silentFor, func() {
				if !isTerminal(a.p.Stderr) {
					fmt.Fprintf(a.p.Stderr, "postbag: asking the blogs whether %s still there, which may take a minute\n", counted(total, "pick is", "picks are"))
				}
			})
		}
		b.of(n, total)
	}
	return func() {
		a.checker.Progress = nil
		mu.Lock()
		defer mu.Unlock()
		if line != nil {
			line.Stop()
		}
		b.done()
	}
}

// stopped says of an error what a person needs to know when the command was told to
// stop: what was done, and how to go on. Any other error stays as it is.
func stopped(ctx context.Context, err error, what string, again ...digest.Act) error {
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return digest.Fail(digest.Unavailable, what, "%w", ctx.Err()).Offer(again...)
}

// sayNoWorker warns that an issue which waits for its moment, or for its mails, has
// nobody to wait for.
func (a *app) sayNoWorker(ctx context.Context, issue digest.Issue) error {
	st, err := a.health.Status(ctx)
	if err != nil || st.Workers > 0 || issue.DueAt.IsZero() {
		return err
	}
	does := "it goes out"
	if issue.State == digest.Published {
		does = "its mails go out"
	}
	warning := digest.Fail(digest.Unavailable, "", "no worker runs on this database: %s only once one does", does).
		Offer(digest.Act{Do: digest.StartServe}, digest.Act{Do: digest.SendIssue, Issue: issue.Number})
	a.p.complain(warning)
	return nil
}
