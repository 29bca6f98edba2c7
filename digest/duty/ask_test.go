package duty_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"postbag/digest/check"
	"postbag/digest/pull/removed"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

// slowBlogs answer of the first comment, and then wait until the test lets them, or the
// worker is told to end.
type slowBlogs struct {
	mu    sync.Mutex
	asked []int // how many comments each request was about
	told  chan struct{}
	goOn  chan struct{}
}

func (s *slowBlogs) Ask(ctx context.Context, ids []int64, each func(int64, bool)) (out removed.Result, err error) {
	s.mu.Lock()
	s.asked = append(s.asked, len(ids))
	s.mu.Unlock()
	for i, id := range ids {
		each(id, true)
		if i > 0 {
			continue
		}
		select {
		case s.told <- struct{}{}:
		default:
		}
		select {
		case <-s.goOn:
		case <-ctx.Done():
			return out, ctx.Err()
		}
	}
	return out, nil
}

// TestTheBlogsAreAskedBeside: asking returns at once, is done by a worker however slow
// the blog is, and is gone on with by another when the worker ends in the midst.
func TestTheBlogsAreAskedBeside(t *testing.T) {
	o := newOffice(t)
	blogs := &slowBlogs{told: make(chan struct{}, 1), goOn: make(chan struct{})}
	asks := check.New(check.Options{Store: o.DB, Desk: o.Desk, Blogs: blogs, Clock: o.Clock})
	o.worker.Check = asks
	issue, _, err := o.Desk.Issue(t.Context(), eight)
	o.Must(err)
	picks := issue.Picks()
	if picks < 2 {
		t.Fatal("the issue has too few picks")
	}
	if _, err := asks.Want(t.Context(), storetest.Tester, eight); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	member, err := o.DB.Join(ctx, work.Joining{Name: "first", Lease: time.Minute})
	o.Must(err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		o.worker.Work(ctx, member)
	}()
	<-blogs.told
	cancel()
	<-ended
	a, err := o.DB.Asking(t.Context(), issue.ID)
	o.Must(err)
	if !a.IsOpen() || a.Total != picks {
		t.Errorf("after the first worker: %+v", a)
	}
	close(blogs.goOn)
	o.work()
	o.eventually("the second worker has asked", func() bool {
		a, err = o.DB.Asking(t.Context(), issue.ID)
		o.Must(err)
		return !a.IsOpen()
	})
	blogs.mu.Lock()
	defer blogs.mu.Unlock()
	if a.Done != picks || len(blogs.asked) != 2 || blogs.asked[0] != picks || blogs.asked[1] != picks-1 {
		t.Errorf("%+v; the blogs were asked about %v of %d", a, blogs.asked, picks)
	}
}
