package store

import (
	"fmt"
	"strings"
	"time"
)

// where builds the condition of a listing out of the filters that are set.
type where struct {
	terms []string
	args  []any
}

// param adds an argument and gives its placeholder.
func (w *where) param(arg any) string {
	w.args = append(w.args, arg)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) id(term string, id int64) {
	if id != 0 {
		w.terms = append(w.terms, term+w.param(id))
	}
}

func (w *where) moment(term string, at time.Time) {
	if !at.IsZero() {
		w.terms = append(w.terms, term+w.param(at))
	}
}

func (w *where) clause() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}
