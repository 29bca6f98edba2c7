package main

import (
	"context"
	"fmt"

	"postbag/digest"
)

// deciding is what the commands that decide of comments have in common.
type deciding struct {
	whichFlag
	Comments []string `arg:"" help:"Comment ids and ranges of them, such as 12 15-18."`
}

type (
	issueSkipCmd     struct{ deciding }
	issueMaybeCmd    struct{ deciding }
	issueUndecideCmd struct{ deciding }
)

// Run skips comments.
func (c issueSkipCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.decide(ctx, p, s, digest.SkipIt, "Skipped %s.")
}

// Run keeps comments for the next issue.
func (c issueMaybeCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.decide(ctx, p, s, digest.MaybeIt, "Kept %s for the next issue.")
}

// Run takes decisions back.
func (c issueUndecideCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.decide(ctx, p, s, digest.Undecided, "Nothing is decided any more of %s.")
}

func (c deciding) decide(ctx context.Context, p *Program, s *Settings, decision digest.Decision, said string) error {
	ids, err := parseIDs(c.Comments)
	if err != nil {
		return err
	}
	return p.with(ctx, s, func(a *app) error {
		done, err := a.desk.Decide(ctx, p.by(), c.ref(), decision, ids...)
		if err != nil {
			return err
		}
		if n := len(done.Decided); n > 0 {
			fmt.Fprintf(p.Stdout, said+" That can be undone.\n", plural(n, "comment"))
		}
		if same := len(distinct(ids)) - len(done.Decided); same > 0 {
			fmt.Fprintf(p.Stdout, "%s so already.\n", counted(same, "comment was", "comments were"))
		}
		for _, id := range done.Decided {
			if was := done.Was[id]; was.Decision != digest.Undecided && was.By != p.by() {
				fmt.Fprintf(p.Stdout, "%s had %s comment %d at %s UTC.\n", printable(was.By.String()), was.Decision.Did(), id, when(was.At))
			}
		}
		return nil
	})
}
