package dump

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/field"
	"postbag/digest/jsonread"
)

// objects is an export in JSON: it is read value by value.
type objects struct {
	in   *jsonread.Reader
	rows rows
}

// rows are what makes entries of the values of one kind of export in JSON.
type rows interface {
	// plan says what is done with a value.
	plan(path string) jsonread.Action
	// take makes entries of a value that was taken. The error is of a file that is
	// damaged.
	take(r *Reader, v jsonread.Value) error
}

// surveyor are rows whose file is looked through before: by then it is known to be whole.
type surveyor interface {
	rows
	survey(path string) jsonread.Action
	note(r *Reader, v jsonread.Value) error
}

// next makes entries of one more value.
func (o *objects) next(r *Reader) error {
	v, err := o.in.Next()
	if err != nil {
		return err
	}
	return o.rows.take(r, v)
}

// openJSON finds out by its first members which export in JSON a file is.
func (r *Reader) openJSON(src *source, head []byte) error {
	read, err := r.rowsOf(membersOf(head))
	if err != nil {
		return err
	}
	if s, ok := read.(surveyor); ok {
		if err := r.look(src, s); err != nil {
			return err
		}
	}
	in, err := src.text()
	if err != nil {
		return err
	}
	r.format = &objects{jsonread.New(in, read.plan), read}
	return nil
}

// look looks a file through.
func (r *Reader) look(src *source, s surveyor) error {
	in, err := src.text()
	if err != nil {
		return err
	}
	for values := jsonread.New(in, s.survey); ; {
		v, err := values.Next()
		if err == nil {
			err = s.note(r, v)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return damaged(err)
		}
	}
}

// damaged words why a file that is looked through first is not read.
func damaged(err error) error {
	const again = "Nothing of it was read. Get the export again."
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return digest.Fail(digest.Invalid, again, "the file ends in the middle")
	case errors.Is(err, jsonread.ErrSyntax):
		return digest.Fail(digest.Invalid, again, "the file is not well-formed JSON")
	case errors.Is(err, jsonread.ErrDepth):
		return digest.Fail(digest.Invalid, "No platform's export needs that.", "the file is refused: %w", err)
	case badlyPacked(err):
		return unreadable(err)
	}
	return fmt.Errorf("read the file: %w", err)
}

// members are the keys that an export begins with.
type members struct {
	list  bool // they are those of the first of a list
	names []string
}

func (m members) have(names ...string) bool {
	for _, n := range names {
		if !slices.Contains(m.names, n) {
			return false
		}
	}
	return true
}

// membersOf reads the keys of the first object, as far as the first bytes have them.
func membersOf(head []byte) (m members) {
	in := jsonread.New(charset.NewReader(bytes.NewReader(head), head), func(path string) jsonread.Action {
		m.list = m.list || strings.HasPrefix(path, "*")
		name := strings.TrimPrefix(path, "*/")
		switch {
		case path == "" && len(m.names) == 0, path == "*" && len(m.names) == 0:
			return jsonread.Enter
		case name != "" && name != "*" && len(m.names) < 100:
			m.names = append(m.names, name)
		}
		return jsonread.Skip
	})
	_, _ = in.Next() // nothing is taken, so it goes on to the end of these bytes
	return m
}

// rowsOf gives what reads an export with such members, and says what it is.
func (r *Reader) rowsOf(m members) (rows, error) {
	is := func(format Format, of digest.Platform, read rows) (rows, error) {
		r.head = Head{Format: format, Platform: of}
		return read, nil
	}
	switch {
	case m.have("tid", "text"), m.have("uri", "text"):
		return is(IssoRows, digest.Isso, &issoRows{list: m.list})
	case m.list && (m.have("comments") || m.have("id", "title")):
		return is(IssoJSON, digest.Isso, &issoThreads{})
	case m.list:
	case m.have("version", "items"), m.have("version", "home_page_url"):
		return nil, aFeed()
	case m.have("db"), m.have("meta", "data"):
		return is(GhostJSON, digest.Ghost, newGhost())
	case m.have("version", "pages"):
		return is(ComentarioJSON, digest.Comentario, newCommento())
	case m.have("version", "comments"):
		return is(CommentoJSON, digest.Comentario, newCommento())
	case m.have("version", "users"), m.have("version", "posts"), m.have("id", "locator"), m.have("version") && len(m.names) == 1:
		return is(RemarkBackup, digest.Remark42, &remark{})
	}
	return nil, digest.Fail(digest.Invalid, takeHint, "the file is JSON data, but no export that is known")
}

// text is a text, number or truth of JSON as a text; anything else is "".
type text string

// UnmarshalJSON takes whatever it is given.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		*t = text(charset.Clean(s))
	case len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' || raw[0] == 't' || raw[0] == 'f'):
		*t = text(raw)
	}
	return nil
}

func (t text) String() string { return strings.TrimSpace(string(t)) }

// id gives a text as a name of something.
func (t text) id() string { return field.ID(string(t)) }

// is tells whether a text means yes.
func (t text) is() bool { s := t.String(); return s == "true" || s == "1" }

// when reads a text as a time: as it is written, or in seconds or milliseconds since 1970.
func (t text) when() time.Time {
	s := t.String()
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return field.Time(s)
	}
	const milliseconds = 1e11 // no time in seconds is as large
	if math.Abs(seconds) >= milliseconds {
		seconds /= 1000
	}
	if math.IsNaN(seconds) || math.Abs(seconds) >= milliseconds {
		return time.Time{}
	}
	return possible(time.UnixMicro(int64(math.Round(seconds * 1e6))))
}

// possible gives a time in UTC, or zero for one that [field.Time] would not take.
func possible(at time.Time) time.Time { return field.Time(at.UTC().Format(time.RFC3339Nano)) }

// decode reads the text of a value; members of a wrong type are left out.
func decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	if _, wrong := errors.AsType[*json.UnmarshalTypeError](err); wrong {
		return nil
	}
	if err != nil {
		return jsonread.ErrSyntax
	}
	return nil
}

// commentRow reads a value as a comment. One that is too long is counted, and is none.
func commentRow[T any](r *Reader, v jsonread.Value) (row T, ok bool, err error) {
	if v.TooLong {
		r.tally.leave(LongComment)
		return row, false, nil
	}
	err = decode(v.Raw, &row)
	return row, err == nil, err
}
