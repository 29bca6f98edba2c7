package database

import (
	"fmt"
	"strings"
	"time"
)

// Where builds the condition of a listing out of the filters that are set.
type Where struct {
	Terms []string // of a conjunction
	Args  []any    // of the statement
}

// Param adds an argument and gives its placeholder.
func (w *Where) Param(arg any) string {
	w.Args = append(w.Args, arg)
	return fmt.Sprintf("$%d", len(w.Args))
}

// ID adds a term for an id, unless it is zero.
func (w *Where) ID(term string, id int64) {
	if id != 0 {
		w.Terms = append(w.Terms, term+w.Param(id))
	}
}

// Moment adds a term for a moment, unless it is zero.
func (w *Where) Moment(term string, at time.Time) {
	if !at.IsZero() {
		w.Terms = append(w.Terms, term+w.Param(at))
	}
}

// Clause gives the WHERE clause, "" without a term.
func (w *Where) Clause() string {
	if len(w.Terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.Terms, " AND ")
}
