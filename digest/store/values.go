package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
)

// bound turns arguments into what the database keeps: times into microseconds
// since 1970 or NULL, booleans into 0 or 1.
func bound(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case time.Time:
			out[i] = moment(v)
		case bool:
			out[i] = flag(v)
		case ref:
			out[i] = v.value()
		default:
			out[i] = arg
		}
	}
	return out
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ref is an id that is NULL when it is 0.
type ref int64

func (r ref) value() any {
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
	if err := unpack(v, c.to); err != nil {
		return err
	}
	if len(*c.to) == 0 {
		*c.to = nil
	}
	return nil
}

// jsonColumn takes a JSON column into any value; NULL leaves it alone.
type jsonColumn struct{ to any }

// Scan takes JSON text.
func (c jsonColumn) Scan(v any) error { return unpack(v, c.to) }

func unpack(v any, to any) error {
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

// pack gives the JSON of a value.
func pack(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// list gives the JSON array that a statement takes many values as; see
// dialect.among.
func list[T any](values []T) (string, error) {
	if len(values) == 0 {
		return "[]", nil
	}
	return pack(values)
}

// literals gives words of the domain, which hold no quotation mark, as SQL writes
// a list of them.
func literals[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("'" + string(w) + "'")
	}
	return b.String()
}

// bounded gives the limit of a listing.
func bounded(limit int) int {
	if limit <= 0 {
		return DefaultLimit
	}
	return limit
}
