package main

import (
	"context"
	"fmt"

	"postbag/digest/pull"
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
	change := pull.Change{AddOptions: c.options(), URL: c.URL}
	if change.CommentsPattern == noPattern {
		change.CommentsPattern, change.NoPattern = "", true
	}
	return p.with(ctx, s, func(a *app) error {
		puller := a.puller(nil, nil)
		changed, err := puller.Change(ctx, c.ID, change)
		if err != nil {
			return err
		}
		for _, n := range changed.Notices {
			fmt.Fprintf(p.Stdout, "%s.\n", printable(sentence(n)))
		}
		shown, err := a.shownSource(ctx, c.ID, 0)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(p.Stdout, printable(shown.text()))
		return err
	})
}
