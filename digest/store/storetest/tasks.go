package storetest

import (
	"errors"
	"fmt"
	"slices"

	"postbag/digest"
	"postbag/digest/beside"
)

// task stores a task that runs.
func (b *bench) task(kind beside.Kind, subject int64) beside.Task {
	b.Helper()
	t := beside.Task{Kind: kind, Subject: subject, Name: "the blog", By: tester, State: beside.Running, StartedAt: start}
	t.ID = must(b.StartTask(b.ctx(), t))
	return t
}

var taskTests = []test{
	{"a task is read as it was told and ended", func(b *bench) {
		t := b.task(beside.History, 3)
		b.must(b.TellTask(b.ctx(), t.ID, beside.Progress{Doing: "comments", Done: 5, Total: 20}))
		got := must(b.Task(b.ctx(), t.ID))
		if got.Done != 5 || got.Total != 20 || got.Doing != "comments" || !got.Live() || got.By != tester || !got.StartedAt.Equal(start) || got.Name != "the blog" {
			b.Errorf("%+v", got)
		}
		t.State, t.EndedAt, t.Said, t.Problem, t.Hint = beside.Failed, after(1), []string{"One.", "Two."}, "it broke", "mend it"
		b.must(b.EndTask(b.ctx(), t))
		got = must(b.Task(b.ctx(), t.ID))
		if got.State != beside.Failed || !slices.Equal(got.Said, t.Said) || got.Problem != "it broke" || got.Hint != "mend it" || got.EndedAt.IsZero() {
			b.Errorf("%+v", got)
		}
		t.State = beside.Done
		b.must(b.EndTask(b.ctx(), t))
		if got = must(b.Task(b.ctx(), t.ID)); got.State != beside.Failed {
			b.Errorf("a task ended twice: %+v", got)
		}
	}},
	{"of a kind and subject one task runs at a time", func(b *bench) {
		first := b.task(beside.Pull, 1)
		again := beside.Task{Kind: beside.Pull, Subject: 1, By: tester, StartedAt: start}
		b.wantKind(errOf(b.StartTask(b.ctx(), again)), digest.Conflict)
		b.task(beside.Pull, 2)
		b.task(beside.History, 1)
		first.State = beside.Done
		b.must(b.EndTask(b.ctx(), first))
		must(b.StartTask(b.ctx(), again))
	}},
	{"who starts one at the same time gets it alone", func(b *bench) {
		const many = 8
		errs := make(chan error, many)
		for range many {
			go func() {
				_, err := b.StartTask(b.ctx(), beside.Task{Kind: beside.ImportExport, By: tester, StartedAt: start})
				errs <- err
			}()
		}
		begun := 0
		for range many {
			switch err := <-errs; {
			case err == nil:
				begun++
			case digest.KindOf(err) != digest.Conflict:
				b.Error(err)
			}
		}
		if begun != 1 {
			b.Errorf("%d began", begun)
		}
	}},
	{"its process is told that somebody wants the end of it", func(b *bench) {
		t := b.task(beside.Pull, 1)
		b.must(b.WantStop(b.ctx(), t.ID))
		b.wantKind(b.TellTask(b.ctx(), t.ID, beside.Progress{Done: 9}), digest.Conflict)
		if got := must(b.Task(b.ctx(), t.ID)); got.Done != 0 || !got.Live() {
			b.Errorf("%+v", got)
		}
		b.must(b.WantStop(b.ctx(), 999))
	}},
	{"tasks are listed by kind and subject, the newest first", func(b *bench) {
		one, two, three := b.task(beside.Pull, 1), b.task(beside.History, 1), b.task(beside.Pull, 2)
		for _, c := range []struct {
			kinds   []beside.Kind
			subject int64
			want    []int64
		}{
			{[]beside.Kind{beside.Pull, beside.History}, 1, []int64{two.ID, one.ID}},
			{[]beside.Kind{beside.Pull}, 0, []int64{three.ID, one.ID}},
			{nil, 0, []int64{three.ID, two.ID, one.ID}},
			{[]beside.Kind{beside.ImportReaders}, 0, nil},
		} {
			var got []int64
			for _, t := range must(b.Tasks(b.ctx(), c.kinds, c.subject, 10)) {
				got = append(got, t.ID)
			}
			if !slices.Equal(got, c.want) {
				b.Errorf("%v of %d: %v, want %v", c.kinds, c.subject, got, c.want)
			}
		}
		if got := must(b.Tasks(b.ctx(), nil, 0, 1)); len(got) != 1 {
			b.Errorf("%d tasks where one was asked for", len(got))
		}
	}},
	{"the newest tasks are kept, and what runs", func(b *bench) {
		running := b.task(beside.ImportExport, 0)
		old := b.task(beside.Pull, 1)
		old.State = beside.Done
		b.must(b.EndTask(b.ctx(), old))
		for i := range beside.Kept {
			t := b.task(beside.Pull, int64(10+i))
			t.State = beside.Done
			b.must(b.EndTask(b.ctx(), t))
		}
		b.wantKind(errOf(b.Task(b.ctx(), old.ID)), digest.NotFound)
		if got := must(b.Task(b.ctx(), running.ID)); !got.Live() {
			b.Errorf("what runs was forgotten: %+v", got)
		}
	}},
	{"hostile names are text", func(b *bench) {
		t := beside.Task{Kind: beside.Pull, Subject: 1, Name: `'); DROP TABLE tasks; --`, By: tester, StartedAt: start}
		t.ID = must(b.StartTask(b.ctx(), t))
		if got := must(b.Task(b.ctx(), t.ID)); got.Name != t.Name {
			b.Error(got.Name)
		}
		if err := errOf(b.Task(b.ctx(), t.ID+1)); digest.KindOf(err) != digest.NotFound {
			b.Error(fmt.Errorf("%w", errors.Join(err)))
		}
	}},
}
