package main

import (
	"context"

	"postbag/digest"
	"postbag/digest/pull"
)

// recheck looks once more whether an issue's picks are still on their blogs; what
// is not is marked gone. A blog that cannot be reached is logged and holds nothing
// up.
func (a *app) recheck(ctx context.Context, puller *pull.Puller, issue digest.Issue) {
	var picked []int64
	for _, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			picked = append(picked, b.CommentID)
		}
	}
	if len(picked) == 0 {
		return
	}
	found, err := puller.Recheck(ctx, picked)
	if err != nil && ctx.Err() == nil {
		a.log.Warn("the picks could not be looked at once more", "issue", issue.Number, "err", err, "hint", digest.HintOf(err))
	}
	for _, n := range found.Notices {
		a.log.Warn("a pick could not be looked at once more", "issue", issue.Number, "why", n)
	}
	a.log.Debug("looked at the picks once more", "issue", issue.Number, "looked_at", found.Looked, "requests", found.Requests, "gone", found.Gone)
}

// recheckNow does the same for a command.
func (a *app) recheckNow(ctx context.Context, issue digest.Issue) error {
	puller, err := a.puller(a.log, nil)
	if err == nil {
		a.recheck(ctx, puller, issue)
	}
	return err
}
