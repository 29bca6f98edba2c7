package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/suggest"
)

// Suggested is a candidate with the reasons to pick it.
type Suggested struct {
	digest.Candidate
	Reasons []string
	Notes   []string // on its near copies
}

// Suggestions gives the n candidates of an issue that the rules would pick, in
// reading order. Comments picked already, here or in another issue, are left
// out.
func (d *Desk) Suggestions(ctx context.Context, ref Ref, n int) ([]Suggested, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return nil, err
	}
	return d.suggestions(ctx, issue, n)
}

func (d *Desk) suggestions(ctx context.Context, issue digest.Issue, n int) ([]Suggested, error) {
	candidates, err := d.Candidates(ctx, issue)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]digest.Candidate, len(candidates))
	ids := make([]int64, len(candidates))
	for i, c := range candidates {
		byID[c.ID], ids[i] = c, c.ID
	}
	taken, err := d.store.PickedIn(ctx, issue.SeriesID, issue.ID, ids)
	if err != nil {
		return nil, err
	}
	for _, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			taken[b.CommentID] = issue.Number
		}
	}
	posts, err := d.store.Posts(ctx, digest.PostFilter{Limit: postsQuoting})
	if err != nil {
		return nil, err
	}
	linked, _, err := d.store.Near(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := suggest.Rules{Posts: posts, Near: linked}.Suggest(candidates)
	all = slices.DeleteFunc(all, func(s suggest.Suggestion) bool { return taken[s.CommentID] != 0 })
	var out []Suggested
	for _, s := range suggest.Top(all, n) {
		out = append(out, Suggested{Candidate: byID[s.CommentID], Reasons: s.Reasons, Notes: s.Notes})
	}
	return out, nil
}

// postsQuoting is how many of the newest posts are looked through for sentences
// of a candidate.
const postsQuoting = 50

// Pick adds comments to the end of a draft, in the order given. A comment that
// is in it already stays where it is. One that is gone or unknown is an error,
// and nothing is picked.
func (d *Desk) Pick(ctx context.Context, ref Ref, ids ...int64) (added int, issue digest.Issue, err error) {
	found, err := d.comments(ctx, ids)
	if err != nil {
		return 0, issue, err
	}
	for _, id := range ids {
		c, ok := found[id]
		switch {
		case !ok:
			return 0, issue, digest.Fail(digest.NotFound, "List what there is with: postbag comment list", "there is no comment %d", id)
		case c.Gone:
			return 0, issue, digest.Fail(digest.Conflict, "Its writer or the blog took it back; choose another.", "comment %d was removed from the blog", id)
		}
	}
	issue, err = d.update(ctx, ref, func(issue *digest.Issue) error {
		added = 0
		for _, id := range ids {
			if rowOfComment(*issue, id) > 0 {
				continue
			}
			issue.Blocks = append(issue.Blocks, digest.Block{Kind: digest.PickBlock, CommentID: id, PickedHash: found[id].Hash})
			added++
		}
		return nil
	})
	return added, issue, err
}

// PickSuggested picks what [Desk.Suggestions] gives, at most n.
func (d *Desk) PickSuggested(ctx context.Context, ref Ref, n int) ([]Suggested, digest.Issue, error) {
	issue, _, err := d.draft(ctx, ref)
	if err != nil {
		return nil, issue, err
	}
	chosen, err := d.suggestions(ctx, issue, n)
	if err != nil {
		return nil, issue, err
	}
	if len(chosen) == 0 {
		return nil, issue, digest.Fail(digest.Conflict, "Pull the blog first (postbag pull), or pick comments by their ids.", "there is nothing to suggest for issue %d", issue.Number)
	}
	ids := make([]int64, len(chosen))
	for i, s := range chosen {
		ids[i] = s.ID
	}
	_, issue, err = d.Pick(ctx, ref, ids...)
	return chosen, issue, err
}

// UsedBefore tells which of some comments other issues of the series picked:
// comment to issue number.
func (d *Desk) UsedBefore(ctx context.Context, issue digest.Issue, ids []int64) (map[int64]int, error) {
	return d.store.PickedIn(ctx, issue.SeriesID, issue.ID, ids)
}

// Unpick takes comments out of a draft. One that is not in it is an error, and
// nothing is taken out.
func (d *Desk) Unpick(ctx context.Context, ref Ref, ids ...int64) (digest.Issue, error) {
	return d.update(ctx, ref, func(issue *digest.Issue) error {
		for _, id := range ids {
			row := rowOfComment(*issue, id)
			if row == 0 {
				return digest.Fail(digest.NotFound, "See what is in it with: postbag issue show", "comment %d is not in issue %d", id, issue.Number)
			}
			issue.Blocks = slices.Delete(issue.Blocks, row-1, row)
		}
		return nil
	})
}

// Move puts a row of a draft at another position; both count from 1.
func (d *Desk) Move(ctx context.Context, ref Ref, row, position int) (digest.Issue, error) {
	return d.update(ctx, ref, func(issue *digest.Issue) error {
		block, err := rowAt(*issue, row)
		if err != nil {
			return err
		}
		if _, err := rowAt(*issue, position); err != nil {
			return err
		}
		issue.Blocks = slices.Delete(issue.Blocks, row-1, row)
		issue.Blocks = slices.Insert(issue.Blocks, position-1, block)
		return nil
	})
}

// rowOfComment gives the row of a picked comment, from 1, or 0.
func rowOfComment(issue digest.Issue, id int64) int {
	return 1 + slices.IndexFunc(issue.Blocks, func(b digest.Block) bool {
		return b.Kind == digest.PickBlock && b.CommentID == id
	})
}

func rowAt(issue digest.Issue, row int) (digest.Block, error) {
	if row < 1 || row > len(issue.Blocks) {
		has := fmt.Sprintf("It has rows 1 to %d; see them with: postbag issue show", len(issue.Blocks))
		if len(issue.Blocks) == 0 {
			has = "It has no rows yet; pick some comments first."
		}
		return digest.Block{}, digest.Fail(digest.NotFound, has, "issue %d has no row %d", issue.Number, row)
	}
	return issue.Blocks[row-1], nil
}

// comments gives comments by id.
func (d *Desk) comments(ctx context.Context, ids []int64) (map[int64]digest.Candidate, error) {
	list, err := d.store.CandidatesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]digest.Candidate, len(list))
	for _, c := range list {
		out[c.ID] = c
	}
	return out, nil
}

// oneLine keeps a heading on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(written(s)), " ") }
