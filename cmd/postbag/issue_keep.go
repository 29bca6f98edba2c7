package main

import (
	"context"

	"postbag/digest"
	"postbag/digest/desk"
)

// rows names rows of a draft.
type rows struct {
	which
	ifVersion
	Row   []int   `help:"The row; it may be given several times." placeholder:"ROW"`
	Block []int64 `help:"The same by the row's id, which stays when rows move; issue show --json tells it." placeholder:"ID"`
}

// blocks are the ids of the rows.
func (r rows) blocks(issue digest.Issue) ([]int64, error) {
	ids := r.Block
	for _, row := range r.Row {
		block, err := blockAt(issue, row)
		if err != nil {
			return nil, err
		}
		ids = append(ids, block.ID)
	}
	if len(ids) == 0 {
		return nil, digest.Fail(digest.Invalid, "Name it with --row.", "no row is named").
			Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
	}
	return ids, nil
}

type issueKeepCmd struct{ rows }

// Run lets picks stand.
func (c issueKeepCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.edit(ctx, p, s, c.ref(), func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error) {
		blocks, err := c.blocks(issue)
		if err != nil {
			return desk.Saved{}, err
		}
		return a.desk.Keep(ctx, p.by(), at, blocks...)
	})
}

type issueUpdateCmd struct{ rows }

// Run takes picks as they are now.
func (c issueUpdateCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return c.edit(ctx, p, s, c.ref(), func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error) {
		blocks, err := c.blocks(issue)
		if err != nil {
			return desk.Saved{}, err
		}
		return a.desk.Update(ctx, p.by(), at, blocks...)
	})
}
