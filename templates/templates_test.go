package templates_test

import (
	"bytes"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/net/html"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/templates"
)

// elements gives a parsed document's elements of a name; "" gives all.
func elements(t *testing.T, doc, name string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (name == "" || n.Data == name) {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// Every page and mail, whatever the view, is a sound document.
func TestDocuments(t *testing.T) {
	for name, doc := range renderings(t, newSet(t)) {
		t.Run(name, func(t *testing.T) {
			if !strings.HasPrefix(strings.ToLower(doc), "<!doctype html>") {
				t.Error("no doctype: ", doc[:20])
			}
			if h1 := elements(t, doc, "h1"); len(h1) != 1 || strings.TrimSpace(textOf(h1[0])) == "" {
				t.Errorf("%d h1", len(h1))
			}
			if titles := elements(t, doc, "title"); len(titles) != 1 || strings.TrimSpace(textOf(titles[0])) == "" {
				t.Errorf("titles: %d", len(titles))
			}
			root := elements(t, doc, "html")[0]
			if lang, _ := attr(root, "lang"); lang == "" {
				t.Error("no lang")
			}
			if dir, _ := attr(root, "dir"); dir != "ltr" && dir != "rtl" {
				t.Errorf("dir %q", dir)
			}
			ids := map[string]bool{}
			for _, n := range elements(t, doc, "") {
				checkElement(t, name, n)
				if id, ok := attr(n, "id"); ok {
					if ids[id] {
						t.Errorf("id %q twice", id)
					}
					ids[id] = true
				}
			}
			if strings.Contains(doc, "ZgotmplZ") {
				t.Error("html/template refused an address")
			}
			if !strings.Contains(name, "hostile") {
				for _, residue := range []string{"{{", "}}", "<no value>", "&lt;no value", "%!", "Template"} {
					if strings.Contains(doc, residue) {
						t.Errorf("%q in the output", residue)
					}
				}
			}
		})
	}
}

func checkElement(t *testing.T, name string, n *html.Node) {
	t.Helper()
	switch n.Data {
	case "script", "iframe", "object", "embed", "svg", "math", "base", "img":
		t.Errorf("there is a %s", n.Data)
	case "style", "table":
		if !strings.HasPrefix(name, "mail-") {
			t.Errorf("there is a %s", n.Data)
		}
		if role, _ := attr(n, "role"); n.Data == "table" && role != "presentation" {
			t.Error("a table that is not for layout alone")
		}
	case "h1", "h2", "h3", "p", "li", "a", "button", "label":
		if strings.TrimSpace(textOf(n)) == "" {
			t.Errorf("an empty %s", n.Data)
		}
	case "input":
		id, _ := attr(n, "id")
		if id == "" {
			t.Error("a field without an id for its label")
		}
	}
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" && !strings.HasPrefix(name, "mail-") {
			t.Errorf("attribute %s on %s", a.Key, n.Data)
		}
		if (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.Contains(a.Val, "javascript:") {
			t.Errorf("%s=%q", a.Key, a.Val)
		}
	}
}

// Words that try to be markup, headers or template code come out as the words
// they are.
func TestHostileWordsStayWords(t *testing.T) {
	set := newSet(t)
	mail, err := set.IssueMail(hostile(), links)
	if err != nil {
		t.Fatal(err)
	}
	doc := renderings(t, set)["issue-hostile"]
	for name, text := range map[string]string{
		"mail": strings.Join(strings.Fields(textOf(elements(t, mail.HTML, "body")[0])), " "),
		"page": strings.Join(strings.Fields(textOf(elements(t, doc, "main")[0])), " "),
		"text": strings.Join(strings.Fields(mail.Text), " "),
	} {
		for _, want := range []string{"{{.}}", "<script>alert(1)</script>", `"quoted"`, "</td></table>", "%!s(x)"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lost %q", name, want)
			}
		}
	}
	if strings.ContainsAny(mail.Subject, "\r\n\x00\u202e\u200f") || utf8.RuneCountInString(mail.Subject) > 150 || strings.Contains(mail.Subject, "&amp;amp;") {
		t.Errorf("subject %q", mail.Subject)
	}
	for _, part := range []string{mail.HTML, mail.Text} {
		if strings.ContainsAny(part, "\r\x00\u202e\u200f") {
			t.Error("a control or direction mark got through")
		}
	}
}

func TestSubject(t *testing.T) {
	set := newSet(t)
	f := issue()
	for _, c := range []struct{ title, want string }{
		{"Pick of the Week 8", "Pick of the Week 8"},
		{"Tea & \"sympathy\"\r\nBcc: all@example.org", "Tea & \"sympathy\" Bcc: all@example.org"},
		{"", "Pick of the Week 8"},
		{strings.Repeat("word ", 60), strings.TrimSpace(strings.Repeat("word ", 29)) + " word…"},
	} {
		f.Title = c.title
		m, err := set.IssueMail(f, links)
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != c.want {
			t.Errorf("title %q: subject %q, want %q", c.title, m.Subject, c.want)
		}
	}
	f.Title = "Pick of the Week 8"
	m, err := set.TestMail(f, links)
	if err != nil || m.Subject != "[Test] Pick of the Week 8" {
		t.Errorf("test subject %q, %v", m.Subject, err)
	}
}

var address = regexp.MustCompile(`https?://|<\S+@\S+>`)

func TestTextPart(t *testing.T) {
	set := newSet(t)
	for name, f := range map[string]*digest.Frozen{"full": issue(), "bare": bare(), "hostile": hostile(), "large": large()} {
		m, err := set.IssueMail(f, links)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(m.Text, "\n") {
			if uniseg.StringWidth(line) > 72 && !address.MatchString(line) {
				t.Errorf("%s: %d columns: %q", name, uniseg.StringWidth(line), line)
			}
			if strings.HasSuffix(line, " ") && line != "-- " {
				t.Errorf("%s: space at the end of %q", name, line)
			}
		}
		if strings.Contains(m.Text, "\n\n\n") || strings.Contains(m.Text, "&#") {
			t.Errorf("%s: gaps or entities in\n%s", name, m.Text)
		}
		if strings.Count(m.Text, "\n-- \n") != 1 {
			t.Errorf("%s: no signature mark", name)
		}
		page := prose.CountWords(textOf(elements(t, m.HTML, "body")[0]))
		if text := prose.CountWords(m.Text); text*100 < page*60 {
			t.Errorf("%s: the text has %d words, the page %d", name, text, page)
		}
		for _, want := range []string{links.Unsubscribe, links.Preferences, links.Feed, links.Issue} {
			if !strings.Contains(m.Text, "\n"+want+"\n") {
				t.Errorf("%s: %s is not alone on a line", name, want)
			}
		}
		for _, a := range elements(t, m.HTML, "a") {
			href, _ := attr(a, "href")
			if to, _, _ := strings.Cut(strings.TrimPrefix(href, "mailto:"), "?"); !strings.Contains(m.Text, to) {
				t.Errorf("%s: the link to %s is not in the text", name, href)
			}
		}
	}
}

func TestMail(t *testing.T) {
	set := newSet(t)
	m, err := set.IssueMail(issue(), links)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(m.HTML, templates.TokenMark) != 2 || strings.Count(m.Text, templates.TokenMark) != 2 {
		t.Error("the reader's token does not stand in each part twice")
	}
	for _, a := range elements(t, m.HTML, "a") {
		href, _ := attr(a, "href")
		if !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "mailto:") {
			t.Errorf("a link to %q", href)
		}
	}
	article := false
	for _, n := range elements(t, m.HTML, "div") {
		role, _ := attr(n, "role")
		label, _ := attr(n, "aria-label")
		article = article || role == "article" && label == m.Subject
	}
	if !article {
		t.Error("no article labelled by the subject")
	}
	if !strings.Contains(m.HTML, "<!--[if mso]><table") || !strings.Contains(m.HTML, "<!--[if mso]></td></tr></table><![endif]-->") {
		t.Error("Outlook's own table is missing")
	}
	head := 0
	for _, s := range elements(t, m.HTML, "style") {
		head += len(textOf(s))
	}
	if head == 0 || head > 8<<10 {
		t.Errorf("style blocks of %d bytes", head)
	}
	for _, want := range []string{"The Night Bus · Thursday 30 June 2016", "7 comments from readers · about 3 minutes · ", "27 June, 09:14, on ", "3 December 2015, 18:30", "shortened", "In reply to no. 1, above"} {
		if !strings.Contains(textOf(elements(t, m.HTML, "body")[0]), want) {
			t.Errorf("the mail does not say %q", want)
		}
	}
	if again, _ := set.IssueMail(issue(), links); again != m {
		t.Error("the same view gave other bytes")
	}
}

func TestSingularForms(t *testing.T) {
	f := issue()
	f.Picks, f.Minutes = 1, 1
	m, err := newSet(t).IssueMail(f, links)
	if err != nil {
		t.Fatal(err)
	}
	if want := "1 comment from a reader · about a minute · "; !strings.Contains(m.HTML, want) {
		t.Errorf("the mail does not say %q", want)
	}
}

func TestHairlinesStandBetweenVoicesOnly(t *testing.T) {
	m, err := newSet(t).IssueMail(issue(), links)
	if err != nil {
		t.Fatal(err)
	}
	flat := regexp.MustCompile(`<hr[^>]*>\s*<h2`)
	if flat.MatchString(m.HTML) {
		t.Error("a hairline before a heading")
	}
	if n := strings.Count(m.HTML, "<hr"); n != 8 { // seven among the picks, one before the footer
		t.Errorf("%d hairlines", n)
	}
	if n := strings.Count(m.Text, "\n*******\n"); n != 7 {
		t.Errorf("%d rows of asterisks", n)
	}
}

// A publication that parts picks with asterisks has them wherever it else has a
// hairline, and no hairline.
func TestAsterisksStandForHairlines(t *testing.T) {
	set, f := newSet(t), issue()
	f.Separator = digest.Asterisks
	m, err := set.IssueMail(f, links)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := set.EntryHTML(f, links)
	if err != nil {
		t.Fatal(err)
	}
	page, err := set.IssuePage(templates.IssuePage{Site: site, Issue: f, Published: at(30, 17, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text        string
		rows, lines int
		line        string
	}{
		"mail": {m.HTML, 7, 1, "<hr"}, "text": {m.Text, 7, 0, "----"},
		"feed": {entry, 7, 1, "<hr>"}, "page": {string(page), 7, 0, "ruled"},
	} {
		if rows, lines := strings.Count(c.text, "*******"), strings.Count(c.text, c.line); rows != c.rows || lines != c.lines {
			t.Errorf("%s: %d rows of asterisks and %d lines, want %d and %d", name, rows, lines, c.rows, c.lines)
		}
	}
}

// What the editor quotes from elsewhere is said to be that, and has no mark of a
// reader's words: neither their type, nor a number, nor "> " in the text part.
func TestQuotationIsNoPick(t *testing.T) {
	set, f := newSet(t), issue()
	only := &digest.Passage{Words: digest.Plain("> 3. Said elsewhere."), Title: "A <b>book</b>"}
	f.Blocks = []digest.FrozenBlock{{Kind: digest.QuoteBlock, Quote: only}}
	f.Intro = nil
	m, err := set.IssueMail(f, links)
	if err != nil {
		t.Fatal(err)
	}
	if want := "\nThe editor quotes “A <b>book</b>”:\n\n    > 3. Said elsewhere.\n"; !strings.Contains(m.Text, want) {
		t.Errorf("the text part has no %q:\n%s", want, m.Text)
	}
	entry, err := set.EntryHTML(f, links)
	if err != nil {
		t.Fatal(err)
	}
	page, err := set.IssuePage(templates.IssuePage{Site: site, Issue: f, Published: at(30, 17, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for name, html := range map[string]string{"mail": m.HTML, "feed": entry, "page": string(page)} {
		if !strings.Contains(html, "The editor quotes A &lt;b&gt;book&lt;/b&gt;:") {
			t.Errorf("%s does not say who quotes what", name)
		}
		for _, mark := range []string{`class="words"`, `class="byline`, "Georgia, Cambria, Times New Roman, serif;font-size:18px"} {
			if strings.Contains(html, mark) {
				t.Errorf("%s: the quotation has %q", name, mark)
			}
		}
	}
}

func TestAbsentPartsLeaveNoTrace(t *testing.T) {
	m, err := newSet(t).IssueMail(bare(), templates.Links{Issue: links.Issue, Feed: links.Feed})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{m.HTML, m.Text} {
		for _, not := range []string{"Is one of these yours", "Unsubscribe", "Change how often"} {
			if strings.Contains(part, not) {
				t.Errorf("%q stands without its link", not)
			}
		}
	}
}

func TestLargeIssueStaysSmall(t *testing.T) {
	m, err := newSet(t).IssueMail(large(), links)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("25 picks, %d words: %d bytes of HTML, %d of text", large().Words, len(m.HTML), len(m.Text))
	if len(m.HTML) > 50_000 {
		t.Errorf("an issue of 25 picks takes %d bytes", len(m.HTML))
	}
}

func TestRightToLeft(t *testing.T) {
	f := issue()
	f.Language = "fa-IR"
	m, err := newSet(t).IssueMail(f, links)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="fa-IR" dir="rtl">`, "border-right:3px solid #9aa1a8", "2016-06-30", "2016-06-27 09:14"} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the mail lacks %q", want)
		}
	}
}

// TestDirection goes through the languages that are written from right to left.
func TestDirection(t *testing.T) {
	for tag, want := range map[string]string{
		"ar": "rtl", "he": "rtl", "iw": "rtl", "fa": "rtl", "ur": "rtl", "yi": "rtl", "ps": "rtl", "sd": "rtl", "ug": "rtl", "dv": "rtl", "ckb": "rtl",
		"he-IL": "rtl", "AR": "rtl", "en": "ltr", "hr": "ltr", "de-CH": "ltr", "": "ltr",
	} {
		f := issue()
		f.Language = tag
		m, err := newSet(t).IssueMail(f, links)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.HTML, `dir="`+want+`">`) {
			t.Errorf("a mail in %q is not written %s", tag, want)
		}
	}
}

func TestUnknownZoneIsRefused(t *testing.T) {
	f := issue()
	f.Zone = "Nowhere/Land"
	if _, err := newSet(t).IssueMail(f, links); digest.KindOf(err) != digest.Invalid {
		t.Errorf("error %v", err)
	}
}

func TestEntryIsPlainHTML(t *testing.T) {
	set := newSet(t)
	for name, f := range map[string]*digest.Frozen{"full": issue(), "bare": bare(), "hostile": hostile()} {
		entry, err := set.EntryHTML(f, links)
		if err != nil {
			t.Fatal(err)
		}
		allowed := map[string]bool{"html": true, "head": true, "body": true, "p": true, "h2": true, "blockquote": true, "ul": true, "ol": true, "li": true, "em": true, "strong": true, "a": true, "br": true, "hr": true, "pre": true, "del": true, "sup": true, "sub": true, "bdi": true, "span": true}
		for _, n := range elements(t, entry, "") {
			if !allowed[n.Data] {
				t.Errorf("%s: a %s", name, n.Data)
			}
			for _, a := range n.Attr {
				switch a.Key {
				case "href":
					if !strings.HasPrefix(a.Val, "http") {
						t.Errorf("%s: a link to %q", name, a.Val)
					}
				case "rel", "start", "lang", "dir":
				default:
					t.Errorf("%s: attribute %s", name, a.Key)
				}
			}
		}
		if prose.Words(markup.FromHTML(entry, "")) == 0 {
			t.Errorf("%s: no words", name)
		}
	}
}

func TestPageOfAnIssue(t *testing.T) {
	set := newSet(t)
	doc := renderings(t, set)["issue"]
	for _, want := range []string{
		`<link rel="canonical" href="https://post.example/issues/8">`,
		`<link rel="alternate" type="application/atom+xml" title="Pick of the Week" href="/feed.atom">`,
		`<meta property="og:description" content="Eleven hours and one sandwich: what the new rota does to the people who drive it.">`,
		`<meta property="og:type" content="article">`,
		`id="p3"`, `href="https://post.example/issues/8#p3"`, `href="#g2"`, `rel="prev" href="/issues/7"`, "read in full on the blog", "Corrected on Thursday 30 June 2016",
		`action="/subscribe"`, templates.Site{Often: "One email a week."}.Consent(),
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if doc := renderings(t, set)["issue-bare"]; !strings.Contains(doc, `href="/below/issues/"`) || !strings.Contains(doc, `href="https://post.example/below/issues/1"`) {
		t.Error("a site below a path links outside of it")
	}
}

func TestPrivatePagesAreKeptPrivate(t *testing.T) {
	all := renderings(t, newSet(t))
	for _, name := range []string{"confirm", "confirmed", "expired", "unsubscribe", "unsubscribed", "preferences", "subscribed", "message", "lost", "leave", "mailed", "test", "confirm-lost"} {
		for _, want := range []string{`content="noindex"`, `content="no-referrer"`} {
			if !strings.Contains(all[name], want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if strings.Contains(all[name], "canonical") {
			t.Errorf("%s has a canonical address", name)
		}
	}
}

// A press is a POST; a page alone never acts.
func TestFormsPost(t *testing.T) {
	for name, doc := range renderings(t, newSet(t)) {
		for _, form := range elements(t, doc, "form") {
			if method, _ := attr(form, "method"); method != "post" {
				t.Errorf("%s: a form by %q", name, method)
			}
			if action, _ := attr(form, "action"); !strings.HasPrefix(action, "/") {
				t.Errorf("%s: a form to %q", name, action)
			}
		}
	}
}

func TestSignUpForm(t *testing.T) {
	all := renderings(t, newSet(t))
	if doc := all["home-error"]; !strings.Contains(doc, `value="ellen@example"`) || !strings.Contains(doc, `aria-invalid="true"`) || !strings.Contains(doc, "<title>Error: ") {
		t.Error("an error does not keep what was typed, or is not told to everybody")
	}
	trap := false
	for _, n := range elements(t, all["home"], "input") {
		if v, _ := attr(n, "name"); v == templates.TrapField {
			tab, _ := attr(n, "tabindex")
			auto, _ := attr(n, "autocomplete")
			trap = tab == "-1" && auto == "off"
		}
	}
	if !trap {
		t.Error("the trap is missing or in people's way")
	}
}

func TestMessages(t *testing.T) {
	set := newSet(t)
	seen := map[string]bool{}
	for _, status := range []int{403, 404, 405, 410, 413, 422, 429, 500, 503} {
		doc, err := set.Page(site, templates.Message(status))
		if err != nil {
			t.Fatal(err)
		}
		title := textOf(elements(t, string(doc), "h1")[0])
		if seen[title] || strings.Contains(title, http.StatusText(status)) {
			t.Errorf("%d: %q", status, title)
		}
		seen[title] = true
	}
}

// A page that asks for a press says nothing as if it were done.
func TestPagesAskBeforeThePress(t *testing.T) {
	all := renderings(t, newSet(t))
	for name, c := range map[string]struct{ title, text string }{
		"unsubscribe": {"Leave Pick of the Week?", "Press the button and it will no longer be sent to el…@example.org."},
		"confirm":     {"One press to confirm", "Press the button and Pick of the Week will be sent to el…@example.org. One email a week. Every issue has a one-click way out."},
	} {
		if got := textOf(elements(t, all[name], "h1")[0]); got != c.title {
			t.Errorf("%s is headed %q", name, got)
		}
		if got := textOf(elements(t, all[name], "title")[0]); got != c.title+" · The Night Bus" {
			t.Errorf("%s is titled %q", name, got)
		}
		if got := textOf(elements(t, all[name], "main")[0]); !strings.Contains(got, c.text) {
			t.Errorf("%s says %s", name, got)
		}
	}
	// Whoever followed a link is not told that there will be a first one.
	for _, name := range []string{"confirm", "expired"} {
		if got := textOf(elements(t, all[name], "main")[0]); strings.Contains(got, "first") {
			t.Errorf("%s says %s", name, got)
		}
	}
	if got := textOf(elements(t, all["expired"], "form")[0]); !strings.Contains(got, "One email a week. You confirm by the new link; every issue has a one-click way out.") {
		t.Errorf("the form for another link says %s", got)
	}
}

func TestEmailErrorsNameTheFieldAndTheRepair(t *testing.T) {
	for _, c := range []struct{ typed, flaw, want string }{
		{"ann", `There is no "@" in it.`, "That is no email address: there is no “@” in it. Write it like name@example.org."},
		{"a@[1.2.3.4]", "An IP address in place of a domain is not taken.", "That is no email address: an IP address in place of a domain is not taken. Write it like name@example.org."},
		{" \t", "The address is empty.", "The email address is missing. Write it like name@example.org."},
		{"ann", "", "That is no email address. Write it like name@example.org."},
	} {
		if got := templates.EmailError(c.typed, c.flaw); got != c.want {
			t.Errorf("%q: got  %s\nwant %s", c.typed, got, c.want)
		}
	}
}

func TestAPostWithoutATitleIsNotQuoted(t *testing.T) {
	set := newSet(t)
	f := issue()
	byline := func() string {
		t.Helper()
		m, err := set.IssueMail(f, links)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(m.Text), " ")
	}
	if got := byline(); !strings.Contains(got, "on “The New Rota”") {
		t.Errorf("a title is not quoted in %s", got)
	}
	q := f.Blocks[1].Pick
	q.PostTitle, q.Untitled = "a post of 18 June 2016", true
	if got := byline(); !strings.Contains(got, "1. Anonymous, 27 June, 09:14, on a post of 18 June 2016 https://") {
		t.Errorf("what is no title is quoted in %s", got)
	}
	q.PostTitle, q.Untitled = "", false
	if got := byline(); !strings.Contains(got, "09:14, on the blog https://") {
		t.Errorf("the blog is quoted in %s", got)
	}
}

func TestReadingTime(t *testing.T) {
	for minutes, want := range map[int]string{0: "about a minute", 1: "about a minute", 2: "about 2 minutes", 12: "about 12 minutes"} {
		if got := templates.ReadingTime(minutes); got != want {
			t.Errorf("%d: %q", minutes, got)
		}
	}
}

func TestAssets(t *testing.T) {
	set := newSet(t)
	doc := renderings(t, set)["home"]
	m := regexp.MustCompile(`href="/assets/(postbag\.[0-9a-f]{12}\.css)"`).FindStringSubmatch(doc)
	if m == nil {
		t.Fatal("no stylesheet with a hash")
	}
	asset, ok := set.Asset(m[1])
	if !ok || asset.ContentType != "text/css; charset=utf-8" {
		t.Fatalf("asset %q: %v %q", m[1], ok, asset.ContentType)
	}
	plain, err := os.ReadFile("assets/postbag.css")
	if err != nil || !bytes.Equal(plain, asset.Body) {
		t.Errorf("the stylesheet differs: %v", err)
	}
	for _, name := range []string{"postbag.css", "", "../set.go", "postbag.000000000000.css"} {
		if _, ok := set.Asset(name); ok {
			t.Errorf("asset %q", name)
		}
	}
	if bytes.Contains(plain, []byte("url(")) || bytes.Contains(plain, []byte("@import")) {
		t.Error("the stylesheet asks for something else")
	}
}

func BenchmarkIssueMail(b *testing.B) {
	set, f := newSet(b), large()
	for b.Loop() {
		if _, err := set.IssueMail(f, links); err != nil {
			b.Fatal(err)
		}
	}
}

// TestNoLineOfTextIsAStopAlone: however long the names are, no line of a text part
// but of those quoted is a full stop, a comma or a dash that the line before lost.
func TestNoLineOfTextIsAStopAlone(t *testing.T) {
	set := newSet(t)
	marks := map[string]bool{"": true, ">": true, "--": true, "*******": true, "* * *": true}
	for _, unit := range []string{"x", "字", "ab ", "سلام "} {
		for n := 1; n < 150; n += 1 + n/40 {
			name := strings.TrimSpace(strings.Repeat(unit, n))
			f, confirm, own, door := issue(), confirmView, linksView, invitationView
			door.Publication, door.Name, door.By = name, name, name
			reminder := reminderView
			reminder.Publication, reminder.Title, reminder.Editor = name, name, name
			f.Publication, f.SeriesName, f.PostalAddress = name, name+"?", name+"\n.\n --\n***\n12"
			confirm.Publication, own.Publication, own.Series = name, name, name
			var texts []string
			for _, m := range []func() (templates.MailText, error){
				func() (templates.MailText, error) { return set.IssueMail(f, links) },
				func() (templates.MailText, error) { return set.ConfirmMail(confirm) },
				func() (templates.MailText, error) { return set.LinksMail(own) },
				func() (templates.MailText, error) { return set.SignInMail(door) },
				func() (templates.MailText, error) { return set.InvitationMail(door) },
				func() (templates.MailText, error) { return set.ReminderMail(reminder) },
			} {
				made, err := m()
				if err != nil {
					t.Fatal(err)
				}
				texts = append(texts, strings.Split(made.Text, "\n")...)
			}
			for _, line := range texts {
				line = strings.TrimSpace(line)
				if !marks[line] && !strings.HasPrefix(line, "> ") && !strings.ContainsFunc(line, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
					t.Fatalf("a name of %d times %q leaves the line %q", n, unit, line)
				}
			}
		}
	}
}

// TestMailsHideNothingAsSpamDoes: the preheader is hidden by its display, from every
// client that knows styles, and not by tiny letters or by the colour of the page;
// and no mail has the words of those who ask for an address.
func TestMailsHideNothingAsSpamDoes(t *testing.T) {
	set := newSet(t)
	m, err := set.IssueMail(issue(), links)
	if err != nil {
		t.Fatal(err)
	}
	var hidden string
	for _, n := range elements(t, m.HTML, "div") {
		if strings.HasPrefix(strings.TrimSpace(textOf(n)), issue().Preheader) {
			hidden, _ = attr(n, "style")
			break
		}
	}
	for _, want := range []string{"display:none", "max-height:0", "overflow:hidden", "mso-hide:all"} {
		if !strings.Contains(hidden, want) {
			t.Errorf("the preheader is hidden by %q, without %s", hidden, want)
		}
	}
	for _, not := range []string{"color", "opacity", "font-size", "visibility"} {
		if strings.Contains(hidden, not) {
			t.Errorf("the preheader is hidden by %q", hidden)
		}
	}
	confirm, err := set.ConfirmMail(confirmView)
	if err != nil {
		t.Fatal(err)
	}
	own, err := set.LinksMail(linksView)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{m.Text, m.HTML, confirm.Text, confirm.HTML, own.Text, own.HTML} {
		if strings.Contains(strings.ToLower(text), "confirm your address") {
			t.Errorf("a mail says so:\n%s", text)
		}
	}
}
