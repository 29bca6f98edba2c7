package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/prose"
)

// Trim is what an editor does to the words of a pick. What is set is done in the order
// of the fields, all of it or none.
type Trim struct {
	// Restore undoes all cuts. The comment's words are accepted as they are now; where
	// they have changed since they were picked, notes and a lifted line go too.
	Restore bool
	// Keep cuts all but these sentences, counted from 1, as if nothing had been cut.
	Keep []int
	// Among limits Keep to these sentences, first and last: all others stay as they are,
	// and Keep may be empty then.
	Among [2]int
	// Toggle cuts a sentence, counted from 1, or restores it where some of it is cut.
	Toggle int
	// Cut and PutBack cut words, and restore them.
	Cut, PutBack []Part
	Note         *NewNote
	// Lift sets the line that stands above the words, and Unlift takes it away.
	Lift   *Part
	Unlift bool
	// Lead lets the lifted line stand for the whole issue, or does so no more.
	Lead *bool
}

// Part names words of a comment; the first of the fields that is set does.
type Part struct {
	Sentence int          // counted from 1
	Words    string       // as they stand in the comment, once
	Range    digest.Range // bytes of its text; widened to whole words
}

// NewNote is a note that is put into a comment, in place of the one that is there. With
// no text that is taken out.
type NewNote struct {
	Text string
	// After and Before name the words that it stands at; else it is at the byte At.
	After, Before *Part
	At            int
}

// IsZero tells whether nothing is to be done.
func (t Trim) IsZero() bool {
	return !t.Restore && len(t.Keep) == 0 && !t.isAmong() && t.Toggle == 0 && len(t.Cut) == 0 && len(t.PutBack) == 0 && t.Note == nil && t.Lift == nil && !t.Unlift && t.Lead == nil
}

func (t Trim) isAmong() bool { return t.Among != [2]int{} }

func (t Trim) check() error {
	const most = 50
	switch {
	case t.IsZero():
		return digest.Fail(digest.Invalid, "Say what is to be cut, noted or lifted.", "nothing is said about the comment")
	case t.Restore && (len(t.Keep) > 0 || t.isAmong()), t.Lift != nil && t.Unlift:
		return digest.Fail(digest.Invalid, "Do one after the other.", "doing something and undoing it exclude each other")
	case len(t.Cut)+len(t.PutBack) > most:
		return digest.Fail(digest.Invalid, "Do some of it first.", "more than %d cuts are made at once", most)
	}
	return nil
}

// Trim trims a comment of an issue: the pick that a block is, or else a comment, which
// is picked first if it is not yet. The error is of kind Conflict when somebody else
// changed that pick after ref's Version, and of kind Invalid when what is asked for does
// not fit the words.
func (d *Desk) Trim(ctx context.Context, by digest.Actor, ref Ref, block, comment int64, t Trim) (Saved, error) {
	if block != 0 {
		return d.Edit(ctx, by, ref, Edit{Block: block, Trim: &t})
	}
	if err := t.check(); err != nil {
		return Saved{}, err
	}
	about := func(now digest.Issue) subject {
		if b, isIn := now.PickOf(comment); isIn {
			return subject{blocks: []int64{b.ID}}
		}
		return subject{}
	}
	if err := ref.needsVersion(); err != nil {
		return Saved{}, err
	}
	// Whoever trims it had it before their eyes: should that pick it, it teaches the
	// suggestions as any pick does.
	rev := digest.Revision{By: by, Did: digest.Edited, Shown: []int64{comment}}
	return d.again(ctx, ref, rev, d.unless(ctx, ref, about, func(issue *digest.Issue, _ digest.Series) (string, error) {
		found, err := d.comments(ctx, []int64{comment})
		if err != nil {
			return "", err
		}
		var did []string
		if _, isIn := issue.PickOf(comment); !isIn {
			if err := checkPickable(found, comment); err != nil {
				return "", err
			}
			picked, err := d.newPick(ctx, *issue, found[comment])
			if err != nil {
				return "", err
			}
			issue.Blocks = append(slices.Clone(issue.Blocks), picked)
			did = append(did, "picked "+nameOf(picked, found[comment]))
		} else if !t.Restore {
			if err := d.asPicked(ctx, *issue, found); err != nil {
				return "", err
			}
		}
		row := 1 + slices.IndexFunc(issue.Blocks, func(b digest.Block) bool { return b.CommentID == comment })
		words, err := t.apply(issue, row, found[comment])
		if words != "" {
			did = append(did, words)
		}
		return strings.Join(did, ", "), err
	}))
}

// checkPickable tells whether a comment, of those found, can be picked.
func checkPickable(found map[int64]digest.Candidate, id int64) error {
	c, ok := found[id]
	switch {
	case !ok:
		return digest.Fail(digest.NotFound, "", "there is no comment %d", id).Offer(digest.Act{Do: digest.ListComments})
	case c.Gone:
		return digest.Fail(digest.Conflict, "Its writer or the blog took it back; choose another.", "comment %d was removed from the blog", id)
	}
	return nil
}

// newPick is the block of a comment that is picked: trimmed as it was when it was last
// taken out of a draft of the series, if it still says the same.
func (d *Desk) newPick(ctx context.Context, issue digest.Issue, c digest.Candidate) (digest.Block, error) {
	trims, err := d.store.Trims(ctx, issue.SeriesID, []int64{c.ID})
	if err != nil {
		return digest.Block{}, err
	}
	return pickOf(c, trims), nil
}

// pickOf makes the block of a comment, by the trims that are remembered.
func pickOf(c digest.Candidate, trims map[int64]digest.Block) digest.Block {
	if before, was := trims[c.ID]; was && before.PickedHash == c.Hash {
		return before
	}
	return digest.Block{Kind: digest.PickBlock, CommentID: c.ID, PickedHash: c.Hash}
}

// apply trims the pick in a row, and gives the words for it: "" when that changes
// nothing.
func (t Trim) apply(issue *digest.Issue, row int, c digest.Candidate) (string, error) {
	block := &issue.Blocks[row-1]
	w := trimming{body: c.Body, block: *block, name: fmt.Sprintf("row %d: %s", row, nameOf(*block, c))}
	if block.PickedHash != c.Hash {
		if !t.Restore && (len(t.Keep) == 0 || t.isAmong()) {
			act := digest.Act{Issue: issue.Number, Rows: []int{row}, Blocks: []int64{block.ID}}
			keep, accept := act, act
			keep.Do, accept.Do = digest.KeepRows, digest.AcceptRows
			return "", digest.Fail(digest.Conflict, "Decide which of its words the issue takes, then trim them.", "%s: changed on the blog since it was picked", w.name).Offer(keep, accept)
		}
		w.block.Notes, w.block.Lifted, w.block.Leads = nil, digest.Range{}, false
	}
	for _, step := range []func(*trimming) error{t.sentences, t.ranges, t.note, t.line} {
		if err := step(&w); err != nil {
			return "", err
		}
	}
	if _, err := cut.Excerpt(c.Body, w.block.Kept, w.block.Notes); err != nil {
		return "", err
	}
	w.block.PickedHash = c.Hash
	if t.Restore {
		w.block.AsPicked = ""
	}
	if isTrimmedAs(*block, w.block) {
		return "", nil
	}
	if w.block.Leads {
		for i := range issue.Blocks {
			issue.Blocks[i].Leads = false // one line stands for an issue
		}
	}
	*block = w.block
	return strings.Join(w.did, ", "), nil
}

// isTrimmedAs tells whether two states of a pick are the same.
func isTrimmedAs(a, b digest.Block) bool {
	return slices.Equal(a.Kept, b.Kept) && slices.Equal(a.Notes, b.Notes) && a.Lifted == b.Lifted && a.Leads == b.Leads && a.PickedHash == b.PickedHash && a.AsPicked == b.AsPicked
}

// trimming is a pick that is being trimmed, and what was done to it.
type trimming struct {
	body  digest.Prose
	block digest.Block
	name  string
	did   []string
}

func (w *trimming) say(format string, args ...any) {
	w.did = append(w.did, fmt.Sprintf(format, args...))
}

// quote gives words of the comment as they are told of.
func (w *trimming) quote(r digest.Range) string {
	const room = 40
	return "“" + prose.Quote(w.body.Slice(r), room) + "”"
}

func (t Trim) sentences(w *trimming) error {
	if t.Restore {
		w.block.Kept = nil
		w.say("restored %s", w.name)
	}
	if t.isAmong() {
		kept, err := t.keptAmong(w)
		if err != nil {
			return err
		}
		w.block.Kept = kept
		w.say("trimmed %s", w.name)
	} else if len(t.Keep) > 0 {
		kept, err := sentences(w.body, t.Keep)
		if err != nil {
			return err
		}
		w.block.Kept = kept
		w.say("trimmed %s", w.name)
	}
	if t.Toggle == 0 {
		return nil
	}
	part := Part{Sentence: t.Toggle}
	r, err := part.in(w.body)
	if err != nil {
		return err
	}
	if cut.Holds(w.body, w.block.Kept, r) {
		return w.cut(part)
	}
	return w.putBack(part)
}

// keptAmong gives what is kept where only some sentences are spoken of: these are put back
// whole, and then those cut that are not to be kept.
func (t Trim) keptAmong(w *trimming) (kept []digest.Range, err error) {
	all := prose.Sentences(w.body)
	first, last := t.Among[0], t.Among[1]
	for _, n := range append([]int{first, last}, t.Keep...) {
		if n < 1 || n > len(all) {
			return nil, noSentence(len(all), n)
		}
		if n < first || n > last {
			return nil, digest.Fail(digest.Invalid, "Send it again from the page.", "sentence %d is none of those from %d to %d", n, first, last)
		}
	}
	if kept, err = cut.With(w.body, w.block.Kept, digest.Range{Start: all[first-1].Start, End: all[last-1].End}); err != nil {
		return nil, err
	}
	for n := first; n <= last; n++ {
		from := n
		for n <= last && !slices.Contains(t.Keep, n) {
			n++
		}
		if n == from {
			continue
		}
		if kept, err = cut.Without(w.body, kept, digest.Range{Start: all[from-1].Start, End: all[n-2].End}); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func (t Trim) ranges(w *trimming) error {
	for _, p := range t.Cut {
		if err := w.cut(p); err != nil {
			return err
		}
	}
	for _, p := range t.PutBack {
		if err := w.putBack(p); err != nil {
			return err
		}
	}
	return nil
}

func (w *trimming) cut(p Part) error {
	r, err := p.in(w.body)
	if err != nil {
		return err
	}
	if w.block.Kept, err = cut.Without(w.body, w.block.Kept, r); err == nil {
		w.say("cut %s from %s", w.quote(r), w.name)
	}
	return err
}

func (w *trimming) putBack(p Part) error {
	r, err := p.in(w.body)
	if err != nil {
		return err
	}
	if w.block.Kept, err = cut.With(w.body, w.block.Kept, r); err == nil {
		w.say("put %s back into %s", w.quote(r), w.name)
	}
	return err
}

func (t Trim) note(w *trimming) error {
	if t.Note == nil {
		return nil
	}
	at, err := t.Note.in(w.body)
	if err != nil {
		return err
	}
	notes := slices.Clone(w.block.Notes)
	i := slices.IndexFunc(notes, func(n digest.Note) bool {
		return n.At == at || n.At == t.Note.At && t.Note.After == nil && t.Note.Before == nil
	})
	if strings.TrimSpace(t.Note.Text) == "" {
		if i < 0 {
			return digest.Fail(digest.NotFound, "", "there is no note at that place")
		}
		w.say("took the note “%s” out of %s", notes[i].Text, w.name)
		w.block.Notes = slices.Delete(notes, i, i+1)
		return nil
	}
	text, err := cut.NoteText(t.Note.Text)
	if err != nil {
		return err
	}
	if i >= 0 {
		notes[i].Text = text
	} else {
		notes = append(notes, digest.Note{At: at, Text: text})
	}
	slices.SortFunc(notes, func(a, b digest.Note) int { return a.At - b.At })
	w.block.Notes = notes
	w.say("noted “%s” in %s", text, w.name)
	return nil
}

// in gives the place of a note in a text.
func (n NewNote) in(body digest.Prose) (int, error) {
	at := n.At
	if part := n.After; part != nil {
		r, err := part.in(body)
		if err != nil {
			return 0, err
		}
		at = r.End
	} else if part := n.Before; part != nil {
		r, err := part.in(body)
		if err != nil {
			return 0, err
		}
		at = r.Start
	}
	if at < 0 || at > len(body.Text()) {
		return 0, digest.Fail(digest.Invalid, "Say after which words it stands.", "the note stands outside of the comment")
	}
	return cut.NoteAt(body, at), nil
}

func (t Trim) line(w *trimming) error {
	if t.Unlift {
		if (w.block.Lifted != digest.Range{}) {
			w.say("took the lifted line of %s away", w.name)
		}
		w.block.Lifted, w.block.Leads = digest.Range{}, false
	}
	if t.Lift != nil {
		r, err := t.Lift.in(w.body)
		if err != nil {
			return err
		}
		if err := cut.CheckLine(w.body, w.block.Kept, r); err != nil {
			return err
		}
		w.block.Lifted = r
		w.say("lifted %s out of %s", w.quote(r), w.name)
	}
	if t.Lead == nil {
		return nil
	}
	if *t.Lead {
		if err := cut.CheckLine(w.body, w.block.Kept, w.block.Lifted); err != nil {
			return digest.Fail(digest.Invalid, "Lift a line first.", "%s: no line of it is shown that could stand for the issue", w.name)
		}
		w.say("let the line %s stand for the issue", w.quote(w.block.Lifted))
	} else {
		w.say("let the line of %s stand for the issue no more", w.name)
	}
	w.block.Leads = *t.Lead
	return nil
}

// in gives the range of a text that is named.
func (p Part) in(body digest.Prose) (digest.Range, error) {
	switch {
	case p.Sentence != 0:
		all := prose.Sentences(body)
		if p.Sentence < 1 || p.Sentence > len(all) {
			return digest.Range{}, noSentence(len(all), p.Sentence)
		}
		return all[p.Sentence-1], nil
	case p.Words != "":
		return cut.Find(body, p.Words)
	}
	r := cut.Snap(body, p.Range)
	if (r == digest.Range{}) {
		return r, digest.Fail(digest.Invalid, "Select some of the comment’s words.", "no words are selected")
	}
	return r, nil
}

func noSentence(last, n int) error {
	return digest.Fail(digest.Invalid, "Look at its sentences, which are numbered.", "the comment has sentences 1 to %d, not %d", last, n)
}

// Trimming is a comment as it is trimmed in an issue.
type Trimming struct {
	Issue   digest.Issue
	Series  digest.Series
	Comment digest.Candidate
	// Block is its pick. ID is 0 while it is not picked; then the rest is what picking
	// it now would give.
	Block digest.Block
	Row   int // in the issue, from 1; 0 while it is not picked
	// Excerpt is what readers will see, and Line the line above it, if any is shown.
	Excerpt, Line digest.Prose
	Kept, Of      int // words
	Sentences     []Sentence
	// Changed tells that the comment was changed on the blog since it was picked: it can
	// be trimmed once its words are accepted. Here nothing of them is cut.
	Changed bool
	// Lines are those of its sentences that may be lifted, at most three, the best first.
	Lines []digest.Range
}

// Sentence is one sentence of a comment that is trimmed.
type Sentence struct {
	digest.Range
	Kept State
}

// State tells how much of something is kept.
type State int

// The states of a sentence.
const (
	AllKept State = iota
	SomeKept
	NoneKept
)

// Trimming gives a comment as it stands in an issue: the pick that a block is, or else a
// comment by its id.
func (d *Desk) Trimming(ctx context.Context, ref Ref, block, comment int64) (t Trimming, err error) {
	if t.Issue, t.Series, err = d.Issue(ctx, ref); err != nil {
		return t, err
	}
	if block != 0 {
		if t.Row, err = rowOf(t.Issue, block); err != nil {
			return t, err
		}
		t.Block = t.Issue.Blocks[t.Row-1]
		if t.Block.Kind != digest.PickBlock {
			return t, digest.Fail(digest.NotFound, "", "row %d of issue %d is no pick", t.Row, t.Issue.Number).Offer(digest.Act{Do: digest.ShowIssue, Issue: t.Issue.Number})
		}
		comment = t.Block.CommentID
	} else if t.Block, _ = t.Issue.PickOf(comment); t.Block.ID != 0 {
		t.Row = t.Issue.RowOf(t.Block.ID)
	}
	found, err := d.comments(ctx, []int64{comment})
	if err == nil {
		err = d.asPicked(ctx, t.Issue, found)
	}
	if err != nil {
		return t, err
	}
	var known bool
	if t.Comment, known = found[comment]; !known {
		return t, digest.Fail(digest.NotFound, "", "there is no comment %d", comment).Offer(digest.Act{Do: digest.ListComments})
	}
	if t.Row == 0 {
		if t.Block, err = d.newPick(ctx, t.Issue, t.Comment); err != nil {
			return t, err
		}
	}
	t.read()
	if t.Issue.State == digest.Draft {
		t.Lines, err = d.lines(ctx, t)
	}
	return t, err
}

func (t *Trimming) read() {
	body, b := t.Comment.Body, t.Block
	words, err := cut.Excerpt(body, b.Kept, b.Notes)
	if t.Changed = b.PickedHash != t.Comment.Hash || err != nil; t.Changed {
		b, words = digest.Block{}, body
	}
	t.Excerpt, t.Line = words, cut.Line(body, b.Kept, b.Lifted)
	t.Kept, t.Of = prose.Words(words), prose.Words(body)
	kept, err := cut.Ranges(body, b.Kept)
	if err != nil {
		return // it says nothing
	}
	for _, r := range prose.Sentences(body) {
		s := Sentence{Range: r, Kept: NoneKept}
		for len(kept) > 0 && kept[0].End <= r.Start {
			kept = kept[1:]
		}
		switch {
		case len(kept) == 0 || kept[0].Start >= r.End:
		case kept[0].Start <= r.Start && r.End <= kept[0].End:
			s.Kept = AllKept
		default:
			s.Kept = SomeKept
		}
		t.Sentences = append(t.Sentences, s)
	}
}
