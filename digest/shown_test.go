package digest_test

import (
	"testing"

	"postbag/digest"
)

func TestShown(t *testing.T) {
	word := func(s string) digest.Span { return digest.Span{Text: s} }
	struck := func(s string) digest.Span { return digest.Span{Text: s, Struck: true} }
	set := func(shift, s string) digest.Span { return digest.Span{Text: s, Shift: shift} }
	for _, test := range []struct {
		name  string
		spans []digest.Span
		want  string
	}{
		{"plain", []digest.Span{word("a "), {Text: "b", Em: true}}, "a b"},
		{"struck", []digest.Span{word("I "), struck("like"), word(" loathe it")}, "I ~~like~~ loathe it"},
		{"struck in two styles", []digest.Span{struck("a "), {Text: "b", Struck: true, Strong: true}, word(" c")}, "~~a b~~ c"},
		{"struck with a space at its end", []digest.Span{struck("a "), word("b")}, "~~a~~ b"},
		{"a struck space", []digest.Span{word("a"), struck(" "), word("b")}, "a b"},
		{"a power", []digest.Span{word("10"), set("^", "6"), word(" seeds")}, "10⁶ seeds"},
		{"a negative power", []digest.Span{word("s"), set("^", "-1")}, "s⁻¹"},
		{"a chemical", []digest.Span{word("H"), set("_", "2"), word("O")}, "H₂O"},
		{"a letter", []digest.Span{word("x"), set("^", "k")}, "x^k"},
		{"an index", []digest.Span{word("x"), set("_", "i")}, "x_i"},
		{"a sum", []digest.Span{word("x"), set("^", "a+b")}, "x^(a+b)"},
		{"a power of a power", []digest.Span{word("e"), set("^", "x"), set("^^", "2")}, "e^(x²)"},
		{"an index of a power", []digest.Span{word("e"), set("^", "x"), set("^_", "i")}, "e^(x_i)"},
		{"an ordinal", []digest.Span{word("the 1"), set("^", "st"), word(" of May")}, "the 1st of May"},
		{"a letter that is no ordinal", []digest.Span{word("a"), set("^", "st")}, "a^st"},
		{"a trade mark", []digest.Span{word("Mud"), set("^", "TM")}, "Mud™"},
		{"a note", []digest.Span{word("so"), set("^", "[3]")}, "so[3]"},
		{"notes", []digest.Span{word("so"), set("^", "1,2")}, "so^(1,2)"},
		{"struck and raised", []digest.Span{word("2"), {Text: "8", Struck: true, Shift: "^"}}, "2~~⁸~~"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := digest.Prose{{Spans: test.spans}, {Spans: []digest.Span{word("z")}}}
			if got := p.Shown(); got != test.want+"\n\nz" {
				t.Errorf("gave %q, want %q", got, test.want)
			}
			if got := p[0].Shown(); got != test.want {
				t.Errorf("the paragraph gave %q, want %q", got, test.want)
			}
		})
	}
}

func TestSlice(t *testing.T) {
	p := digest.Prose{
		{Spans: []digest.Span{{Text: "10"}, {Text: "6", Shift: "^"}, {Text: " seeds "}, {Text: "all gone", Struck: true}}},
		{Pre: true, Spans: []digest.Span{{Text: "  x\n    y"}}},
	}
	for _, test := range []struct {
		r    digest.Range
		want string
	}{
		{digest.Range{Start: 0, End: len(p.Text())}, p.Shown()},
		{digest.Range{Start: 0, End: 9}, "10⁶ seeds"},
		{digest.Range{Start: 14, End: 18}, "~~gone~~"},
		{digest.Range{Start: 14, End: 23}, "~~gone~~\n\n  x"},
		{digest.Range{Start: 18, End: 20}, ""},
	} {
		if got := p.Slice(test.r).Shown(); got != test.want {
			t.Errorf("%v gave %q, want %q", test.r, got, test.want)
		}
	}
}
