package publish

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/templates"
)

// Options is what a [Publisher] needs beside its parts.
type Options struct {
	BaseURL string // what links start with
	// TakeDown gives where a writer asks for a comment of an issue to be taken
	// down: a mailto: or https address, or "". nil means nowhere.
	TakeDown func(*digest.Frozen) string
	// Clock tells when to look for changes again; nil means the machine's.
	Clock digest.Clock
	// Log hears when old documents had to be served because new ones could not be
	// made; nil discards.
	Log *slog.Logger
}

// fresh is how long a snapshot is served before the store is asked whether
// anything changed.
const fresh = 250 * time.Millisecond

// Publisher keeps what is published ready to be served. Its methods may be
// called from any number of goroutines.
//
// The store is asked for its generation at most four times a second, however
// many requests come; between that, a request costs no query. If the store
// cannot be asked, what was made last is served on.
type Publisher struct {
	store   Store
	set     *templates.Set
	options Options

	now     atomic.Pointer[whole]
	checked atomic.Int64 // when the store was last asked, in nanoseconds
	loading sync.Mutex
}

// New makes a publisher. Nothing is loaded before the first request or
// [Publisher.Refresh].
func New(store Store, set *templates.Set, o Options) *Publisher {
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.TakeDown == nil {
		o.TakeDown = func(*digest.Frozen) string { return "" }
	}
	if o.Clock == nil {
		o.Clock = digest.SystemClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Publisher{store: store, set: set, options: o}
}

// Refresh asks the store whether anything changed and, if so, makes the
// documents anew. It is cheap when nothing did. On an error what was made last
// stays.
func (p *Publisher) Refresh(ctx context.Context) error {
	p.loading.Lock()
	defer p.loading.Unlock()
	return p.refresh(ctx)
}

func (p *Publisher) refresh(ctx context.Context) error {
	generation, err := p.store.Generation(ctx)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if old := p.now.Load(); old == nil || old.generation != generation {
		made, err := p.load(ctx, generation)
		if err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		p.now.Store(made)
	}
	p.checked.Store(p.options.Clock.Now().UnixNano())
	return nil
}

// present gives what is published, looking for changes when it is time to.
// While one request does that, the others are served what is there.
func (p *Publisher) present(ctx context.Context) (*whole, error) {
	s := p.now.Load()
	if s == nil {
		if err := p.Refresh(ctx); err != nil {
			return nil, err
		}
		return p.now.Load(), nil
	}
	age := p.options.Clock.Now().UnixNano() - p.checked.Load()
	if age >= 0 && age < int64(fresh) || !p.loading.TryLock() {
		return s, nil
	}
	defer p.loading.Unlock()
	if err := p.refresh(ctx); err != nil {
		p.checked.Store(p.options.Clock.Now().UnixNano()) // not with every request
		p.options.Log.WarnContext(ctx, "old pages are served", "error", err)
	}
	return p.now.Load(), nil
}

// snapshot gives what is published of the first series.
func (p *Publisher) snapshot(ctx context.Context) (*snapshot, error) {
	w, err := p.present(ctx)
	if err != nil {
		return nil, err
	}
	return w.series[0], nil
}

// OfSeries gives a page of a series by its slug: its front page, its archive, its feed,
// or the page of an issue. The error is of kind NotFound for a series that there is not.
// The pages of the first series have shorter addresses, which is for the caller to lead
// on to, see [Publisher.IsFirst].
func (p *Publisher) OfSeries(ctx context.Context, slug string, page site.Page, number int) (http.Handler, error) {
	w, err := p.present(ctx)
	if err != nil {
		return nil, err
	}
	s, err := w.find(slug)
	if err != nil {
		return nil, err
	}
	switch page {
	case site.Home:
		return s.home, nil
	case site.Archive:
		return s.archive, nil
	case site.Feed:
		return s.feed, nil
	}
	return p.issuePage(ctx, s, number)
}

// IsFirst tells whether a slug is that of the first series.
func (p *Publisher) IsFirst(ctx context.Context, slug string) bool {
	w, err := p.present(ctx)
	return err == nil && w.series[0].series.Slug == slug
}

// FeedAtom gives the feed.
func (p *Publisher) FeedAtom(ctx context.Context) (http.Handler, error) {
	return p.document(ctx, func(s *snapshot) *Document { return s.feed })
}

// Home gives the front page.
func (p *Publisher) Home(ctx context.Context) (http.Handler, error) {
	return p.document(ctx, func(s *snapshot) *Document { return s.home })
}

// Archive gives the list of all issues.
func (p *Publisher) Archive(ctx context.Context) (http.Handler, error) {
	return p.document(ctx, func(s *snapshot) *Document { return s.archive })
}

func (p *Publisher) document(ctx context.Context, of func(*snapshot) *Document) (http.Handler, error) {
	s, err := p.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return of(s), nil
}

// IssuePage gives the page of an issue, or an error of kind NotFound for a
// number that is not public.
func (p *Publisher) IssuePage(ctx context.Context, number int) (http.Handler, error) {
	s, err := p.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return p.issuePage(ctx, s, number)
}

// Site gives the frame of the pages that others make.
func (p *Publisher) Site(ctx context.Context) (templates.Site, error) {
	s, err := p.snapshot(ctx)
	if err != nil {
		return templates.Site{}, err
	}
	return s.site, nil
}

// HomeForm renders the front page with a form that has something in it. The
// result is for one reader and is not kept.
func (p *Publisher) HomeForm(ctx context.Context, form templates.Form) ([]byte, error) {
	s, err := p.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	v := templates.HomePage{Site: s.site, Form: form, Latest: s.latest}
	if s.latest != nil {
		v.TakeDown = p.options.TakeDown(s.latest)
	}
	return p.set.Home(v)
}
