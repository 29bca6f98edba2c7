package duty_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/dispatch/dispatchtest"
	"postbag/digest/duty"
	"postbag/digest/pull/poll"
	"postbag/digest/site"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

var (
	eight  = dispatchtest.Eight
	by     = dispatchtest.By
	sunday = time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC) // the moment of the issue
)

// journal is a log that is read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// office is an office with a worker.
type office struct {
	*dispatchtest.Office
	log    *journal
	worker *duty.Worker
}

func newOffice(t *testing.T) *office {
	o := &office{Office: dispatchtest.New(t), log: &journal{}}
	o.worker = o.newWorker()
	return o
}

func (o *office) newWorker() *duty.Worker {
	return duty.New(duty.Options{
		Store: o.DB, Desk: o.Desk, Sender: o.Sender, Clock: o.Clock, Log: slog.New(slog.NewTextHandler(o.log, nil)),
		Pull:    func(context.Context, int64) (poll.Report, error) { return poll.Report{}, nil },
		Remind:  func(context.Context, digest.Series) error { return nil },
		Letters: func(context.Context, work.Member) error { return nil },
		Sweep:   func(context.Context) (int, error) { return 0, nil },
		Joining: work.Joining{Name: "worker", Lease: time.Minute}, Site: site.Site{Base: "https://news.example"},
	})
}

// work lets the worker work until the test ends.
func (o *office) work() { o.workAs("worker", o.worker) }

func (o *office) workAs(name string, worker *duty.Worker) {
	o.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(o.Context()))
	member, err := o.DB.Join(ctx, work.Joining{Name: name, Lease: time.Minute})
	o.Must(err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		worker.Work(ctx, member)
	}()
	o.Cleanup(func() {
		cancel()
		<-done
	})
	o.eventually("the duties are planned", func() bool {
		d, err := o.DB.Duty(ctx, "clean-up")
		return err == nil && d.Runs > 0
	})
}

func (o *office) eventually(what string, holds func() bool) {
	o.Helper()
	for until := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			o.Fatalf("it never came that %s; the log:\n%s", what, o.log)
		}
	}
}

func (o *office) is(want digest.IssueState) bool {
	o.Helper()
	issue, _, err := o.Desk.Issue(o.Context(), eight)
	o.Must(err)
	return issue.State == want
}

// done waits until the worker has done a duty once more.
func (o *office) done(name string) {
	o.Helper()
	before, err := o.DB.Duty(o.Context(), name)
	o.Must(err)
	o.Must(o.DB.MakeDue(o.Context(), name, o.Clock.Now()))
	o.eventually(name+" was done", func() bool {
		now, err := o.DB.Duty(o.Context(), name)
		o.Must(err)
		return now.Runs > before.Runs
	})
}

// TestRemovedPickWaits takes a pick off the blog: the issue waits, before it is
// published and before it is mailed, and goes on when the editor says so.
func TestRemovedPickWaits(t *testing.T) {
	t.Run("before publishing", func(t *testing.T) {
		o := newOffice(t)
		o.Blogs.TakeOff(o.Last)
		o.Clock.Set(sunday)
		o.work()
		o.eventually("the log says that it waits", func() bool { return strings.Contains(o.log.String(), "an issue is held: ") })
		o.done("deadline:pick")
		o.State(digest.Approved)
		if n := strings.Count(o.log.String(), "an issue is held: "); n != 1 {
			t.Errorf("the log says it %d times", n)
		}
	})
	t.Run("before mailing", func(t *testing.T) {
		o := newOffice(t)
		_, _, err := o.Desk.Publish(t.Context(), by, eight)
		o.Must(err)
		o.Blogs.TakeOff(o.Last)
		o.Clock.Set(sunday)
		o.work()
		o.eventually("the log says that it waits", func() bool { return strings.Contains(o.log.String(), "an issue is held: ") })
		o.State(digest.Published)
		if n := len(o.Mails()); n != 0 {
			t.Errorf("%d mails went out", n)
		}
		_, _, err = o.Sender.Send(t.Context(), by, eight, true)
		o.Must(err)
		o.eventually("it is sent anyway", func() bool { return o.is(digest.Sent) })
	})
}

// TestDeadlineRuleSends lets a moment pass under a rule that sends what is picked: it is
// approved, published and mailed once. On PostgreSQL two workers are at it.
func TestDeadlineRuleSends(t *testing.T) {
	o := newOffice(t)
	rule := string(digest.SendPicked)
	_, err := o.Desk.Set(t.Context(), by, "", desk.Settings{Deadline: &rule})
	o.Must(err)
	_, err = o.Desk.Cancel(t.Context(), by, eight)
	o.Must(err)
	draft, err := o.Desk.DraftAt(t.Context(), desk.Ref{})
	o.Must(err)
	_, _, err = o.Desk.Pick(t.Context(), by, desk.Ref{}, o.Last)
	o.Must(err)
	o.Clock.Set(draft.DueAt)
	o.work()
	if storetest.OnPostgres() {
		o.workAs("another", o.newWorker())
	}
	o.eventually("the issue is sent", func() bool {
		issue, err := o.Desk.ByID(o.Context(), draft.ID)
		o.Must(err)
		return issue.State == digest.Sent
	})
	o.done("deadline:pick")
	if n := len(o.Mails()); n != 1 {
		t.Errorf("%d mails went out", n)
	}
	if n := strings.Count(o.log.String(), "it goes out by its series' rule"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, o.log)
	}
}

// TestHeldWorkerSendsNothing holds all sending: the worker publishes and mails
// nothing, says so once, and goes on after the release.
func TestHeldWorkerSendsNothing(t *testing.T) {
	o := newOffice(t)
	_, _, err := o.Sender.Hold(t.Context(), by, "moving")
	o.Must(err)
	o.Clock.Set(sunday)
	o.work()
	o.eventually("the worker has seen it", func() bool { return strings.Contains(o.log.String(), "sending is held") })
	o.done("deadline:pick")
	o.done("deadline:pick")
	o.State(digest.Approved)
	if n := strings.Count(o.log.String(), "sending is held"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, o.log)
	}
	_, _, err = o.Sender.Release(t.Context(), by, dispatch.SendUnsent)
	o.Must(err)
	o.eventually("it is sent", func() bool { return o.is(digest.Sent) })
}

func (o *office) schedule() duty.Schedule {
	return duty.Schedule{
		Store: o.DB, Clock: o.Clock, Joining: work.Joining{Name: "command", Lease: time.Minute},
		Worker: func(context.Context) (*duty.Worker, error) { return o.worker, nil },
	}
}

// TestListingPlansNothing lists what no worker has planned yet, and writes nothing.
func TestListingPlansNothing(t *testing.T) {
	o := newOffice(t)
	listed, err := o.schedule().List(t.Context(), 100)
	o.Must(err)
	stored, err := o.DB.Duties(t.Context(), 0)
	o.Must(err)
	for _, name := range []string{"index", "clean-up"} {
		is := func(l work.Listed) bool { return l.Name == name }
		if !slices.ContainsFunc(listed, is) || slices.ContainsFunc(stored, is) {
			t.Errorf("%s: listed %+v, stored %+v", name, listed, stored)
		}
	}
}

// TestFourPullsAtOnce pulls at most four of seven blogs side by side, and all of them
// in the end; another duty does not wait for them.
func TestFourPullsAtOnce(t *testing.T) {
	o := newOffice(t)
	for i := range 6 {
		host := fmt.Sprintf("https://blog%d.example/", i)
		source := digest.Source{Name: host, URL: host, Platform: digest.Blogger, AddedAt: o.Clock.Now()}
		o.Must(o.DB.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &source, []digest.FeedState{{Kind: digest.PostsFeed, URL: host + "posts"}}, digest.Series{}))
	}
	begun, finish := make(chan int64, 100), make(chan struct{})
	o.worker.Pull = func(ctx context.Context, source int64) (poll.Report, error) {
		begun <- source
		select {
		case <-finish:
		case <-ctx.Done():
		}
		return poll.Report{}, ctx.Err()
	}
	o.work()
	pulled := map[int64]bool{}
	for range 4 {
		pulled[<-begun] = true
	}
	o.done("clean-up")
	if n := len(begun); n != 0 {
		t.Errorf("%d more are under way", n)
	}
	close(finish)
	for len(pulled) < 7 {
		pulled[<-begun] = true
	}
}

// TestDraftOfAClockThatWasAhead opens and postpones drafts by a clock that is decades
// ahead, and plans one by hand. Once the clock is right and a worker comes, the drafts
// have the next moments of the schedule, and the one that a person planned keeps its own.
func TestDraftOfAClockThatWasAhead(t *testing.T) {
	week := 7 * 24 * time.Hour
	wrong := dispatchtest.Now.AddDate(70, 0, 0)
	due := func(o *office) time.Time {
		t.Helper()
		i, _, err := o.Desk.Issue(t.Context(), desk.Ref{})
		o.Must(err)
		return i.DueAt
	}
	for _, c := range []struct {
		name string
		do   func(o *office) error
		want time.Time
	}{
		{"postponed", func(o *office) error {
			o.Clock.Set(wrong)
			_, err := o.Desk.Postpone(t.Context(), by, desk.Ref{Number: 9})
			return err
		}, sunday.Add(week)},
		{"opened", func(o *office) error {
			o.Clock.Set(wrong)
			_, _, err := o.Desk.Skip(t.Context(), by, desk.Ref{Number: 9})
			return err // whose moment passes with it
		}, sunday.Add(2 * week)},
		{"planned by hand", func(o *office) error {
			o.Clock.Set(dispatchtest.Now.Add(24 * time.Hour))
			_, err := o.Desk.Plan(t.Context(), by, desk.Ref{Number: 9}, sunday.Add(3*week+time.Hour))
			return err
		}, sunday.Add(3*week + time.Hour)},
		{"planned by hand for then", func(o *office) error {
			o.Clock.Set(wrong)
			_, err := o.Desk.Plan(t.Context(), by, desk.Ref{Number: 9}, wrong.Add(48*time.Hour))
			return err
		}, sunday.Add(week)},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			_, _, err := o.Desk.Draft(t.Context(), by, "")
			o.Must(err)
			o.Must(c.do(o))
			o.Clock.Set(dispatchtest.Now)
			o.work()
			o.eventually("the draft has its moment", func() bool { return due(o).Equal(c.want) })
			_, history, err := o.Desk.History(t.Context(), desk.Ref{}, 5)
			o.Must(err)
			if n := len(history); c.name == "planned by hand" && history[0].Did != digest.Timed {
				t.Errorf("%d changes, the last %s", n, history[0])
			}
			// Planning once more changes nothing.
			o.done("clean-up")
			if got := due(o); !got.Equal(c.want) {
				t.Errorf("then it is due %v", got)
			}
		})
	}
}
