package publish

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/site"
	"postbag/templates"
)

// How long a client may keep a document without asking again.
const (
	feedAge = 5 * time.Minute
	pageAge = time.Minute
)

// maxPages bounds the issue pages kept in memory; any of them is rendered again
// in a few milliseconds.
const maxPages = 64

// whole is everything that is published at one generation of the store: the snapshots of
// the series, the first one's first.
type whole struct {
	generation int64
	series     []*snapshot // one without a series before there is one
}

// find gives the snapshot of a series by its slug.
func (w *whole) find(slug string) (*snapshot, error) {
	for _, s := range w.series {
		if s.series.Slug == slug {
			return s, nil
		}
	}
	return nil, digest.Fail(digest.NotFound, "", "there is no series %q", slug)
}

// snapshot is everything that is published of one series.
type snapshot struct {
	site                templates.Site
	series              digest.Series
	latest              *digest.Frozen         // nil before the first issue
	entries             []templates.IssueEntry // of all public issues, newest first
	withdrawn           []int                  // numbers that were public
	home, archive, feed *Document

	mu    sync.Mutex
	pages map[int]*Document // by issue number, at most maxPages
}

// load reads and renders what is published.
func (p *Publisher) load(ctx context.Context, generation int64) (*whole, error) {
	pub, err := p.store.Publication(ctx)
	if err != nil {
		return nil, err
	}
	list, err := p.store.SeriesList(ctx)
	if err != nil {
		return nil, err
	}
	w := &whole{generation: generation}
	if len(list) == 0 {
		list = []digest.Series{{}}
	}
	for _, series := range list {
		s, err := p.loadSeries(ctx, pub, series, list)
		if err != nil {
			return nil, err
		}
		w.series = append(w.series, s)
	}
	return w, nil
}

// loadSeries reads and renders what is published of one of the series.
func (p *Publisher) loadSeries(ctx context.Context, pub digest.Publication, series digest.Series, all []digest.Series) (*snapshot, error) {
	s := &snapshot{series: series, pages: map[int]*Document{}}
	var issues []digest.Issue // those that a feed can hold
	var err error
	if series.ID != 0 || series.Slug != "" {
		if issues, err = p.issues(ctx, s); err != nil {
			return nil, err
		}
		if s.withdrawn, err = p.store.WithdrawnIssues(ctx, series.ID); err != nil {
			return nil, err
		}
	}
	s.site = p.siteOf(pub, s.series)
	s.site.Issues = len(s.entries) > 0
	at := site.Site{Base: p.options.BaseURL}
	for _, other := range all {
		if other.ID != series.ID {
			s.site.Others = append(s.site.Others, templates.SeriesLink{Name: other.Name, Address: at.Path(site.Home.At(other.Place()))})
		}
	}
	return s, p.render(s, pub, issues)
}

// issues lists all public issues into s and gives the newest.
func (p *Publisher) issues(ctx context.Context, s *snapshot) (newest []digest.Issue, err error) {
	const batch = 50
	for from := 0; ; {
		list, err := p.store.PublicIssues(ctx, s.series.ID, from, batch)
		if err != nil {
			return nil, err
		}
		for _, issue := range list {
			entry, err := templates.EntryOf(issue.Frozen)
			if err != nil {
				return nil, err
			}
			s.entries = append(s.entries, entry)
			if len(newest) < maxEntries {
				newest = append(newest, issue)
			}
		}
		if len(list) < batch {
			return newest, nil
		}
		if from = list[len(list)-1].Number - 1; from < 1 {
			return newest, nil // 0 would mean from the newest again
		}
	}
}

func (p *Publisher) siteOf(pub digest.Publication, series digest.Series) templates.Site {
	return templates.Site{
		Publication: pub.Name, Series: series.Name, Language: pub.Language, BlogURL: pub.HomeURL,
		Base: p.options.BaseURL, Often: often(series.Schedule), Place: series.Place(),
	}.Shown()
}

// render makes the documents that every snapshot has.
func (p *Publisher) render(s *snapshot, pub digest.Publication, issues []digest.Issue) error {
	of := identity{site: s.site, created: s.series.CreatedAt, id: feedID(pub, s.series, p.options.BaseURL)}
	takeDown := ""
	if len(issues) > 0 {
		s.latest = issues[0].Frozen
		of.id = s.latest.FeedID
		takeDown = p.options.TakeDown(s.latest)
	}
	body, updated, err := atom(of, issues, p.entry)
	if err != nil {
		return err
	}
	if s.feed, err = NewDocument(body, "application/atom+xml; charset=utf-8", updated, feedAge); err != nil {
		return err
	}
	body, err = p.set.Home(templates.HomePage{Site: s.site, Latest: s.latest, TakeDown: takeDown})
	if err != nil {
		return err
	}
	if s.home, err = page(body); err != nil {
		return err
	}
	if body, err = p.set.Archive(templates.ArchivePage{Site: s.site, Issues: s.entries}); err != nil {
		return err
	}
	s.archive, err = page(body)
	return err
}

// feedID is the id of a feed that has no issue yet, as package compile freezes it
// into the first one. Until the publication has minted its tag authority, which
// it does with that issue, one is made the same way: by the day the series was
// made.
func feedID(pub digest.Publication, series digest.Series, base string) string {
	if series.Slug == "" { // there is no series yet
		series.Slug, series.CreatedAt = digest.DefaultSeriesSlug, begun(series.CreatedAt)
	}
	if pub.TagAuthority == "" {
		pub.TagAuthority = compile.MintTagAuthority(base, series.CreatedAt, pub.Name)
	}
	return compile.FeedID(pub, series)
}

// entry is an issue as the content of its feed entry.
func (p *Publisher) entry(issue digest.Issue) (string, error) {
	return p.set.EntryHTML(issue.Frozen, p.links(issue.Frozen))
}

func (p *Publisher) links(f *digest.Frozen) templates.Links {
	at := site.Site{Base: p.options.BaseURL}
	return templates.Links{
		Base: at.Base, Issue: at.URL(site.Issue.At(f.Place), f.Number), Archive: at.URL(site.Archive.At(f.Place)),
		Feed: at.URL(site.Feed.At(f.Place)), TakeDown: p.options.TakeDown(f),
	}
}

// issuePage gives the page of an issue from those kept, or renders it.
func (p *Publisher) issuePage(ctx context.Context, s *snapshot, number int) (http.Handler, error) {
	s.mu.Lock()
	kept := s.pages[number]
	s.mu.Unlock()
	if kept != nil {
		return kept, nil
	}
	at := slices.IndexFunc(s.entries, func(e templates.IssueEntry) bool { return e.Number == number })
	if at < 0 && slices.Contains(s.withdrawn, number) {
		return nil, digest.Fail(digest.NotFound, "All issues are listed in the archive.", "issue %d %w", number, digest.ErrWithdrawn)
	}
	if at < 0 {
		return nil, digest.Fail(digest.NotFound, "All issues are listed in the archive.", "there is no published issue %d", number)
	}
	issue, err := p.store.PublicIssue(ctx, s.series.ID, number)
	if err != nil {
		return nil, err
	}
	v := templates.IssuePage{Site: s.site, Issue: issue.Frozen, Published: issue.PublishedAt, Updated: issue.UpdatedAt, TakeDown: p.options.TakeDown(issue.Frozen)}
	if at > 0 {
		v.Next = &s.entries[at-1]
	}
	if at+1 < len(s.entries) {
		v.Previous = &s.entries[at+1]
	}
	body, err := p.set.IssuePage(v)
	if err != nil {
		return nil, err
	}
	made, err := page(body)
	if err != nil {
		return nil, err
	}
	s.keep(number, made)
	return made, nil
}

func (s *snapshot) keep(number int, d *Document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pages) >= maxPages {
		for one := range s.pages { // any: all cost the same to make again
			delete(s.pages, one)
			break
		}
	}
	s.pages[number] = d
}

// page makes a document of a page. It has a tag and no time: a page changes with
// the names on it and with the issues beside it too, of which no time is kept.
func page(body []byte) (*Document, error) {
	return NewDocument(body, "text/html; charset=utf-8", time.Time{}, pageAge)
}

// often says in a sentence how many emails a schedule makes; "" when that takes
// more than a sentence.
func often(schedule string) string {
	fields := strings.Fields(schedule)
	if len(fields) != 5 {
		return ""
	}
	day, month, weekday := fields[2], fields[3], fields[4]
	for _, f := range fields {
		if strings.ContainsAny(f, ",-/") {
			return ""
		}
	}
	switch {
	case fields[0] == "*" || fields[1] == "*" || month != "*":
		return ""
	case day == "*" && weekday == "*":
		return "One email a day."
	case day == "*":
		return "One email a week."
	case weekday == "*":
		return "One email a month."
	}
	return ""
}

// Preview renders the feed and the page of one issue that is in no store, as
// they would look if it were the only one published.
func Preview(set *templates.Set, base string, issue digest.Issue) (feed, page []byte, err error) {
	f := issue.Frozen
	if f == nil {
		return nil, nil, fmt.Errorf("preview issue %d: it is not frozen", issue.Number)
	}
	p := New(nil, set, Options{BaseURL: base})
	pub := digest.Publication{Name: f.Publication, Language: f.Language, HomeURL: f.HomeURL}
	of := identity{id: f.FeedID, site: p.siteOf(pub, digest.Series{Name: f.SeriesName, Slug: f.Place, Further: f.Place != ""})}
	if feed, _, err = atom(of, []digest.Issue{issue}, p.entry); err != nil {
		return nil, nil, err
	}
	page, err = set.IssuePage(templates.IssuePage{Site: of.site, Issue: f, Published: issue.PublishedAt, Updated: issue.UpdatedAt})
	return feed, page, err
}
