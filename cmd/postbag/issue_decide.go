package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postbag/digest"
)

// ids are the ids of comments that a command names, in the order given.
type ids []idRange

// idRange is one id, or all from one to another: "12-18".
type idRange struct{ from, to int64 }

// mostInRange bounds a range, so that a slip of the keyboard names no million.
const mostInRange = 1000

// UnmarshalText reads an id or a range of them.
func (r *idRange) UnmarshalText(text []byte) error {
	first, last, isRange := strings.Cut(string(text), "-")
	if !isRange {
		last = first
	}
	var errFrom, errTo error
	r.from, errFrom = strconv.ParseInt(first, 10, 64)
	r.to, errTo = strconv.ParseInt(last, 10, 64)
	switch {
	case errFrom != nil || errTo != nil || r.from < 1:
		return fmt.Errorf("%q is no comment's id and no range such as 12-18", text)
	case r.to < r.from:
		return fmt.Errorf("the range %s ends before it begins", text)
	case r.to-r.from >= mostInRange:
		return fmt.Errorf("the range %s names more than %d comments", text, mostInRange)
	}
	return nil
}

// all gives the ids, each range spelled out.
func (r ids) all() (all []int64) {
	for _, one := range r {
		for id := one.from; id <= one.to; id++ {
			all = append(all, id)
		}
	}
	return all
}

// distinct gives the ids once each.
func (r ids) distinct() []int64 { return slices.Compact(slices.Sorted(slices.Values(r.all()))) }

// deciding is what the commands that decide of comments have in common.
type deciding struct {
	whichFlag
	Comments ids `arg:"" help:"Comment ids, or ranges such as 12-18." placeholder:"ID"`
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
	return p.with(ctx, s, func(a *app) error {
		done, err := a.desk.Decide(ctx, p.by(), c.ref(), decision, c.Comments.all()...)
		if err != nil {
			return err
		}
		if n := len(done.Decided); n > 0 {
			fmt.Fprintf(p.Stdout, said+" That can be undone.\n", plural(n, "comment"))
		}
		if same := len(c.Comments.distinct()) - len(done.Decided); same > 0 {
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
