package templates_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"postbag/digest"
	"postbag/templates"
)

// persian is an issue of a publication whose every word is Persian, so that what is
// in Latin letters is the program's.
func persian() *digest.Frozen {
	f := issue()
	f.Language, f.Publication, f.SeriesName, f.Title, f.Preheader = "fa-IR", "اتوبوس شب", "گزیدهٔ هفته", "گزیدهٔ هفته ۸", "یازده ساعت و یک لقمه"
	f.PostalAddress, f.Intro = "خیابان دوم", digest.Plain("دو روز دیر شد")
	words := append(digest.Plain("هیچ کس برنامه را نمی\u200cخواند"), digest.Para{Spans: []digest.Span{
		{Text: "[picture: گربه]", Stands: digest.Picture}, {Text: "[film]", Stands: digest.Film, Href: "https://nightbus.example/film"}}})
	f.Blocks = []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "برنامه"}, {Kind: digest.HeadingBlock, Heading: "مسافران"}, {Kind: digest.TextBlock, Text: words}}
	for i, q := range []digest.Quotation{
		{Author: "مریم", PostTitle: "برنامهٔ تازه", Context: &digest.Context{Author: "رضا", Quote: "من آنجا بودم"}, Shortened: true},
		{Author: "مریم", PostTitle: "برنامهٔ تازه", Context: &digest.Context{Quote: "من آنجا بودم"}},
		{PostTitle: "a post of 18 June 2016", Untitled: true, Context: &digest.Context{Above: 1}},
		{Context: &digest.Context{}},
		{Author: "مریم", PostTitle: "برنامهٔ تازه"},
	} {
		q.Number, q.Words, q.Published = i+1, words, at(28, 8, i)
		if i < 3 {
			q.URL = "https://nightbus.example/2016/06/x.html"
		}
		f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.PickBlock, Pick: &q})
	}
	return f
}

// persianPages are everything that is made of it, by name.
func persianPages(t *testing.T) map[string]string {
	t.Helper()
	set, f := newSet(t), persian()
	at := templates.Site{Publication: f.Publication, Series: f.SeriesName, Language: f.Language, BlogURL: "https://nightbus.example/", Base: "https://post.example/below", Issues: true}
	all := map[string]string{}
	put := func(name string, doc string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(name, err)
		}
		all[name] = doc
	}
	entry, err := templates.EntryOf(f)
	if err != nil {
		t.Fatal(err)
	}
	page, err := set.Home(templates.HomePage{Site: at, Latest: f, TakeDown: links.TakeDown})
	put("home", string(page), err)
	page, err = set.IssuePage(templates.IssuePage{Site: at, Issue: f, Published: f.Date, Updated: f.Date.AddDate(0, 0, 1), Previous: &entry, Next: &entry, TakeDown: links.TakeDown})
	put("issue", string(page), err)
	page, err = set.Archive(templates.ArchivePage{Site: at, Issues: []templates.IssueEntry{entry}})
	put("archive", string(page), err)
	for name, p := range readerPages() {
		page, err = set.Page(at, p)
		put(name, string(page), err)
	}
	at.Issues = false
	page, err = set.Home(templates.HomePage{Site: at, Form: templates.Form{Error: "That is no email address."}})
	put("home-empty", string(page), err)
	page, err = set.Archive(templates.ArchivePage{Site: at})
	put("archive-empty", string(page), err)
	page, err = set.Page(at, templates.Message(404))
	put("message-empty", string(page), err)

	m, err := set.IssueMail(f, links)
	put("mail-issue", m.HTML, err)
	confirm, own := confirmView, linksView
	confirm.Publication, confirm.Series, confirm.Language, confirm.PostalAddress = f.Publication, f.SeriesName, f.Language, f.PostalAddress
	own.Publication, own.Series, own.Language, own.PostalAddress = f.Publication, f.SeriesName, f.Language, f.PostalAddress
	m, err = set.ConfirmMail(confirm)
	put("mail-confirm", m.HTML, err)
	m, err = set.LinksMail(own)
	put("mail-links", m.HTML, err)
	content, err := set.EntryHTML(f, links)
	put("entry", `<html lang="fa-IR" dir="rtl"><body>`+content+`</body></html>`, err)
	return all
}

// nearest gives an attribute of an element, or of the nearest around it.
func nearest(n *html.Node, name string) string {
	for ; n != nil; n = n.Parent {
		if v, ok := attr(n, name); ok && n.Type == html.ElementNode {
			return v
		}
	}
	return ""
}

var latin = regexp.MustCompile(`[A-Za-z]{2,}`)

// TestOurOwnWordsAreMarked: a page in another language is in that language, and each
// of our own words on it is English; what is read aloud changes voice there.
func TestOurOwnWordsAreMarked(t *testing.T) {
	for name, doc := range persianPages(t) {
		root := elements(t, doc, "html")[0]
		if lang, _ := attr(root, "lang"); lang != "fa-IR" {
			t.Errorf("%s is in %q", name, lang)
		}
		if dir, _ := attr(root, "dir"); dir != "rtl" {
			t.Errorf("%s is written %s", name, dir)
		}
		ours, theirs := 0, 0
		for n := range root.Descendants() {
			texts, of := []string{n.Data}, n
			switch {
			case n.Type == html.ElementNode:
				label, _ := attr(n, "aria-label")
				texts = []string{label}
			case n.Type != html.TextNode, n.Parent.Data == "style":
				continue
			default:
				of = n.Parent
			}
			for _, text := range texts {
				text = strings.ReplaceAll(text, "el…@example.org", "")
				foreign := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) })
				switch lang := nearest(of, "lang"); {
				case of.Data == "title" || of.Data == "div" && foreign && latin.MatchString(text): // a title of both, and a mail's label by its subject
				case latin.MatchString(text) && (lang != "en" || nearest(of, "dir") != "ltr"):
					t.Errorf("%s: %q is marked %q, %s", name, text, lang, nearest(of, "dir"))
				case foreign && lang != "fa-IR":
					t.Errorf("%s: %q is marked %q", name, text, lang)
				case foreign:
					theirs++
				case latin.MatchString(text):
					ours++
				}
			}
		}
		if ours == 0 || theirs == 0 {
			t.Errorf("%s has %d texts of ours and %d of the publication", name, ours, theirs)
		}
	}
}

// TestReadersWordsKeepTheirDirection: a comment that is written from right to left is
// shown so on the page, in the mail and in the feed, also where our own mark, or the
// editor's note, comes first.
func TestReadersWordsKeepTheirDirection(t *testing.T) {
	for name, first := range map[string]digest.Span{
		"a picture": {Text: "[picture: گربه]", Stands: digest.Picture},
		"a film":    {Text: "[film]", Stands: digest.Film, Href: "https://nightbus.example/film"},
		"a note":    {Text: "[The driver]", Ours: true},
		"no mark":   {Text: "…"},
	} {
		f, set := issue(), newSet(t)
		f.Intro = nil
		f.Blocks = []digest.FrozenBlock{{Kind: digest.PickBlock, Pick: &digest.Quotation{Number: 1, Author: "A", Published: at(28, 8, 0),
			Words: digest.Prose{{Spans: []digest.Span{first, {Text: " هیچ کس by bus"}}}}}}}
		page, err := set.IssuePage(templates.IssuePage{Site: templates.Site{Language: f.Language, Base: "https://post.example"}, Issue: f, Published: f.Date})
		if err != nil {
			t.Fatal(err)
		}
		mail, err := set.IssueMail(f, links)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := set.EntryHTML(f, links)
		if err != nil {
			t.Fatal(err)
		}
		for where, doc := range map[string]string{"page": string(page), "mail": mail.HTML, "feed": entry} {
			for _, quoted := range elements(t, doc, "blockquote") {
				if dir, _ := attr(quoted, "dir"); dir != "auto" {
					t.Errorf("%s: words in the %s are written %q", name, where, dir)
				}
				if r := firstStrong(quoted); !unicode.Is(unicode.Arabic, r) {
					t.Errorf("%s: %q gives the %s its direction", name, r, where)
				}
			}
		}
	}
}

// firstStrong gives the letter that decides the direction of an element (HTML,
// 3.2.6.4).
func firstStrong(n *html.Node) rune {
	for c := range n.ChildNodes() {
		if _, ok := attr(c, "dir"); ok && c.Type == html.ElementNode || c.Data == "bdi" {
			continue
		}
		if c.Type == html.TextNode {
			if i := strings.IndexFunc(c.Data, unicode.IsLetter); i >= 0 {
				return []rune(c.Data[i:])[0]
			}
		} else if r := firstStrong(c); r != 0 {
			return r
		}
	}
	return 0
}

// TestEnglishIsNotMarked: in an English publication nothing needs to be.
func TestEnglishIsNotMarked(t *testing.T) {
	for name, doc := range renderings(t, newSet(t)) {
		if strings.Contains(doc, `lang="en" dir="ltr"`) && !strings.Contains(name, "empty") && !strings.Contains(name, "hostile") && !strings.Contains(name, "bare") {
			t.Errorf("%s marks English in English", name)
		}
	}
}
