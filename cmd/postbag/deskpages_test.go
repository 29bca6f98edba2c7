package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
)

// What a page of the desk may take: milliseconds on the server, and bytes of HTML.
const (
	mostPageTime  = 100 * time.Millisecond
	mostPageBytes = 300_000
)

const (
	offered      = 3000 // candidates of the open draft
	picked       = 60
	pageEditor   = "ann@desk.example"
	pagePassword = "a long lamp over the harbour 12"
)

// BenchmarkDeskPages asks for every page of the desk as somebody who is signed in, with
// 10,000 comments stored, and with POSTBAG_TEST_LONG=1 up to a million and as many
// readers. POSTBAG_TEST_DATABASE may name a database that is filled once and kept.
func BenchmarkDeskPages(b *testing.B) {
	for _, on := range []struct {
		name string
		made func(testing.TB) string
	}{{"sqlite", storetest.MadeSQLite}, {"postgres", storetest.MadePostgres}} {
		for _, n := range storetest.CorpusSizes() {
			b.Run(fmt.Sprintf("%s/of%d", on.name, n), func(b *testing.B) {
				name := os.Getenv("POSTBAG_TEST_DATABASE")
				if name == "" {
					name = on.made(b)
				} else if strings.HasPrefix(name, "postgres") != (on.name == "postgres") {
					return // another database is named
				}
				v := newVisitor(b, name, n)
				for _, p := range v.pages(b) {
					b.Run(p.name, func(b *testing.B) { v.measure(b, p) })
				}
			})
		}
	}
}

// past runs statements on a database past the program.
type past struct{ *sql.DB }

func openPast(tb testing.TB, name string) past {
	tb.Helper()
	driver := "sqlite"
	if strings.HasPrefix(name, "postgres") {
		driver = "pgx"
	} else {
		name = "file:" + name + "?_pragma=busy_timeout(60000)&_pragma=synchronous(off)"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { _ = db.Close() })
	return past{db}
}

func (p past) Exec(ctx context.Context, query string, args ...any) error {
	_, err := p.ExecContext(ctx, query, args...)
	return err
}

func (p past) Column(ctx context.Context, query string, args ...any) (all []string, err error) {
	rows, err := p.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func (p past) must(tb testing.TB, query string) {
	tb.Helper()
	if err := p.Exec(tb.Context(), query); err != nil {
		tb.Fatalf("%v: %.300s", err, query)
	}
}

// visitor asks the desk for pages, signed in.
type visitor struct {
	mailer  *mailer
	past    past
	handler http.Handler
	cookies []*http.Cookie
	clock   digest.Clock
	last    time.Time // when the last comment was written
	issue   digest.Issue
	offer   []int64 // the offered comments that were not picked
}

var corpusStart = time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)

func newVisitor(tb testing.TB, name string, n int) *visitor {
	tb.Helper()
	v := &visitor{past: openPast(tb, name), last: corpusStart.Add(time.Duration(n) * storetest.CorpusMinute)}
	v.clock = digest.NewTestClock(v.last.Add(time.Minute), 1)
	p := &Program{Stdin: strings.NewReader(""), Stdout: os.Stdout, Stderr: os.Stderr, Clock: v.clock}
	s := &Settings{DB: name, Listen: "localhost:8080", SMTP: "outbox:" + tb.TempDir(), Concurrency: 1, Lease: leastLease, LogLevel: "error", Ambiguous: "resend"}
	a, err := p.open(tb.Context(), s, false)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = a.close() })
	if v.mailer, err = a.mailer(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if v.handler, err = v.mailer.deskPages(); err != nil {
		tb.Fatal(err)
	}
	stored, err := v.past.Column(tb.Context(), "SELECT COUNT(*) FROM comments")
	if err != nil {
		tb.Fatal(err)
	}
	switch stored[0] {
	case "0":
		v.fill(tb, n)
	case strconv.Itoa(n):
	default:
		tb.Fatalf("the database has %s comments", stored[0])
	}
	if v.issue, _, err = a.desk.Issue(tb.Context(), desk.Ref{}); err != nil {
		tb.Fatal(err)
	}
	ids, err := v.past.Column(tb.Context(), fmt.Sprintf("SELECT id FROM comments WHERE published > %d AND id NOT IN (SELECT comment_id FROM blocks WHERE comment_id IS NOT NULL) ORDER BY id", v.last.Add(-offered*storetest.CorpusMinute).UnixMicro()))
	if err != nil || len(ids) < offered/2 {
		tb.Fatal(len(ids), err)
	}
	for _, id := range ids {
		v.offer = append(v.offer, parsed(tb, id))
	}
	v.signIn(tb)
	return v
}

func parsed(tb testing.TB, s string) int64 {
	tb.Helper()
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// fill stores n comments, as many readers as belong to that, an issue that is under way
// to them, and a draft with picks.
func (v *visitor) fill(tb testing.TB, n int) {
	tb.Helper()
	ctx, db, by := tb.Context(), v.mailer.db, storetest.Tester
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	source := digest.Source{Name: "Nights", URL: "https://blog.example/", Platform: digest.Blogger, AddedAt: corpusStart}
	series := digest.Series{Slug: "weekly", Name: "Pick", Title: "{name} {n}", Schedule: "0 18 * * 0", Zone: "Europe/London", NextNumber: 7, Deadline: digest.Hold, CreatedAt: corpusStart}
	feeds := []digest.FeedState{{Kind: digest.CommentsFeed, URL: "https://blog.example/comments"}}
	must(db.AddSource(ctx, by, &source, feeds, series))
	storetest.Corpus(tb, v.past, source.ID, corpusStart, n)
	if n > 100_000 { // the rest is as quick to search and long to index
		v.past.must(tb, "DELETE FROM search_todo WHERE kind = 0 AND entry <= (SELECT MAX(id) FROM comments) - 100000 OR kind = 1 AND entry <= (SELECT MAX(id) FROM posts) - 2000")
	}
	must(v.mailer.index(ctx))
	v.past.must(tb, "UPDATE publication SET name = 'Nights', language = 'en', postal_address = '1 High Street', home_url = 'https://blog.example/', tag_authority = 'blog.example,2024'")
	v.readers(tb, max(n, 100_000))
	ann, err := v.mailer.accounts().Add(ctx, by, pageEditor, "Ann", digest.OwnerRole)
	must(err)
	must(v.mailer.accounts().SetPassword(ctx, by, ann.ID, pagePassword))

	all, err := db.SeriesList(ctx)
	must(err)
	at := v.last.Add(-offered * storetest.CorpusMinute)
	sent, _, err := db.OpenDraft(ctx, by, all[0].ID, at.Add(-24*time.Hour), at)
	must(err)
	sent.ApprovedAt = at.Add(-time.Hour)
	sent.Frozen = &digest.Frozen{Title: "Pick 7", Number: sent.Number, Date: at, Zone: series.Zone, Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "Nights"}}}
	must(db.Approve(ctx, by, &sent, nil))
	must(db.MoveIssue(ctx, by, sent.ID, digest.Published, at, digest.AsSeen{}))
	_, err = db.Begin(ctx, subscribers.Mailing{IssueID: sent.ID, Begun: at, Domain: "news.example"}, false)
	must(err)
	v.past.must(tb, "UPDATE deliveries SET state = 'sent', next_try = NULL, cause = 'accepted', code = 250, attempts = 1 WHERE id % 3 <> 0")
	v.past.must(tb, "ANALYZE deliveries")
	draft, _, err := db.OpenDraft(ctx, by, all[0].ID, v.last, v.last.Add(48*time.Hour))
	must(err)
	v.past.must(tb, fmt.Sprintf("UPDATE issues SET window_from = %d WHERE id = %d", at.UnixMicro(), draft.ID))
	ids, err := v.past.Column(ctx, fmt.Sprintf("SELECT id FROM comments WHERE published > %d ORDER BY id", at.UnixMicro()))
	must(err)
	var picks, skips []int64
	for i, id := range ids {
		switch {
		case i%(offered/picked) == 0:
			picks = append(picks, parsed(tb, id))
		case i%10 == 1:
			skips = append(skips, parsed(tb, id))
		}
	}
	_, _, err = v.mailer.desk.Pick(ctx, by, desk.Ref{}, picks...)
	must(err)
	for some := range slices.Chunk(skips, 50) {
		_, err = v.mailer.desk.Decide(ctx, by, desk.Ref{}, digest.SkipIt, some...)
		must(err)
	}
}

// readers stores readers, of whom some want a monthly issue, some have left, and some
// have not confirmed.
func (v *visitor) readers(tb testing.TB, n int) {
	tb.Helper()
	series := "generate_series(1, %d) AS s (i)"
	if v.mailer.db.Path() == "" || !strings.HasPrefix(v.mailer.settings.DB, "postgres") {
		series = "(WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) SELECT i FROM c) AS s"
	}
	at := corpusStart.UnixMicro()
	v.past.must(tb, fmt.Sprintf(`INSERT INTO subscribers (email, key, name, state, frequency, token, token_key, created_at, confirmed_at, left_at)
		SELECT 'reader' || i || '@list.example', 'reader' || i || '@list.example', '',
			CASE WHEN i %% 50 = 0 THEN 'unsubscribed' WHEN i %% 70 = 0 THEN 'pending' ELSE 'active' END,
			CASE WHEN i %% 10 = 0 THEN 'monthly' ELSE 'every' END, 'token' || i, 'key' || i, %[1]d + i,
			CASE WHEN i %% 50 <> 0 AND i %% 70 = 0 THEN NULL ELSE %[1]d + i END, CASE WHEN i %% 50 = 0 THEN %[1]d + i END
		FROM %[2]s`, at, fmt.Sprintf(series, n)))
	v.past.must(tb, fmt.Sprintf(`INSERT INTO consents (subscriber_id, at, ip, page, wording, entered_by)
		SELECT id, %d, '192.0.2.1', 'https://news.example/subscribe', 'Send me the issue', '' FROM subscribers`, at))
	v.past.must(tb, "ANALYZE subscribers")
	v.past.must(tb, "ANALYZE consents")
}

func (v *visitor) signIn(tb testing.TB) {
	tb.Helper()
	got := v.ask(tb, http.MethodPost, "/desk/sign-in", url.Values{"email": {pageEditor}, "password": {pagePassword}})
	if v.cookies = got.Result().Cookies(); got.Code != http.StatusSeeOther || len(v.cookies) == 0 {
		tb.Fatalf("nobody signs in: %d %.2000s", got.Code, got.Body)
	}
}

func (v *visitor) ask(tb testing.TB, method, address string, form url.Values) *httptest.ResponseRecorder {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, "http://localhost:8080"+address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if method == http.MethodPost && v.cookies != nil {
		r.Header.Set("HX-Request", "true")
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	got := httptest.NewRecorder()
	v.handler.ServeHTTP(got, r)
	return got
}

// version is what the draft's page was made on.
func (v *visitor) version(tb testing.TB) int64 {
	tb.Helper()
	issue, _, err := v.mailer.desk.Issue(tb.Context(), desk.Ref{})
	if err != nil {
		tb.Fatal(err)
	}
	return issue.Version
}

// askedPage is a page, or what a form of one answers; the form is made anew each time.
type askedPage struct {
	name, address string
	form          func(i int) url.Values
}

func (v *visitor) pages(b *testing.B) []askedPage {
	const issue = "/desk/issues/8"
	block := v.issue.Blocks[7].ID
	post := fmt.Sprint
	all := []askedPage{
		{name: "home", address: "/desk/"},
		{name: "read", address: issue + "/read?f=1&undecided=1"},
		{name: "read-filtered", address: issue + "/read?f=1&named=1&words=50&replies=1"},
		{name: "read-suggested", address: issue + "/read?f=1&undecided=1&suggested=1"},
		{name: "read-search", address: issue + "/read?q=" + storetest.CommonWord},
		{name: "read-older", address: issue + "/read?f=1&older=1"},
		{name: "read-thread", address: issue + "/read?thread=" + post(v.offer[0])},
		{name: "decide", address: issue + "/read/decide", form: func(i int) url.Values {
			return url.Values{"comment": {post(v.offer[1])}, "decision": {[]string{"skip", "maybe"}[i%2]}, "view": {"f=1&undecided=1"}}
		}},
		{name: "news", address: issue + "/read/news?is=" + post(v.issue.ID) + "&last=1&seen=" + post(v.offer[len(v.offer)-1]-6)},
		{name: "trim", address: issue + "/picks/" + post(block) + "/trim"},
		{name: "arrange", address: issue + "/arrange"},
		{name: "move", address: issue + "/arrange", form: func(i int) url.Values {
			to := []int64{v.issue.Blocks[2].ID, v.issue.Blocks[20].ID}[i%2]
			return url.Values{"do": {"move"}, "block": {post(block)}, "before": {post(to)}, "version": {post(v.version(b))}}
		}},
		{name: "history", address: issue + "/history"},
		{name: "check", address: issue + "/check"},
		{name: "send", address: issue + "/send"},
		{name: "send-progress", address: "/desk/issues/7/send"},
		{name: "issues", address: "/desk/issues/"},
		{name: "issue", address: "/desk/issues/7"},
		{name: "sources", address: "/desk/sources/"},
		{name: "source", address: "/desk/sources/1"},
		{name: "readers", address: "/desk/readers/"},
		{name: "readers-search", address: "/desk/readers/?q=reader77"},
		{name: "readers-search-none", address: "/desk/readers/?q=nobody"},
		{name: "reader", address: "/desk/readers/77"},
		{name: "settings", address: "/desk/settings"},
		{name: "system", address: "/desk/system"},
		{name: "audit", address: "/desk/audit"},
		{name: "editors", address: "/desk/editors"},
	}
	for _, output := range []string{"mail", "text", "feed", "page"} {
		all = append(all, askedPage{name: "preview-" + output, address: issue + "/preview/" + output})
	}
	return all
}

// measure asks for a page again and again, and tells how long the first took as well, the
// quickest, and the processor's time of this process: what a machine that is busy with other
// things tells best.
func (v *visitor) measure(b *testing.B, p askedPage) {
	method, size, i := http.MethodGet, 0, 0
	once := func() (took, cpu time.Duration) {
		var form url.Values
		if p.form != nil {
			method, form = http.MethodPost, p.form(i)
		}
		i++
		began, used := time.Now(), digesttest.CPU(b)
		got := v.ask(b, method, p.address, form)
		took, cpu = time.Since(began), digesttest.CPU(b)-used
		if size = got.Body.Len(); got.Code != http.StatusOK && got.Code != http.StatusNoContent {
			b.Fatalf("%s answers %d %s: %.2000s", p.address, got.Code, got.Header().Get("Location"), got.Body)
		}
		return took, cpu
	}
	first, _ := once()
	least, used := first, time.Duration(0)
	for b.Loop() {
		took, cpu := once()
		least, used = min(least, took), used+cpu
	}
	b.ReportMetric(float64(least)/float64(time.Millisecond), "ms-least")
	b.ReportMetric(float64(b.Elapsed())/float64(time.Millisecond)/float64(b.N), "ms")
	b.ReportMetric(float64(used)/float64(time.Millisecond)/float64(b.N), "ms-cpu")
	b.ReportMetric(float64(first)/float64(time.Millisecond), "ms-first")
	b.ReportMetric(float64(size)/1000, "KB")
	b.ReportMetric(0, "ns/op")
	if size > mostPageBytes && !strings.HasPrefix(p.name, "preview") {
		b.Errorf("%s has %d bytes of HTML", p.address, size)
	}
	if least > mostPageTime {
		b.Logf("%s takes %s at the least", p.address, least)
	}
}
