package desk

import (
	"context"
	"fmt"
	"slices"

	"postbag/digest"
	"postbag/digest/compile"
)

// Move puts a block of a draft above another one, or at the end when that is 0.
func (d *Desk) Move(ctx context.Context, by digest.Actor, ref Ref, block, before int64) (Saved, error) {
	places := []int64{block}
	if before != 0 {
		places = append(places, before)
	}
	return d.place(ctx, by, ref, block, places, func(rest []digest.Block) (int, error) {
		if before == 0 {
			return len(rest), nil
		}
		return slices.IndexFunc(rest, func(b digest.Block) bool { return b.ID == before }), nil
	})
}

// MoveTo puts a block of a draft at a position, counted from 1.
func (d *Desk) MoveTo(ctx context.Context, by digest.Actor, ref Ref, block int64, position int) (Saved, error) {
	return d.place(ctx, by, ref, block, []int64{block}, func(rest []digest.Block) (int, error) {
		if position < 1 || position > len(rest)+1 {
			if position == 0 {
				return 0, digest.Fail(digest.Invalid, fmt.Sprintf("Write a number from 1 to %d.", len(rest)+1), "it is not said to which position")
			}
			return 0, digest.Fail(digest.Invalid, fmt.Sprintf("It has positions 1 to %d.", len(rest)+1), "there is no position %d", position)
		}
		return position - 1, nil
	})
}

// KeepTogether puts a pick below the one that it answers: directly, or below the
// answers that stand there already.
func (d *Desk) KeepTogether(ctx context.Context, by digest.Actor, ref Ref, block int64) (Saved, error) {
	issue, _, err := d.draftSince(ctx, ref)
	if err != nil {
		return Saved{Issue: issue}, err
	}
	pick, _ := issue.BlockOf(block)
	comments, err := d.quoted(ctx, issue)
	if err != nil {
		return Saved{Issue: issue}, err
	}
	answered, isIn := issue.PickOf(comments[pick.CommentID].ParentID)
	if pick.ID != 0 && !isIn {
		return Saved{Issue: issue}, digest.Fail(digest.Conflict, "", "row %d answers no comment of this issue", issue.RowOf(block)).
			Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
	}
	return d.place(ctx, by, ref, block, []int64{block, answered.ID}, func(rest []digest.Block) (int, error) {
		at := slices.IndexFunc(rest, func(b digest.Block) bool { return b.ID == answered.ID })
		if at < 0 {
			return at, nil
		}
		return at + 1 + answersBelow(rest, at, comments), nil
	})
}

// answersBelow counts the picks directly below another that answer it, or an answer
// of it.
func answersBelow(blocks []digest.Block, at int, comments map[int64]digest.Candidate) (n int) {
	thread := map[int64]bool{blocks[at].CommentID: true}
	for _, b := range blocks[at+1:] {
		if b.Kind != digest.PickBlock || !thread[comments[b.CommentID].ParentID] {
			break
		}
		thread[b.CommentID] = true
		n++
	}
	return n
}

// place moves a block to an index among the others: -1 for one that is not there.
func (d *Desk) place(ctx context.Context, by digest.Actor, ref Ref, block int64, places []int64, to func(rest []digest.Block) (int, error)) (Saved, error) {
	return d.changeOf(ctx, by, ref, digest.Edited, of(subject{order: true, places: places}), func(issue *digest.Issue, _ digest.Series) (string, error) {
		row, err := rowOf(*issue, block)
		if err != nil {
			return "", err
		}
		for _, other := range places {
			if _, err := rowOf(*issue, other); err != nil {
				return "", err
			}
		}
		moved := issue.Blocks[row-1]
		rest := slices.Delete(slices.Clone(issue.Blocks), row-1, row)
		at, err := to(rest)
		if err != nil || at < 0 || at == row-1 {
			return "", err
		}
		issue.Blocks = slices.Insert(rest, at, moved)
		found, err := d.comments(ctx, []int64{moved.CommentID})
		return fmt.Sprintf("moved row %d to position %d: %s", row, at+1, nameOf(moved, found[moved.CommentID])), err
	})
}

// Ordering is a way in which the program puts a draft's picks in order. Rows stay
// under the heading that they stand under; texts and quotations go with the pick below
// them.
type Ordering string

// The orderings.
const (
	// ByThread brings the picks of one thread together where its first pick stands,
	// each answer below what it answers.
	ByThread Ordering = "thread"
	// ByBlog is the order of reading: by post, the newest first, then by thread.
	ByBlog Ordering = "blog"
)

// Reorder puts a draft's picks in order.
func (d *Desk) Reorder(ctx context.Context, by digest.Actor, ref Ref, how Ordering) (Saved, error) {
	words, known := map[Ordering]string{ByThread: "grouped the picks by thread", ByBlog: "put the picks in the blog’s order"}[how]
	if !known {
		return Saved{}, digest.Fail(digest.Invalid, "It is thread or blog.", "%q is no order of picks", how)
	}
	return d.changeOf(ctx, by, ref, digest.Edited, of(subject{order: true}), func(issue *digest.Issue, _ digest.Series) (string, error) {
		nodes, err := d.store.Ancestry(ctx, issue.Picked())
		if err != nil {
			return "", err
		}
		ordered := arranged(issue.Blocks, nodes, how)
		if slices.EqualFunc(ordered, issue.Blocks, func(a, b digest.Block) bool { return a.ID == b.ID }) {
			return "", nil
		}
		issue.Blocks = ordered
		return words, nil
	})
}

// unit is a pick with the texts and quotations above it, which go where it goes.
type unit struct {
	rows          []digest.Block
	rank          int // of the pick, in the order of reading
	thread, first int // its thread, and the place of the first pick of that
}

// arranged gives the blocks in order.
func arranged(blocks []digest.Block, nodes []compile.Node, how Ordering) (out []digest.Block) {
	threads := threadsOf(nodes)
	rank := map[int64]int{}
	for i, id := range compile.ThreadOrder(slices.Clone(nodes)) {
		rank[id] = i
	}
	var section []unit
	first := map[int]int{} // of the threads of the section
	var open unit
	end := func() {
		slices.SortStableFunc(section, func(a, b unit) int {
			if how == ByThread && a.first != b.first {
				return a.first - b.first
			}
			return a.rank - b.rank
		})
		for _, u := range section {
			out = append(out, u.rows...)
		}
		out = append(out, open.rows...)
		section, open = nil, unit{}
		clear(first)
	}
	for _, b := range blocks {
		if b.Kind == digest.HeadingBlock {
			end()
			out = append(out, b)
			continue
		}
		open.rows = append(open.rows, b)
		if b.Kind != digest.PickBlock {
			continue
		}
		open.rank, open.thread = rank[b.CommentID], threads[b.CommentID]
		if _, known := first[open.thread]; !known {
			first[open.thread] = len(section)
		}
		open.first = first[open.thread]
		section, open = append(section, open), unit{}
	}
	end()
	return out
}

// threadsOf numbers the threads that comments are in, one number for each that a
// top-level comment begins.
func threadsOf(nodes []compile.Node) map[int64]int {
	parent := make(map[int64]int64, len(nodes))
	for _, n := range nodes {
		parent[n.ID] = n.Parent
	}
	numbers := map[int64]int{}
	for _, n := range nodes {
		var path []int64
		at, number := n.ID, 0
		for seen := map[int64]bool{}; number == 0; {
			up, known := parent[at]
			path, seen[at] = append(path, at), true
			number = numbers[at]
			if _, above := parent[up]; number == 0 && (!known || !above || seen[up]) {
				number = len(numbers) + 1
			}
			at = up
		}
		for _, id := range path {
			numbers[id] = number
		}
	}
	return numbers
}
