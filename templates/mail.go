package templates

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/lazyregexp"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// columns is how wide the text part of a mail is.
const columns = 72

// maxSubject bounds a subject, in characters.
const maxSubject = 150

// issueMail is the view of an issue's mail.
type issueMail struct {
	*issueView
	Subject string
	// More leads to what the mail leaves to the issue's page: "3 more comments on the
	// web"; "" where it leaves nothing.
	More, MoreURL string
}

// IssueMail renders an issue as a mail. Links that differ for each reader hold
// [TokenMark] in both parts. The error is of kind Invalid when the issue's zone
// is not known; any other is a fault of the program.
func (s *Set) IssueMail(f *digest.Frozen, l Links) (MailText, error) { return s.issueMail(f, l, "") }

// TestMail is IssueMail for the editor, whose subject marks it as a test.
func (s *Set) TestMail(f *digest.Frozen, l Links) (MailText, error) {
	return s.issueMail(f, l, "[Test] ")
}

func (s *Set) issueMail(f *digest.Frozen, l Links, mark string) (MailText, error) {
	whole := rest{f, l}
	v, err := viewOf(whole.mailed(), l)
	if err != nil {
		return MailText{}, err
	}
	m := &issueMail{issueView: v, Subject: subject(mark + v.Subject)}
	if left := f.LeftForWeb(); left > 0 {
		m.More, m.MoreURL = fmt.Sprintf("%d more comments on the web", left), whole.at(left)
		if left == 1 {
			m.More = "One more comment on the web"
		}
	}
	return s.mail("issue", m.Subject, m)
}

// rest is what a mail leaves to the issue's page.
type rest struct {
	f *digest.Frozen
	l Links
}

// mailed is the issue as far as its mail goes.
func (r rest) mailed() *digest.Frozen {
	if r.f.LeftForWeb() == 0 {
		return r.f
	}
	mailed := *r.f
	mailed.Blocks = r.f.Blocks[:r.f.MailBlocks]
	return &mailed
}

// at is where the page goes on, after so many picks from the end.
func (r rest) at(left int) string {
	return fmt.Sprintf("%s#p%d", r.l.Issue, r.f.Picks-left+1)
}

// ConfirmView is the mail that asks whether somebody wants to subscribe.
type ConfirmView struct {
	Publication   string
	Series        string
	HomeURL       string // the publication's page, so that the reader knows what this is
	ConfirmURL    string
	Days          int // how long the link works
	Language      string
	PostalAddress string
}

// LinksView is the mail with a reader's own links.
type LinksView struct {
	Publication   string
	Series        string
	HomeURL       string
	Unsubscribe   string
	Preferences   string
	Language      string
	PostalAddress string
}

// linksMail is LinksView with what the template places.
type linksMail struct {
	voice
	Subject                  string
	Publication, Series      string
	HomeURL                  string
	Unsubscribe, Preferences string
	Postal                   []string
}

// LinksMail renders the mail with a reader's own links.
func (s *Set) LinksMail(v LinksView) (MailText, error) {
	names := Site{Publication: v.Publication, Series: v.Series}.Shown()
	m := linksMail{
		voice: voiceOf(v.Language), Publication: names.Publication, Series: names.Series, HomeURL: v.HomeURL,
		Unsubscribe: v.Unsubscribe, Preferences: v.Preferences, Postal: lines(v.PostalAddress),
	}
	m.Subject = subject("Your links: " + m.Series + " from " + m.Publication)
	return s.mail("links", m.Subject, m)
}

// DoorView is a mail to an editor with a link that leads in at the desk.
type DoorView struct {
	Publication string
	HomeURL     string
	URL         string
	Name        string        // of the editor; may be empty
	By          string        // who invites; may be empty
	Life        time.Duration // how long the link works; 0 for ever
	Language    string
}

// doorMail is DoorView with what the templates place.
type doorMail struct {
	voice
	Subject, Publication, HomeURL, URL, Greeting, By, Life string
}

func doorMailOf(v DoorView) doorMail {
	m := doorMail{
		voice: voiceOf(v.Language), Publication: Site{Publication: v.Publication}.Shown().Publication, HomeURL: v.HomeURL, URL: v.URL,
		Greeting: "Hello,", By: cmp.Or(v.By, "Somebody"), Life: spanOf(v.Life),
	}
	if v.Name != "" {
		m.Greeting = "Hello " + v.Name + ","
	}
	return m
}

// spanOf says a time in whole days, hours or minutes, "" for none.
func spanOf(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		of        time.Duration
		one, many string
	}{{day, "one day", "days"}, {time.Hour, "one hour", "hours"}, {time.Minute, "one minute", "minutes"}} {
		n := int(d.Round(unit.of) / unit.of)
		if d < unit.of || n == 0 {
			continue
		}
		if n == 1 {
			return unit.one
		}
		return strconv.Itoa(n) + " " + unit.many
	}
	return ""
}

// SignInMail renders the mail with a link that signs an editor in.
func (s *Set) SignInMail(v DoorView) (MailText, error) {
	m := doorMailOf(v)
	m.Subject = subject("Sign in at the desk of " + m.Publication)
	return s.mail("signin", m.Subject, m)
}

// InvitationMail renders the mail that asks somebody to become an editor.
func (s *Set) InvitationMail(v DoorView) (MailText, error) {
	m := doorMailOf(v)
	m.Subject = subject("An invitation to the desk of " + m.Publication)
	return s.mail("invitation", m.Subject, m)
}

// confirmMail is ConfirmView with what the template places.
type confirmMail struct {
	voice
	Subject             string
	Publication, Series string
	HomeURL, ConfirmURL string
	Days                string
	Postal              []string
}

// ConfirmMail renders the mail with the confirmation link.
func (s *Set) ConfirmMail(v ConfirmView) (MailText, error) {
	names := Site{Publication: v.Publication, Series: v.Series}.Shown()
	m := confirmMail{
		voice:       voiceOf(v.Language),
		Publication: names.Publication, Series: names.Series,
		HomeURL: v.HomeURL, ConfirmURL: v.ConfirmURL, Postal: lines(v.PostalAddress),
		Days: strconv.Itoa(v.Days) + " days",
	}
	if v.Days == 1 {
		m.Days = "one day"
	}
	m.Subject = subject("Please confirm: " + m.Series + " from " + m.Publication)
	return s.mail("confirm", m.Subject, m)
}

// Inside marks the element that holds a whole mail: an issue is the publication's
// words, the others are our own.
func (m *issueMail) Inside() template.HTMLAttr   { return m.Own() }
func (m confirmMail) Inside() template.HTMLAttr  { return cmp.Or(m.Ours(), m.Own()) }
func (m linksMail) Inside() template.HTMLAttr    { return cmp.Or(m.Ours(), m.Own()) }
func (m doorMail) Inside() template.HTMLAttr     { return cmp.Or(m.Ours(), m.Own()) }
func (m reminderMail) Inside() template.HTMLAttr { return cmp.Or(m.Ours(), m.Own()) }

// mail executes a mail's two templates and inlines the styles of the first.
func (s *Set) mail(name, subject string, data any) (MailText, error) {
	var page, inlined, text bytes.Buffer
	if err := s.mails.ExecuteTemplate(&page, name+".html", data); err != nil {
		return MailText{}, fmt.Errorf("render mail %s: %w", name, err)
	}
	if err := s.style.inline(&inlined, page.String(), headClasses()); err != nil {
		return MailText{}, fmt.Errorf("inline styles of mail %s: %w", name, err)
	}
	if err := s.texts.ExecuteTemplate(&text, name+".txt", data); err != nil {
		return MailText{}, fmt.Errorf("render mail %s: %w", name, err)
	}
	return MailText{Subject: subject, HTML: inlined.String() + "\n", Text: text.String()}, nil
}

// subject makes a subject of a title: one line without controls, not too long
// (RFC 5322, 2.2; longer ones are cut off by mail clients anyway).
func subject(title string) string {
	return prose.Quote(digest.Plain(markup.Clean(title)), maxSubject)
}

// byline is the line under a reader's words in the text part, and the address
// of the comment on a line of its own.
func byline(p *pickView) string {
	text := p.Author
	if p.When != "" {
		text += ", " + p.When
	}
	if p.Untitled {
		text += ", on " + p.PostTitle
	} else {
		text += ", on “" + p.PostTitle + "”"
	}
	if p.Shortened {
		text += ", shortened"
	}
	para := digest.Para{Kind: digest.Item, Depth: 1, Number: p.Number, Spans: []digest.Span{{Text: text}}}
	out := prose.Wrap(digest.Prose{para}, columns, "")
	if p.URL != "" {
		out += "\n" + p.URL
	}
	return out
}

// The two style blocks of every mail. Nothing essential lives here: some
// clients drop them.
const (
	narrowStyle = `@media (max-width:480px){
.page{padding:20px 20px 32px!important}
.page h1{font-size:30px!important;line-height:36px!important}
.page .ways a{display:inline-block;padding:10px 0}
}`
	darkStyle = `@media (prefers-color-scheme:dark){
body,.page{background:#15181b!important}
.page,.page h1,.page b{color:#e9e7e2!important}
.page .quiet,.page .ours{color:#a7aeb6!important}
.page a,.page h2,.page .no{color:#7fd1b9!important}
.page .button{background:#7fd1b9!important;border-color:#7fd1b9!important;color:#10251f!important}
.page .second{background:transparent!important;color:#7fd1b9!important}
.page h2{border-color:#7fd1b9!important}
.page hr,.page .edge,.page blockquote{border-color:#454b52!important}
}`
)

// mailStyle gives both blocks for the head.
func mailStyle() template.HTML {
	return template.HTML("<style>" + narrowStyle + "</style>\n<style>" + darkStyle + "</style>")
}

var className = lazyregexp.New(`\.([a-z][a-z-]*)`)

// headClasses are the classes that the style blocks use.
func headClasses() map[string]bool {
	keep := map[string]bool{}
	for _, m := range className.FindAllStringSubmatch(narrowStyle+darkStyle, -1) {
		keep[strings.ToLower(m[1])] = true
	}
	return keep
}
