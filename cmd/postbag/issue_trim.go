package main

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
)

// trimFlags trim a pick further than by its sentences.
type trimFlags struct {
	Comment    int64    `help:"The pick by its comment's id; a comment that is not picked yet is picked." placeholder:"ID" xor:"row"`
	Cut        []string `help:"Cut these words out of the pick, as they stand in it; may be given several times." placeholder:"WORDS" sep:"none"`
	PutBack    []string `help:"Restore these words of it." placeholder:"WORDS" sep:"none"`
	Note       string   `help:"Put a note of your own into it, which is shown in brackets; in the place of one that stands there." placeholder:"TEXT"`
	After      string   `help:"Where the note stands: after these words." placeholder:"WORDS" xor:"note-place"`
	BeforeText string   `name:"before" help:"Where the note stands: before these words." placeholder:"WORDS" xor:"note-place"`
	RemoveNote int      `help:"Take a note out, by its number; issue show --row tells it." placeholder:"N"`
	Lift       string   `help:"Let a line of it stand above its words: a sentence by its number, or the words of one." placeholder:"N|WORDS" xor:"lift"`
	NoLift     bool     `help:"Take the lifted line away." xor:"lift"`
	Lead       bool     `help:"Let its lifted line stand for the whole issue, in the preheader, in feeds and in lists." xor:"lead"`
	NoLead     bool     `help:"Let it stand for the issue no more." xor:"lead"`
}

// part names words, or a sentence by its number.
func part(text string) *desk.Part {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
		return &desk.Part{Sentence: n}
	}
	return &desk.Part{Words: text}
}

// trim gives what the flags ask for, nil for nothing. The notes are those of the pick.
func (f trimFlags) trim(notes []digest.Note) (*desk.Trim, error) {
	if f.Comment = 0; reflect.ValueOf(f).IsZero() {
		return nil, nil
	}
	t := &desk.Trim{Unlift: f.NoLift}
	for _, words := range f.Cut {
		t.Cut = append(t.Cut, desk.Part{Words: words})
	}
	for _, words := range f.PutBack {
		t.PutBack = append(t.PutBack, desk.Part{Words: words})
	}
	if f.Lift != "" {
		t.Lift = part(f.Lift)
	}
	if f.Lead || f.NoLead {
		t.Lead = &f.Lead
	}
	place := f.After + f.BeforeText
	switch {
	case f.Note != "" && f.RemoveNote != 0:
		return nil, digest.Fail(digest.Invalid, "Do one after the other.", "--note and --remove-note exclude each other")
	case f.Note == "" && place != "":
		return nil, digest.Fail(digest.Invalid, "Give it with --note.", "no note is given that would stand there")
	case f.Note != "" && place == "":
		return nil, digest.Fail(digest.Invalid, "Say so with --after or --before and words of the comment.", "nothing says where the note stands")
	case f.Note != "":
		t.Note = &desk.NewNote{Text: f.Note}
		if f.After != "" {
			t.Note.After = &desk.Part{Words: f.After}
		} else {
			t.Note.Before = &desk.Part{Words: f.BeforeText}
		}
	case f.RemoveNote < 0 || f.RemoveNote > len(notes):
		return nil, digest.Fail(digest.NotFound, fmt.Sprintf("It has %s.", plural(len(notes), "note")), "the pick has no note %d", f.RemoveNote)
	case f.RemoveNote > 0:
		t.Note = &desk.NewNote{At: notes[f.RemoveNote-1].At}
	}
	return t, nil
}

// trimmed makes an edit, with what the flags do to the words of a pick.
func (c issueEditCmd) trimmed(ctx context.Context, p *Program, a *app, issue digest.Issue, at desk.Ref, edit desk.Edit) (desk.Saved, error) {
	var isIn bool
	var block digest.Block
	if c.Comment != 0 {
		if block, isIn = issue.PickOf(c.Comment); isIn {
			edit.Block = block.ID
		}
	} else if row := issue.RowOf(edit.Block); row > 0 {
		block = issue.Blocks[row-1]
	}
	var err error
	if edit.Trim, err = c.trim(block.Notes); err != nil {
		return desk.Saved{}, err
	}
	if c.Comment == 0 || isIn {
		return a.desk.Edit(ctx, p.by(), at, edit)
	}
	trim := desk.Trim{Keep: edit.Keep, Restore: edit.Restore}
	if edit.Trim != nil {
		trim = *edit.Trim
		trim.Keep, trim.Restore = edit.Keep, edit.Restore
	}
	if edit.Trim, edit.Keep, edit.Restore = nil, nil, false; !reflect.DeepEqual(edit, desk.Edit{}) {
		return desk.Saved{}, digest.Fail(digest.Invalid, "Do one after the other.", "comment %d is not picked yet, and only trimming picks it", c.Comment)
	}
	return a.desk.Trim(ctx, p.by(), at, 0, c.Comment, trim)
}

// sayTrim prints a pick's lifted line and its notes.
func (p *Program) sayTrim(r desk.Row) {
	switch {
	case r.LineCut:
		fmt.Fprintf(p.Stdout, "\nA line was lifted that is not shown, since some of it is cut: “%s”\n", cell(r.Comment.Body.Slice(r.Lifted).Shown(), 400))
	case len(r.Line) > 0:
		what := "Lifted"
		if r.Leads {
			what = "Lifted, and for the whole issue"
		}
		fmt.Fprintf(p.Stdout, "\n%s: “%s”\n", what, cell(r.Line.Shown(), 400))
	}
	for i, n := range r.Notes {
		hidden := ""
		for _, h := range r.HiddenNotes {
			if h == n {
				hidden = ", not shown since the words there are cut"
			}
		}
		fmt.Fprintf(p.Stdout, "Note %d%s, %s: [%s]\n", i+1, hidden, behind(r.Comment.Body, n.At), cell(n.Text, 250))
	}
}

// behind says where something stands in a text.
func behind(body digest.Prose, at int) string {
	const room = 40
	words := []rune(strings.Join(strings.Fields(body.Slice(digest.Range{End: at}).Shown()), " "))
	if len(words) == 0 {
		return "at the beginning"
	}
	if len(words) > room {
		tail := string(words[len(words)-room:])
		if _, after, found := strings.Cut(tail, " "); found {
			tail = after
		}
		return "after “…" + strings.TrimSpace(tail) + "”"
	}
	return "after “" + string(words) + "”"
}

// excerptOf gives a sentence as it is kept: its own words, with marks for what is cut.
func excerptOf(r desk.Row, s digest.Range) (shown, mark string) {
	whole := r.Comment.Body.Slice(s).Shown()
	var parts []string
	at := s.Start
	for _, k := range r.Kept {
		if k.End <= s.Start || k.Start >= s.End {
			continue
		}
		from, to := max(k.Start, s.Start), min(k.End, s.End)
		if from > at && strings.TrimSpace(r.Comment.Body.Slice(digest.Range{Start: at, End: from}).Text()) != "" {
			parts = append(parts, digest.Ellipsis)
		}
		parts = append(parts, r.Comment.Body.Slice(digest.Range{Start: from, End: to}).Shown())
		at = to
	}
	switch {
	case len(r.Kept) == 0:
		return whole, " "
	case len(parts) == 0:
		return whole, "-"
	case at < s.End && !prose.IsEmpty(r.Comment.Body.Slice(digest.Range{Start: at, End: s.End})):
		parts = append(parts, digest.Ellipsis)
	}
	if len(parts) == 1 {
		return whole, " "
	}
	return strings.Join(parts, " "), "~"
}
