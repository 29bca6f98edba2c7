package database

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
)

// Bound turns arguments into what the database keeps: times into microseconds
// since 1970 or NULL, booleans into 0 or 1. It leaves args as they are, and gives them
// back where there is nothing to turn.
func Bound(args []any) []any {
	if !slices.ContainsFunc(args, func(arg any) bool {
		switch arg.(type) {
		case time.Time, bool, OrNull:
			return true
		}
		return false
	}) {
		return args
	}
	out := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case time.Time:
			out[i] = Micros(v)
		case bool:
			out[i] = Flag(v)
		case OrNull:
			out[i] = v.value()
		default:
			out[i] = arg
		}
	}
	return out
}

// Micros gives microseconds since 1970, nil for the zero time.
func Micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// Flag gives 1 for true and 0 for false.
func Flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// OrNull is an id that is NULL when it is 0.
type OrNull int64

func (r OrNull) value() any {
	if r == 0 {
		return nil
	}
	return int64(r)
}

// targets turns pointers into what can take a column.
func targets(dest []any) []any {
	out := make([]any, len(dest))
	for i, d := range dest {
		switch v := d.(type) {
		case *time.Time:
			out[i] = timeColumn{v}
		case *digest.Prose:
			out[i] = proseColumn{v}
		default:
			out[i] = d
		}
	}
	return out
}

type timeColumn struct{ to *time.Time }

// Scan takes microseconds since 1970, or NULL for the zero time.
func (c timeColumn) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c.to = time.Time{}
	case int64:
		*c.to = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("a time cannot be read from %T", v)
	}
	return nil
}

type proseColumn struct{ to *digest.Prose }

// Scan takes the JSON of a text.
func (c proseColumn) Scan(v any) error {
	*c.to = nil
	if err := FromJSON(v, c.to); err != nil {
		return err
	}
	if len(*c.to) == 0 {
		*c.to = nil
	}
	return nil
}

// JSONColumn takes a JSON column into any value; NULL leaves it alone.
type JSONColumn struct{ To any }

// Scan takes JSON text.
func (c JSONColumn) Scan(v any) error { return FromJSON(v, c.To) }

// FromJSON reads a column of JSON; NULL leaves the value alone.
func FromJSON(v any, to any) error {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), to)
	case []byte:
		return json.Unmarshal(v, to)
	}
	return fmt.Errorf("JSON cannot be read from %T", v)
}

// JSON gives the JSON of a value.
func JSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// JSONArray gives the JSON array that a statement takes many values as; see
// Dialect.Among.
func JSONArray[T any](values []T) (string, error) {
	if len(values) == 0 {
		return "[]", nil
	}
	return JSON(values)
}

// Limit gives the limit of a listing: [DefaultLimit] for zero or less.
func Limit(limit int) int {
	if limit <= 0 {
		return DefaultLimit
	}
	return limit
}

// OrTime gives the first moment, or the second where that is zero.
func OrTime(a, b time.Time) time.Time {
	if !a.IsZero() {
		return a
	}
	return b
}
