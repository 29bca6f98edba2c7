package desk

import (
	"cmp"
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
	Reasons []suggest.Reason
	Notes   []string // on its near copies
	// LongShot tells of one from the middle, that the editor sees more than what the
	// rules like.
	LongShot bool

	row int // in reading order
}

// Why gives the reasons in words.
func (s Suggested) Why() []string {
	words := suggest.InWords(s.Reasons)
	if s.LongShot {
		words = append([]string{"Long shot"}, words...)
	}
	return words
}

// Suggestions gives the n candidates of an issue that are most worth a look by the
// rules, the best first, and at last two long shots. Comments picked already, here or in another issue, and those that
// were decided of, are left out.
func (d *Desk) Suggestions(ctx context.Context, ref Ref, n int) ([]Suggested, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return nil, err
	}
	return d.suggestions(ctx, issue, n, suggest.Top)
}

// ReadingOrder puts suggestions into the order in which an issue has them: by their posts'
// time, then by thread.
func ReadingOrder(all []Suggested) []Suggested {
	return slices.SortedStableFunc(slices.Values(all), func(a, b Suggested) int {
		return cmp.Or(a.PostPublished.Compare(b.PostPublished), cmp.Compare(a.PostID, b.PostID), cmp.Compare(a.row, b.row))
	})
}

func (d *Desk) suggestions(ctx context.Context, issue digest.Issue, n int, choose func([]suggest.Suggestion, int) []suggest.Suggestion) ([]Suggested, error) {
	candidates, all, err := d.Judge(ctx, issue)
	if err != nil {
		return nil, err
	}
	rows := make(map[int64]int, len(candidates))
	for i, c := range candidates {
		rows[c.ID] = i
	}
	chosen, err := d.Choose(ctx, issue, all, n, choose)
	if err != nil {
		return nil, err
	}
	var out []Suggested
	for _, s := range chosen {
		row := rows[s.CommentID]
		out = append(out, Suggested{Candidate: candidates[row], row: row, Reasons: s.Reasons, Notes: s.Notes, LongShot: s.LongShot})
	}
	return out, nil
}

// Choose chooses n of what the rules say of an issue's candidates, by a way such as
// [suggest.Top], among those that nobody has picked, here or in another issue, or decided
// of.
func (d *Desk) Choose(ctx context.Context, issue digest.Issue, all []suggest.Suggestion, n int, choose func([]suggest.Suggestion, int) []suggest.Suggestion) ([]suggest.Suggestion, error) {
	ids := make([]int64, len(all))
	for i, s := range all {
		ids[i] = s.CommentID
	}
	decided, err := d.store.Decisions(ctx, issue.SeriesID, ids)
	if err != nil {
		return nil, err
	}
	taken, err := d.store.PickedIn(ctx, issue.SeriesID, issue.ID, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range issue.Picked() {
		taken[id] = issue.Number
	}
	left := slices.DeleteFunc(slices.Clone(all), func(s suggest.Suggestion) bool {
		return taken[s.CommentID] != 0 || decided[s.CommentID].For(issue.ID) != digest.Undecided
	})
	return choose(left, n), nil
}

// Judge gives the candidates of an issue with what the rules say of each, in the same
// order. All of their words are read and compared: see [postbag/digest/near].
func (d *Desk) Judge(ctx context.Context, issue digest.Issue) ([]digest.Candidate, []suggest.Suggestion, error) {
	candidates, err := d.Candidates(ctx, issue)
	if err != nil {
		return nil, nil, err
	}
	rules := suggest.Rules{IssueID: issue.ID}
	if rules.Taste, rules.Off, err = d.tuning(ctx, issue); err != nil {
		return nil, nil, err
	}
	if rules.Others, err = d.picks(ctx, issue); err != nil {
		return nil, nil, err
	}
	if rules.Posts, err = d.store.Posts(ctx, digest.PostFilter{Limit: postsCompared}); err != nil {
		return nil, nil, err
	}
	if rules.Known, err = d.knownWriters(ctx, issue, candidates); err != nil {
		return nil, nil, err
	}
	if rules.Languages, err = d.Languages(ctx); err != nil {
		return nil, nil, err
	}
	return candidates, rules.Suggest(candidates), nil
}

// Pick adds comments to the end of a draft, in the order given. A comment that
// is in it already stays where it is; one that was trimmed in a draft of the
// series and taken out comes back trimmed. One that is gone or unknown is an error, and nothing is
// picked.
func (d *Desk) Pick(ctx context.Context, by digest.Actor, ref Ref, ids ...int64) (added int, saved Saved, err error) {
	return d.PickAt(ctx, by, ref, 0, ids...)
}

// PickAt is [Desk.Pick] above a block, or at the end when that is 0.
func (d *Desk) PickAt(ctx context.Context, by digest.Actor, ref Ref, before int64, ids ...int64) (added int, saved Saved, err error) {
	// They were chosen, and teach the suggestions.
	rev := digest.Revision{By: by, Did: digest.Edited, Shown: ids}
	if added, saved, err = d.pickAt(ctx, ref, rev, before, ids); err == nil && added == 0 {
		err = d.store.SaveShown(ctx, saved.ID, ids) // those that were in it already
	}
	return added, saved, err
}

// pickAt picks comments, and stores a revision that begins as rev.
func (d *Desk) pickAt(ctx context.Context, ref Ref, rev digest.Revision, before int64, ids []int64) (added int, saved Saved, err error) {
	found, err := d.comments(ctx, ids)
	if err != nil {
		return 0, saved, err
	}
	for _, id := range ids {
		if err := checkPickable(found, id); err != nil {
			return 0, saved, err
		}
	}
	pick := func(issue *digest.Issue, _ digest.Series) (string, error) {
		added = 0
		trimmed, err := d.store.Trims(ctx, issue.SeriesID, ids)
		if err != nil {
			return "", err
		}
		at := len(issue.Blocks)
		if before != 0 {
			row, err := rowOf(*issue, before)
			if err != nil {
				return "", err
			}
			at = row - 1
		}
		first := ""
		for _, id := range ids {
			if _, isIn := issue.PickOf(id); isIn {
				continue
			}
			block := pickOf(found[id], trimmed)
			issue.Blocks = slices.Insert(issue.Blocks, at, block)
			at++
			if added++; added == 1 {
				first = nameOf(block, found[id])
			}
		}
		switch added {
		case 0:
			return "", nil
		case 1:
			return "picked " + first, nil
		}
		return fmt.Sprintf("picked %d comments, the first %s", added, first), nil
	}
	if before == 0 {
		ref.Version = 0 // it only adds
		saved, err = d.again(ctx, ref, rev, pick)
		return added, saved, err
	}
	if err := ref.needsVersion(); err != nil {
		return 0, saved, err
	}
	saved, err = d.again(ctx, ref, rev, d.unless(ctx, ref, of(subject{places: []int64{before}}), pick))
	return added, saved, err
}

// PickSuggested picks the n comments that are most worth a look by the rules, in reading
// order, without long shots.
func (d *Desk) PickSuggested(ctx context.Context, by digest.Actor, ref Ref, n int) ([]Suggested, Saved, error) {
	issue, _, err := d.draft(ctx, ref)
	if err != nil {
		return nil, Saved{Issue: issue}, err
	}
	chosen, err := d.suggestions(ctx, issue, n, suggest.Best)
	if err != nil {
		return nil, Saved{Issue: issue}, err
	}
	chosen = ReadingOrder(chosen)
	if len(chosen) == 0 {
		return nil, Saved{Issue: issue}, digest.Fail(digest.Conflict, "Or pick comments by their ids.", "there is nothing to suggest for issue %d", issue.Number).
			Offer(digest.Act{Do: digest.PullNow})
	}
	ids := make([]int64, len(chosen))
	for i, s := range chosen {
		ids[i] = s.ID
	}
	_, saved, err := d.pickAt(ctx, ref, digest.Revision{By: by, Did: digest.Edited}, 0, ids)
	return chosen, saved, err
}

// UsedBefore tells which of some comments other issues of the series picked:
// comment to issue number.
func (d *Desk) UsedBefore(ctx context.Context, issue digest.Issue, ids []int64) (map[int64]int, error) {
	return d.store.PickedIn(ctx, issue.SeriesID, issue.ID, ids)
}

// Unpick takes comments out of a draft. One that is not in it is an error, and
// nothing is taken out.
func (d *Desk) Unpick(ctx context.Context, by digest.Actor, ref Ref, ids ...int64) (Saved, error) {
	found, err := d.comments(ctx, ids)
	if err != nil {
		return Saved{}, err
	}
	about := func(now digest.Issue) (s subject) {
		for _, id := range ids {
			block, _ := now.PickOf(id) // one that is not in it has the id of no block
			s.blocks = append(s.blocks, block.ID)
		}
		return s
	}
	return d.changeOf(ctx, by, ref, digest.Edited, about, func(issue *digest.Issue, _ digest.Series) (string, error) {
		var did []string
		seen := map[int64]bool{}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			block, isIn := issue.PickOf(id)
			if !isIn {
				return "", digest.Fail(digest.NotFound, "", "comment %d is not in issue %d", id, issue.Number).
					Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
			}
			did = append(did, nameOf(block, found[id]))
			issue.Blocks = slices.DeleteFunc(issue.Blocks, func(b digest.Block) bool { return b.ID == block.ID })
		}
		return "took out " + strings.Join(did, "; "), nil
	})
}

// rowOf gives the row of a block, from 1.
func rowOf(issue digest.Issue, block int64) (int, error) {
	if row := issue.RowOf(block); row > 0 {
		return row, nil
	}
	return 0, digest.Fail(digest.NotFound, "", "issue %d has no block %d", issue.Number, block).
		Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
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
