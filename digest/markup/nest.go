package markup

import (
	"strconv"

	"postbag/digest"
)

// maxNest bounds what is remembered to be open; nothing deeper than
// digest.MaxDepth is told apart in what comes out.
const maxNest = 500

type frameKind int

const (
	quoteFrame frameKind = iota
	listFrame
	itemFrame
)

// frame is an open quote, list or list item.
type frame struct {
	kind    frameKind
	ordered bool       // of a list
	implied bool       // a list nobody opened, around a stray item
	number  int        // of a list: its next item's; of an item: its own, 0 for a bullet
	begun   bool       // of an item: it has a paragraph already
	down    *countdown // of a list, and of its items whose numbers depend on how many there are
	before  int        // of such an item: how many are before it

	around // with this frame
}

// countdown is a list that counts down, to 1 where it does not say from where (HTML,
// 4.4.5: reversed).
type countdown struct {
	isKnown bool // the next item's number
	items   int
	paras   []counted
}

// counted is the first paragraph of an item whose number is known at the end.
type counted struct{ para, before int }

// number gives the items the numbers that they count down.
func (d *countdown) number(out digest.Prose) {
	for _, c := range d.paras {
		if c.para < len(out) {
			out[c.para].Number = min(d.items-c.before, maxNumber)
		}
	}
}

// around sums up what is open, so that no depth makes a paragraph or an end tag
// dear.
type around struct {
	quotes int
	lists  int
	within int // lists open since the innermost quote began
	item   int // 1 + the index of the innermost item since then, 0 for none
	depth  int // of lists around that item
}

// nest is what is open, outermost first.
type nest struct {
	frames []frame
	over   int // quotes and lists opened past maxNest
	downs  []*countdown
}

func (n *nest) around() around {
	if len(n.frames) == 0 {
		return around{}
	}
	return n.frames[len(n.frames)-1].around
}

func (n *nest) push(f frame) {
	f.around = n.around()
	switch f.kind {
	case quoteFrame:
		f.quotes++
		f.within, f.item, f.depth = 0, 0, 0
	case listFrame:
		f.lists++
		f.within++
	case itemFrame:
		f.item, f.depth = len(n.frames)+1, f.lists
	}
	n.frames = append(n.frames, f)
}

// open begins a quote or list.
func (n *nest) open(f frame) {
	if len(n.frames) >= maxNest {
		n.over++
		return
	}
	n.push(f)
	if f.down != nil {
		n.downs = append(n.downs, f.down)
	}
}

// openItem begins an item of the innermost list, ending the item before it.
func (n *nest) openItem(value int) {
	if n.over > 0 {
		return
	}
	at := len(n.frames)
	for at > 0 && n.frames[at-1].kind == itemFrame {
		at--
	}
	n.frames = n.frames[:at]
	if at == 0 || n.frames[at-1].kind != listFrame {
		n.push(frame{kind: listFrame, implied: true})
	}
	list := &n.frames[len(n.frames)-1]
	item := frame{kind: itemFrame}
	if list.ordered {
		if value > 0 {
			list.number = value
		}
		item.number = min(list.number, maxNumber)
		if d := list.down; d == nil {
			list.number++
		} else {
			if d.isKnown = d.isKnown || value > 0; d.isKnown {
				list.number = max(1, list.number-1)
			} else {
				item.down, item.before = d, d.items
				list.number++
			}
			d.items++
		}
	}
	n.push(item)
}

// close ends the innermost list or item and all that is open in it. A quote is
// never ended by the end of a list that began outside of it.
func (n *nest) close(kind frameKind) {
	now := n.around()
	switch {
	case n.over > 0 && kind == listFrame:
		n.over--
		return
	case n.over > 0, kind == listFrame && now.within == 0, kind == itemFrame && now.item == 0:
		return
	}
	at := len(n.frames) - 1
	for n.frames[at].kind != kind {
		at--
	}
	if kind == itemFrame && at > 0 && n.frames[at-1].implied {
		at--
	}
	n.frames = n.frames[:at]
}

// closeQuote ends the innermost quote and all that is open in it.
func (n *nest) closeQuote() {
	switch {
	case n.over > 0:
		n.over--
		return
	case n.around().quotes == 0:
		return
	}
	at := len(n.frames) - 1
	for n.frames[at].kind != quoteFrame {
		at--
	}
	n.frames = n.frames[:at]
}

// para tells what a paragraph is that begins now, by what is open around it,
// and the mark that it begins with. The model has no lists in quotes: there an
// item keeps its mark as text. An item goes on after a quote inside it as
// ordinary text.
func (n *nest) para(out digest.Prose) (para digest.Para, mark string) {
	now := n.around()
	var item frame
	if now.item > 0 {
		item = n.frames[now.item-1]
		n.frames[now.item-1].begun = true
	}
	first := now.item > 0 && !item.begun
	depth := min(now.depth, digest.MaxDepth)
	switch {
	case now.quotes > 0:
		if first {
			mark = itemMark(item.number)
		}
		return digest.Para{Kind: digest.Quote, Depth: min(now.quotes, digest.MaxDepth)}, mark
	case first:
		if item.down != nil {
			item.down.paras = append(item.down.paras, counted{para: len(out), before: item.before})
		}
		return digest.Para{Kind: digest.Item, Depth: depth, Number: item.number}, ""
	case now.item > 0 && itemOpen(out, depth):
		return digest.Para{Kind: digest.Item, Depth: depth, More: true}, ""
	}
	return digest.Para{}, ""
}

// itemOpen tells whether a paragraph that goes on at this depth still follows
// its item, with nothing but deeper items between.
func itemOpen(out digest.Prose, depth int) bool {
	for i := len(out) - 1; i >= 0; i-- {
		if para := out[i]; para.Kind != digest.Item || para.Depth <= depth {
			return para.Kind == digest.Item && para.Depth == depth
		}
	}
	return false
}

func itemMark(number int) string {
	if number > 0 {
		return strconv.Itoa(number) + ". "
	}
	return "• "
}
