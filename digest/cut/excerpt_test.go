package cut_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"postbag/digest"
	"postbag/digest/cut"
)

// place gives where the bar stands in a text, and the text without it.
func place(text string) (string, int) {
	at := strings.Index(text, "|")
	return strings.Replace(text, "|", "", 1), at
}

func TestNotesStandWhereTheyBelong(t *testing.T) {
	tests := []struct {
		name, text string // the bar is where the note is put
		kept       []string
		want       string
	}{
		{"behind a word", "I left| the service.", nil, "I left{ [sic]} the service."},
		{"before a word", "I left |the service.", nil, "I left {[sic] }the service."},
		{"in a word", "I le|ft the service.", nil, "I left{ [sic]} the service."},
		{"before a full stop", "I left|.", nil, "I left{ [sic]}."},
		{"behind a full stop", "I left.| It was June.", nil, "I left.{ [sic]} It was June."},
		{"first of all", "|I left.", nil, "{[sic] }I left."},
		{"last of all", "I left.|", nil, "I left.{ [sic]}"},
		{"in brackets", "I left (|the bus) there.", nil, "I left ({[sic] }the bus) there."},
		{"at the end of a line", "I left|\nthe bus.", nil, "I left{ [sic]}/the bus."},
		{"at the start of a line", "I left\n|the bus.", nil, "I left/{[sic] }the bus."},
		{"at the end of a paragraph", "I left.|\n\nIn June.", nil, "I left.{ [sic]} ¶ In June."},
		{"at the start of a paragraph", "I left.\n\n|In June.", nil, "I left. ¶ {[sic] }In June."},
		{"in a script without spaces", "夜行|バスです。", nil, "夜行{ [sic] }バスです。"},
		{"before a cut", "One two| three four.", []string{"One two", "four."}, "One two{ [sic]}{ […] }four."},
		{"behind a cut", "One two three |four.", []string{"One two", "four."}, "One two{ […] }{[sic] }four."},
		{"behind a cut at the beginning", "One two |three four.", []string{"three four."}, "{[…] }{[sic] }three four."},
		{"behind a word that is cut", "One two three| four.", []string{"One two", "four."}, "One two{ […] }four."},
		{"in a cut", "One two| three four.", []string{"One", "four."}, "One{ […] }four."},
		{"before a cut at the end", "One two| three four.", []string{"One two"}, "One two{ [sic]}{ […]}"},
		{"at a paragraph that is cut", "One.\n\n|Two.\n\nThree.", []string{"One.", "Three."}, "One. ¶ {[…] }Three."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, at := place(test.text)
			p := paras(strings.Split(text, "\n\n")...)
			got, err := cut.Excerpt(p, ranges(t, text, test.kept...), []digest.Note{{At: cut.NoteAt(p, at), Text: "sic"}})
			if err != nil {
				t.Fatal(err)
			}
			if show(got) != test.want {
				t.Errorf("got  %s\nwant %s", show(got), test.want)
			}
		})
	}
}

func TestNoteInAStyle(t *testing.T) {
	p := digest.Prose{{Spans: []digest.Span{{Text: "I "}, {Text: "left them", Struck: true, Em: true, Href: "https://x.example/"}, {Text: " there."}}}}
	got, err := cut.Excerpt(p, nil, []digest.Note{{At: 6, Text: "the depot"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []digest.Span{{Text: "I "}, {Text: "left", Struck: true, Em: true, Href: "https://x.example/"}, {Text: " [the depot]", Ours: true},
		{Text: " them", Struck: true, Em: true, Href: "https://x.example/"}, {Text: " there."}}
	if !reflect.DeepEqual(got[0].Spans, want) {
		t.Errorf("got %+v", got[0].Spans)
	}
	if shown := got.Shown(); shown != "I ~~left~~ [the depot] ~~them~~ there." {
		t.Errorf("it reads %q", shown)
	}
}

func TestNotesThatDoNotFit(t *testing.T) {
	p := paras("I left the service.")
	for name, notes := range map[string][]digest.Note{
		"in a word":         {{At: 4, Text: "sic"}},
		"past the end":      {{At: 99, Text: "sic"}},
		"before the start":  {{At: -1, Text: "sic"}},
		"two at one place":  {{At: 6, Text: "sic"}, {At: 6, Text: "really"}},
		"a bracket in it":   {{At: 6, Text: "sic] I hate it ["}},
		"a line end in it":  {{At: 6, Text: "sic\nI hate it"}},
		"nothing in it":     {{At: 6, Text: ""}},
		"the mark of a cut": {{At: 6, Text: "…"}},
	} {
		if got, err := cut.Excerpt(p, nil, notes); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%s: got %s, %v; want Invalid with a hint", name, show(got), err)
		}
	}
}

func TestNoteText(t *testing.T) {
	for in, want := range map[string]string{
		"as it then was":                       "as it then was",
		"  as\n it\tthen  was ":                "as it then was",
		"[as it then was]":                     "as it then was",
		"] I hate it [":                        ") I hate it (",
		"[a] and [b]":                          "(a) and (b)",
		"【sic】":                                "(sic)",
		"［…］ sic":                              "(…) sic",
		"\u202Esic\u200F":                      "sic",
		strings.Repeat("w", cut.MaxNote):       strings.Repeat("w", cut.MaxNote),
		strings.Repeat("w", cut.MaxNote) + "x": "",
		"":                                     "",
		"…":                                    "",
		"[]":                                   "",
		" \u200B ":                             "",
	} {
		got, err := cut.NoteText(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q became %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestCuttingAndRestoring(t *testing.T) {
	p := paras("One two three four. Five six.", "Seven eight nine.")
	text := p.Text()
	steps := []struct {
		do    func(digest.Prose, []digest.Range, digest.Range) ([]digest.Range, error)
		words string
		want  string
	}{
		{cut.Without, "two thr", "One{ […] }four. Five six. ¶ Seven eight nine."},
		{cut.Without, "three", "One{ […] }four. Five six. ¶ Seven eight nine."},
		{cut.Without, "our. Five s", "One{ […]}. ¶ Seven eight nine."},
		{cut.With, "Five", "One{ […] }Five{ […]}. ¶ Seven eight nine."},
		{cut.With, "two three four. Five six", "One two three four. Five six. ¶ Seven eight nine."},
		{cut.Without, "six.\n\nSeven", "One two three four. Five ¶ {[…] }eight nine."},
	}
	var kept []digest.Range
	for i, s := range steps {
		var err error
		at := strings.Index(text, s.words)
		if kept, err = s.do(p, kept, digest.Range{Start: at, End: at + len(s.words)}); err != nil {
			t.Fatal(i, err)
		}
		got, err := cut.Keep(p, kept)
		if err != nil {
			t.Fatal(i, err)
		}
		if show(got) != s.want {
			t.Errorf("after step %d\ngot  %s\nwant %s", i, show(got), s.want)
		}
	}
	if _, err := cut.Without(p, nil, digest.Range{End: len(text)}); digest.KindOf(err) != digest.Invalid {
		t.Errorf("cutting all: %v", err)
	}
	if kept, err := cut.With(p, []digest.Range{{Start: 0, End: 3}}, digest.Range{Start: 3, End: len(text)}); err != nil || kept != nil {
		t.Errorf("all that was cut is back: %v, %v", kept, err)
	}
}

func TestFind(t *testing.T) {
	p := paras("He said “I can’t, I can't”  and\nleft. Unhappy? I left.", "He left.")
	text := p.Text()
	for words, want := range map[string]string{
		"I can't, I can’t":    "I can’t, I can't",
		`said "I`:             "said “I",
		"and left":            "and\nleft",
		"left. He  left.":     "left.\n\nHe left.",
		" Unhappy? ":          "Unhappy?",
		"happy":               "", // no whole word
		"he":                  "",
		"can't":               "", // twice
		"":                    "",
		"something it is not": "",
	} {
		r, err := cut.Find(p, words)
		switch {
		case want == "" && (err == nil || digest.HintOf(err) == ""):
			t.Errorf("%q was found at %v, %v", words, r, err)
		case want != "" && (err != nil || text[r.Start:r.End] != want):
			t.Errorf("%q: got %q, %v; want %q", words, text[r.Start:r.End], err, want)
		}
	}
}

func TestLine(t *testing.T) {
	p := digest.Prose{{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: "They stood.\nAnd "}, {Text: "nobody", Em: true, Href: "https://x.example/"}, {Text: " sat."}}},
		{Spans: []digest.Span{{Text: strings.Repeat("long ", 70)}}}}
	all := digest.Range{End: 27}
	want := digest.Prose{{Spans: []digest.Span{{Text: "They stood. And "}, {Text: "nobody", Em: true}, {Text: " sat."}}}}
	if got := cut.Line(p, nil, all); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if !cut.IsWhole(p, nil) || cut.IsWhole(p, []digest.Range{{End: 11}}) {
		t.Error("what is whole is not told")
	}
	for name, bad := range map[string]struct {
		kept []digest.Range
		r    digest.Range
	}{
		"none":            {nil, digest.Range{}},
		"cut":             {[]digest.Range{{End: 11}}, all},
		"part of a word":  {nil, digest.Range{Start: 2, End: 11}},
		"two paragraphs":  {nil, digest.Range{Start: 12, End: 33}},
		"too long":        {nil, digest.Range{Start: 29, End: 29 + 60*5 + 4}},
		"past the end":    {nil, digest.Range{Start: 0, End: 9999}},
		"no word":         {nil, digest.Range{Start: 26, End: 27}},
		"white space too": {nil, digest.Range{Start: 0, End: 12}},
	} {
		if got := cut.Line(p, bad.kept, bad.r); got != nil {
			t.Errorf("%s: lifted %s", name, show(got))
		}
		if err := cut.CheckLine(p, bad.kept, bad.r); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzExcerpt cuts and restores at made-up places and puts made-up notes there. Outside
// of our own brackets nothing stands but the writer's words, unchanged and in order; what
// brackets hold ends with them.
func FuzzExcerpt(f *testing.F) {
	f.Add("One two. *Three* four.\n\nFive\nsix. Seven.", []byte{0, 9, 12, 30}, "as it was")
	f.Add("Nö “über” 🚌 Ä.\n\n- a\n\nb", []byte{3, 8, 4, 18, 9, 9}, "] […] “I hate it”\n\n[")
	f.Add("夜行バス。眠い。", []byte{0, 12, 15, 21}, "【sic】")
	f.Add("So:\n\n  for {\n    x\n  }\n\nEnd.", []byte{4, 5, 12, 60}, "\u202Ex")
	f.Fuzz(func(t *testing.T, text string, at []byte, note string) {
		p := made(text)
		text = p.Text()
		var kept []digest.Range
		var notes []digest.Note
		clean, wrong := cut.NoteText(note)
		for i := 0; i+1 < len(at); i += 2 {
			r := digest.Range{Start: int(at[i]), End: int(at[i]) + int(at[i+1])}
			change := cut.Without
			if i%8 == 6 {
				change = cut.With
			}
			if changed, err := change(p, kept, r); err == nil {
				kept = changed
			} else if digest.KindOf(err) != digest.Invalid {
				t.Fatalf("%v: %v", r, err)
			}
			if n := (digest.Note{At: cut.NoteAt(p, r.End), Text: clean}); wrong == nil && len(notes) < cut.MaxNotes && !hasNote(notes, n.At) {
				notes = append(notes, n)
			}
		}
		if _, err := cut.Keep(p, kept); err != nil && strings.ContainsFunc(text, unicode.IsLetter) {
			t.Fatalf("%v came of cutting, and cannot be kept: %v", kept, err)
		}
		got, err := cut.Excerpt(p, kept, notes)
		if err != nil {
			if len(notes) > 0 && strings.ContainsFunc(text, unicode.IsLetter) {
				t.Fatalf("%v, %v: %v", kept, notes, err)
			}
			return
		}
		checkTheirs(t, text, got, clean)
	})
}

func hasNote(notes []digest.Note, at int) bool {
	for _, n := range notes {
		if n.At == at {
			return true
		}
	}
	return false
}

// checkTheirs tells whether all that is not marked as ours is the writer's, in order,
// and whether what is ours is the mark of a cut, or the note in its brackets.
func checkTheirs(t *testing.T, text string, got digest.Prose, note string) {
	t.Helper()
	rest := text
	for _, para := range got {
		for _, s := range para.Spans {
			if s.Ours {
				said := strings.TrimSpace(s.Text)
				if said != digest.Ellipsis && said != "["+note+"]" {
					t.Errorf("our words are %q", s.Text)
				}
				if strings.Count(said, "[") != 1 || strings.Count(said, "]") != 1 || s.Href != "" || s.Em || s.Strong || s.Struck {
					t.Errorf("our words %+v do not stand apart", s)
				}
				continue
			}
			_, after, found := strings.Cut(rest, s.Text)
			if !found {
				t.Fatalf("%q is not the writer's, or not in order: %q became %s", s.Text, text, show(got))
			}
			rest = after
		}
	}
}
