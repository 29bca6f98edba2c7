// Package reader reads the documents of one source: it asks for them, parses them as
// the source's platform writes them, makes posts and comments of their entries, and
// stores those. Which documents are read, and when, is left to packages poll, removed
// and importer.
package reader

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/hostname"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/platform"
)

// AcceptFeed is sent with requests for feeds.
const AcceptFeed = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, */*;q=0.1"

// StalePages in a row that hold nothing new to a session are its end, though they
// name a next one: some sites count on for ever. The first document of an archive may
// repeat the feed (RFC 5005, 4), so one proves nothing.
const StalePages = 3

// Counts are what a session did so far.
type Counts struct {
	Requests int         // HTTP requests, redirects not counted
	Pages    int         // of feeds, parsed and stored
	Entries  int         // on those pages
	LeftOut  digest.Outs // entries of those pages that are not stored
	Stored   pull.Stored
	Notices  []pull.Notice
}

// Add sums two counts.
func (c Counts) Add(o Counts) Counts {
	return Counts{c.Requests + o.Requests, c.Pages + o.Pages, c.Entries + o.Entries, c.LeftOut.Plus(o.LeftOut),
		c.Stored.Add(o.Stored), append(c.Notices, o.Notices...)}
}

// Session is the reading of one source.
type Session struct {
	*pull.Tools
	Source digest.Source
	Traits platform.Traits
	Own    identity.Hosts // the source's own hosts
	Began  time.Time
	// KnownBefore is as in [pull.Page].
	KnownBefore time.Time
	// Backfill: what is new and older than a week is no candidate.
	Backfill bool
	// Unlimited sessions go on for as long as there are pages.
	Unlimited bool
	Asked     map[string]bool // addresses asked so far
	Count     Counts

	started time.Time // real time
	bytes   int64     // of answers
}

// New begins a session. Own are the hosts known so far; the session adds to them.
func New(t *pull.Tools, src digest.Source, own identity.Hosts) *Session {
	return &Session{Tools: t, Source: src, Traits: platform.TraitsOf(src.Platform), Own: own,
		Began: t.Clock.Now(), Asked: map[string]bool{}, started: time.Now()}
}

// Get asks for one document.
func (s *Session) Get(ctx context.Context, address, accept string, v digest.Validators) (*pull.Response, error) {
	s.Asked[address] = true
	s.Count.Requests++
	resp, err := s.Fetcher.Get(ctx, pull.Request{URL: address, Accept: accept, Validators: v})
	if err == nil {
		s.bytes += int64(len(resp.Body))
	}
	return resp, err
}

// Parse reads an answer as a document of the source.
func (s *Session) Parse(resp *pull.Response, kind digest.FeedKind) (*feed.Document, error) {
	return Parse(resp, kind, TakenFor{s.Source.Platform, s.Source.PlatformSet})
}

// StorePage stores a page, counts what is new, and reports progress. Total is how many
// entries will be read, -1 where that is not known.
func (s *Session) StorePage(ctx context.Context, page pull.Page, kind digest.FeedKind, total int) (pull.Stored, error) {
	stored, err := s.Store.StorePage(ctx, page)
	if err == nil {
		s.Count.Stored = s.Count.Stored.Add(stored)
		s.Tell(pull.Progress{Source: s.Source.Name, Kind: kind, Pages: s.Count.Pages, Entries: s.Count.Entries, Total: total})
	}
	return stored, err
}

// MarkGone marks a comment as gone, and counts it.
func (s *Session) MarkGone(ctx context.Context, id int64, by digest.GoneBy, reason string) error {
	n, err := s.Store.MarkGone(ctx, []int64{id}, by, reason)
	s.Count.Stored.GoneComments += n
	return err
}

// Note adds a notice.
func (s *Session) Note(format string, args ...any) { s.NoteWith(digest.Act{}, format, args...) }

// NoteWith adds a notice with what can be done about it.
func (s *Session) NoteWith(act digest.Act, format string, args ...any) {
	n := pull.Notice{Text: fmt.Sprintf(format, args...)}
	if act.Do != "" {
		n.Acts = []digest.Act{act}
	}
	s.Count.Notices = append(s.Count.Notices, n)
}

// Over tells that a session has had its share, before it asks for another page. What
// came so far is stored.
func (s *Session) Over() error {
	var err *digest.Error
	switch {
	case s.Unlimited:
		return nil
	case s.bytes > s.FeedBytes:
		err = digest.Fail(digest.Unavailable, stored, "its pages hold more than %d MB, and it was left there", s.FeedBytes>>20)
	case time.Since(s.started) > s.FeedTime:
		err = digest.Fail(digest.Unavailable, stored, "it took longer than %s and was left there", s.FeedTime.Round(time.Second))
	default:
		return nil
	}
	return err.Offer(digest.Act{Do: digest.PullHistory, Source: s.Source.ID})
}

const stored = "What came so far is stored."

// CutShort is the error of a document that ends in the middle; what came before that
// is stored.
func CutShort(format string, args ...any) error {
	return digest.Fail(digest.Invalid, "Try again later; if it stays so, tell the owner of the blog.", format, args...)
}

// Next gives the address of the page that a document names as the next one: as the
// answer came, by https, and only on the feed's or the answer's site; elsewhere tells
// that it lies on another. It is "" for a page that was asked for.
func (s *Session) Next(doc *feed.Document, resp *pull.Response, from, next string) (address string, elsewhere bool) {
	if strings.HasPrefix(resp.URL, "https://") && strings.HasPrefix(next, "http://") {
		next = "https" + strings.TrimPrefix(next, "http")
	}
	if next != "" && !SameSite(from, next) && !SameSite(resp.URL, next) && !platform.BloggersOwn(doc, next) {
		return "", true
	}
	if s.Asked[next] {
		return "", false
	}
	return next, false
}

// Sized asks for as many entries in a page as the platform gives.
func (s *Session) Sized(address string, kind digest.FeedKind) string {
	if size := s.Traits.PageSize[kind]; size != "" {
		return WithQuery(address, "max-results", size)
	}
	return address
}

// SameSite tells whether two addresses are on one host and port. https may
// follow http, but not the other way.
func SameSite(from, to string) bool {
	a, errA := url.Parse(from)
	b, errB := url.Parse(to)
	if errA != nil || errB != nil || a.Scheme == "https" && b.Scheme != "https" {
		return false
	}
	return hostname.Normal(a.Hostname()) == hostname.Normal(b.Hostname()) && a.Port() == b.Port()
}

// WithQuery gives an address with a parameter set; "" for what is no address.
func WithQuery(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}
