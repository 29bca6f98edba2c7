package identity_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/pull/identity"
)

func TestPoorerForms(t *testing.T) {
	const address = "https://blog.test/leeks/#comment-4"
	const whole = `<p>Leeks want sand, and “a lot” of it. Not <a href="https://soil.test/clay">clay</a>.</p><p>I dug mine in March.</p>`
	long := strings.Repeat("Leeks want sand, and a lot of it. ", 30)
	for _, tt := range []struct {
		name, now, stored string
		want              bool
	}{
		{"nothing", "", whole, true},
		{"nothing, both", "", "", false},
		{"something for nothing", whole, "", false},
		{"the same", whole, whole, false},
		{"run together", `Leeks want sand, and "a lot" of it. Not clay. I dug mine in March.`, whole, true},
		{"run together, with its link", `Leeks want sand, and "a lot" of it. Not <a href="https://soil.test/clay">clay</a>. I dug mine in March.`, whole, true},
		{"run together, with another link", `Leeks want sand, and "a lot" of it. Not clay. <a href="https://x.test/">I</a> dug mine in March.`, whole, false},
		{"its link taken out", `<p>Leeks want sand, and “a lot” of it. Not clay.</p><p>I dug mine in March.</p>`, whole, false},
		{"cut off with dots", `Leeks want sand, and "a lot" of it. Not clay...`, whole, true},
		{"cut off with a mark", `Leeks want sand, and "a lot" of it. [&hellip;]`, whole, true},
		{"cut off with dots at a paragraph's end", `Leeks want sand, and "a lot" of it. Not clay. &hellip;`, whole, true},
		{"cut off within a word", `Leeks want sand, and "a lot" of it. Not clay. I dug mi`, whole, true},
		{"cut off within a sentence", `Leeks want sand, and "a lot" of it. Not clay. I dug`, whole, true},
		{"its writer took the rest out", `Leeks want sand, and "a lot" of it.`, whole, false},
		{"its writer took a paragraph out", `<p>Leeks want sand, and “a lot” of it. Not <a href="https://soil.test/clay">clay</a>.</p>`, whole, false},
		{"a summary", `Leeks want sand, and "a lot" of it.`, whole, true},
		{"too short to be a beginning", "Leeks...", whole, false},
		{"another beginning", "Leeks want gravel, and a lot of it...", whole, false},
		{"its writer trails off", long + "And so on...", long, false},
		{"Latin by the name", "<p>In reply to <a href='https://www.blog.test/leeks/#comment-3'>Meg</a>:</p>" + whole, whole, true},
		{"a link to read on", whole + "<p><a href='https://blog.test/leeks/'>Read the whole thread</a></p>", whole, true},
		{"both", "<p><a href='https://blog.test/'>Blog</a></p>" + whole + "<p><a href='https://blog.test/leeks/'>Read on</a></p>", whole, false}, // not seen anywhere
		{"the writer's own line", "<p>Edit: I was <a href='https://soil.test/'>wrong</a>.</p>" + whole, whole, false},
		{"the writer's own words behind", whole + "<p>Edit: I was wrong.</p>", whole, false},
		{"a long paragraph of the writer's", whole + "<p>Edit: I was wrong, and it is said better than I could say it by somebody who knows <a href='https://blog.test/clay/'>here</a>.</p>", whole, false},
		{"other words", "<p>Onions.</p>", whole, false},
	} {
		prose := func(html string) digest.Prose { return markup.FromHTML(html, address) }
		if got := identity.Poorer(prose(tt.now), prose(tt.stored), address, tt.name == "a summary"); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// FuzzPoorer holds that of two texts not each is a poorer form of the other.
func FuzzPoorer(f *testing.F) {
	f.Add("Leeks want sand, and a lot...", "Leeks want sand, and a lot of it.")
	f.Add("a\n\nb", "a b")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := digest.Plain(a), digest.Plain(b)
		if identity.Poorer(x, y, "https://blog.test/", true) && identity.Poorer(y, x, "https://blog.test/", true) {
			t.Errorf("%q and %q", a, b)
		}
	})
}

func TestSameWords(t *testing.T) {
	for _, c := range []struct {
		name, one, other string
		same             bool
	}{
		{"signs of a typesetter", "He said “wait — don’t…”", `He said "wait -- don't..."`, true},
		{"lines that are set in", "for x:<br>&nbsp;&nbsp;&nbsp;&nbsp;say x", "for x:<br>\n    say x", true},
		{"code", "<pre>for x:\n    say x\nsay y</pre>", "<pre>for x:\n    say x\n    say y</pre>", false},
		{"a power", "10<sup>6</sup>", "106", false},
		{"struck words", "I <s>do</s> agree", "I do agree", false},
		{"another picture", `See <img src=a alt="a bus">`, `See <img src=a alt="a bee">`, false},
	} {
		if got := identity.SameWords(markup.FromHTML(c.one, ""), markup.FromHTML(c.other, "")); got != c.same {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
