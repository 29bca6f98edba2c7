package feed

import (
	"bytes"
	"errors"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"

	"postbag/digest"
)

// Options say where a body came from and what is expected of it.
type Options struct {
	ContentType string          // the answer's Content-Type, for its character set
	URL         string          // where the body came from
	Want        digest.FeedKind // the kind of feed it has to be; empty takes any
}

// ErrUnknown is wrapped by the error of a feed that can be read but whose
// platform is not known yet.
var ErrUnknown = errors.New("this kind of feed is not known yet")

const knownHint = "Postbag reads Blogger (Atom) and WordPress (RSS or Atom) so far."

// Parse reads a page of a feed. The error is of kind Invalid and says what the
// body is instead, or what is wrong with it. Entries that cannot be used are
// left out and listed in [Document.Skipped].
func Parse(body []byte, opts Options) (doc *Document, err error) {
	// A fault of a parser must cost one feed, not the program.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, digest.Fail(digest.Invalid, "Please report this feed to the makers of Postbag.",
				"the feed cannot be read: its parser failed")
		}
	}()
	text := toUTF8(body, opts.ContentType)
	if err := notFeed(sniff(text), text); err != nil {
		return nil, err
	}
	s, err := look(text)
	if err != nil {
		return nil, surveyError(err)
	}
	doc, err = s.read(opts)
	if err != nil {
		return nil, err
	}
	if err := doc.check(opts.Want); err != nil {
		return nil, err
	}
	return doc, nil
}

// notFeed words what a body is when it is no XML.
func notFeed(f Format, text []byte) error {
	const hint = "Give the blog's own address, or that of its feed."
	switch f {
	case XML:
		return nil
	case Empty:
		return digest.Fail(digest.Invalid, "Try again later.", "the answer is empty where a feed should be")
	case HTML:
		if ReadPage(text, "").Login {
			return digest.Fail(digest.Invalid, "Only public blogs can be followed.",
				"a login page stands where a feed should be")
		}
		return digest.Fail(digest.Invalid, hint, "a web page stands where a feed should be")
	case JSON:
		if bytes.Contains(text[:min(len(text), 1000)], []byte("jsonfeed.org")) {
			return digest.Fail(digest.Invalid, knownHint, "%w: it is a JSON Feed", ErrUnknown)
		}
		return digest.Fail(digest.Invalid, hint, "JSON data stands where a feed should be")
	}
	return digest.Fail(digest.Invalid, hint, "the answer is no feed")
}

// read hands the document to gofeed and then to its platform.
func (s *survey) read(opts Options) (*Document, error) {
	switch s.root {
	case "feed":
		f, err := (&atom.Parser{}).Parse(bytes.NewReader(s.doc))
		if err != nil {
			return nil, brokenXML(err)
		}
		return readAtom(s, f, opts)
	case "rss", "rdf":
		f, err := (&rss.Parser{}).Parse(bytes.NewReader(s.doc))
		if err != nil {
			return nil, brokenXML(err)
		}
		return readRSS(s, f, opts)
	case "html":
		return nil, notFeed(HTML, s.doc)
	case "":
		return nil, notFeed(Unknown, nil)
	}
	return nil, digest.Fail(digest.Invalid, "Give the blog's own address, or that of its feed.",
		"the answer is XML, but no feed: its root is %q", short(s.root, 40))
}

// readAtom picks the platform of an Atom feed by what the feed says of itself.
func readAtom(s *survey, f *atom.Feed, opts Options) (*Document, error) {
	p := atomPage{survey: s, feed: f, url: opts.URL}
	switch {
	case strings.HasSuffix(f.ID, ".archive") && bloggerID.MatchString(f.ID), bytes.Contains(s.doc[:min(len(s.doc), 2000)], []byte(takeoutNS)):
		return nil, digest.Fail(digest.Invalid, "Give the blog's address instead.", "this is a backup of a Blogger blog, not a feed")
	case p.isBlogger():
		return p.blogger()
	case p.isWordPress():
		return p.wordPress()
	}
	return nil, unknownFeed(generatorText(f), s.doc)
}

// readRSS does the same for RSS.
func readRSS(s *survey, f *rss.Feed, opts Options) (*Document, error) {
	p := rssPage{survey: s, feed: f, url: opts.URL}
	switch {
	case strings.EqualFold(strings.TrimSpace(f.Generator), "blogger"):
		return nil, digest.Fail(digest.Invalid, "Give the blog's address, or leave out alt=rss.",
			"%w: it is Blogger's RSS, which does not tell replies from comments", ErrUnknown)
	case p.isWordPress():
		return p.wordPress()
	}
	return nil, unknownFeed(f.Generator, s.doc)
}

// check holds a document against what was asked for.
func (d *Document) check(want digest.FeedKind) error {
	if n := len(d.Skipped); d.Entries() == 0 && n > 0 && d.noneIdentified() {
		return digest.Fail(digest.Invalid, "Without ids a comment cannot be told from the next; tell the owner of the blog.",
			"none of the feed's %d entries has an id or an address", n)
	}
	if want != "" && want != d.Kind {
		return digest.Fail(digest.Invalid, "Give the blog's own address, and both feeds are found.",
			"the feed lists %s where %s are expected", d.Kind, want)
	}
	return nil
}

func (d *Document) noneIdentified() bool {
	for _, s := range d.Skipped {
		if s.Reason != reasonNoID {
			return false
		}
	}
	return true
}
