package feed

import (
	"bytes"
	"strings"

	"postbag/digest/charset"
	"postbag/digest/lazyregexp"
)

// Format is what a body is, as far as its first bytes tell.
type Format int

// The formats that [Sniff] tells apart.
const (
	Unknown Format = iota // neither markup nor JSON
	Empty
	HTML
	JSON
	XML // a feed, or some other XML
)

// Sniff tells what a body is. Content types are not asked: many servers get
// them wrong.
func Sniff(body []byte, contentType string) Format {
	return sniff(charset.Decode(body, contentType))
}

var skippable = lazyregexp.New(`^(?s)(\s+|<!--.*?-->|<\?.*?\?>)+`)

// pretended is the beginning of a feed under the document type of a web page, which
// some site generators write.
var pretended = lazyregexp.New(`^(?is)<!doctype html[^>]*>(?:\s+|<!--.*?-->|<\?.*?\?>)*<(?:\w+:)?(?:feed|rss|rdf)[\s>]`)

func sniff(text []byte) Format {
	head := text
	if at := skippable.FindIndex(head); at != nil {
		head = head[at[1]:]
	}
	lower := strings.ToLower(string(head[:min(len(head), 64)]))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return Empty
	case pretended.Match(head):
		return XML
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"),
		strings.HasPrefix(lower, "<head"), strings.HasPrefix(lower, "<body"):
		return HTML
	case strings.HasPrefix(lower, "{"), strings.HasPrefix(lower, "["):
		return JSON
	case strings.HasPrefix(lower, "<"):
		return XML
	}
	return Unknown
}

// withoutLead takes out what stands before the XML declaration, such as the
// warnings of a blog's plugins or a comment, unless it is a web page, or a whole feed. A
// byte order mark stays: it tells the character set.
func withoutLead(body []byte) []byte {
	at := bytes.Index(body[:min(len(body), 4096)], []byte("<?xml "))
	if at <= 0 || len(bytes.TrimSpace(bytes.TrimPrefix(body[:at], []byte("\xEF\xBB\xBF")))) == 0 {
		return body
	}
	if f := sniff(body); f == HTML || f == JSON || feedTag.Match(body[:at]) {
		return body
	}
	return body[at:]
}

// feedTag begins a feed.
var feedTag = lazyregexp.New(`(?i)<(?:\w+:)?(?:feed|rss|rdf)[\s>]`)
