package beside

import (
	"context"
	"time"

	"postbag/digest"
)

// Kind is what a task does.
type Kind string

// The kinds of task.
const (
	Pull          Kind = "pull"           // a source's feeds; the subject is the source
	History       Kind = "history"        // a source's feeds back to the beginning; as for Pull
	ImportExport  Kind = "import-export"  // a blog's export file; there is no subject
	ImportReaders Kind = "import-readers" // a list of readers; there is no subject
)

// State is how a task stands.
type State string

// The states of a task. Lost is that of one whose process died.
const (
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped"
	Lost    State = "lost"
)

// EndableStates lists the states of tasks whose end may still be told: a process that was
// taken for dead may live, and tells how its task ended.
func EndableStates() []State { return []State{Running, Lost} }

// Task is something that runs, or ran, beside.
type Task struct {
	ID      int64
	Kind    Kind
	Subject int64  // an id, by kind; 0 for none
	Name    string // what it is about, for a person: the blog, the file
	By      digest.Actor
	State   State

	StartedAt, EndedAt time.Time
	Progress
	// Said is what it brought, a sentence each.
	Said []string
	// Problem says why it failed, and Hint what helps; "" where it did not.
	Problem, Hint string
}

// Progress is how far a task has come.
type Progress struct {
	Doing string // in a few words: "comments, page 12"
	Done  int    // of Total
	Total int    // 0 or less where that is not known
}

// Live tells whether the task is under way.
func (t Task) Live() bool { return t.State == Running }

// Store is what tasks ask of the database.
type Store interface {
	// StartTask stores a new task of the state Running and gives its id. The tasks of
	// the kind and subject that were silent for longer than [Silence] become Lost; one
	// that is under way is an error of kind Conflict. All but the newest tasks are
	// forgotten.
	StartTask(ctx context.Context, t Task) (id int64, err error)
	// TellTask stores how far a task has come, and that its process lives.
	TellTask(ctx context.Context, id int64, p Progress) error
	// EndTask stores how a task ended. One that has ended already is left alone.
	EndTask(ctx context.Context, t Task) error
	// Task gives a task; the error is of kind NotFound.
	Task(ctx context.Context, id int64) (Task, error)
	// Tasks lists the tasks of some kinds and of a subject, the newest first; with
	// subject 0 those of any subject.
	Tasks(ctx context.Context, kinds []Kind, subject int64, limit int) ([]Task, error)
	// WantStop asks for the end of a task, in whichever process it runs. It tells the
	// process by the next TellTask, whose error is then of kind Conflict.
	WantStop(ctx context.Context, id int64) error
}

// Silence is how long a process that is at a task may say nothing before the task
// counts as lost, by the database's clock.
const Silence = 30 * time.Second

// Kept is how many tasks are remembered.
const Kept = 200
