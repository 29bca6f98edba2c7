package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postbag/digest"
)

// Judgement is what [Desk.Decide] did.
type Judgement struct {
	Saved
	Decided []int64 // the comments that were decided anew
	// Was tells of comments that had been decided of before, by comment.
	Was map[int64]digest.Decided
}

// Decide keeps a decision on comments for the draft. Undecided takes back what was
// decided. One that the draft picks is taken out of it first. A decision changes no
// Version: two editors who decide of different comments do not hinder each other,
// and of the same one the later decision holds. An unknown comment is an error, and
// nothing is decided.
func (d *Desk) Decide(ctx context.Context, by digest.Actor, ref Ref, decision digest.Decision, ids ...int64) (Judgement, error) {
	found, err := d.known(ctx, ids)
	if err != nil {
		return Judgement{}, err
	}
	ref.Version = 0
	for i := 1; ; i++ {
		done, err := d.decide(ctx, by, ref, decision, ids, found)
		if _, isChanged := errors.AsType[*digest.Changed](err); !isChanged || i == tries {
			return done, err
		}
	}
}

// known gives comments by id; an unknown one is an error of kind NotFound.
func (d *Desk) known(ctx context.Context, ids []int64) (map[int64]digest.Candidate, error) {
	found, err := d.comments(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			return nil, digest.Fail(digest.NotFound, "", "there is no comment %d", id).Offer(digest.Act{Do: digest.ListComments})
		}
	}
	return found, nil
}

func (d *Desk) decide(ctx context.Context, by digest.Actor, ref Ref, decision digest.Decision, ids []int64, found map[int64]digest.Candidate) (Judgement, error) {
	issue, _, err := d.draft(ctx, ref)
	done := Judgement{Saved: Saved{Issue: issue}}
	if err != nil {
		return done, err
	}
	if done.Was, err = d.store.Decisions(ctx, issue.SeriesID, ids); err != nil {
		return done, err
	}
	rev := digest.Revision{At: d.clock.Now(), By: by, Did: digest.Judged}
	var first digest.Block
	for _, id := range ids {
		block, isPicked := issue.PickOf(id)
		was := done.Was[id]
		isSo := was.For(issue.ID) == decision
		if slices.Contains(done.Decided, id) || isSo && !isPicked {
			continue
		}
		if isPicked {
			rev.Did = digest.Edited
			done.Blocks = slices.DeleteFunc(slices.Clone(done.Blocks), func(b digest.Block) bool { return b.ID == block.ID })
		}
		// What a pick outranked is what the comment is again once it is taken out.
		if !isSo && (decision != digest.Undecided || !isPicked) {
			rev.Decides = append(rev.Decides, digest.Decided{CommentID: id, Decision: decision, IssueID: issue.ID, At: rev.At, By: by})
		}
		if done.Decided = append(done.Decided, id); len(done.Decided) == 1 {
			first = digest.Block{Kind: digest.PickBlock, CommentID: id}
		}
	}
	if len(done.Decided) == 0 {
		return done, nil
	}
	did, name := decision.Did(), nameOf(first, found[first.CommentID])
	if rev.Did == digest.Edited {
		if did = "took out and " + did; decision == digest.Undecided {
			did = "took out"
		}
	}
	done.Words = did + " " + name
	if n := len(done.Decided); n > 1 {
		done.Words = fmt.Sprintf("%s %d comments, the first %s", did, n, name)
	}
	rev.Words = done.Words
	if rev.Did == digest.Judged {
		return done, d.store.Decide(ctx, issue, rev)
	}
	return done, d.explain(ctx, issue, d.store.SaveDraft(ctx, &done.Issue, rev))
}

// Decisions gives what was decided of comments in an issue's series, by comment.
func (d *Desk) Decisions(ctx context.Context, issue digest.Issue, ids []int64) (map[int64]digest.Decided, error) {
	return d.store.Decisions(ctx, issue.SeriesID, ids)
}
