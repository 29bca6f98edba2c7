package main

import (
	"context"
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/store"
)

// statusCmd says in a few lines whether all is well.
type statusCmd struct{}

// Run prints the last pull, the newest issue and what waits.
func (statusCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		st, err := a.db.Status(ctx)
		if err != nil {
			return err
		}
		workers, err := a.db.Workers(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "workers at it              %d\n", len(workers))
		if since, err := a.db.HeldSince(ctx); err != nil {
			return err
		} else if !since.IsZero() {
			fmt.Fprintf(p.Stdout, "SENDING IS HELD             since %s UTC; see postbag sending\n", when(since))
		}
		fmt.Fprintf(p.Stdout, "last good answer of a blog  %s\n", when(st.LastPull))
		fmt.Fprintf(p.Stdout, "feeds that fail             %d\n", st.FailingFeeds)
		if st.Newest.ID != 0 {
			fmt.Fprintf(p.Stdout, "newest issue                %d, %s\n", st.Newest.Number, st.Newest.State)
		}
		asks, err := a.asking(ctx)
		if err != nil {
			return err
		}
		if asks != "" {
			fmt.Fprintf(p.Stdout, "TOO LATE TO GO BY ITSELF    issue %s: postbag issue send N\n", asks)
		}
		fmt.Fprintf(p.Stdout, "readers                     %s\n", atMost(st.Active))
		fmt.Fprintf(p.Stdout, "mails that wait             %s\n", atMost(st.Open))
		fmt.Fprintf(p.Stdout, "mails whose fate is unknown %s\n", atMost(st.Uncertain))
		_, err = fmt.Fprintf(p.Stdout, "confirmations that wait     %s\n", atMost(st.Notices))
		return err
	})
}

// asking names the issues that wait for the editor's word because their moment is
// long past.
func (a *app) asking(ctx context.Context) (string, error) {
	waiting, err := a.db.IssuesIn(ctx, digest.Approved, digest.Published)
	if err != nil {
		return "", err
	}
	var numbers []string
	for _, issue := range waiting {
		reason, err := a.db.IssueReason(ctx, issue.ID)
		if err != nil {
			return "", err
		}
		if reason == digest.AsksLate {
			numbers = append(numbers, fmt.Sprint(issue.Number))
		}
	}
	return strings.Join(numbers, ", "), nil
}

// atMost shows a count, which the database stops at a bound.
func atMost(n int) string {
	if n >= store.StatusLimit {
		return fmt.Sprintf("%d or more", store.StatusLimit)
	}
	return fmt.Sprint(n)
}
