package report

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
)

// How much of a message is looked at.
const (
	// MostBytes is how much of a message is read. A report comes before the mail
	// that it returns.
	MostBytes  = 1 << 20
	mostParts  = 40
	mostDepth  = 6
	mostFields = 300
	mostValue  = 4000 // bytes of one field
)

// field is a header field, unfolded.
type field struct{ name, value string } // name in lower case

// fields are the fields of a header.
type fields []field

// get gives the first field of a name, or "".
func (f fields) get(name string) string {
	for _, one := range f {
		if one.name == name {
			return one.value
		}
	}
	return ""
}

// all gives the fields of some names, in their order.
func (f fields) all(names ...string) (values []string) {
	for _, one := range f {
		for _, name := range names {
			if one.name == name {
				values = append(values, one.value)
			}
		}
	}
	return values
}

// entity is a message or a part of one.
type entity struct {
	header fields
	kind   string // media type, in lower case
	params map[string]string
	body   []byte // as it stands
}

// header reads fields up to an empty line; body is what follows. Lines that are no
// fields are passed over.
func header(text []byte) (all fields, body []byte) {
	for len(text) > 0 {
		var line []byte
		line, text = cutLine(text)
		if len(line) == 0 {
			return all, text
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n := len(all); n > 0 && len(all[n-1].value) < mostValue {
				all[n-1].value = short(all[n-1].value+" "+tidy(line), mostValue)
			}
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(all) == mostFields {
			continue
		}
		all = append(all, field{strings.ToLower(tidy(name)), short(tidy(value), mostValue)})
	}
	return all, nil
}

// cutLine parts the first line from the rest, without its end.
func cutLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

// tidy makes text fit to be kept and shown: valid, on one line, without controls.
func tidy(b []byte) string {
	text := strings.ToValidUTF8(string(b), "\uFFFD")
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
}

// short cuts text at a character.
func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

func parse(text []byte) entity {
	var e entity
	e.header, e.body = header(text)
	kind, params, err := mime.ParseMediaType(e.header.get("content-type"))
	if err != nil {
		// What stands before the first parameter is most often right.
		kind, _, _ = strings.Cut(strings.ToLower(e.header.get("content-type")), ";")
		kind = strings.TrimSpace(kind)
	}
	if e.kind, e.params = kind, params; kind == "" {
		e.kind = "text/plain"
	}
	return e
}

// isMulti tells whether an entity has parts.
func (e entity) isMulti() bool { return strings.HasPrefix(e.kind, "multipart/") }

// parts gives the parts of an entity (RFC 2046, 5.1.1). A boundary that never comes
// again ends the last part with the message.
func (e entity) parts() (all []entity) {
	boundary := e.params["boundary"]
	if boundary == "" {
		return nil
	}
	mark := []byte("--" + boundary)
	text, began := e.body, -1
	at := 0
	part := func(end int) {
		if began >= 0 && len(all) < mostParts {
			all = append(all, parse(text[began:end]))
		}
	}
	for at < len(text) {
		line, _ := cutLine(text[at:])
		next := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		if bytes.HasPrefix(line, mark) {
			switch rest := bytes.TrimRight(line[len(mark):], " \t"); {
			case len(rest) == 0:
				part(at)
				began = next
			case bytes.Equal(rest, []byte("--")):
				part(at)
				return all
			}
		}
		at = next
	}
	part(len(text))
	return all
}

// decoded gives the body without its transfer encoding; what is broken ends it.
func (e entity) decoded() []byte {
	var r io.Reader
	switch strings.ToLower(e.header.get("content-transfer-encoding")) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(e.body))
	case "quoted-printable":
		r = quotedprintable.NewReader(bytes.NewReader(e.body))
	default:
		return e.body
	}
	// Decoding never makes it longer.
	b, _ := io.ReadAll(io.LimitReader(r, MostBytes))
	return b
}

// visit calls f for an entity and all its parts, depth first, down to a depth; f tells
// whether the parts of this one are wanted. It gives false when some lie too deep.
func (e entity) visit(depth int, left *int, f func(entity) bool) bool {
	if *left--; *left < 0 || depth > mostDepth {
		return false
	}
	if !f(e) || !e.isMulti() {
		return true
	}
	whole := true
	for _, p := range e.parts() {
		whole = p.visit(depth+1, left, f) && whole
	}
	return whole
}
