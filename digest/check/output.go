package check

import (
	"context"
	"html"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/lazyregexp"
	"postbag/digest/publish"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/letters"
	"postbag/templates"
)

// Output is one of the forms that an issue goes out in.
type Output string

// The outputs.
const (
	MailOutput Output = "mail" // the HTML part
	TextOutput Output = "text" // the text part
	FeedOutput Output = "feed" // the issue's entry
	PageOutput Output = "page"
)

// Outputs lists the outputs.
func Outputs() []Output { return []Output{MailOutput, TextOutput, FeedOutput, PageOutput} }

// Scheme is the colours that an output is shown in, as the device of a reader asks for
// them.
type Scheme string

// The schemes; with AnyScheme the device that looks at it decides.
const (
	AnyScheme Scheme = ""
	Light     Scheme = "light"
	Dark      Scheme = "dark"
)

// Renderer makes the true outputs of an issue: those of mailing and of publishing.
type Renderer struct {
	Set    *templates.Set
	Site   site.Site
	Writer letters.Writer
}

// Render makes an output as a whole document of HTML. What it links to for one reader
// alone leads to the page that meets links of a test; the rest is as readers get it. A
// scheme makes its rules for that hold or not hold, and changes nothing else.
func (o Renderer) Render(f *digest.Frozen, as Output, scheme Scheme) ([]byte, error) {
	switch as {
	case MailOutput:
		text, err := o.Writer.Shown(f)
		return []byte(forced(tested(text.HTML), scheme)), err
	case TextOutput:
		text, err := o.Writer.Shown(f)
		return []byte(document("The text part", scheme, "<pre>"+html.EscapeString(tested(text.Text))+"</pre>")), err
	}
	issue := digest.Issue{Number: f.Number, State: digest.Published, Title: f.Title, PublishedAt: f.Date, UpdatedAt: f.Date, Frozen: f}
	_, page, err := publish.Preview(o.Set, o.Site.Base, issue)
	if err != nil {
		return nil, err
	}
	if as == PageOutput {
		return []byte(forced(string(Styled(o.Set, page)), scheme)), nil
	}
	entry, err := o.Set.EntryHTML(f, o.Writer.Links(f))
	body := "<h1>" + html.EscapeString(f.Title) + "</h1>\n"
	if f.Preheader != "" {
		body += "<p class=\"summary\">" + html.EscapeString(f.Preheader) + "</p>\n"
	}
	return []byte(document("The feed entry", scheme, body+tested(entry))), err
}

// Sketch makes what an issue would be if it were approved as it stands: its rows that
// can be quoted. The error is of kind Conflict when there is none.
func (c *Check) Sketch(ctx context.Context, ref desk.Ref) (*digest.Frozen, error) {
	is, err := c.desk.Outlook(ctx, ref)
	if err != nil {
		return nil, err
	}
	if is.Frozen.Picks == 0 {
		return nil, digest.Fail(digest.Conflict, "Pick some comments first.", "issue %d has no pick that could be shown", is.Issue.Number)
	}
	return is.Frozen, nil
}

// tested puts the token of test mails in the place of a reader's own.
func tested(text string) string {
	return strings.ReplaceAll(text, templates.TokenMark, subscribers.TestToken)
}

var (
	darkRules   = lazyregexp.New(`@media\s*\(prefers-color-scheme:\s*dark\)`)
	schemeNames = lazyregexp.New(`(<meta name="(?:supported-)?color-schemes?" content=")[^"]*(")`)
	schemeRule  = lazyregexp.New(`color-scheme:\s*light dark`)
)

// forced makes the rules of a document for dark devices hold, or not hold, whatever
// looks at it.
func forced(document string, scheme Scheme) string {
	when := "@media all"
	switch scheme {
	case Dark:
	case Light:
		when = "@media not all"
	default:
		return document
	}
	document = darkRules.ReplaceAllString(document, when)
	document = schemeNames.ReplaceAllString(document, "${1}"+string(scheme)+"${2}")
	return schemeRule.ReplaceAllString(document, "color-scheme: "+string(scheme))
}

// document is a page around what has no style of its own: the text part, and what a
// feed reader shows in whatever style it has.
func document(title string, scheme Scheme, body string) string {
	const style = `:root{color-scheme:light dark}body{margin:0;padding:20px;background:#fff;color:#1c2024;font:16px/26px Georgia,serif}
pre{margin:0;font:14px/20px Consolas,Menlo,"Liberation Mono",monospace;white-space:pre;width:72ch}a{color:#0b5d4b}blockquote{margin:0 0 16px;padding-left:16px;border-left:3px solid #9aa1a8}.summary{font-style:italic}
@media (prefers-color-scheme:dark){body{background:#15181b;color:#e9e7e2}a{color:#7fd1b9}}`
	return forced("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"+
		html.EscapeString(title)+"</title>\n<style>"+style+"</style>\n</head>\n<body>\n", scheme) + body + "\n</body>\n</html>\n"
}

var stylesheetLink = lazyregexp.New(`<link rel="stylesheet" href="[^"]*/([^/"]+)">`)

// Styled puts a page's stylesheet into it, for where nothing serves its address.
func Styled(set *templates.Set, page []byte) []byte {
	return stylesheetLink.ReplaceAllFunc(page, func(link []byte) []byte {
		sheet, ok := set.Asset(string(stylesheetLink.FindSubmatch(link)[1]))
		if !ok {
			return link
		}
		return slices.Concat([]byte("<style>\n"), sheet.Body, []byte("</style>"))
	})
}
