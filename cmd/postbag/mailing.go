package main

import (
	"fmt"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/signup"
	"postbag/templates"
)

// mailing makes the messages of one issue: rendered and encoded once, addressed
// for each reader.
type mailing struct {
	of       subscribers.Mailing
	salt     []byte
	text     templates.MailText
	template *mail.Template
}

// newMailing renders an issue for the mail.
func newMailing(set *templates.Set, p postage, base string, f *digest.Frozen, of subscribers.Mailing, salt []byte, options ...templates.MailOption) (*mailing, error) {
	links := linksOf(base, f, takeDown(p, f.Title))
	text, err := set.IssueMail(f, links, options...)
	if err != nil {
		return nil, err
	}
	m := &mailing{of: of, salt: salt, text: text}
	m.template, err = mail.NewTemplate(mail.Message{
		From: p.from.Email, FromName: f.Publication, ReplyTo: p.replyTo,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML, Date: of.Begun,
		ListID: listID(f.SeriesSlug, p), ListName: f.SeriesName,
		ListUnsubscribe: []string{links.Unsubscribe}, OneClick: true, ListArchive: links.Archive, Bulk: true,
	}, templates.TokenMark)
	return m, err
}

// compose gives the bytes of one reader's message; the same whenever it is asked.
func (m *mailing) compose(d subscribers.Delivery) ([]byte, error) {
	return m.template.For(mail.Reader{
		To: d.Email, Name: d.Name, Token: d.Token, MessageID: m.of.MessageID(m.salt, d.SubscriberID),
	})
}

// linksOf gives the addresses that a mail of an issue carries, with the mark
// where each reader's token goes.
func linksOf(base string, f *digest.Frozen, takeDown string) templates.Links {
	return templates.Links{
		Base: base, Issue: fmt.Sprintf("%s/issues/%d", base, f.Number), Archive: base + "/issues/", Feed: base + "/feed.atom",
		Unsubscribe: base + "/unsubscribe/" + templates.TokenMark, Preferences: base + "/preferences/" + templates.TokenMark,
		TakeDown: takeDown,
	}
}

// takeDown is where a writer asks for a comment to be taken down: a mail to the
// editor, if there is an address to write to.
func takeDown(p postage, title string) string {
	to := p.replyTo
	if to == "" && !p.transport.IsOutbox() {
		to = p.from.Email
	}
	if to == "" {
		return ""
	}
	query := url.Values{"subject": {"Please take a comment down: " + title}}.Encode()
	return "mailto:" + url.PathEscape(to) + "?" + strings.ReplaceAll(query, "+", "%20")
}

// listID names the list (RFC 2919): the series at the host of the pages.
func listID(slug string, p postage) string {
	host := p.from.Domain
	if name := p.base.Hostname(); strings.Contains(name, ".") && !isLoopback(name) {
		host = name
	}
	return slug + "." + host
}

// newConfirmation makes the mail that asks an address to confirm.
func newConfirmation(set *templates.Set, p postage, base string, pub digest.Publication, series digest.Series, salt []byte, n deliver.Notice) ([]byte, error) {
	text, err := set.ConfirmMail(templates.ConfirmView{
		Publication: pub.Name, Series: series.Name, HomeURL: base + "/", ConfirmURL: base + "/confirm/" + n.Token,
		Days: int(signup.ConfirmationLife.Hours() / 24), Language: pub.Language, PostalAddress: pub.PostalAddress,
	})
	if err != nil {
		return nil, err
	}
	// A negative number cannot be an issue's, so that no notice shares a
	// Message-ID with a delivery.
	of := subscribers.Mailing{IssueID: -1, Begun: n.CreatedAt, Domain: p.from.Domain}
	return mail.Compose(mail.Message{
		From: p.from.Email, FromName: pub.Name, ReplyTo: p.replyTo, To: n.Email,
		Subject: text.Subject, Text: text.Text, HTML: text.HTML,
		MessageID: of.MessageID(salt, n.ID), Date: n.CreatedAt, AutoSubmitted: true,
	})
}
