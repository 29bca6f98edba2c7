package letters

import (
	"fmt"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/hostname"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/message"
	"postbag/templates"
)

// Issue is the mail of one issue: rendered and encoded once, addressed for each
// reader.
type Issue struct {
	ids      *subscribers.MessageIDs
	text     string
	template *message.Template
}

// Issue renders an issue for a mailing. The mail of a test says that it is one.
func (w Writer) Issue(f *digest.Frozen, of subscribers.Mailing, salt []byte, test bool) (*Issue, error) {
	links, render := w.links(f), w.Set.IssueMail
	if test {
		render = w.Set.TestMail
		links.Issue += "?" + site.TestQuery
	}
	kind := "digest"
	if test {
		kind = "test"
	}
	text, err := render(f, links)
	if err != nil {
		return nil, err
	}
	m := &Issue{ids: of.MessageIDs(salt), text: text.Text}
	m.template, err = message.NewTemplate(message.Message{
		From: w.From, FromName: f.Publication, ReplyTo: w.ReplyTo,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML, Date: of.Begun,
		ListID: w.listID(f.SeriesSlug), ListName: f.SeriesName,
		ListUnsubscribe: w.unsubscribe(templates.TokenMark), OneClick: true, ListArchive: links.Archive, Bulk: true,
		FeedbackID: fmt.Sprintf("%d:%s:%s:%s", f.Number, f.SeriesSlug, kind, w.senderID()), Sign: w.Sign,
	}, templates.TokenMark)
	return m, err
}

// For gives the bytes of one reader's message; see [Issue.Append].
func (m *Issue) For(d subscribers.Delivery) ([]byte, error) { return m.template.For(m.reader(d)) }

// Append appends the bytes of one reader's message; the same whenever it is asked. It
// may be called from several goroutines.
func (m *Issue) Append(dst []byte, d subscribers.Delivery) ([]byte, error) {
	return m.template.Append(dst, m.reader(d))
}

func (m *Issue) reader(d subscribers.Delivery) message.Reader {
	return message.Reader{To: d.Email, Name: d.Name, Token: d.Token, MessageID: m.ids.For(d.SubscriberID)}
}

// Text gives the plain text that one reader gets.
func (m *Issue) Text(token string) string {
	return strings.ReplaceAll(m.text, templates.TokenMark, token)
}

// listID names the list (RFC 2919): the series at the host of the pages.
func (w Writer) listID(slug string) string {
	host := w.Domain
	if u, err := url.Parse(w.Site.Base); err == nil {
		if name := u.Hostname(); strings.Contains(name, ".") && !hostname.Loopback(name) {
			host = name
		}
	}
	return slug + "." + host
}
