package feed

import (
	"errors"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/feed/scan"
	"postbag/digest/field"
	"postbag/digest/webpage"
	"postbag/digest/xmlread"
)

// Options say where a body came from and what is expected of it.
type Options struct {
	ContentType string // the answer's Content-Type, for its character set
	URL         string // where the body came from
	// Want is the kind of feed it has to be; empty takes any. Where the feed itself
	// does not tell posts from comments, it is read as this kind.
	Want digest.FeedKind
	// Platform is the platform it is read as, whatever the feed says; empty goes by
	// what the feed says.
	Platform digest.Platform
}

// Parse reads a page of a feed. The error is of kind Invalid and says what the
// body is instead, or what is wrong with it. Entries that cannot be used are
// left out and listed in [Document.Skipped]; of a document that breaks in the
// middle, the entries before the break are given and [Document.CutShort] is set.
func Parse(body []byte, opts Options) (doc *Document, err error) {
	// A fault of a parser must cost one feed, not the program.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, digest.Fail(digest.Invalid, "Please report this feed to the makers of Postbag.",
				"the feed cannot be read: its parser failed")
		}
	}()
	text := charset.Decode(withoutLead(body), opts.ContentType)
	switch f := sniff(text); f {
	case XML:
		doc, err = parseXML(text, opts)
	case JSON:
		doc, err = parseJSON(text, opts)
	default:
		err = notFeed(f, text)
	}
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// notFeed words what a body is when it is no feed.
func notFeed(f Format, text []byte) error {
	const hint = "Give the blog's own address, or that of its feed."
	switch f {
	case Empty:
		return digest.Fail(digest.Invalid, "Try again later.", "the answer is empty where a feed should be")
	case HTML:
		if webpage.Read(text, "").Login {
			return digest.Fail(digest.Invalid, "Only public blogs can be followed.",
				"a login page stands where a feed should be")
		}
		return digest.Fail(digest.Invalid, hint, "a web page stands where a feed should be")
	case JSON:
		return digest.Fail(digest.Invalid, hint, "JSON data stands where a feed should be")
	}
	return digest.Fail(digest.Invalid, hint, "the answer is no feed")
}

// parseXML reads Atom and RSS.
func parseXML(text []byte, opts Options) (*Document, error) {
	s, err := scan.XML(text)
	if errors.Is(err, xmlread.ErrDoctype) || errors.Is(err, scan.ErrDepth) {
		return nil, scan.Refusal(err)
	}
	switch s.Root {
	case "feed", "rss", "rdf":
	case "html":
		return nil, notFeed(HTML, text)
	case "":
		if err != nil {
			return nil, scan.Refusal(err)
		}
		return nil, notFeed(Unknown, nil)
	case "disqus":
		return nil, wrongExport("a Disqus forum")
	default:
		return nil, digest.Fail(digest.Invalid, "Give the blog's own address, or that of its feed.",
			"the answer is XML, but no feed: its root is %q", field.Line(s.Root, 40))
	}
	if err != nil {
		return nil, scan.Refusal(err)
	}
	p, err := pageOf(s, opts.URL)
	if err != nil {
		return nil, scan.Refusal(err)
	}
	if len(p.entries) == 0 && s.Kept() > 0 {
		return nil, digest.Fail(digest.Invalid, "Tell the owner of the blog; a feed validator shows the place.",
			"the feed is broken: its entries cannot be read")
	}
	p.cut = s.Cut
	return p.read(opts)
}

// pageOf hands the document to the parser of its format, for as long as there is time.
func pageOf(s *scan.Scan, url string) (p *page, err error) {
	if s.Root == "feed" {
		p, err = atomPage(s, url)
	} else {
		p, err = rssPage(s, url)
	}
	if err != nil && s.Late() {
		err = scan.ErrLong
	}
	return p, err
}
