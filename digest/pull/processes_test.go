package pull_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
)

// TestProcessesThatPullAtOnceLeaveNoHole pulls one blog in two processes and
// kills one of them between two pages: what it left open is brought by the next
// poll, whatever the other one did.
func TestProcessesThatPullAtOnceLeaveNoHole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		run  func(b *shared)
	}{
		{"killed while the other asks for the posts", func(b *shared) {
			b.newest = 9
			b.pull("posts/default", b.killed)
		}},
		{"killed just after the other read how far the feed was pulled", func(b *shared) {
			b.newest = 9
			b.pull("posts/default", func() { b.hooked = b.killed })
		}},
		{"killed just after the other was told that nothing is new", func(b *shared) {
			b.pull("comments/default", func() { b.newest = 9; b.killed() })
		}},
		{"killed when it went on where the other is still at work", func(b *shared) {
			b.newest = 9
			b.pull(olderPage, func() { b.newest = 15; b.killed() })
		}},
		{"killed when it is the other that began first", func(b *shared) {
			b.newest = 9
			b.pullUntil(olderPage, func() error { b.newest = 15; b.pull("", nil); return errKilled })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkShared(t, database(t), tt.run)
		})
	}
}

func checkShared(t *testing.T, s pull.Store, run func(b *shared)) {
	b := &shared{Store: s, t: t, clock: &clock{now: at(thatEvening)}, newest: 3, stored: map[string]bool{}}
	b.src = follow(t, s, digest.Blogger, "a.test")
	b.pull("", nil)
	b.clock.add(time.Hour)
	run(b)
	for range 2 {
		b.clock.add(2 * time.Hour)
		b.pull("", nil)
	}
	for n := 2; n <= b.newest; n++ {
		if id := fmt.Sprintf("tag:blogger.com,1999:blog-7.post-%d", n); !b.stored[id] {
			t.Errorf("comment %d is lost", n)
		}
	}
	feeds, err := s.Feeds(t.Context(), b.src.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(feeds, func(f digest.FeedState) bool { return f.Kind == digest.CommentsFeed })
	equal(t, "still catching up", feeds[i].CatchUp.IsZero(), true)
	equal(t, "validator", feeds[i].ETag, fmt.Sprint(b.newest))
}

// olderPage is in the address of every page but the first.
const olderPage = "start-index"

var errKilled = fmt.Errorf("killed: %w", context.Canceled)

// shared is a Blogger blog and the store of those who pull it. Its comments
// stand two on a page, from the newest down to 2; its validator is the newest.
type shared struct {
	pull.Store
	t      *testing.T
	clock  *clock
	src    digest.Source
	newest int
	hooked func() // called once, when the states of the feeds were read
	stored map[string]bool
}

func (b *shared) Feeds(ctx context.Context, id int64) ([]digest.FeedState, error) {
	feeds, err := b.Store.Feeds(ctx, id)
	if hook := b.hooked; hook != nil {
		b.hooked = nil
		hook()
	}
	return feeds, err
}

func (b *shared) StorePage(ctx context.Context, page pull.Page) (pull.Stored, error) {
	stored, err := b.Store.StorePage(ctx, page)
	for _, c := range page.Comments {
		b.stored[c.GUID] = b.stored[c.GUID] || err == nil
	}
	return stored, err
}

// killed is a pull that stores its first page and no other.
func (b *shared) killed() { b.pullUntil(olderPage, func() error { return errKilled }) }

// pull pulls in a process of its own. Once, when an address with the given part
// was answered, it lets meanwhile run before it goes on.
func (b *shared) pull(part string, meanwhile func()) {
	b.pullUntil(part, func() error {
		if meanwhile != nil {
			meanwhile()
		}
		return nil
	})
}

// pullUntil is pull whose process ends when meanwhile gives an error.
func (b *shared) pullUntil(part string, meanwhile func() error) {
	b.clock.add(5 * time.Second)
	p := newParts(pull.Options{Store: b, ToProse: prose, Clock: b.clock, Fetcher: fake(func(req pull.Request) (*pull.Response, error) {
		resp := b.answer(req)
		if do := meanwhile; strings.Contains(req.URL, part) && do != nil {
			meanwhile = nil
			if err := do(); err != nil {
				return nil, err
			}
			b.clock.add(5 * time.Second)
		}
		return resp, nil
	})})
	report, err := p.Pull(b.t.Context(), nobody, b.src.ID, poll.Options{})
	b.t.Logf("%+v, %v", report.Stored, err)
}

func (b *shared) answer(req pull.Request) *pull.Response {
	base, query, _ := strings.Cut(req.URL, "?")
	etag := fmt.Sprint(b.newest)
	if strings.Contains(base, "posts") {
		return &pull.Response{Status: 200, URL: req.URL, Body: bloggerFeed(base, "", "1")}
	}
	if req.ETag == etag {
		return &pull.Response{Status: 304, URL: req.URL, NotModified: true, Validators: digest.Validators{ETag: etag}}
	}
	before := 0
	if query != "" {
		values, err := url.ParseQuery(query)
		if err == nil {
			before, err = strconv.Atoi(values.Get(olderPage))
		}
		if err != nil {
			b.t.Error(err)
		}
	}
	top, next := b.newest-before, ""
	if top > 3 {
		next = fmt.Sprintf("%s?%s=%d", base, olderPage, before+2)
	}
	return &pull.Response{Status: 200, URL: req.URL, Validators: digest.Validators{ETag: etag}, Body: bloggerFeed(base, next, fmt.Sprint(top), fmt.Sprint(top-1))}
}
