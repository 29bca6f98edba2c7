package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/pull"
)

// recheck looks once more whether an issue's picks are still on their blogs; what
// is not is marked gone. A blog that cannot be reached is logged and holds nothing
// up. It gives the picks of which nothing shows whether they are still there.
func (a *app) recheck(ctx context.Context, puller *pull.Puller, issue digest.Issue) (unsure []int64) {
	var picked []int64
	for _, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			picked = append(picked, b.CommentID)
		}
	}
	if len(picked) == 0 {
		return nil
	}
	found, err := puller.Recheck(ctx, picked)
	if err != nil && ctx.Err() == nil {
		a.log.Warn("the picks could not be looked at once more", "issue", issue.Number, "err", err, "hint", digest.HintOf(err))
	}
	for _, n := range found.Notices {
		a.log.Warn("a pick could not be looked at once more", "issue", issue.Number, "why", n)
	}
	a.log.Debug("looked at the picks once more", "issue", issue.Number, "looked_at", found.Looked, "requests", found.Requests, "gone", found.Gone, "unsure", len(found.Unsure))
	return found.Unsure
}

// recheckNow does the same for a command, which names the picks that could not be
// checked.
func (a *app) recheckNow(ctx context.Context, issue digest.Issue) error {
	puller, err := a.puller(a.log, nil)
	if err != nil {
		return err
	}
	unsure := a.recheck(ctx, puller, issue)
	if len(unsure) == 0 {
		return nil
	}
	rows, err := a.desk.Rows(ctx, issue)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.p.Stderr, "postbag: nothing that the blog answers shows whether %s still there; look for yourself:\n", isOrAre(len(unsure)))
	for _, r := range rows {
		if r.Kind == digest.PickBlock && slices.Contains(unsure, r.Comment.ID) {
			fmt.Fprintf(a.p.Stderr, "  pick %d, by %s  %s\n", r.Number, cell(r.Comment.Author, 40), printable(r.Comment.URL))
		}
	}
	return nil
}

func isOrAre(picks int) string {
	if picks == 1 {
		return "this pick is"
	}
	return fmt.Sprintf("these %d picks are", picks)
}

// unsurePicks logs the picks of an issue that could not be checked, once.
func (w *worker) unsurePicks(ctx context.Context, issue digest.Issue, unsure []int64) {
	if len(unsure) == 0 {
		return
	}
	rows, err := w.desk.Rows(ctx, issue)
	if err != nil {
		return // the issue is read again at once, and tells of it
	}
	var which []string
	for _, r := range rows {
		if r.Kind == digest.PickBlock && slices.Contains(unsure, r.Comment.ID) {
			which = append(which, fmt.Sprintf("%d by %s", r.Number, cell(r.Comment.Author, 40)))
		}
	}
	w.warnOnce(issue, "nothing that the blog answers shows whether these picks are still there", "picks", strings.Join(which, ", "))
}
