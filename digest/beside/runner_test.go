package beside_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/store"
)

var editor = digest.Actor{Kind: digest.ByEditor, Name: "ada@paper.example"}

func runner(t *testing.T) *beside.Runner {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "postbag.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := beside.New(t.Context(), db, digest.SystemClock{}, nil)
	t.Cleanup(func() {
		r.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// start starts a task, or fails the test.
func start(t *testing.T, r *beside.Runner, do beside.Work) beside.Task {
	t.Helper()
	task, err := r.Start(t.Context(), editor, beside.Pull, 1, "the blog", do)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// until reads a task until it is as wanted.
func until(t *testing.T, r *beside.Runner, id int64, is func(beside.Task) bool) beside.Task {
	t.Helper()
	for {
		task, err := r.Task(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if is(task) {
			return task
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("it stays %+v", task)
		default:
		}
	}
}

func ended(task beside.Task) bool { return !task.Live() }

func TestHowATaskEnds(t *testing.T) {
	for name, c := range map[string]struct {
		do      beside.Work
		want    beside.State
		problem string
	}{
		"well": {func(context.Context, func(beside.Progress)) ([]string, error) { return []string{"31 comments."}, nil }, beside.Done, ""},
		"in a failure": {func(context.Context, func(beside.Progress)) ([]string, error) {
			return []string{"31 comments."}, digest.Fail(digest.Unavailable, "Try later.", "the blog does not answer")
		}, beside.Failed, "the blog does not answer"},
		"in a fault": {func(context.Context, func(beside.Progress)) ([]string, error) { panic("nil map") }, beside.Failed, "a fault of the program ended it"},
	} {
		t.Run(name, func(t *testing.T) {
			r := runner(t)
			got := until(t, r, start(t, r, c.do).ID, ended)
			if got.State != c.want || got.Problem != c.problem || got.EndedAt.IsZero() || got.By != editor {
				t.Errorf("%+v", got)
			}
			if c.problem == "" && !slices.Equal(got.Said, []string{"31 comments."}) {
				t.Errorf("it said %q", got.Said)
			}
			if _, err := r.Start(t.Context(), editor, beside.Pull, 1, "the blog", c.do); err != nil {
				t.Errorf("it cannot begin again: %v", err)
			}
		})
	}
}

// TestStoppingATask: what runs tells how far it is, and ends when somebody wants it to,
// though they are in another process.
func TestStoppingATask(t *testing.T) {
	r := runner(t)
	task := start(t, r, func(ctx context.Context, tell func(beside.Progress)) ([]string, error) {
		tell(beside.Progress{Doing: "comments, page 3", Done: 75, Total: 300})
		<-ctx.Done()
		return []string{"75 comments."}, ctx.Err()
	})
	got := until(t, r, task.ID, func(t beside.Task) bool { return t.Done > 0 })
	if got.Percent() != 25 || got.Words() != "comments, page 3: 75 of 300" || !got.Live() {
		t.Errorf("%+v", got)
	}
	_, err := r.Start(t.Context(), editor, beside.Pull, 1, "the blog", nil)
	if digest.KindOf(err) != digest.Conflict {
		t.Errorf("a second one began: %v", err)
	}
	if err := r.Stop(t.Context(), task.ID); err != nil {
		t.Fatal(err)
	}
	got = until(t, r, task.ID, ended)
	if got.State != beside.Stopped || got.Problem != "" || !slices.Equal(got.Said, []string{"75 comments."}) {
		t.Errorf("%+v", got)
	}
	if latest, ok, err := r.Latest(t.Context(), 1, beside.Pull, beside.History); err != nil || !ok || latest.ID != task.ID {
		t.Errorf("%+v, %v, %v", latest, ok, err)
	}
	if _, ok, err := r.Latest(t.Context(), 2, beside.Pull); err != nil || ok {
		t.Errorf("a task of another blog is there: %v", err)
	}
}

// TestAProcessThatEnds stops what runs beside, and says so.
func TestAProcessThatEnds(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "postbag.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r := beside.New(t.Context(), db, digest.SystemClock{}, nil)
	task := start(t, r, func(ctx context.Context, _ func(beside.Progress)) ([]string, error) {
		<-ctx.Done()
		return nil, errors.Join(errors.New("the blog's answer broke off"), ctx.Err())
	})
	r.Close()
	if got, err := db.Task(t.Context(), task.ID); err != nil || got.State != beside.Stopped {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.Start(t.Context(), editor, beside.Pull, 2, "the blog", nil); digest.KindOf(err) != digest.Unavailable {
		t.Errorf("something began in a process that ends: %v", err)
	}
}

func TestProgressInWords(t *testing.T) {
	for want, p := range map[string]beside.Progress{
		"":                {},
		"3 of 9":          {Done: 3, Total: 9},
		"9 of 9":          {Done: 12, Total: 9},
		"posts: 4 so far": {Doing: "posts", Done: 4, Total: -1},
		"4 so far":        {Done: 4},
		"asking":          {Doing: "asking", Total: -1},
		"posts: 3 of 9":   {Doing: "posts", Done: 3, Total: 9},
	} {
		if got := p.Words(); got != want {
			t.Errorf("%+v is %q, want %q", p, got, want)
		}
	}
	for want, p := range map[int]beside.Progress{-1: {Done: 4}, 100: {Done: 12, Total: 9}, 0: {Total: 9}, 33: {Done: 3, Total: 9}} {
		if got := p.Percent(); got != want {
			t.Errorf("%+v is %d, want %d", p, got, want)
		}
	}
}
