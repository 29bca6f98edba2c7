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

// watch shows, until done is called, that something goes on and how far it is: by a bar
// on a terminal, elsewhere by one line once it takes long. What is told is nothing
// before show is called first. says changes what stands before the bar.
func (p *Program) watch(what string, line func(total int) string) (show func(n, total int), says func(words string), done func()) {
	var mu sync.Mutex
	var b bar
	var late *time.Timer
	show = func(n, total int) {
		mu.Lock()
		defer mu.Unlock()
		if late == nil {
			b = p.bar(what, total)
			late = time.AfterFunc(silentFor, func() {
				if !isTerminal(p.Stderr) {
					fmt.Fprintf(p.Stderr, "postbag: %s\n", line(total))
				}
			})
		}
		b.of(n, total)
	}
	says = func(words string) {
		mu.Lock()
		defer mu.Unlock()
		b.says(words)
	}
	return show, says, func() {
		mu.Lock()
		defer mu.Unlock()
		if late != nil {
			late.Stop()
		}
		b.done()
	}
}

// watchCheck shows, until done is called, that the blogs are asked about picks, which
// may take a minute.
func (a *app) watchCheck() (done func()) {
	show, _, end := a.p.watch("checking the picks on their blogs", func(total int) string {
		return fmt.Sprintf("asking the blogs whether %s still there, which may take a minute", counted(total, "pick is", "picks are"))
	})
	a.checker.Progress = show
	return func() {
		a.checker.Progress = nil
		end()
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
	if err != nil || st.Workers > 0 || issue.DueAt.IsZero() && issue.State != digest.Sending {
		return err
	}
	does := "it goes out"
	if issue.State == digest.Published || issue.State == digest.Sending {
		does = "its mails go out"
	}
	warning := digest.Fail(digest.Unavailable, "", "no worker runs on this database: %s only once one does", does).
		Offer(digest.Act{Do: digest.StartServe}, digest.Act{Do: digest.SendIssue, Issue: issue.Number})
	a.p.complain(warning)
	return nil
}
