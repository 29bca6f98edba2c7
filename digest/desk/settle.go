package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/wording"
)

// asPicked puts the words as picked in the place of the words as they are now, for
// the picks of an issue of which an editor decided so. Where those words were not kept
// the pick stays a changed one.
func (d *Desk) asPicked(ctx context.Context, issue digest.Issue, comments map[int64]digest.Candidate) error {
	for _, b := range issue.Blocks {
		c, known := comments[b.CommentID]
		if b.Kind != digest.PickBlock || !known || b.AsPicked == "" || c.Hash == b.PickedHash || b.HasChanged(c.Comment) {
			continue
		}
		was, err := d.version(ctx, b)
		if err != nil {
			return err
		}
		c.Hash, c.Author, c.Words, c.Body = was.Hash, was.Author, was.Words, was.Body
		if was.Hash == "" { // not kept: nobody can say what was picked
			c.Hash = ""
		}
		comments[b.CommentID] = c
	}
	return nil
}

// version gives the earlier text of a comment that a block picked; one without a hash
// when it was not kept.
func (d *Desk) version(ctx context.Context, b digest.Block) (digest.CommentVersion, error) {
	all, err := d.store.CommentVersions(ctx, b.CommentID)
	if err != nil {
		return digest.CommentVersion{}, err
	}
	for _, v := range all {
		if v.Hash == b.PickedHash && v.Hash != "" {
			return v, nil
		}
	}
	return digest.CommentVersion{}, nil
}

// Comparison is what a pick was beside what the blog says now.
type Comparison struct {
	Row     Row
	Now     digest.Candidate
	Was     digest.CommentVersion
	WasKept bool // whether the words as picked are known still
	// Parts are both texts in one: what stayed, what was taken out and what came in.
	Parts []wording.Part
	// Carried is the pick as it would be with the words as they are now: its trimming,
	// its notes and its lifted line, as far as they fit. Fits tells whether all do.
	Carried digest.Block
	Fits    bool
}

// Compare gives what a pick of an issue was and what it is now. The error is of kind
// NotFound when the block is no pick of the issue.
func (d *Desk) Compare(ctx context.Context, ref Ref, block int64) (Comparison, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return Comparison{}, err
	}
	b, err := pickAt(issue, block)
	if err != nil {
		return Comparison{}, err
	}
	found, err := d.comments(ctx, []int64{b.CommentID})
	if err != nil {
		return Comparison{}, err
	}
	return d.compare(ctx, issue, b, found[b.CommentID])
}

func (d *Desk) compare(ctx context.Context, issue digest.Issue, b digest.Block, now digest.Candidate) (c Comparison, err error) {
	rows, err := d.Rows(ctx, issue)
	if err != nil {
		return c, err
	}
	c.Now, c.Row = now, rows[issue.RowOf(b.ID)-1]
	if now.Hash == b.PickedHash {
		c.Was = digest.CommentVersion{Author: now.Author, Words: now.Words, Body: now.Body, Hash: now.Hash}
	} else if c.Was, err = d.version(ctx, b); err != nil {
		return c, err
	}
	if c.WasKept = c.Was.Hash != ""; !c.WasKept {
		return c, nil
	}
	was, is := c.Was.Body.Text(), now.Body.Text()
	c.Parts = wording.Compare(was, is)
	c.Carried, c.Fits = carry(c.Parts, b, now.Body)
	return c, nil
}

// carry gives a pick as it is with other words, and whether all that an editor made of
// it is still there.
func carry(parts []wording.Part, b digest.Block, now digest.Prose) (to digest.Block, fits bool) {
	to, fits = b, true
	to.Notes, to.Kept = nil, nil
	if len(b.Kept) > 0 {
		to.Kept, fits = wording.Carry(parts, b.Kept)
	}
	for _, n := range b.Notes {
		at, ok := wording.At(parts, n.At)
		if ok {
			to.Notes = append(to.Notes, digest.Note{At: at, Text: n.Text})
		}
		fits = fits && ok
	}
	if b.Lifted.End > 0 {
		lifted, same := wording.Carry(parts, []digest.Range{b.Lifted})
		if fits = fits && same; same {
			to.Lifted = lifted[0]
		} else {
			to.Lifted, to.Leads = digest.Range{}, false
		}
	}
	if _, err := cut.Excerpt(now, to.Kept, to.Notes); err != nil {
		to.Notes, fits = nil, false
		if _, err := cut.Keep(now, to.Kept); err != nil {
			to.Kept = nil
		}
	}
	return to, fits
}

func pickAt(issue digest.Issue, block int64) (digest.Block, error) {
	row, err := rowOf(issue, block)
	if err != nil {
		return digest.Block{}, err
	}
	b := issue.Blocks[row-1]
	if b.Kind != digest.PickBlock {
		return b, digest.Fail(digest.Invalid, "Only a pick has another's words.", "row %d is a %s", row, b.Kind)
	}
	return b, nil
}

// Keep lets picks of a draft stand as they were picked, whatever their blog says by
// now: one that it changed goes out with the words as picked, one that it removed goes
// out all the same. Both are asked anew when the blog changes them once more, or shows
// another sign of removal. The error is of kind Conflict when there is nothing to
// decide, or the words as picked were not kept.
func (d *Desk) Keep(ctx context.Context, by digest.Actor, ref Ref, blocks ...int64) (Saved, error) {
	return d.changeOf(ctx, by, ref, digest.Edited, of(subject{blocks: blocks}), func(issue *digest.Issue, _ digest.Series) (string, error) {
		return d.settle(ctx, issue, blocks, func(b *digest.Block, c digest.Candidate, name string) (string, error) {
			var did []string
			var was digest.CommentVersion
			if b.HasChanged(c.Comment) {
				var err error
				if was, err = d.version(ctx, *b); err != nil {
					return "", err
				}
				if was.Hash != "" { // those that are kept are told
					picked := c
					picked.Author, picked.Words, picked.Body = was.Author, was.Words, was.Body
					name = rowName(*issue, *b, picked)
				}
			}
			if b.IsGone(c.Comment) {
				b.Overruled = &digest.Overruling{Sign: c.GoneBy, At: d.clock.Now().UTC(), By: by.String()}
				did = append(did, "kept "+name+", although it is no longer on the blog")
			}
			if b.HasChanged(c.Comment) {
				if was.Hash == "" {
					return "", digest.Fail(digest.Conflict, "Take it as it is now, or take it out.", "the words of %s as they were picked were not kept", name).
						Offer(digest.Act{Do: digest.AcceptRows, Issue: issue.Number, Rows: []int{issue.RowOf(b.ID)}, Blocks: []int64{b.ID}})
				}
				b.AsPicked = c.Hash
				did = append(did, "kept the words of "+name+" as they were picked")
			}
			return strings.Join(did, " and "), nil
		})
	})
}

// Update takes picks of a draft as they read on their blog now. Trimming is carried
// over as far as the words that it kept are still there; where none of it fits the whole
// comment is kept, and the words of the change say so.
func (d *Desk) Update(ctx context.Context, by digest.Actor, ref Ref, blocks ...int64) (Saved, error) {
	return d.changeOf(ctx, by, ref, digest.Edited, of(subject{blocks: blocks}), func(issue *digest.Issue, _ digest.Series) (string, error) {
		return d.settle(ctx, issue, blocks, func(b *digest.Block, c digest.Candidate, name string) (string, error) {
			if c.Hash == b.PickedHash {
				return "", nil
			}
			compared, err := d.compare(ctx, *issue, *b, c)
			if err != nil {
				return "", err
			}
			was, said := len(b.Kept) > 0, ""
			b.Kept, b.Notes, b.Lifted, b.Leads = compared.Carried.Kept, compared.Carried.Notes, compared.Carried.Lifted, compared.Carried.Leads
			switch {
			case was && b.Kept == nil:
				said = "; its trimming does not fit them, and it is whole"
			case compared.WasKept && !compared.Fits:
				said = "; what was made of it is carried over as far as it fits"
			}
			b.PickedHash, b.AsPicked = c.Hash, ""
			return "took the words of " + name + " as they are now" + said, nil
		})
	})
}

// settle decides about picks of a draft, and gives the words for all of it.
func (d *Desk) settle(ctx context.Context, issue *digest.Issue, blocks []int64, decide func(b *digest.Block, c digest.Candidate, name string) (string, error)) (string, error) {
	if len(blocks) == 0 {
		return "", digest.Fail(digest.Invalid, "", "no row is named").Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
	}
	var did []string
	for _, id := range slices.Compact(slices.Sorted(slices.Values(blocks))) {
		if _, err := pickAt(*issue, id); err != nil {
			return "", err
		}
		row := issue.RowOf(id)
		b := &issue.Blocks[row-1]
		found, err := d.comments(ctx, []int64{b.CommentID})
		if err != nil {
			return "", err
		}
		c := found[b.CommentID]
		name := rowName(*issue, *b, c)
		words, err := decide(b, c, name)
		if err != nil {
			return "", err
		}
		if words == "" {
			return "", digest.Fail(digest.Conflict, "Nothing was done.", "there is nothing to decide about %s", name).
				Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number})
		}
		did = append(did, words)
	}
	return strings.Join(did, "; "), nil
}

// rowName names a row in the words of what is done to it.
func rowName(issue digest.Issue, b digest.Block, c digest.Candidate) string {
	return fmt.Sprintf("row %d: %s", issue.RowOf(b.ID), nameOf(b, c))
}

// EndMail lets the mail of a draft end after a pick, with a link to the rest on the
// issue's page; with 0 the mail holds the whole issue again.
func (d *Desk) EndMail(ctx context.Context, by digest.Actor, ref Ref, block int64) (Saved, error) {
	about := subject{mail: true, order: true}
	if block != 0 {
		about.places = []int64{block}
	}
	return d.changeOf(ctx, by, ref, digest.Edited, of(about), func(issue *digest.Issue, _ digest.Series) (string, error) {
		if issue.MailEnds == block {
			return "", nil
		}
		if block == 0 {
			issue.MailEnds = 0
			return "put the whole issue into the mail", nil
		}
		b, err := pickAt(*issue, block)
		if err != nil {
			return "", err
		}
		row := issue.RowOf(b.ID)
		left := 0
		for _, later := range issue.Blocks[row:] {
			if later.Kind == digest.PickBlock {
				left++
			}
		}
		if left == 0 {
			return "", digest.Fail(digest.Invalid, "Choose an earlier one.", "no pick comes after row %d: nothing would be left for the web", row)
		}
		issue.MailEnds = block
		return fmt.Sprintf("let the mail end after row %d, with %s on the web", row, plural(left, "more comment")), nil
	})
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
