package markup

import (
	"html"
	"html/template"
	"strconv"
	"strings"
	"unicode"

	"postbag/digest"
)

// Look is how [Look.HTML] writes what the model leaves open.
type Look struct {
	// Rel is the rel attribute of every link; "" for none.
	Rel string
	// Ours is the class of a span around words that the writer did not write;
	// "" writes them without one.
	Ours string
	// Foreign tells that the text is not in English, as the names of what is not
	// shown are ([digest.Thing]): they are marked as English.
	Foreign bool
	// Apart keeps words that the writer did not write out of the direction of the text,
	// which browsers find in it (HTML, 3.2.6.4: dir=auto): a bdi stands around them.
	Apart bool
	// Marks are words to draw attention to, over [digest.Prose.Text], in order and apart
	// from each other: a mark stands around them.
	Marks []Mark
}

// Mark is that words are marked, with the class of the mark; "" for none.
type Mark struct {
	digest.Range
	Class string
}

func (m Mark) tag() string {
	if m.Class == "" {
		return "<mark>"
	}
	return `<mark class="` + html.EscapeString(m.Class) + `">`
}

// The rel attributes of links, by whose they are.
const (
	ReaderRel = "nofollow ugc noopener"
	EditorRel = "noopener"
)

// HTML writes Prose in this look: HTML of p, pre, ul, ol, li, blockquote, em, strong,
// del, sup, sub, a and br only, without class and style, but for the spans, bdi and marks
// that the look asks for.
func (l Look) HTML(p digest.Prose) template.HTML {
	w := writer{look: l, marks: l.Marks}
	for i, para := range p {
		if i > 0 {
			w.at += len(digest.ParaBreak)
		}
		more := i+1 < len(p) && p[i+1].Kind == digest.Item && p[i+1].More && p[i+1].Depth == para.Depth
		w.para(para, more)
	}
	w.lists(0)
	w.quotes(0)
	return template.HTML(w.String())
}

// list is an open list; its newest item is open too.
type list struct {
	ordered bool
	number  int // of the newest item
}

// writer writes paragraphs, opening and closing what is around them.
type writer struct {
	strings.Builder
	look  Look
	at    int    // bytes of the text written so far
	marks []Mark // those that still come
	pre   bool   // the paragraph is preformatted
	quote int    // open blockquotes
	open  []list // open lists
}

func (w *writer) para(para digest.Para, more bool) {
	depth := max(1, min(para.Depth, digest.MaxDepth))
	if para.Kind != digest.Item {
		w.lists(0)
	}
	if para.Kind != digest.Quote {
		w.quotes(0)
	}
	switch para.Kind {
	case digest.Quote:
		w.quotes(depth)
		w.block(para)
	case digest.Item:
		if w.item(para, depth) || more || para.Pre {
			w.block(para)
		} else {
			w.spans(para.Spans)
		}
	default:
		w.block(para)
	}
}

func (w *writer) block(para digest.Para) {
	name := "p"
	if w.pre = para.Pre; w.pre {
		name = "pre"
	}
	w.WriteString("<" + name + ">")
	w.spans(para.Spans)
	w.WriteString("</" + name + ">\n")
	w.pre = false
}

// quotes opens or closes blockquotes until depth are open.
func (w *writer) quotes(depth int) {
	for ; w.quote < depth; w.quote++ {
		w.WriteString("<blockquote>\n")
	}
	for ; w.quote > depth; w.quote-- {
		w.WriteString("</blockquote>\n")
	}
}

// lists closes lists until depth are open.
func (w *writer) lists(depth int) {
	for len(w.open) > depth {
		w.WriteString("</li>\n</")
		w.WriteString(w.open[len(w.open)-1].tag())
		w.WriteString(">\n")
		w.open = w.open[:len(w.open)-1]
	}
}

func (l list) tag() string {
	if l.ordered {
		return "ol"
	}
	return "ul"
}

// item opens what a list item needs around it, and tells whether its text goes
// on in the item that is open.
func (w *writer) item(para digest.Para, depth int) (further bool) {
	w.lists(depth)
	if para.More && len(w.open) == depth {
		return true
	}
	if len(w.open) == depth {
		last := &w.open[depth-1]
		if last.ordered == (para.Number > 0) && (!last.ordered || para.Number == last.number+1) {
			last.number = para.Number
			w.WriteString("</li>\n<li>")
			return false
		}
		w.lists(depth - 1)
	}
	for len(w.open) < depth-1 { // the items around it were cut or never had words
		w.begin(list{})
	}
	w.begin(list{ordered: para.Number > 0, number: para.Number})
	return false
}

func (w *writer) begin(l list) {
	w.WriteString("<" + l.tag())
	if l.number > 1 {
		w.WriteString(` start="` + strconv.Itoa(l.number) + `"`)
	}
	w.WriteString(">\n<li>")
	w.open = append(w.open, l)
}

// spans writes a paragraph's text; neighbours with the same address share one
// link. A link whose words claim another address than its own shows where it
// leads.
func (w *writer) spans(spans []digest.Span) {
	for len(spans) > 0 {
		link, n := LinkOf(spans)
		w.beginLink(link.Href)
		digest.Runs(spans[:n], digest.IsStruck, w.struck)
		if link.Href != "" {
			if mark := honestMark(link.Text, link.Href); mark != "" {
				w.part(digest.Span{Text: mark, Ours: true}, nil)
			}
			w.WriteString("</a>")
		}
		spans = spans[n:]
	}
}

func (w *writer) beginLink(href string) {
	if href == "" {
		return
	}
	w.WriteString(`<a href="` + html.EscapeString(href) + `"`)
	if w.look.Rel != "" {
		w.WriteString(` rel="` + html.EscapeString(w.look.Rel) + `"`)
	}
	w.WriteString(">")
}

// struck writes spans that are struck out together, or are not.
func (w *writer) struck(spans []digest.Span, struck bool) {
	if struck {
		w.WriteString("<del>")
		defer w.WriteString("</del>")
	}
	w.shifted(spans, 0)
}

// shifted writes spans that are raised or lowered from a depth on.
func (w *writer) shifted(spans []digest.Span, depth int) {
	digest.Runs(spans, digest.ShiftAt(depth), func(run []digest.Span, shift byte) {
		switch shift {
		case digest.Raised:
			w.WriteString("<sup>")
			defer w.WriteString("</sup>")
		case digest.Lowered:
			w.WriteString("<sub>")
			defer w.WriteString("</sub>")
		default:
			for _, s := range run {
				w.span(s)
			}
			return
		}
		w.shifted(run, depth+1)
	})
}

// kept keeps marks that close and open at their words though a space parts them, as
// French sets them, so that none stands alone on a line.
var kept = strings.NewReplacer(" !", "\u00A0!", " ?", "\u00A0?", " :", "\u00A0:", " ;", "\u00A0;", " »", "\u00A0»", "« ", "«\u00A0", " %", "\u00A0%")

// span writes a span of the text, in parts where words of it are marked. What stands for
// something else is one part.
func (w *writer) span(s digest.Span) {
	start, end := w.at, w.at+len(s.Text)
	for w.at < end {
		from := w.at
		to, mark := w.next(end)
		if s.Stands != "" {
			to = end
		}
		one := s
		one.Text, w.at = s.Text[from-start:to-start], to
		w.part(one, mark)
	}
}

// next gives where the part of the text ends that begins here, at an offset at the
// latest, and the mark around it; nil for none.
func (w *writer) next(end int) (to int, mark *Mark) {
	for len(w.marks) > 0 && w.marks[0].End <= w.at {
		w.marks = w.marks[1:]
	}
	switch {
	case len(w.marks) == 0:
		return end, nil
	case w.marks[0].Start > w.at:
		return min(end, w.marks[0].Start), nil
	}
	return min(end, w.marks[0].End), &w.marks[0]
}

// part writes text in one style.
func (w *writer) part(s digest.Span, mark *Mark) {
	text := html.EscapeString(s.Text)
	switch name := html.EscapeString(string(s.Stands)); {
	case s.Stands != "" && w.look.Foreign:
		text = strings.Replace(text, name, `<span lang="en" dir="ltr">`+name+"</span>", 1)
	case s.Stands != "" && w.look.Apart:
		text = strings.Replace(text, name, "<bdi>"+name+"</bdi>", 1)
	case s.Ours && w.look.Apart && strings.ContainsFunc(s.Text, unicode.IsLetter):
		text = enclosed(text, "<bdi>", "</bdi>")
	}
	if !w.pre {
		text = strings.ReplaceAll(kept.Replace(text), "\n", "<br>\n")
	}
	if mark != nil && strings.TrimSpace(s.Text) != "" {
		text = enclosed(text, mark.tag(), "</mark>")
	}
	if s.Em {
		text = "<em>" + text + "</em>"
	}
	if s.Strong {
		text = "<strong>" + text + "</strong>"
	}
	if (s.Ours || s.Stands != "" && s.Href == "") && w.look.Ours != "" {
		text = enclosed(text, `<span class="`+html.EscapeString(w.look.Ours)+`">`, "</span>")
	}
	w.WriteString(text)
}

// enclosed puts tags around a text. White space stays outside, so that nothing else is
// styled.
func enclosed(text, begin, end string) string {
	body := strings.TrimSpace(text)
	before, after, _ := strings.Cut(text, body)
	return before + begin + body + end + after
}
