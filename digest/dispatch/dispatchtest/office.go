// Package dispatchtest gives tests an issue on its way, over a real database.
package dispatchtest

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/pull"
	"postbag/digest/pull/removed"
	"postbag/digest/site"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
	outbox "postbag/subscribers/mail"
	"postbag/subscribers/roster"
	"postbag/templates"
)

// Now is a Wednesday; the issue is due on the Sunday after it.
var Now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// Eight is the issue.
var Eight = desk.Ref{Number: 8}

// By is the editor of the tests.
var By = digest.Actor{Kind: digest.ByCommand, Name: "ada"}

// Blogs is a blog that is asked about its comments.
type Blogs struct {
	db *store.DB

	mu   sync.Mutex
	gone []int64
	n    int
}

// Recheck marks what was taken off.
func (b *Blogs) Recheck(ctx context.Context, _ []int64) (removed.Result, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	n, err := b.db.MarkGone(ctx, b.gone, digest.ByAbsence, "")
	return removed.Result{Gone: n}, err
}

// Asked is how often the blog was asked.
func (b *Blogs) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n
}

// TakeOff removes comments from the blog, of which nobody knows yet.
func (b *Blogs) TakeOff(commentIDs ...int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = append(b.gone, commentIDs...)
}

// Clock is a clock that is set by hand; waiting for it takes the machine's time.
type Clock struct {
	digest.SystemClock
	mu  sync.Mutex
	now time.Time
}

// Now gives the moment that was set.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set sets the clock.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Office is all that sends: a database, a desk, an outbox and one reader.
type Office struct {
	*testing.T
	DB     *store.DB
	Desk   *desk.Desk
	Sender *dispatch.Sender
	Blogs  *Blogs
	Clock  *Clock
	Last   int64 // the comment of the last pick
	dir    string
}

// New gives an office with one issue, number 8 of three picks, that is approved for the
// next Sunday at 18:00.
func New(t *testing.T) *Office {
	t.Helper()
	ctx := t.Context()
	o := &Office{T: t, Clock: &Clock{now: Now}, dir: filepath.Join(t.TempDir(), "outbox")}
	db, err := store.Open(ctx, storetest.Database(t), store.Options{Clock: o.Clock})
	o.Must(err)
	t.Cleanup(func() { o.Must(db.Close()) })
	o.DB = db
	source := digest.Source{Name: "A blog", URL: "https://blog.example/", Platform: digest.Blogger, AddedAt: Now}
	feeds := []digest.FeedState{{Kind: digest.PostsFeed, URL: "https://blog.example/posts"}, {Kind: digest.CommentsFeed, URL: "https://blog.example/comments"}}
	o.Must(db.AddSource(ctx, digest.Actor{Kind: digest.ByCommand}, &source, feeds, digest.Series{
		Slug: "pick", Name: "Pick", Title: "{name} {number}", Schedule: "0 18 * * 0", Zone: "UTC", NextNumber: 8, Deadline: digest.Hold, CreatedAt: Now,
	}))
	page := pull.Page{SourceID: source.ID, Seen: Now, Posts: []digest.Post{{GUID: "p", URL: "https://blog.example/p", Title: "A post", Published: Now.Add(-time.Hour), Hash: "p"}}}
	for i := range 3 {
		page.Comments = append(page.Comments, digest.Comment{
			GUID: fmt.Sprint("c", i), PostRef: "p", Author: "Anonymous", Published: Now.Add(time.Duration(i-60) * time.Second),
			Hash: fmt.Sprint("h", i), Words: 3, Body: digest.Plain("It was late."),
		})
	}
	_, err = db.StorePage(ctx, page)
	o.Must(err)
	_, err = roster.New(roster.Options{Store: db, Clock: o.Clock}).Add(ctx, storetest.Tester, "ada@reader.example", "Ada", roster.AddOptions{Confirmed: true, ConsentText: "for the test"})
	o.Must(err)
	set, err := templates.New()
	o.Must(err)
	o.Blogs = &Blogs{db: db}
	o.Desk = desk.New(desk.Options{Store: db, Clock: o.Clock, BaseURL: "https://news.example", Blogs: o.Blogs})
	transport := outbox.NewTransport(outbox.Settings{Dir: o.dir}, "news.example")
	o.Sender = dispatch.New(dispatch.Options{
		Store: db, Desk: o.Desk, Clock: o.Clock, Joining: work.Joining{Name: "test", Lease: time.Minute}, LateAfter: 24 * time.Hour,
		Transport: transport, Mailer: deliver.New(deliver.Options{Ledger: db, Transport: transport, Clock: o.Clock}),
		Writer: letters.Writer{Set: set, Site: site.Site{Base: "https://news.example"}, From: "post@news.example", Domain: "news.example"},
	})
	draft, _, err := o.Desk.Draft(ctx, By, "")
	o.Must(err)
	candidates, err := o.Desk.Candidates(ctx, draft)
	o.Must(err)
	for _, c := range candidates {
		_, _, err := o.Desk.Pick(ctx, By, desk.Ref{}, c.ID)
		o.Must(err)
		o.Last = c.ID
	}
	_, _, err = o.Desk.Approve(ctx, By, desk.Ref{}, desk.When{})
	o.Must(err)
	return o
}

// Must ends the test at an error.
func (o *Office) Must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// State expects the issue in a state.
func (o *Office) State(want digest.IssueState) {
	o.Helper()
	issue, _, err := o.Desk.Issue(context.WithoutCancel(o.Context()), Eight)
	o.Must(err)
	if issue.State != want {
		o.Errorf("the issue is %s, want %s", issue.State, want)
	}
}

// Mails reads the outbox.
func (o *Office) Mails() (all []*mail.Message) {
	o.Helper()
	files, err := filepath.Glob(filepath.Join(o.dir, "*.eml"))
	o.Must(err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		o.Must(err)
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		o.Must(err)
		all = append(all, m)
	}
	return all
}
