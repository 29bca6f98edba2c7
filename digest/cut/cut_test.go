package cut_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"postbag/digest"
	"postbag/digest/cut"
)

// show writes Prose on one line: paragraphs parted by "¶", line breaks as "/",
// our own words in braces, styled ones in stars.
func show(p digest.Prose) string {
	var paras []string
	for _, para := range p {
		var b strings.Builder
		switch {
		case para.More:
			b.WriteString("+ ")
		case para.Kind == digest.Item && para.Number > 0:
			fmt.Fprintf(&b, "%d. ", para.Number)
		case para.Kind == digest.Item:
			b.WriteString("- ")
		case para.Kind == digest.Quote:
			b.WriteString("> ")
		case para.Pre:
			b.WriteString("| ")
		}
		for _, s := range para.Spans {
			text := strings.ReplaceAll(s.Text, "\n", "/")
			switch {
			case s.Ours:
				text = "{" + text + "}"
			case s.Em:
				text = "*" + text + "*"
			case s.Struck:
				text = "~" + text + "~"
			case s.Shift != "":
				text = s.Shift + "(" + text + ")"
			case s.Href != "":
				text = "<" + text + ">"
			}
			b.WriteString(text)
		}
		paras = append(paras, b.String())
	}
	return strings.Join(paras, " ¶ ")
}

// ranges finds the given pieces in a text, each after the one before.
func ranges(t *testing.T, text string, pieces ...string) []digest.Range {
	t.Helper()
	var out []digest.Range
	at := 0
	for _, piece := range pieces {
		i := strings.Index(text[at:], piece)
		if i < 0 {
			t.Fatalf("%q is not in %q after %d", piece, text, at)
		}
		out = append(out, digest.Range{Start: at + i, End: at + i + len(piece)})
		at += i + len(piece)
	}
	return out
}

func paras(texts ...string) digest.Prose {
	var p digest.Prose
	for _, text := range texts {
		p = append(p, digest.Para{Spans: []digest.Span{{Text: text}}})
	}
	return p
}

func TestKeep(t *testing.T) {
	two := paras("One two. Three four.", "Five six. Seven eight.")
	three := paras("One two. Three four.", "Five six.", "Seven eight. Nine ten.")
	lines := paras("One two\nthree four\nfive six")
	styled := digest.Prose{{Spans: []digest.Span{
		{Text: "Plain "}, {Text: "one two three", Em: true}, {Text: " and "}, {Text: "the link here", Href: "https://e.example/"}, {Text: " end."},
	}}}
	list := digest.Prose{
		{Spans: []digest.Span{{Text: "Thus:"}}},
		{Kind: digest.Item, Depth: 1, Number: 1, Spans: []digest.Span{{Text: "First."}}},
		{Kind: digest.Item, Depth: 1, Number: 2, Spans: []digest.Span{{Text: "Second."}}},
		{Kind: digest.Item, Depth: 1, More: true, Spans: []digest.Span{{Text: "More on it."}}},
		{Kind: digest.Item, Depth: 1, More: true, Spans: []digest.Span{{Text: "And more."}}},
		{Kind: digest.Item, Depth: 1, Number: 3, Spans: []digest.Span{{Text: "Third."}}},
	}
	quote := digest.Prose{
		{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: "They said this. And that."}}},
		{Spans: []digest.Span{{Text: "I do not agree."}}},
	}
	code := digest.Prose{
		{Spans: []digest.Span{{Text: "Thus:"}}},
		{Pre: true, Spans: []digest.Span{{Text: "  for x:\n    if x:\n\n      go\n  end"}}},
		{Spans: []digest.Span{{Text: "So."}}},
	}
	struck := digest.Prose{{Spans: []digest.Span{{Text: "I "}, {Text: "like it. I do.", Struck: true}, {Text: " Not 10"}, {Text: "6", Shift: "^"}, {Text: " times. "},
		{Text: "[picture: a. b]", Stands: digest.Picture}, {Text: " End."}}}}
	tests := []struct {
		name string
		in   digest.Prose
		kept []string
		want string
	}{
		{"a line of code", code, []string{"if x:"}, "| {[…]/}    if x:{/[…]}"},
		{"lines of code", code, []string{"Thus:", "if x:\n\n      go"}, "Thus: ¶ | {[…]/}    if x://      go{/[…]}"},
		{"from a line of code on", code, []string{"go\n  end\n\nSo."}, "| {[…]/}      go/  end ¶ So."},
		{"the first line of code", code, []string{"for x:", "So."}, "| {[…]/}  for x: ¶ {[…] }So."},
		{"lines of code with a cut between", code, []string{"for x:", "end"}, "| {[…]/}  for x:{/[…]/}  end{/[…]}"},
		{"part of a line of code", code, []string{"x:\n    if x:"}, "| {[…] }x:/    if x:{/[…]}"},
		{"all of the code", code, []string{"for x:\n    if x:\n\n      go\n  end"}, "| {[…]/}  for x:/    if x://      go/  end{/[…]}"},
		{"inside of struck words", struck, []string{"I like", "do. Not"}, "I ~like~{ […] }~do.~ Not{ […]}"},
		{"beside a power", struck, []string{"106"}, "{[…] }10^(6){ […]}"},
		{"a picture alone", struck, []string{"[picture: a. b]"}, "{[…] }[picture: a. b]{ […]}"},
		{"at the start", two, []string{"Three four.", "Five six. Seven eight."}, "{[…] }Three four. ¶ Five six. Seven eight."},
		{"at the start, a whole paragraph", two, []string{"Five six. Seven eight."}, "{[…] }Five six. Seven eight."},
		{"in the middle", paras("One two three four."), []string{"One", "four."}, "One{ […] }four."},
		{"in the middle, spaces kept before", paras("One two three four."), []string{"One ", "four."}, "One{ […] }four."},
		{"in the middle, spaces kept after", paras("One two three four."), []string{"One", " four."}, "One{ […] }four."},
		{"in the middle, spaces kept on both sides", paras("One two three four."), []string{"One ", " four."}, "One{ […] }four."},
		{"at the end", two, []string{"One two. Three four.", "Five six."}, "One two. Three four. ¶ Five six.{ […]}"},
		{"at the end, a whole paragraph", two, []string{"One two. Three four."}, "One two. Three four.{ […]}"},
		{"the end of a paragraph", two, []string{"One two.", "Five six. Seven eight."}, "One two.{ […]} ¶ Five six. Seven eight."},
		{"the start of a paragraph", two, []string{"One two. Three four.", "Seven eight."}, "One two. Three four. ¶ {[…] }Seven eight."},
		{"across a paragraph end", two, []string{"One two.", "Seven eight."}, "One two. ¶ {[…] }Seven eight."},
		{"a whole paragraph", three, []string{"One two. Three four.", "Seven eight. Nine ten."}, "One two. Three four. ¶ {[…] }Seven eight. Nine ten."},
		{"a whole paragraph and the end before it", three, []string{"One two.", "Seven eight. Nine ten."}, "One two.{ […]} ¶ Seven eight. Nine ten."},
		{"a whole paragraph and the start after it", three, []string{"One two. Three four.", "Nine ten."}, "One two. Three four. ¶ {[…] }Nine ten."},
		{"all around the middle paragraph", three, []string{"Five six."}, "{[…] }Five six.{ […]}"},
		{"start, middle and end", three, []string{"Three four.", "Five", "Seven eight."}, "{[…] }Three four. ¶ Five{ […]} ¶ Seven eight.{ […]}"},
		{"one range across paragraphs", three, []string{"Three four.\n\nFive six.\n\nSeven eight."}, "{[…] }Three four. ¶ Five six. ¶ Seven eight.{ […]}"},
		{"white space alone is not cut", paras("One two. Three."), []string{"One two.", "Three."}, "One two. Three."},
		{"nor a paragraph end", two, []string{"One two. Three four.", "Five six. Seven eight."}, "One two. Three four. ¶ Five six. Seven eight."},
		{"touching ranges", paras("One two three four."), []string{"One ", "two", " four."}, "One two{ […] }four."},
		{"a range of white space between cuts", paras("One two three four five."), []string{"One", " ", "five."}, "One{ […] }five."},
		{"punctuation that is cut is marked", paras("One, two!"), []string{"One, two"}, "One, two{ […]}"},
		{"punctuation that is kept stays", paras("One (two three) four."), []string{"One (", "three) four."}, "One ({[…] }three) four."},
		{"a whole line", lines, []string{"One two", "five six"}, "One two{/[…] }five six"},
		{"the end of a line", lines, []string{"One", "three four\nfive six"}, "One{ […]/}three four/five six"},
		{"the start of a line", lines, []string{"One two", "four\nfive six"}, "One two{/[…] }four/five six"},
		{"across a line end", lines, []string{"One", "four\nfive six"}, "One{/[…] }four/five six"},
		{"the last lines", lines, []string{"One two\n"}, "One two{ […]}"},
		{"many bytes", paras("Nö — ça va. Zwölf Bücher “über” Ä. 🚌🚌 Ende."), []string{"Nö — ça va.", "🚌🚌 Ende."}, "Nö — ça va.{ […] }🚌🚌 Ende."},
		{"between two flags", paras("🇩🇪🇫🇷 Bonjour."), []string{"🇫🇷 Bonjour."}, "{[…] }🇫🇷 Bonjour."},
		{"before an accent that stands alone", paras("One. \u0301Two."), []string{"\u0301Two."}, "{[…] }\u0301Two."},
		{"between scripts without spaces", paras("夜行バスの運転手です。眠い。"), []string{"夜行バス", "眠い。"}, "夜行バス{ […] }眠い。"},
		{"inside a styled span", styled, []string{"Plain one", "three and the link here end."}, "Plain *one*{ […] }*three* and <the link here> end."},
		{"from one style into another", styled, []string{"Plain one", "here end."}, "Plain *one*{ […] }<here> end."},
		{"a styled span whole", styled, []string{"Plain", "and the link here end."}, "Plain{ […] }and <the link here> end."},
		{"all but a styled span", styled, []string{"one two three"}, "{[…] }*one two three*{ […]}"},
		{"a list item", list, []string{"Thus:\n\nFirst.", "Third."}, "Thus: ¶ 1. First. ¶ 3. {[…] }Third."},
		{"the head of a list item", list, []string{"First.", "More on it.\n\nAnd more.\n\nThird."}, "1. {[…] }First. ¶ 2. {[…] }More on it. ¶ + And more. ¶ 3. Third."},
		{"head and first paragraph of a list item", list, []string{"Thus:\n\nFirst.", "And more."}, "Thus: ¶ 1. First. ¶ 2. {[…] }And more.{ […]}"},
		{"a quotation", quote, []string{"They said this.", "I do not agree."}, "> They said this.{ […]} ¶ I do not agree."},
		{"a whole quotation", quote, []string{"I do not agree."}, "{[…] }I do not agree."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := show(test.in)
			got, err := cut.Keep(test.in, ranges(t, test.in.Text(), test.kept...))
			if err != nil {
				t.Fatal(err)
			}
			if show(got) != test.want {
				t.Errorf("got  %s\nwant %s", show(got), test.want)
			}
			if show(test.in) != before {
				t.Errorf("the original was changed to %s", show(test.in))
			}
		})
	}
}

func TestKeepAll(t *testing.T) {
	p := paras("One two.", "Three.")
	for name, kept := range map[string][]digest.Range{
		"no ranges":                     nil,
		"one over everything":           {{Start: 0, End: len(p.Text())}},
		"several with nothing between":  {{Start: 4, End: 8}, {Start: 0, End: 4}, {Start: 10, End: 16}},
		"all but the paragraph's end":   {{Start: 0, End: 8}, {Start: 10, End: 16}},
		"touching inside a word":        {{Start: 0, End: 2}, {Start: 2, End: 16}},
		"with the paragraph's end kept": {{Start: 0, End: 9}, {Start: 9, End: 16}},
	} {
		got, err := cut.Keep(p, kept)
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%s: got %s, %v; want the original", name, show(got), err)
		}
	}
}

func TestKeepRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		kept       []digest.Range
		want       string
	}{
		{"past the end", "One two.", []digest.Range{{Start: 0, End: 9}}, "not inside the text of 8 bytes"},
		{"before the start", "One two.", []digest.Range{{Start: -1, End: 3}}, "not inside"},
		{"empty", "One two.", []digest.Range{{Start: 3, End: 3}}, "not inside"},
		{"backwards", "One two.", []digest.Range{{Start: 3, End: 0}}, "not inside"},
		{"overlapping", "One two.", []digest.Range{{Start: 4, End: 8}, {Start: 0, End: 7}}, "overlap at 4"},
		{"twice the same", "One two.", []digest.Range{{Start: 0, End: 3}, {Start: 0, End: 3}}, "overlap at 0"},
		{"inside a character", "Bücher sind da.", []digest.Range{{Start: 2, End: 16}}, "splits a character"},
		{"before an accent", "cafe\u0301 noir", []digest.Range{{Start: 0, End: 4}}, "splits a character"},
		{"inside a joined emoji", "Us 👩\u200d🚒 two", []digest.Range{{Start: 0, End: 7}}, "splits a character"},
		{"inside a flag", "Go 🇬🇧 two", []digest.Range{{Start: 0, End: 7}}, "splits a character"},
		{"between the letters of a flag", "🇩🇪🇫🇷 two", []digest.Range{{Start: 4, End: 20}}, "splits a character"},
		{"between the letters of the second flag", "🇩🇪🇫🇷 two", []digest.Range{{Start: 0, End: 12}}, "splits a character"},
		{"inside a conjunct", "क्ष", []digest.Range{{Start: 6, End: 9}}, "splits a character"},
		{"a later range inside a word", "One two. Three four.", []digest.Range{{Start: 0, End: 3}, {Start: 11, End: 20}}, "splits a word"},
		{"inside a word", "I am unhappy.", []digest.Range{{Start: 7, End: 13}}, "splits a word"},
		{"after an accent", "cafe\u0301s noir", []digest.Range{{Start: 0, End: 6}}, "splits a word"},
		{"off a negation", "I can't go.", []digest.Range{{Start: 0, End: 5}}, "splits a word"},
		{"off an apostrophe", "I can’t go.", []digest.Range{{Start: 0, End: 8}}, "splits a word"},
		{"off a prefix", "The non-stop bus.", []digest.Range{{Start: 8, End: 17}}, "splits a word"},
		{"in a number", "It took 7.5 hours.", []digest.Range{{Start: 0, End: 9}}, "splits a word"},
		{"white space only", "One  two.", []digest.Range{{Start: 3, End: 5}}, "nothing of the comment would be kept"},
		{"punctuation only", "One two?!", []digest.Range{{Start: 7, End: 9}}, "nothing of the comment would be kept"},
		{"of a mark", "One [film] two.", []digest.Range{{Start: 0, End: 8}}, "splits the mark"},
		{"of an empty text", "", []digest.Range{{Start: 0, End: 1}}, "not inside"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := paras(test.text)
			if before, after, ok := strings.Cut(test.text, "[film]"); ok {
				p[0].Spans = []digest.Span{{Text: before}, {Text: "[film]", Stands: digest.Film}, {Text: after}}
			}
			got, err := cut.Keep(p, test.kept)
			if err == nil {
				t.Fatalf("kept %s; want an error", show(got))
			}
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v (kind %d, hint %q); want %q, Invalid, with a hint", err, digest.KindOf(err), digest.HintOf(err), test.want)
			}
		})
	}
}

func TestKeepLeavesRangesAlone(t *testing.T) {
	kept := []digest.Range{{Start: 8, End: 13}, {Start: 0, End: 3}}
	if _, err := cut.Keep(paras("One two three"), kept); err != nil {
		t.Fatal(err)
	}
	if want := []digest.Range{{Start: 8, End: 13}, {Start: 0, End: 3}}; !reflect.DeepEqual(kept, want) {
		t.Errorf("the ranges became %v", kept)
	}
}

// FuzzKeep cuts made-up texts at made-up places. Whatever is cut, the writer's
// words come out unchanged and in order, and each cut shows once.
func FuzzKeep(f *testing.F) {
	f.Add("One two. *Three* four.\n\nFive\nsix. Seven.", []byte{0, 9, 12, 30})
	f.Add("One two\n\n\n\n  Three", []byte{4, 7})
	f.Add("Nö “über” 🚌 Ä.\n\n- a\n\nb", []byte{0, 3, 4, 18})
	f.Add("夜行バス。眠い。", []byte{0, 12, 15, 21})
	f.Add("So:\n\n  for {\n    x\n  }\n\nEnd.", []byte{1, 2, 5, 6})
	f.Fuzz(func(t *testing.T, text string, at []byte) {
		p := made(text)
		text = p.Text()
		kept := chosen(text, at)
		got, err := cut.Keep(p, kept)
		if err != nil {
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
				t.Errorf("got %v; want Invalid with a hint", err)
			}
			return
		}
		checkKept(t, text, kept, got)
		again, err := cut.Keep(p, kept)
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Errorf("the same cut twice: %s, then %s", show(got), show(again))
		}
	})
}

// chosen makes ranges of bytes: an odd number of them are raw offsets, an even
// number point at the edges of words, so that most of those ranges can be kept.
func chosen(text string, at []byte) []digest.Range {
	var offsets []int
	for _, b := range at {
		offsets = append(offsets, int(b))
	}
	if len(at)%2 == 0 {
		edges, was := []int{0}, false
		for i, r := range text {
			if is := unicode.IsSpace(r); is != was {
				edges, was = append(edges, i), is
			}
		}
		edges = append(edges, len(text))
		for i, o := range offsets {
			offsets[i] = edges[o%len(edges)]
		}
		slices.Sort(offsets)
	}
	var kept []digest.Range
	for i := 0; i+1 < len(offsets); i += 2 {
		kept = append(kept, digest.Range{Start: offsets[i], End: offsets[i+1]})
	}
	return kept
}

// made makes Prose with spans of several styles and some list items.
func made(text string) digest.Prose {
	var p digest.Prose
	for i, part := range strings.Split(strings.ToValidUTF8(text, "?"), "\n\n") {
		para := digest.Para{}
		for j, run := range strings.SplitAfter(part, "*") {
			para.Spans = append(para.Spans, digest.Span{Text: run, Em: j%2 == 1, Struck: j%4 == 3})
		}
		if strings.HasPrefix(part, "-") {
			para.Kind, para.Depth, para.More = digest.Item, 1, i > 0 && p[i-1].Kind == digest.Item && i%2 == 0
		}
		para.Pre = strings.Contains(part, "{")
		p = append(p, para)
	}
	return p
}

func checkKept(t *testing.T, text string, kept []digest.Range, got digest.Prose) {
	t.Helper()
	keep := make([]bool, len(text))
	for i := range keep {
		keep[i] = len(kept) == 0
	}
	for _, r := range kept {
		for i := r.Start; i < r.End; i++ {
			keep[i] = true
		}
	}
	var want, theirs strings.Builder
	cuts, inCut := 0, false
	for i, r := range text {
		switch {
		case unicode.IsSpace(r):
		case keep[i]:
			want.WriteRune(r)
			inCut = false
		case !inCut:
			cuts, inCut = cuts+1, true
		}
	}
	marks := 0
	var words string
	for _, para := range got {
		own := false
		for _, s := range para.Spans {
			if s.Ours {
				marks++
				if strings.TrimSpace(s.Text) != digest.Ellipsis || s.Em || s.Strong || s.Href != "" {
					t.Errorf("%+v is no plain mark", s)
				}
				words += strings.ReplaceAll(s.Text, digest.Ellipsis, " ")
				continue
			}
			own = own || strings.TrimSpace(s.Text) != ""
			theirs.WriteString(strings.Join(strings.Fields(s.Text), ""))
			words += s.Text
		}
		if !own && !para.Pre && len(kept) > 0 && marks > 0 && len(para.Spans) > 0 && para.Spans[0].Ours {
			t.Errorf("a mark stands alone in %s", show(got))
		}
		words += "\n\n"
	}
	if theirs.String() != want.String() {
		t.Errorf("kept %q, want %q", theirs.String(), want.String())
	}
	if marks != cuts {
		t.Errorf("%d marks for %d cuts in %s", marks, cuts, show(got))
	}
	original := strings.Fields(text)
	for _, word := range strings.Fields(words) {
		for len(original) > 0 && !strings.Contains(original[0], word) {
			original = original[1:]
		}
		if len(original) == 0 {
			t.Fatalf("the word %q is not the writer's: %q became %s", word, text, show(got))
		}
	}
	line := got.Text()
	if marks > 0 && (strings.Contains(line, "  […") || strings.Contains(line, "…]  ")) {
		t.Errorf("two spaces at a mark: %q", line)
	}
	if marks > 0 && strings.TrimSpace(line) != line && strings.TrimSpace(text) == text {
		t.Errorf("white space around the whole: %q", line)
	}
}
