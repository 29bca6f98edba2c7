package main

import (
	"context"
	"fmt"

	"postbag/digest/pull/discover"
)

type sourceSetCmd struct {
	ID  int64  `arg:"" help:"The source's id, as source list shows it."`
	URL string `name:"url" help:"The address of its home page." placeholder:"ADDRESS"`
	feedFlags
}

// noPattern as a pattern forgets the one that is set.
const noPattern = "none"

// Run changes a blog. A feed that is named is read first, and asked anew then,
// also when the name is the one it has: that starts one that was stopped.
func (c sourceSetCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	change := discover.Change{Options: c.options(), URL: c.URL}
	if change.CommentsPattern == noPattern {
		change.CommentsPattern, change.NoPattern = "", true
	}
	if err := change.Check(); err != nil {
		return err
	}
	return p.with(ctx, s, func(a *app) error {
		changed, err := discover.New(a.pulling(nil, nil)).Change(ctx, p.by(), c.ID, change)
		if err != nil {
			return theirs(err)
		}
		for _, n := range changed.Notices {
			fmt.Fprintln(p.Stdout, sentence(noticeLine(n)))
		}
		shown, err := a.shownSource(ctx, c.ID, 0)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(p.Stdout, printable(shown.text()))
		return err
	})
}
