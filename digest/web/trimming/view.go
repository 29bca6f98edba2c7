package trimming

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/digest/site"
	"postbag/templates/screen"
)

// look is how words are written on the page: without links that would lead away from it
// unmarked, what is not the writer's in a class of its own.
var look = markup.Look{Rel: "noopener noreferrer", Ours: "ours", Apart: true}

// view says what the page shows.
func (a *Area) view(t desk.Trimming, series, from string, first int) screen.Trim {
	if !slices.Contains([]string{"read", "arrange", "check"}, from) {
		from = "read"
		if t.Row != 0 {
			from = "arrange" // where picks are
		}
	}
	c := t.Comment
	v := screen.Trim{
		Version: t.Issue.Version, From: from, Issue: t.Issue.Title, Picked: t.Row != 0, Changed: t.Changed,
		Back:   a.back(t.Issue, series, from, t.Block.ID, c.ID),
		Author: cmp.Or(markup.Clean(c.Author), "Anonymous"), Post: markup.Clean(c.PostTitle), OnBlog: webAddress(c.URL),
		Kept: t.Kept, Of: t.Of, Leads: t.Block.Leads,
		Excerpt: look.HTML(t.Excerpt),
	}
	if t.Issue.State != digest.Draft {
		v.Locked = fmt.Sprintf("%s is %s, so its words stay as they are.", t.Issue.Title, t.Issue.State.Is())
		if t.Issue.State == digest.Approved {
			v.Locked += " To change them, take the approval back on the screen Send."
		}
	}
	if zone, err := t.Series.Location(); err == nil {
		v.When = c.DatedAt().In(zone).Format("Mon 2 Jan 2006, 15:04")
	}
	if t.Row != 0 {
		v.Action = a.frame.Site().Desk(site.TrimScreen, series, t.Issue.Number, t.Block.ID)
	} else {
		v.Action = a.frame.Site().Desk(site.TrimComment, series, t.Issue.Number, c.ID)
	}
	v.Action = withQuery(v.Action, site.FromQuery, from)
	if len(t.Line) > 0 {
		v.Line = look.HTML(t.Line)
	} else if (t.Block.Lifted != digest.Range{} && !t.Changed) {
		v.LineCut = oneLine(c.Body.Slice(t.Block.Lifted).Shown())
	}
	for _, at := range t.Lines {
		if at != t.Block.Lifted {
			v.Lines = append(v.Lines, screen.TrimLine{Words: oneLine(c.Body.Slice(at).Shown()), Start: at.Start, End: at.End})
		}
	}
	for _, n := range t.Block.Notes {
		v.Notes = append(v.Notes, screen.TrimNote{At: n.At, Text: n.Text, Behind: behind(c.Body, n.At), Hidden: !cut.Shows(c.Body, t.Block.Kept, n)})
	}
	v.Last = len(t.Sentences)
	for i, s := range t.Sentences[:min(len(t.Sentences), screen.MostChoices)] {
		v.Sentences = append(v.Sentences, screen.Option{Value: strconv.Itoa(i + 1), Label: fmt.Sprintf("%d. %s", i+1, prose.Quote(c.Body.Slice(s.Range), 60))})
	}
	v.First = min(max(first, 1), max(len(t.Sentences), 1))
	v.First -= (v.First - 1) % screen.MostSentences
	v.Until = min(v.First+screen.MostSentences-1, len(t.Sentences))
	v.Paras = onPage(paras(t), v.First, v.Until)
	if v.First > 1 {
		v.Earlier = withQuery(v.Action, firstQuery, strconv.Itoa(v.First-screen.MostSentences))
	}
	if v.Until < v.Last {
		v.Later = withQuery(v.Action, firstQuery, strconv.Itoa(v.Until+1))
	}
	return v
}

// firstQuery names the sentence of a long comment from which the page begins.
const firstQuery = "first"

// onPage takes out what does not stand between two sentences, of a comment that has more.
func onPage(all []screen.TrimPara, first, until int) (page []screen.TrimPara) {
	n := 0 // the last sentence that was met
	for _, p := range all {
		pieces := p.Pieces[:0]
		for _, piece := range p.Pieces {
			if piece.N != 0 {
				n = piece.N
			}
			if n <= until && (n >= first || n == 0 && first == 1) {
				pieces = append(pieces, piece)
			}
		}
		if p.Pieces = pieces; len(pieces) > 0 {
			page = append(page, p)
		}
	}
	return page
}

// withQuery adds a query to an address.
func withQuery(address, name, value string) string {
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + name + "=" + url.QueryEscape(value)
}

// webAddress gives an address that may be a link, "" for one that may not.
func webAddress(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// didWords makes a sentence of what was done.
func didWords(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:] + "."
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// behind gives the last words before a place in a text.
func behind(body digest.Prose, at int) string {
	const room = 40
	words := []rune(oneLine(body.Slice(digest.Range{End: at}).Shown()))
	if len(words) <= room {
		return string(words)
	}
	tail := string(words[len(words)-room:])
	if _, after, found := strings.Cut(tail, " "); found {
		tail = after
	}
	return "…" + strings.TrimSpace(tail)
}

// paras parts a comment into its sentences, and each into what is kept and what is cut.
// The bytes of all sentences and what stands between them are those of the text.
func paras(t desk.Trimming) (all []screen.TrimPara) {
	w := walk{rest: t.Sentences, n: 1, isWhole: true}
	if !t.Changed {
		w.kept, w.lifted, w.isWhole = t.Block.Kept, t.Block.Lifted, len(t.Block.Kept) == 0
	}
	for _, para := range t.Comment.Body {
		p := screen.TrimPara{Quoted: para.Kind == digest.Quote, Item: para.Kind == digest.Item, Pre: para.Pre, Number: para.Number}
		for _, span := range para.Spans {
			w.span(&p, span)
		}
		w.at += len(digest.ParaBreak)
		all = append(all, p)
	}
	return all
}

type walk struct {
	isWhole bool           // all is kept
	kept    []digest.Range // those that do not lie behind
	lifted  digest.Range
	rest    []desk.Sentence // those that do not lie behind
	n       int             // the number of the first of them
	at      int             // bytes walked
}

// span parts a span where a sentence, a cut or the lifted line begins or ends.
func (w *walk) span(p *screen.TrimPara, s digest.Span) {
	for text := s.Text; text != ""; {
		for len(w.rest) > 0 && w.rest[0].End <= w.at {
			w.rest, w.n = w.rest[1:], w.n+1
		}
		for len(w.kept) > 0 && w.kept[0].End <= w.at {
			w.kept = w.kept[1:]
		}
		end := w.edge(w.at + len(text))
		part := screen.TrimPart{
			Text: text[:end-w.at], Em: s.Em, Strong: s.Strong, Struck: s.Struck, NotShown: s.Stands != "",
			Cut: !w.isKept(), Lifted: w.lifted.Start <= w.at && w.at < w.lifted.End,
		}
		text, w.at = text[end-w.at:], end
		w.add(p, part)
	}
}

// unstruck parts the white space around a cut off it, which is not struck through.
func unstruck(part screen.TrimPart) []screen.TrimPart {
	bare := strings.TrimSpace(part.Text)
	if !part.Cut || bare == "" || bare == part.Text {
		part.Cut = part.Cut && bare != ""
		return []screen.TrimPart{part}
	}
	before, after, _ := strings.Cut(part.Text, bare)
	part.Text = bare
	return []screen.TrimPart{{Text: before}, part, {Text: after}}
}

// edge gives where what comes next ends, at an offset at the latest.
func (w *walk) edge(end int) int {
	until := func(edge int) {
		if edge > w.at {
			end = min(end, edge)
		}
	}
	until(w.lifted.Start)
	until(w.lifted.End)
	if len(w.rest) > 0 {
		until(w.rest[0].Start)
		until(w.rest[0].End)
	}
	if len(w.kept) > 0 {
		until(w.kept[0].Start)
		until(w.kept[0].End)
	}
	return end
}

func (w *walk) isKept() bool {
	return w.isWhole || len(w.kept) > 0 && w.kept[0].Start <= w.at
}

// add puts a part into the sentence that it belongs to, or between two.
func (w *walk) add(p *screen.TrimPara, part screen.TrimPart) {
	start := w.at - len(part.Text)
	n := 0
	piece := screen.TrimPiece{}
	if len(w.rest) > 0 && w.rest[0].Start <= start {
		n = w.n
		states := map[desk.State]string{desk.AllKept: "true", desk.SomeKept: "mixed", desk.NoneKept: "false"}
		piece = screen.TrimPiece{N: n, Kept: states[w.rest[0].Kept], From: w.rest[0].Start, To: w.rest[0].End}
	}
	if last := len(p.Pieces) - 1; last >= 0 && p.Pieces[last].N == n {
		piece = p.Pieces[last]
		p.Pieces = p.Pieces[:last]
	}
	if n == 0 {
		part.Cut = part.Cut && strings.TrimSpace(part.Text) != ""
		for i, line := range strings.Split(part.Text, "\n") {
			if i > 0 {
				piece.Parts = append(piece.Parts, screen.TrimPart{NewLine: true})
			}
			if line != "" {
				between := part
				between.Text = line
				piece.Parts = append(piece.Parts, between)
			}
		}
	} else {
		piece.Parts = append(piece.Parts, unstruck(part)...)
	}
	p.Pieces = append(p.Pieces, piece)
}
