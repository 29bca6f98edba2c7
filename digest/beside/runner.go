package beside

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"postbag/digest"
)

// tellEvery is how often a process says how far its tasks are, in real time. It is a
// small part of [Silence].
const tellEvery = time.Second

// endTime bounds what storing the end of a task may take.
const endTime = 5 * time.Second

// Work is what a task does. It tells how far it is as often as it likes, and gives what
// it brought, also beside an error.
type Work func(ctx context.Context, tell func(Progress)) (said []string, err error)

// Runner runs tasks in this process. It is safe for concurrent use.
type Runner struct {
	store Store
	clock digest.Clock
	log   *slog.Logger

	ctx  context.Context // of all tasks
	stop context.CancelFunc
	mu   sync.Mutex // of closing
	shut bool
	all  sync.WaitGroup
}

// New makes a runner, which the caller closes. When ctx ends, all tasks do.
func New(ctx context.Context, store Store, clock digest.Clock, log *slog.Logger) *Runner {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(ctx)
	return &Runner{store: store, clock: clock, log: log, ctx: ctx, stop: stop}
}

// Close stops all tasks and waits until each has said how it ended.
func (r *Runner) Close() {
	r.mu.Lock()
	r.shut = true
	r.mu.Unlock()
	r.stop()
	r.all.Wait()
}

// Start starts a task and gives it as it is stored. While one of the same kind and
// subject is under way the error is of kind Conflict; ctx bounds the start alone.
func (r *Runner) Start(ctx context.Context, by digest.Actor, kind Kind, subject int64, name string, do Work) (Task, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shut {
		return Task{}, digest.Fail(digest.Unavailable, "Try again in a moment.", "this process is ending")
	}
	t := Task{Kind: kind, Subject: subject, Name: name, By: by, State: Running, StartedAt: r.clock.Now()}
	id, err := r.store.StartTask(ctx, t)
	if err != nil {
		return Task{}, err
	}
	t.ID = id
	r.all.Go(func() { r.run(t, do) })
	return t, nil
}

// Stop asks for the end of a task, which comes within seconds. What it stored stays.
func (r *Runner) Stop(ctx context.Context, id int64) error { return r.store.WantStop(ctx, id) }

// Task gives a task.
func (r *Runner) Task(ctx context.Context, id int64) (Task, error) { return r.store.Task(ctx, id) }

// Latest gives the newest task of a kind and subject, or of one of several kinds; ok is
// false where there is none.
func (r *Runner) Latest(ctx context.Context, subject int64, kinds ...Kind) (t Task, ok bool, err error) {
	all, err := r.store.Tasks(ctx, kinds, subject, 1)
	if err != nil || len(all) == 0 {
		return Task{}, false, err
	}
	return all[0], true, nil
}

// Newest gives the newest tasks of some kinds, of any subject, the newest first.
func (r *Runner) Newest(ctx context.Context, kinds ...Kind) ([]Task, error) {
	return r.store.Tasks(ctx, kinds, 0, Kept)
}

// run does a task to its end.
func (r *Runner) run(t Task, do Work) {
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	now := &state{}
	telling := make(chan bool, 1)
	go func() { telling <- r.tellOn(ctx, cancel, t.ID, now) }()
	said, err := r.do(ctx, t, do, now.set)
	asked := ctx.Err() != nil
	cancel()
	stopped := <-telling
	t.Said, t.EndedAt, t.Progress, t.State = said, r.clock.Now(), now.get(), Done
	switch {
	case err == nil:
	case stopped, asked && errors.Is(err, context.Canceled):
		t.State = Stopped
	default:
		t.State, t.Problem, t.Hint = Failed, err.Error(), digest.HintOf(err)
		r.log.Warn("what ran beside failed", "task", t.ID, "kind", t.Kind, "subject", t.Subject, "error", err)
	}
	r.end(t)
}

// do calls the work; one that panics has failed, and takes nothing else with it.
func (r *Runner) do(ctx context.Context, t Task, do Work, tell func(Progress)) (said []string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			r.log.Error("what ran beside broke off", "task", t.ID, "kind", t.Kind, "fault", fault, "stack", string(debug.Stack()))
			err = digest.Fail(digest.Internal, "The log says more.", "a fault of the program ended it")
		}
	}()
	return do(ctx, tell)
}

// end stores how a task ended. The process may be ending, so it has a few seconds of
// its own.
func (r *Runner) end(t Task) {
	ctx, cancel := digest.Afterwards(r.ctx, endTime)
	defer cancel()
	if err := r.store.EndTask(ctx, t); err != nil {
		r.log.Error("how something ended that ran beside could not be stored", "task", t.ID, "error", err)
	}
}

// tellOn stores how far a task is until its context ends, and tells whether somebody
// asked for its end.
func (r *Runner) tellOn(ctx context.Context, cancel context.CancelFunc, id int64, now *state) (stopped bool) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return stopped
		case <-tick.C:
		}
		err := r.store.TellTask(ctx, id, now.get())
		switch {
		case err == nil, ctx.Err() != nil:
		case digest.KindOf(err) == digest.Conflict:
			stopped = true
			cancel()
		default: // the database is away for a moment; the next one will tell
			r.log.Warn("how far a task is could not be stored", "task", id, "error", err)
		}
	}
}

// state is the newest progress of a task.
type state struct {
	mu sync.Mutex
	p  Progress
}

func (s *state) set(p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.p = p
}

func (s *state) get() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.p
}

// Percent is how much of a task is done, 0 to 100, or -1 where that is not known.
func (p Progress) Percent() int {
	if p.Total <= 0 {
		return -1
	}
	return min(100, max(0, 100*p.Done/p.Total))
}

// Words says the progress in words.
func (p Progress) Words() string {
	switch {
	case p.Total > 0 && p.Doing != "":
		return fmt.Sprintf("%s: %d of %d", p.Doing, min(p.Done, p.Total), p.Total)
	case p.Total > 0:
		return fmt.Sprintf("%d of %d", min(p.Done, p.Total), p.Total)
	case p.Done > 0 && p.Doing != "":
		return fmt.Sprintf("%s: %d so far", p.Doing, p.Done)
	case p.Done > 0:
		return fmt.Sprintf("%d so far", p.Done)
	}
	return p.Doing
}
