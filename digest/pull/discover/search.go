package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/pull"
	"postbag/digest/pull/reader"
	"postbag/digest/webpage"
)

// search is a discovery under way.
type search struct {
	f        *Finder
	opts     Options
	said     bool
	home     string // the address given, where the feeds are named beside it
	requests int
	answers  map[string]*pull.Response // by the address asked for
	failed   map[string]error          // why an address gave none
	pages    []seenPage                // web pages read, in order
	strayed  bool                      // the site's blog was looked for on another page
}

// search begins a discovery; said tells that the options' platform is what a person
// said.
func (f *Finder) search(opts Options, said bool) *search {
	return &search{f: f, opts: opts, said: said, answers: map[string]*pull.Response{}, failed: map[string]error{}}
}

// seenPage is a web page and where it came from.
type seenPage struct {
	webpage.Page
	url string
}

// answer is a feed that was read.
type answer struct {
	doc *feed.Document
	url string // where to ask for it from now on
}

// errSpent is wrapped by the error of a discovery that made all its requests.
var errSpent = errors.New("the feeds were not found")

// get asks for an address once. Redirects are requests, too.
func (s *search) get(ctx context.Context, address, accept string) (*pull.Response, error) {
	if resp := s.answers[address]; resp != nil {
		return resp, nil
	}
	if err := s.failed[address]; err != nil {
		return nil, err
	}
	if s.left() == 0 {
		return nil, spent()
	}
	made := 0
	resp, err := s.f.Fetcher.Get(ctx, pull.Request{URL: address, Accept: accept, Most: s.left(), Made: &made})
	s.requests += max(1, made) // one that was refused unasked counts, too
	if err == nil {
		s.answers[address] = resp
		return resp, nil
	}
	if errors.Is(err, pull.ErrMost) {
		s.requests = MaxDiscovery
		err = spent()
	}
	s.failed[address] = err
	return nil, err
}

func spent() error {
	return digest.Fail(digest.Invalid, "Give the address of the blog's home page, or that of the feed of its posts.",
		"%w within %d requests", errSpent, MaxDiscovery)
}

// left is how many requests may still be made.
func (s *search) left() int { return max(0, MaxDiscovery-s.requests) }

// read reads an answer as a feed. With want set it is taken for that kind where
// it does not tell itself.
func (s *search) read(resp *pull.Response, asked string, want digest.FeedKind) (*answer, error) {
	doc, err := reader.Parse(resp, want, reader.TakenFor{Platform: s.opts.Platform, Said: s.said})
	if err != nil {
		return nil, err
	}
	a := &answer{doc: doc, url: cmp.Or(resp.Moved, asked)}
	if len(a.url) > field.MaxAddress {
		return nil, digest.Fail(digest.Invalid, "Give a shorter address of the same feed.",
			"the address of the feed has %d bytes, more than the %d that can be kept", len(a.url), field.MaxAddress)
	}
	return a, nil
}

// named asks for a feed that is said to be of a kind.
func (s *search) named(ctx context.Context, address string, want digest.FeedKind) (*answer, error) {
	return s.feed(ctx, address, want, want)
}

// feed asks for a feed of a kind, taking it for one of a kind or of any.
func (s *search) feed(ctx context.Context, address string, want, taken digest.FeedKind) (*answer, error) {
	resp, err := s.get(ctx, address, reader.AcceptFeed)
	if err != nil {
		return nil, err
	}
	a, err := s.read(resp, address, taken)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", address, err)
	case a.doc.Kind != want:
		return nil, digest.Fail(digest.Invalid, "Give the address of the blog's home page, or name the feeds of its posts and of its comments.",
			"%s lists %s where %s are expected", address, a.doc.Kind, want)
	case a.doc.OnePost && want == digest.CommentsFeed:
		return nil, digest.Fail(digest.Invalid, "Give the feed of all the blog's comments, or the pattern of the feeds of single posts.",
			"%s lists the comments of one post only", address)
	}
	return a, nil
}

// first gives the first of some addresses that has a feed of the kind wanted.
// Only an address that has none, or another one, lets the next be tried. The
// error is that of the first.
func (s *search) first(ctx context.Context, addresses []string, want digest.FeedKind) (*answer, error) {
	var failed error
	for _, address := range addresses {
		taken := want // what is called a feed of comments is one, unless it says otherwise
		if want == digest.PostsFeed && address != s.opts.Posts {
			taken = ""
		}
		a, err := s.feed(ctx, address, want, taken)
		if err == nil {
			return a, nil
		}
		if failed == nil || digest.KindOf(failed) == digest.NotFound && !errors.Is(err, errSpent) && digest.KindOf(err) == digest.Invalid {
			failed = err
		}
		if kind := digest.KindOf(err); kind != digest.NotFound && kind != digest.Invalid || errors.Is(err, errSpent) {
			break
		}
	}
	return nil, failed
}

// platform is what a document is taken for.
func (s *search) platform(d *feed.Document) digest.Platform {
	return cmp.Or(s.opts.Platform, d.Platform)
}
