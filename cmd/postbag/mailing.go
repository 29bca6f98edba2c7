package main

import (
	"context"
	"net/url"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/site"
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
func newMailing(set *templates.Set, p postage, at site.Site, f *digest.Frozen, of subscribers.Mailing, salt []byte, options ...templates.MailOption) (*mailing, error) {
	links := linksOf(at, f, takeDown(p, f.Title))
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

// composer makes the messages of issues.
func composer(set *templates.Set, p postage, at site.Site) dispatch.Composer {
	return func(f *digest.Frozen, of subscribers.Mailing, salt []byte, test bool) (func(subscribers.Delivery) ([]byte, error), error) {
		var options []templates.MailOption
		if test {
			options = append(options, templates.AsTest)
		}
		m, err := newMailing(set, p, at, f, of, salt, options...)
		if err != nil {
			return nil, err
		}
		return m.compose, nil
	}
}

// compose gives the bytes of one reader's message; the same whenever it is asked.
func (m *mailing) compose(d subscribers.Delivery) ([]byte, error) {
	return m.template.For(mail.Reader{
		To: d.Email, Name: d.Name, Token: d.Token, MessageID: m.of.MessageID(m.salt, d.SubscriberID),
	})
}

// linksOf gives the addresses that a mail of an issue carries, with the mark
// where each reader's token goes.
func linksOf(at site.Site, f *digest.Frozen, takeDown string) templates.Links {
	return templates.Links{
		Base: at.Base, Issue: at.URL(site.Issue, f.Number), Archive: at.URL(site.Archive), Feed: at.URL(site.Feed),
		Unsubscribe: at.URL(site.Unsubscribe, templates.TokenMark), Preferences: at.URL(site.Preferences, templates.TokenMark),
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
func newConfirmation(set *templates.Set, p postage, at site.Site, pub digest.Publication, series digest.Series, salt []byte, n deliver.Notice) ([]byte, error) {
	text, err := set.ConfirmMail(templates.ConfirmView{
		Publication: pub.Name, Series: series.Name, HomeURL: at.URL(site.Home), ConfirmURL: at.URL(site.Confirm, n.Token),
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

// composeTime bounds what composing a confirmation may ask of the database.
const composeTime = 3 * time.Second

func (o *postOffice) confirmation(n deliver.Notice) ([]byte, error) {
	// A confirmation is composed while a connection is open and perhaps while the
	// program stops; it does not wait long for the database.
	ctx, cancel := context.WithTimeout(context.Background(), composeTime)
	defer cancel()
	pub, err := o.desk.Publication(ctx)
	if err != nil {
		return nil, err
	}
	series, err := o.desk.AllSeries(ctx)
	if err != nil {
		return nil, err
	}
	if len(series) == 0 {
		return nil, digest.Fail(digest.Conflict, "", "there is no series to subscribe to").Offer(digest.Act{Do: digest.AddSource})
	}
	return newConfirmation(o.set, o.postage, o.site, pub, series[0], pub.Salt, n)
}
