package compile_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/compile"
)

// TestFrozenLines: notes and a lifted line are frozen with a pick; a note shortens
// nothing and is no word of the reader's, and a line of which some is cut is not shown.
func TestFrozenLines(t *testing.T) {
	a := comment(1, 0, "Ines", "I drove the night bus for years. Nobody ever asked me what it is like at four in the morning, when the heater fails.")
	b := comment(2, 1, "Ida", "I know. It is cold.")
	first, second := pick(a), pick(b)
	first.Notes = []digest.Note{{At: 0, Text: "of the 14"}, {At: 32, Text: "until 2015"}}
	first.Lifted = digest.Range{Start: 0, End: 32}
	second.Lifted, second.Leads = digest.Range{Start: 8, End: 19}, true
	freeze := func() *digest.Frozen {
		t.Helper()
		f, err := compile.Freeze(input([]digest.Candidate{a, b}, first, second))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := freeze()
	one, two := f.Blocks[0].Pick, f.Blocks[1].Pick
	if got := one.Words.Shown(); !strings.HasPrefix(got, "[of the 14] I drove the night bus for years. [until 2015] Nobody") || one.Shortened || f.Words != 29 {
		t.Errorf("it reads %q, is shortened: %v, and all have %d words", got, one.Shortened, f.Words)
	}
	if one.Lifted.Shown() != "I drove the night bus for years." || two.Lifted.Shown() != "It is cold." {
		t.Errorf("lifted are %q, %q", one.Lifted.Shown(), two.Lifted.Shown())
	}
	if want := "It is cold. / I drove the night bus for years."; !strings.HasPrefix(f.Preheader, want) || len([]rune(f.Preheader)) > 110 || f.Summary() != "It is cold." {
		t.Errorf("the preheader is %q, the summary %q", f.Preheader, f.Summary())
	}
	second.Kept = []digest.Range{{Start: 0, End: 7}}
	first.Kept = []digest.Range{{Start: 33, End: 116}}
	f = freeze()
	one, two = f.Blocks[0].Pick, f.Blocks[1].Pick
	if got := one.Words.Shown(); !strings.HasPrefix(got, "[…] Nobody") || !one.Shortened || len(one.Lifted) > 0 || len(two.Lifted) > 0 {
		t.Errorf("it reads %q, lifted are %q, %q", got, one.Lifted.Shown(), two.Lifted.Shown())
	}
	if !strings.HasPrefix(f.Preheader, "Nobody ever asked me") || f.Line != "" {
		t.Errorf("the preheader is %q, the line %q", f.Preheader, f.Line)
	}
	first.Lifted = digest.Range{Start: 33, End: 116}
	first.Leads, first.Kept = true, nil
	second.Leads = false
	a.Body = digest.Plain(a.Body.Text()[:33] + strings.Repeat("long ", 30) + "line.")
	first.Lifted.End = 33 + 150 + 5
	f = freeze()
	if len([]rune(f.Preheader)) > 110 || !strings.HasSuffix(f.Preheader, "…") || len(f.Summary()) != 155 {
		t.Errorf("of a long line the preheader is %q, the summary %q", f.Preheader, f.Summary())
	}
}

// TestFirstLineIsTheReadersAlone: the line that is suggested for inboxes holds no note of
// the editor's.
func TestFirstLineIsTheReadersAlone(t *testing.T) {
	a := comment(1, 0, "Deb", "I drove the bus for years. It was cold. Nobody ever asked me what it is like. I sang.")
	b := comment(2, 1, "Ann", "We were never told.")
	for want, change := range map[string]func(*digest.Block){
		"I drove the bus for years. / We were never told.":             func(b *digest.Block) { b.Notes = []digest.Note{{At: 26, Text: "in winter"}} },
		"We were never told.":                                          func(b *digest.Block) { b.Notes = []digest.Note{{At: 11, Text: "of the 14"}} },
		"I drove the bus for years. It was cold. […] I sang.":          func(b *digest.Block) { b.Kept = []digest.Range{{Start: 0, End: 39}, {Start: 77, End: 85}} },
		"I drove the bus for years. It was cold. Nobody ever asked me": func(*digest.Block) {},
	} {
		block := pick(a)
		change(&block)
		f := freeze(t, input([]digest.Candidate{a, b}, block, pick(b)))
		if !strings.HasPrefix(f.Preheader, want) || strings.Contains(strings.ReplaceAll(f.Preheader, "[…]", ""), "[") {
			t.Errorf("%q, want %q", f.Preheader, want)
		}
	}
}
