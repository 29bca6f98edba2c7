// Package tasks keeps what runs beside: pulls and imports that somebody started and
// does not wait for.
package tasks

import (
	"context"
	"fmt"
	"strings"

	"postbag/digest/beside"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// Store keeps the tasks.
type Store struct{ *database.DB }

const columns = `id, kind, subject, name, by_kind, by_name, state, started_at, ended_at, doing, done, total, said, problem, hint`

// silent tells of a task whose process says nothing. What it said by a clock that was
// ahead is not waited for: it says something every second.
func silent(tx *database.Tx) string {
	return fmt.Sprintf(`(seen_at < %s - %d OR seen_at > %[1]s + %[2]d)`, tx.Dialect.Now, beside.Silence.Microseconds())
}

// StartTask stores a new task; see [beside.Store].
func (db *Store) StartTask(ctx context.Context, t beside.Task) (id int64, err error) {
	err = db.Update(ctx, "start a task", func(tx *database.Tx) error {
		if err := tx.TakeTurns(database.TurnTask); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE tasks SET state = 'lost', ended_at = $1
			WHERE kind = $2 AND subject = $3 AND state = 'running' AND `+silent(tx),
			t.StartedAt, string(t.Kind), t.Subject); err != nil {
			return err
		}
		under, err := tx.Number(`SELECT COUNT(*) FROM tasks WHERE kind = $1 AND subject = $2 AND state = 'running'`, string(t.Kind), t.Subject)
		if err != nil {
			return err
		}
		if under > 0 {
			return database.Conflict("It goes on by itself; wait for its end, or stop it.", "this is under way already")
		}
		id, err = tx.Insert(`INSERT INTO tasks (kind, subject, name, by_kind, by_name, state, started_at, seen_at, doing, done, total, said, problem, hint, stop)
			VALUES ($1, $2, $3, $4, $5, 'running', $6, `+tx.Dialect.Now+`, '', 0, 0, '', '', '', 0)`,
			string(t.Kind), t.Subject, t.Name, string(t.By.Kind), t.By.Name, t.StartedAt)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM tasks WHERE state <> 'running' AND id <= $1`, id-beside.Kept)
		return err
	})
	return id, err
}

// TellTask stores how far a task has come; see [beside.Store].
func (db *Store) TellTask(ctx context.Context, id int64, p beside.Progress) error {
	return db.Update(ctx, "tell how far a task is", func(tx *database.Tx) error {
		n, err := tx.Exec(`UPDATE tasks SET seen_at = `+tx.Dialect.Now+`, doing = $1, done = $2, total = $3
			WHERE id = $4 AND state = 'running' AND stop = 0`, p.Doing, p.Done, p.Total, id)
		if err == nil && n == 0 {
			err = database.Conflict("", "somebody asked for the end of task %d", id)
		}
		return err
	})
}

// EndTask stores how a task ended; see [beside.Store].
func (db *Store) EndTask(ctx context.Context, t beside.Task) error {
	return db.Update(ctx, "end a task", func(tx *database.Tx) error {
		_, err := tx.Exec(`UPDATE tasks SET state = $1, ended_at = $2, doing = $3, done = $4, total = $5, said = $6, problem = $7, hint = $8
			WHERE id = $9 AND `+rules.Endable,
			string(t.State), t.EndedAt, t.Doing, t.Done, t.Total, strings.Join(t.Said, "\n"), t.Problem, t.Hint, t.ID)
		return err
	})
}

// WantStop asks for the end of a task; see [beside.Store].
func (db *Store) WantStop(ctx context.Context, id int64) error {
	return db.Update(ctx, "stop a task", func(tx *database.Tx) error {
		_, err := tx.Exec(`UPDATE tasks SET stop = 1 WHERE id = $1 AND state = 'running'`, id)
		return err
	})
}

// Task gives a task; see [beside.Store].
func (db *Store) Task(ctx context.Context, id int64) (t beside.Task, err error) {
	err = db.View(ctx, "read a task", func(tx *database.Tx) error {
		all, err := read(tx, `WHERE id = $1`, id)
		switch {
		case err != nil:
			return err
		case len(all) == 0:
			return database.Missing("there is no task %d; those of long ago are forgotten", id)
		}
		t = all[0]
		return nil
	})
	return t, err
}

// Tasks lists tasks; see [beside.Store].
func (db *Store) Tasks(ctx context.Context, kinds []beside.Kind, subject int64, limit int) (all []beside.Task, err error) {
	err = db.View(ctx, "list the tasks", func(tx *database.Tx) error {
		names := make([]string, len(kinds))
		for i, k := range kinds {
			names[i] = "'" + string(k) + "'"
		}
		where := `WHERE kind IN (` + strings.Join(names, ", ") + `)`
		if len(kinds) == 0 {
			where = `WHERE id > 0`
		}
		all, err = read(tx, where+` AND ($1 = 0 OR subject = $1) ORDER BY id DESC LIMIT $2`, subject, limit)
		return err
	})
	return all, err
}

// read reads tasks. One that is silent for too long reads as lost, whoever finds it.
func read(tx *database.Tx, where string, args ...any) (all []beside.Task, err error) {
	err = tx.Each(func(r database.Row) error {
		var t beside.Task
		var said string
		var silent bool
		if err := r.Scan(&t.ID, &t.Kind, &t.Subject, &t.Name, &t.By.Kind, &t.By.Name, &t.State, &t.StartedAt, &t.EndedAt,
			&t.Doing, &t.Done, &t.Total, &said, &t.Problem, &t.Hint, &silent); err != nil {
			return err
		}
		if said != "" {
			t.Said = strings.Split(said, "\n")
		}
		if t.State == beside.Running && silent {
			t.State = beside.Lost
		}
		all = append(all, t)
		return nil
	}, `SELECT `+columns+`, CASE WHEN `+silent(tx)+` THEN 1 ELSE 0 END FROM tasks `+where, args...)
	return all, err
}
