package templates

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"postbag/digest"
	"postbag/digest/markup"
)

// Every rule of the mails' stylesheet reaches an element of some mail, with each
// of its declarations unless a stronger rule replaces it: none is dead, none is
// lost on the way.
func TestNoStyleRuleIsLost(t *testing.T) {
	set, err := New()
	if err != nil {
		t.Fatal(err)
	}
	var roots []*html.Node
	for _, language := range []string{"en", "ar"} {
		f := &digest.Frozen{
			Publication: "P", SeriesName: "S", Title: "T", Zone: "UTC", Language: language, Preheader: "pre",
			Intro: markup.FromMarkdown("a [b](https://x.example/)\n\n> c\n\n- d\n\n1. e\n\n~~f~~ g[^1]\n\n    h\n\n[^1]: i"),
			Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "H"}, {Kind: digest.PickBlock, Pick: &digest.Quotation{
				Number: 1, Author: "A", Lifted: digest.Plain("L"), Words: append(markup.FromHTML("<blockquote>q</blockquote>H<sub>2</sub>O", ""), digest.Para{Spans: []digest.Span{{Text: digest.Ellipsis, Ours: true}}}), Context: &digest.Context{Author: "B", Quote: "c"}}},
				{Kind: digest.QuoteBlock, Quote: &digest.Passage{Words: digest.Plain("q"), Title: "T"}}},
			Separator: digest.Asterisks,
		}
		issue, err := viewOf(f, Links{Issue: "https://x.example/", Feed: "https://x.example/"})
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, parseMail(t, set, "issue.html", &issueMail{issueView: issue, Subject: "T", More: "One more comment on the web", MoreURL: "https://x.example/#p2"}))
	}
	issue, err := viewOf(&digest.Frozen{Zone: "UTC", Blocks: []digest.FrozenBlock{{Kind: digest.PickBlock, Pick: &digest.Quotation{}}, {Kind: digest.TextBlock}}}, Links{})
	if err != nil {
		t.Fatal(err)
	}
	roots = append(roots, parseMail(t, set, "issue.html", &issueMail{issueView: issue, Subject: "T"}))
	roots = append(roots, parseMail(t, set, "confirm.html", confirmMail{Subject: "T", Publication: "P", Series: "S"}))
	roots = append(roots, parseMail(t, set, "reminder.html", reminderMail{Subject: "T", ReminderView: ReminderView{Suggested: []ReminderComment{{Words: "W"}}, Replies: []ReminderReply{{Label: "L", Quiet: true}}}}))
	for _, r := range set.style {
		matched := 0
		for _, root := range roots {
			matched += len(cascadia.QueryAll(root, r.selector))
		}
		if matched == 0 {
			t.Errorf("%q matches nothing in any mail", r.source)
		}
	}
}

func parseMail(t *testing.T, set *Set, name string, data any) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := set.mails.ExecuteTemplate(&b, name, data); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestInline(t *testing.T) {
	sheet, err := parseStylesheet("/* c */ p, li { margin: 0; color: red } .a { color: blue } p { padding: 1px }\n[dir=rtl] p { margin: 0 2px }")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	doc := `<html dir="rtl"><head></head><body><!--[if mso]><b><![endif]--><p class="a b">x</p><ul><li class="b">&amp; y</li></ul></body></html>`
	if err := sheet.inline(&b, doc, map[string]bool{"a": true}); err != nil {
		t.Fatal(err)
	}
	want := `<html dir="rtl"><head></head><body><!--[if mso]><b><![endif]--><p class="a" style="padding:1px;color:blue;margin:0 2px">x</p><ul><li style="margin:0;color:red">&amp; y</li></ul></body></html>`
	if b.String() != want {
		t.Errorf("gave %s\nwant %s", b.String(), want)
	}
}

func TestStylesheetMustBeFlat(t *testing.T) {
	for _, css := range []string{"@media print { p { margin: 0 } }", "p { margin: 0", "p { margin }", "p[ { margin: 0 }", "/* p { margin: 0 }", "p { a { margin: 0 } }"} {
		if _, err := parseStylesheet(css); err == nil {
			t.Errorf("%q was taken", css)
		}
	}
}

// The head keeps every class that its blocks name, and Gmail drops a block that
// it cannot read: braces match.
func TestHeadStyle(t *testing.T) {
	for _, css := range []string{narrowStyle, darkStyle} {
		if strings.Count(css, "{") != strings.Count(css, "}") {
			t.Error("braces do not match in", css)
		}
	}
	for _, class := range []string{"page", "quiet", "ours", "no", "button", "edge"} {
		if !headClasses()[class] {
			t.Errorf("class %q would be lost", class)
		}
	}
}

// Text is readable in both schemes (WCAG 1.4.3: at least 4.5 to 1), controls can
// be seen (1.4.11: 3 to 1).
func TestContrast(t *testing.T) {
	css, err := files.ReadFile("assets/postbag.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(css), -1)
	for i, scheme := range []string{"light", "dark"} {
		token := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(blocks[i][1], -1) {
			token[m[1]] = m[2]
		}
		for _, c := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "page", 4.5}, {"muted", "page", 4.5}, {"accent", "page", 4.5}, {"danger", "page", 4.5}, {"warning", "page", 4.5},
			{"ink", "panel", 4.5}, {"muted", "panel", 4.5}, {"accent", "panel", 4.5}, {"danger", "panel", 4.5},
			{"ink", "tint", 4.5}, {"muted", "tint", 4.5}, {"accent", "tint", 4.5}, {"on-accent", "accent", 4.5}, {"control", "page", 3}, {"control", "panel", 3},
		} {
			if got := contrast(t, token[c.front], token[c.back]); got < c.least {
				t.Errorf("%s: %s on %s is %.1f to 1", scheme, c.front, c.back, got)
			}
		}
	}
	for _, c := range []struct{ front, back string }{
		{"#1c2024", "#ffffff"}, {"#5a6169", "#ffffff"}, {"#0b5d4b", "#ffffff"}, {"#ffffff", "#0b5d4b"}, // mail, light
		{"#e9e7e2", "#15181b"}, {"#a7aeb6", "#15181b"}, {"#7fd1b9", "#15181b"}, {"#10251f", "#7fd1b9"}, // mail, dark
	} {
		if got := contrast(t, c.front, c.back); got < 4.5 {
			t.Errorf("mail: %s on %s is %.1f to 1", c.front, c.back, got)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	if len(colour) != 7 {
		t.Fatalf("colour %q", colour)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func TestContextInWords(t *testing.T) {
	for _, c := range []struct {
		context *digest.Context
		want    string
	}{
		{nil, ""},
		{&digest.Context{Author: "Kestrel", Above: 10}, "In reply to no. 10, above"},
		{&digest.Context{Author: "Kestrel", Quote: "I've been laid up at home…"}, "In reply to Kestrel: “I've been laid up at home…”"},
		{&digest.Context{Quote: "a"}, "In reply to Anonymous: “a”"},
		{&digest.Context{Author: "Kestrel"}, "In reply to a comment that is no longer there"},
	} {
		if got := contextOf(c.context).String(); got != c.want {
			t.Errorf("gave %q, want %q", got, c.want)
		}
	}
}
