package publish_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/digesttest"
	"postbag/digest/markup"
	"postbag/digest/publish"
	"postbag/digest/site"
	"postbag/templates"
)

// shelf is a store with what a test puts on it. It counts what it is asked.
type shelf struct {
	mu         sync.Mutex
	pub        digest.Publication
	series     []digest.Series
	issues     []digest.Issue // newest first
	withdrawn  []int
	generation int64
	broken     error
	asked      int // anything but the generation
	polled     int
}

func (s *shelf) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
}

func (s *shelf) Publication(context.Context) (digest.Publication, error) {
	s.count()
	return s.pub, s.broken
}

func (s *shelf) SeriesList(context.Context) ([]digest.Series, error) {
	s.count()
	return s.series, s.broken
}

func (s *shelf) PublicIssues(_ context.Context, seriesID int64, from, limit int) ([]digest.Issue, error) {
	s.count()
	var out []digest.Issue
	for _, issue := range s.issues {
		if (issue.SeriesID == seriesID || seriesID > 1) && (from == 0 || issue.Number <= from) && len(out) < limit {
			out = append(out, issue)
		}
	}
	return out, s.broken
}

func (s *shelf) PublicIssue(_ context.Context, seriesID int64, number int) (digest.Issue, error) {
	s.count()
	for _, issue := range s.issues {
		if (issue.SeriesID == seriesID || seriesID > 1) && issue.Number == number {
			return issue, s.broken
		}
	}
	return digest.Issue{}, digest.Fail(digest.NotFound, "", "no issue %d", number)
}

func (s *shelf) Generation(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polled++
	return s.generation, s.broken
}

var start = time.Date(2016, time.June, 5, 17, 0, 0, 0, time.UTC)

// issue is the n-th weekly issue, with the given number of words in its pick.
func issue(n, words int) digest.Issue {
	at := start.AddDate(0, 0, 7*(n-1))
	f := &digest.Frozen{
		Publication: "The Night Bus", HomeURL: "https://nightbus.example/", Language: "en-GB", Zone: "Europe/London",
		FeedID: "tag:post.example,2016-06-05:pick-of-the-week", EntryID: fmt.Sprintf("tag:post.example,2016-06-05:pick-of-the-week/%d", n),
		SeriesSlug: "pick-of-the-week", SeriesName: "Pick of the Week", Number: n, Title: fmt.Sprintf("Pick of the Week %d", n),
		Preheader: fmt.Sprintf("Line %d & what <b>came</b> of it.\x0b", n), Date: at, Picks: 1, Words: words, Minutes: 1 + words/200,
		Intro: markup.FromMarkdown("An *intro* with a [link](https://nightbus.example/)."),
		Blocks: []digest.FrozenBlock{
			{Kind: digest.HeadingBlock, Heading: "On the rota"},
			{Kind: digest.PickBlock, Pick: &digest.Quotation{
				Number: 1, Author: "Kestrel \x07", Published: at.Add(-30 * time.Hour), URL: "https://nightbus.example/2016/06/rota.html#c1", PostTitle: "The Rota ]]> & After",
				Words: markup.FromHTML(fmt.Sprintf("Issue %d says <i>this</i>:<br><br>%s", n, strings.Repeat("night ", words)), ""),
			}},
		},
	}
	return digest.Issue{ID: int64(n), SeriesID: 1, Number: n, State: digest.Sent, Title: f.Title, PublishedAt: at, UpdatedAt: at, Frozen: f}
}

// weeks is a shelf with n issues.
func weeks(n, words int) *shelf {
	s := &shelf{
		pub:        digest.Publication{Name: "The Night Bus", Language: "en-GB", HomeURL: "https://nightbus.example/", TagAuthority: "post.example,2016-06-05"},
		series:     []digest.Series{{ID: 1, Slug: "pick-of-the-week", Name: "Pick of the Week", Schedule: "0 18 * * 0", CreatedAt: start.Add(-time.Hour)}, {ID: 2, Slug: "other", Name: "Other"}},
		generation: 1,
	}
	for i := n; i > 0; i-- {
		s.issues = append(s.issues, issue(i, words))
	}
	return s
}

func newPublisher(t testing.TB, s publish.Store) (*publish.Publisher, *digesttest.Clock) {
	t.Helper()
	set, err := templates.New()
	if err != nil {
		t.Fatal(err)
	}
	c := digesttest.NewClock(start)
	return publish.New(s, set, publish.Options{BaseURL: "https://post.example/", Clock: c, TakeDown: func(*digest.Frozen) string { return "mailto:desk@post.example" }}), c
}

type source func(context.Context) (http.Handler, error)

func get(t testing.TB, from source) *httptest.ResponseRecorder {
	t.Helper()
	h, err := from(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	return w
}

func page(p *publish.Publisher, n int) source {
	return func(ctx context.Context) (http.Handler, error) { return p.IssuePage(ctx, n) }
}

func TestFeedReadsBack(t *testing.T) {
	s := weeks(3, 50)
	corrected := start.AddDate(0, 0, 30)
	s.issues[1].UpdatedAt = corrected
	p, _ := newPublisher(t, s)
	w := get(t, p.FeedAtom)
	if got := w.Header().Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Error(got)
	}
	feed, err := gofeed.NewParser().Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, got, want string }{
		{"title", feed.Title, "The Night Bus: Pick of the Week"},
		{"self", feed.FeedLink, "https://post.example/feed.atom"},
		{"alternate", feed.Link, "https://post.example/"},
		{"language", feed.Language, "en-GB"},
		{"author", feed.Authors[0].Name, "The Night Bus"},
		{"generator", feed.Generator, "Postbag"},
		{"updated", feed.Updated, "2016-07-05T17:00:00Z"},
		{"entry title", feed.Items[0].Title, "Pick of the Week 3"},
		{"entry id", feed.Items[0].GUID, "tag:post.example,2016-06-05:pick-of-the-week/3"},
		{"entry link", feed.Items[0].Link, "https://post.example/issues/3"},
		{"entry published", feed.Items[0].Published, "2016-06-19T17:00:00Z"},
		{"entry updated", feed.Items[0].Updated, "2016-06-19T17:00:00Z"},
		{"entry summary", feed.Items[0].Description, "Line 3 & what <b>came</b> of it."},
		{"corrected entry published", feed.Items[1].Published, "2016-06-12T17:00:00Z"},
		{"corrected entry updated", feed.Items[1].Updated, "2016-07-05T17:00:00Z"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
	if len(feed.Items) != 3 {
		t.Errorf("%d entries", len(feed.Items))
	}
	for _, want := range []string{`<blockquote dir="auto">`, "Issue 3 says <em>this</em>:", "The Rota ]]&gt; &amp; After", "<h2>On the rota</h2>"} {
		if !strings.Contains(feed.Items[0].Content, want) {
			t.Errorf("the content lacks %q:\n%s", want, feed.Items[0].Content)
		}
	}
	if at, err := http.ParseTime(w.Header().Get("Last-Modified")); err != nil || !at.Equal(corrected) {
		t.Errorf("Last-Modified %v, %v", at, err)
	}
}

// What RFC 4287 asks of a feed, read with a strict parser: no element twice that
// may be once, none missing, everything in Atom's name space.
func TestFeedIsStrictAtom(t *testing.T) {
	for name, s := range map[string]*shelf{"full": weeks(3, 10), "without issues": weeks(0, 0), "without anything": {}} {
		t.Run(name, func(t *testing.T) {
			p, _ := newPublisher(t, s)
			body := get(t, p.FeedAtom).Body.Bytes()
			counts := map[string]int{}
			var path []string
			d := xml.NewDecoder(bytes.NewReader(body))
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				switch e := token.(type) {
				case xml.StartElement:
					if e.Name.Space != "http://www.w3.org/2005/Atom" {
						t.Errorf("%v", e.Name)
					}
					path = append(path, e.Name.Local)
					key := strings.Join(path, "/")
					for _, a := range e.Attr {
						if a.Name.Local == "rel" {
							key += ":" + a.Value
						}
					}
					counts[key]++
				case xml.EndElement:
					path = path[:len(path)-1]
				}
			}
			for _, one := range []string{"feed", "feed/id", "feed/title", "feed/updated", "feed/author", "feed/author/name", "feed/link:self", "feed/link:alternate", "feed/generator", "feed/subtitle"} {
				if counts[one] != 1 {
					t.Errorf("%s: %d times", one, counts[one])
				}
			}
			entries := len(s.issues)
			for _, each := range []string{"feed/entry", "feed/entry/id", "feed/entry/title", "feed/entry/updated", "feed/entry/published", "feed/entry/content", "feed/entry/summary", "feed/entry/link:alternate"} {
				if counts[each] != entries {
					t.Errorf("%s: %d times for %d entries", each, counts[each], entries)
				}
			}
			if strings.Contains(string(body), "\uFFFD") || strings.Contains(string(body), "0001-01-01") {
				t.Errorf("a character or a time went wrong:\n%s", body)
			}
		})
	}
}

func TestEmptyFeedHasItsIdentity(t *testing.T) {
	p, _ := newPublisher(t, weeks(0, 0))
	feed, err := gofeed.NewParser().Parse(get(t, p.FeedAtom).Body)
	if err != nil {
		t.Fatal(err)
	}
	if feed.Updated != "2016-06-05T16:00:00Z" {
		t.Errorf("updated %s", feed.Updated)
	}
	if body := get(t, p.FeedAtom).Body.String(); !strings.Contains(body, "<id>tag:post.example,2016-06-05:pick-of-the-week</id>") {
		t.Error(body)
	}
}

// TestTheFirstIssueKeepsTheFeedsIdentity: who follows the feed before the first
// issue follows the same feed after it.
func TestTheFirstIssueKeepsTheFeedsIdentity(t *testing.T) {
	for name, base := range map[string]string{"a host": "https://post.example/", "no host of anybody's": "http://localhost:8080/"} {
		t.Run(name, func(t *testing.T) {
			s := weeks(0, 0)
			s.pub.TagAuthority = ""
			series := &s.series[0]
			series.Zone = "Europe/London"
			series.CreatedAt = time.Date(2016, time.June, 5, 0, 30, 0, 0, time.FixedZone("", 3600)) // still the 4th in UTC
			set, err := templates.New()
			if err != nil {
				t.Fatal(err)
			}
			p := publish.New(s, set, publish.Options{BaseURL: base, Clock: digesttest.NewClock(start)})
			empty := feedID(t, p)

			pub := s.pub
			pub.TagAuthority = compile.MintTagAuthority(base, series.CreatedAt, pub.Name)
			words := digest.Candidate{Comment: digest.Comment{ID: 1, Hash: "h", Body: digest.Plain("Eleven hours on.")}}
			first, err := compile.Freeze(compile.Input{
				Issue:  digest.Issue{Number: 1, Title: "Pick of the Week 1", Blocks: []digest.Block{{Kind: digest.PickBlock, CommentID: 1, PickedHash: "h"}}},
				Series: *series, Publication: pub, Comments: map[int64]digest.Candidate{1: words}, Date: start.AddDate(0, 2, 0),
			})
			if err != nil {
				t.Fatal(err)
			}
			if empty != first.FeedID {
				t.Errorf("the empty feed is %s, the first issue's %s", empty, first.FeedID)
			}
			s.pub, s.generation = pub, 2
			s.issues = []digest.Issue{{ID: 1, SeriesID: 1, Number: 1, State: digest.Sent, PublishedAt: first.Date, Frozen: first}}
			if err := p.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := feedID(t, p); got != empty {
				t.Errorf("the feed was %s and is %s", empty, got)
			}
		})
	}
}

func feedID(t *testing.T, p *publish.Publisher) string {
	t.Helper()
	var feed struct {
		ID string `xml:"http://www.w3.org/2005/Atom id"`
	}
	if err := xml.Unmarshal(get(t, p.FeedAtom).Body.Bytes(), &feed); err != nil || feed.ID == "" {
		t.Fatalf("the feed's id is %q, %v", feed.ID, err)
	}
	return feed.ID
}

// TestEverythingNamesItsLanguage: a publication that says none is taken to be in
// the language that its frozen issues say.
func TestEverythingNamesItsLanguage(t *testing.T) {
	for language, want := range map[string]string{"": "en", "fr": "fr"} {
		for _, n := range []int{0, 2} {
			s := weeks(n, 5)
			s.pub.Language = language
			p, _ := newPublisher(t, s)
			if body := get(t, p.FeedAtom).Body.String(); !strings.Contains(body, `<feed xml:lang="`+want+`"`) {
				t.Errorf("%q: the feed of %d issues begins %.200s", language, n, body)
			}
			for name, from := range map[string]source{"home": p.Home, "archive": p.Archive} {
				if body := get(t, from).Body.String(); !strings.Contains(body, `<html lang="`+want+`"`) {
					t.Errorf("%q: %s begins %.200s", language, name, body)
				}
			}
		}
	}
}

// TestPagesAreNeverStale: pages change with settings and with the issues beside
// them, so a client that knows only a time gets the page as it is.
func TestPagesAreNeverStale(t *testing.T) {
	s := weeks(1, 5)
	p, c := newPublisher(t, s)
	sources := map[string]source{"home": p.Home, "archive": p.Archive, "issue": page(p, 1)}
	tags := map[string]string{}
	for name, from := range sources {
		w := get(t, from)
		if at := w.Header().Get("Last-Modified"); at != "" {
			t.Errorf("%s says that it changed on %s", name, at)
		}
		if tags[name] = w.Header().Get("Etag"); tags[name] == "" {
			t.Errorf("%s has no tag", name)
		}
	}
	s.pub.Name, s.generation = "The Day Bus", 2
	c.Move(time.Minute)
	for name, from := range sources {
		for header, value := range map[string]string{"If-Modified-Since": start.AddDate(1, 0, 0).Format(http.TimeFormat), "If-None-Match": tags[name]} {
			h, err := from(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set(header, value)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "The Day Bus") {
				t.Errorf("%s with %s: %d, the old name", name, header, w.Code)
			}
		}
	}
}

func TestFeedStaysSmall(t *testing.T) {
	for name, c := range map[string]struct{ issues, words, least, most int }{
		"many issues":       {60, 20, 20, 20},
		"long issues":       {12, 10_000, 7, 9},
		"one endless issue": {2, 100_000, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := newPublisher(t, weeks(c.issues, c.words))
			body := get(t, p.FeedAtom).Body
			size := body.Len()
			feed, err := gofeed.NewParser().Parse(body)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(feed.Items); n < c.least || n > c.most || n > 1 && size > 512<<10 {
				t.Errorf("%d entries in %d bytes", n, size)
			}
			if want := fmt.Sprintf("Pick of the Week %d", c.issues); feed.Items[0].Title != want {
				t.Errorf("the newest is %q", feed.Items[0].Title)
			}
		})
	}
}

// Two machines, or one before and after a restart, give the same bytes and tags.
func TestDocumentsAreEqualEverywhere(t *testing.T) {
	one, _ := newPublisher(t, weeks(3, 20))
	other, _ := newPublisher(t, weeks(3, 20))
	for name, pair := range map[string][2]source{
		"feed": {one.FeedAtom, other.FeedAtom}, "home": {one.Home, other.Home}, "archive": {one.Archive, other.Archive}, "issue": {page(one, 2), page(other, 2)},
	} {
		a, b, again := get(t, pair[0]), get(t, pair[1]), get(t, pair[0])
		if !bytes.Equal(a.Body.Bytes(), b.Body.Bytes()) || !bytes.Equal(a.Body.Bytes(), again.Body.Bytes()) {
			t.Errorf("%s: the bodies differ", name)
		}
		for _, h := range []string{"Etag", "Cache-Control", "Vary", "Content-Type"} {
			if a.Header().Get(h) == "" || a.Header().Get(h) != b.Header().Get(h) {
				t.Errorf("%s: %s is %q and %q", name, h, a.Header().Get(h), b.Header().Get(h))
			}
		}
		if a.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", name)
		}
	}
}

func TestPages(t *testing.T) {
	p, _ := newPublisher(t, weeks(3, 20))
	for name, c := range map[string]struct {
		from      source
		has, lack []string
	}{
		"home":    {p.Home, []string{"<h1>Pick of the Week 3</h1>", "One email a week.", `action="/subscribe"`, "Issue 3 says", "mailto:desk@post.example"}, []string{"Issue 2 says"}},
		"archive": {p.Archive, []string{`href="/issues/3"`, `href="/issues/1"`, `<h2 id="y2016">2016</h2>`, "Line 2 &amp; what &lt;b&gt;came", "1 comment from a reader"}, []string{"Issue 3 says"}},
		"first":   {page(p, 1), []string{"<h1>Pick of the Week 1</h1>", `rel="next" href="/issues/2"`, `href="https://post.example/issues/1"`}, []string{`rel="prev"`}},
		"middle":  {page(p, 2), []string{`rel="next" href="/issues/3"`, `rel="prev" href="/issues/1"`}, nil},
		"newest":  {page(p, 3), []string{`rel="prev" href="/issues/2"`}, []string{`rel="next"`}},
	} {
		body := get(t, c.from).Body.String()
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		for _, not := range c.lack {
			if strings.Contains(body, not) {
				t.Errorf("%s has %s", name, not)
			}
		}
	}
	if _, err := p.IssuePage(t.Context(), 4); digest.KindOf(err) != digest.NotFound {
		t.Errorf("issue 4: %v", err)
	}
	if _, err := p.IssuePage(t.Context(), -1); digest.KindOf(err) != digest.NotFound {
		t.Errorf("issue -1: %v", err)
	}
}

func TestArchiveListsEverything(t *testing.T) {
	p, _ := newPublisher(t, weeks(160, 5))
	body := get(t, p.Archive).Body.String()
	for n := 1; n <= 160; n++ {
		if strings.Count(body, fmt.Sprintf(`href="/issues/%d"`, n)) != 1 {
			t.Errorf("issue %d is not there once", n)
		}
	}
}

func TestBeforeTheFirstIssue(t *testing.T) {
	p, _ := newPublisher(t, weeks(0, 0))
	if body := get(t, p.Home).Body.String(); !strings.Contains(body, "The first issue is being made") || !strings.Contains(body, `action="/subscribe"`) {
		t.Error(body)
	}
	if body := get(t, p.Archive).Body.String(); !strings.Contains(body, "There are no issues yet") {
		t.Error(body)
	}
}

func TestFormWithAMistake(t *testing.T) {
	p, _ := newPublisher(t, weeks(1, 5))
	body, err := p.HomeForm(t.Context(), templates.Form{Email: "a@b", Error: "The address lacks a dot."})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(body), `value="a@b"`) || !strings.Contains(string(body), "Issue 1 says") {
		t.Error(string(body))
	}
	if strings.Contains(get(t, p.Home).Body.String(), "a@b") {
		t.Error("one reader's form is served to another")
	}
}

// A request costs no query; a change is seen within the quarter of a second.
func TestChangesAreSeen(t *testing.T) {
	s := weeks(1, 5)
	p, c := newPublisher(t, s)
	get(t, p.Home)
	get(t, page(p, 1))
	asked, polled := s.asked, s.polled
	for range 100 {
		get(t, p.Home)
		get(t, p.FeedAtom)
		get(t, p.Archive)
		get(t, page(p, 1))
	}
	if s.asked != asked || s.polled != polled {
		t.Errorf("400 requests asked the store %d times", s.asked-asked+s.polled-polled)
	}
	c.Move(time.Minute)
	get(t, p.Home)
	if s.asked != asked || s.polled != polled+1 {
		t.Errorf("nothing changed, and the store was asked %d times, %d for its generation", s.asked-asked, s.polled-polled)
	}

	tag := get(t, p.FeedAtom).Header().Get("Etag")
	s.issues = append([]digest.Issue{issue(2, 5)}, s.issues...)
	s.generation++
	c.Move(time.Minute)
	if got := get(t, p.FeedAtom).Header().Get("Etag"); got == tag {
		t.Error("a new issue did not change the feed's tag")
	}
	if body := get(t, page(p, 1)).Body.String(); !strings.Contains(body, `rel="next" href="/issues/2"`) {
		t.Error("the page of the issue before does not lead to the new one")
	}

	s.issues = s.issues[:1]
	s.generation++
	if err := p.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.IssuePage(t.Context(), 1); digest.KindOf(err) != digest.NotFound {
		t.Errorf("a withdrawn issue is still there: %v", err)
	}
}

func TestOldPagesOutliveABrokenStore(t *testing.T) {
	s := weeks(1, 5)
	p, c := newPublisher(t, s)
	get(t, p.Home)
	s.broken = errors.New("the disk is gone")
	c.Move(time.Minute)
	get(t, p.Home)
	get(t, p.FeedAtom)
	if err := p.Refresh(t.Context()); !errors.Is(err, s.broken) {
		t.Errorf("refresh says %v", err)
	}
	fresh, _ := newPublisher(t, s)
	if _, err := fresh.Home(t.Context()); !errors.Is(err, s.broken) {
		t.Errorf("a publisher with nothing to serve says %v", err)
	}
}

func TestManyReadersAtOnce(t *testing.T) {
	p, c := newPublisher(t, weeks(90, 5))
	var readers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			for n := range 50 {
				for _, from := range []source{p.Home, p.FeedAtom, page(p, 1+(n*7+i)%90)} {
					if _, err := from(t.Context()); err != nil {
						t.Error(err)
					}
				}
				c.Move(100 * time.Millisecond)
			}
		})
	}
	readers.Wait()
}

func TestHowOftenInWords(t *testing.T) {
	for schedule, want := range map[string]string{
		"0 18 * * 0": "One email a week.", "30 7 * * *": "One email a day.", "0 9 1 * *": "One email a month.",
		"0 18 * * 1,4": "One email for each issue.", "0 */6 * * *": "One email for each issue.", "": "One email for each issue.", "0 9 1 1 *": "One email for each issue.",
	} {
		s := weeks(0, 0)
		s.series[0].Schedule = schedule
		p, _ := newPublisher(t, s)
		if site, err := p.Site(t.Context()); err != nil || !strings.HasPrefix(site.Consent(), want) {
			t.Errorf("%q: %q, %v", schedule, site.Consent(), err)
		}
	}
}

func TestPreview(t *testing.T) {
	set, err := templates.New()
	if err != nil {
		t.Fatal(err)
	}
	feed, body, err := publish.Preview(set, "http://localhost:8080", issue(1, 5))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(feed))
	if err != nil || len(parsed.Items) != 1 || !strings.Contains(string(body), "<h1>Pick of the Week 1</h1>") {
		t.Errorf("%v, %v\n%s", parsed, err, body)
	}
	if _, _, err := publish.Preview(set, "", digest.Issue{Number: 1}); err == nil {
		t.Error("an issue that is not frozen was previewed")
	}
}

func TestGzipHoldsTheSame(t *testing.T) {
	p, _ := newPublisher(t, weeks(2, 50))
	h, err := p.FeedAtom(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := h.(*publish.Document)
	r, err := gzip.NewReader(bytes.NewReader(d.Gzip))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(plain, d.Body) {
		t.Errorf("the compressed feed differs: %v", err)
	}
}

// TestOurOwnWordsInTheFeedAreEnglish: the feed is in the publication's language, its
// subtitle is ours (RFC 4287, 2).
func TestOurOwnWordsInTheFeedAreEnglish(t *testing.T) {
	s := weeks(1, 5)
	s.pub.Language, s.issues[0].Frozen.Language = "de", "de"
	p, _ := newPublisher(t, s)
	body := get(t, p.FeedAtom).Body.String()
	for _, want := range []string{`<feed xml:lang="de"`, `<subtitle xml:lang="en">Readers’ comments, chosen by an editor.</subtitle>`, `&lt;p lang=&#34;en&#34; dir=&#34;ltr&#34;&gt;1 comment from a reader`} {
		if !strings.Contains(body, want) {
			t.Errorf("the feed lacks %s:\n%s", want, body)
		}
	}
}

// WithdrawnIssues gives those that the test withdrew.
func (s *shelf) WithdrawnIssues(context.Context, int64) ([]int, error) { return s.withdrawn, nil }

// TestAFurtherSeries: it has pages and a feed below its slug; those of the first one are
// where they were, whatever is added, and so is what an issue is known by.
func TestAFurtherSeries(t *testing.T) {
	before, _ := newPublisher(t, weeks(2, 20))
	s := weeks(2, 20)
	further := s.series[0]
	further.ID, further.Slug, further.Name, further.Further = further.ID+1, "month", "Month in <Comments>", true
	s.series = append(s.series, further)
	p, _ := newPublisher(t, s)
	if a, b := get(t, before.FeedAtom).Body.String(), get(t, p.FeedAtom).Body.String(); a != b {
		t.Errorf("the feed of the first series changed:\n%s\n%s", a, b)
	}
	if body := get(t, p.Home).Body.String(); !strings.Contains(body, `<a href="/s/month/"`) || !strings.Contains(body, "Month in &lt;Comments&gt;") || !strings.Contains(body, `href="/issues/"`) {
		t.Error(body)
	}
	of := func(page site.Page, number int) source {
		return func(ctx context.Context) (http.Handler, error) { return p.OfSeries(ctx, "month", page, number) }
	}
	for name, c := range map[string]struct {
		from source
		has  []string
	}{
		"home":    {of(site.Home, 0), []string{`href="/s/month/issues/"`, `href="/s/month/feed.atom"`, `href="https://post.example/s/month/"`, `action="/subscribe"`}},
		"archive": {of(site.Archive, 0), []string{`href="/s/month/issues/1"`, `href="https://post.example/s/month/issues/"`}},
		"feed":    {of(site.Feed, 0), []string{`href="https://post.example/s/month/feed.atom"`, `href="https://post.example/s/month/issues/2"`}},
		"issue":   {of(site.Issue, 1), []string{`href="https://post.example/s/month/issues/1"`, `rel="next" href="/s/month/issues/2"`}},
	} {
		body := get(t, c.from).Body.String()
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %s:\n%s", name, want, body)
			}
		}
	}
	for _, slug := range []string{"", "year", "Month"} {
		if _, err := p.OfSeries(t.Context(), slug, site.Home, 0); digest.KindOf(err) != digest.NotFound {
			t.Errorf("%q: %v", slug, err)
		}
	}
	if !p.IsFirst(t.Context(), s.series[0].Slug) || p.IsFirst(t.Context(), "month") {
		t.Error("the first series is not known")
	}
}

// TestAWithdrawnIssue has no page any more, and the error says that it had.
func TestAWithdrawnIssue(t *testing.T) {
	s := weeks(2, 20)
	s.withdrawn = []int{3}
	p, _ := newPublisher(t, s)
	if _, err := p.IssuePage(t.Context(), 3); !errors.Is(err, digest.ErrWithdrawn) || digest.KindOf(err) != digest.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := p.IssuePage(t.Context(), 4); errors.Is(err, digest.ErrWithdrawn) {
		t.Errorf("%v", err)
	}
}
