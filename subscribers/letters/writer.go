package letters

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/dkim"
	"postbag/subscribers/message"
	"postbag/templates"
)

// Writer writes letters in the name of one sender.
type Writer struct {
	Set  *templates.Set
	Site site.Site // what links lead to
	// Desk is what links for editors lead to; the zero value means Site.
	Desk site.Site
	From string // the From address, bare
	// Domain is of Message-IDs, and of the list's name where the site has no
	// public name.
	Domain  string
	ReplyTo string // bare; "" for none
	// Bounces is the domain that the program itself takes mail at; "" for none. Bounces go
	// there, and a mail to [subscribers.UnsubscribeAddress] there unsubscribes.
	Bounces string
	// Sign signs all that is written; nil leaves it to the mail server.
	Sign *dkim.Signer
	// Requests is the address that a writer asks for a comment to be taken down;
	// "" for none.
	Requests string
}

// compose makes a single letter of a kind.
func (w Writer) compose(kind string, m message.Message) ([]byte, error) {
	m.From, m.Sign = w.From, w.Sign
	m.FeedbackID = kind + ":" + w.senderID()
	return message.Compose(m)
}

// unsubscribe gives the ways out of a mail, for the token of a reader: the web first,
// because the first one is the one that is asked with a single press (RFC 8058, 3.1).
func (w Writer) unsubscribe(token string) []string {
	ways := []string{w.Site.URL(site.Unsubscribe, token)}
	if w.Bounces != "" {
		ways = append(ways, "mailto:"+subscribers.UnsubscribeAddress(token, w.Bounces))
	}
	return ways
}

// senderID is the last part of a Feedback-ID, by which Google tells senders apart: 5 to 15
// characters that stay the same. It is the From address's domain where that fits, and
// made from it where not.
func (w Writer) senderID() string {
	const least, most = 5, 15
	if n := len(w.Domain); n >= least && n <= most {
		return w.Domain
	}
	sum := sha256.Sum256([]byte(w.Domain))
	return "pb" + hex.EncodeToString(sum[:])[:most-len("pb")]
}

// links gives the addresses that a mail of an issue carries, with the mark where
// each reader's token goes.
func (w Writer) links(f *digest.Frozen) templates.Links {
	return templates.Links{
		Base: w.Site.Base, Issue: w.Site.URL(site.Issue.At(f.Place), f.Number), Archive: w.Site.URL(site.Archive.At(f.Place)), Feed: w.Site.URL(site.Feed.At(f.Place)),
		Unsubscribe: w.Site.URL(site.Unsubscribe, templates.TokenMark), Preferences: w.Site.URL(site.Preferences, templates.TokenMark),
		TakeDown: w.TakeDown(f),
	}
}

// TakeDown is where a writer asks for a comment of an issue to be taken down: a
// mail to the editor, or "" if there is no address to write to.
func (w Writer) TakeDown(f *digest.Frozen) string {
	if w.Requests == "" {
		return ""
	}
	query := url.Values{"subject": {"Please take a comment down: " + f.Title}}.Encode()
	return "mailto:" + url.PathEscape(w.Requests) + "?" + strings.ReplaceAll(query, "+", "%20")
}

// Text renders the mail of an issue, with [templates.TokenMark] where a reader's token
// goes.
func (w Writer) Text(f *digest.Frozen) (templates.MailText, error) {
	return w.Set.IssueMail(f, w.links(f))
}

// Shown renders the mail of an issue for whoever looks at it before it is published: its
// page may not be there yet.
func (w Writer) Shown(f *digest.Frozen) (templates.MailText, error) {
	links := w.links(f)
	links.Issue += "?" + site.TestQuery
	return w.Set.IssueMail(f, links)
}

// Links gives the addresses that the outputs of an issue carry.
func (w Writer) Links(f *digest.Frozen) templates.Links { return w.links(f) }

// Size gives the bytes of an issue's mail, its HTML part decoded.
func (w Writer) Size(f *digest.Frozen) (int, error) {
	text, err := w.Text(f)
	return len(text.HTML), err
}
