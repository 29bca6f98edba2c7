package main

import (
	"context"
	"fmt"

	"postbag/digest/pull/discover"
)

type sourceRemoveCmd struct {
	ID int64 `arg:"" help:"The source's id, as source list shows it."`
}

// Run stops following a blog. What it said is kept, and what was picked of it
// stays in its issues; adding the blog again takes it up where it was left.
func (c sourceRemoveCmd) Run(ctx context.Context, p *Program, a *app) error {
	if err := discover.New(a.pulling(nil, nil)).Remove(ctx, p.by(), c.ID); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.Stdout, "Source %d is no longer followed. What is stored of it stays; adding it again takes it up.\n", c.ID)
	return err
}
