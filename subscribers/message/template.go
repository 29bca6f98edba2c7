package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/dkim"
)

// Reader is what differs from one reader of an issue to the next.
type Reader struct {
	To        string // bare address
	Name      string
	MessageID string // without angle brackets
	Token     string // set where the mark was; unused without a mark
}

// Template is a message that was encoded once, with places for each reader's
// own parts. It may be used from several goroutines.
type Template struct {
	sign     *dkim.Plan // nil leaves the mail unsigned
	head     []byte     // fields before To
	middle   []byte     // fields between To and Message-ID
	list     []piece
	tail     []byte // fields after List-Unsubscribe but for the content type
	body     []piece
	size     int
	hasToken bool
}

// piece is a run of fixed bytes and what follows it.
type piece struct {
	fixed []byte
	// then says what follows; of a token, from and to bound the part of it that
	// stands here, because the encoding may have broken it over two lines.
	then     slot
	from, to int
}

type slot int

const (
	nothing slot = iota
	token
	boundary
)

// NewTemplate encodes a message for many readers. mark stands in Text, HTML and
// ListUnsubscribe where each reader's own token goes; it is as long as a token,
// of characters that quoted-printable leaves alone. With a mark of "" nothing
// is replaced. To, ToName and MessageID of m are not used.
func NewTemplate(m Message, mark string) (*Template, error) {
	if mark != "" && (len(mark) != subscribers.TokenLength || strings.Trim(mark, tokenCharacters+"01") != "") {
		return nil, digest.Fail(digest.Internal, "", "the mark %q is not shaped like a token", mark)
	}
	m, err := m.checked()
	if err != nil {
		return nil, err
	}
	// The place of the boundary must not occur in the texts by chance or by
	// somebody's design.
	place := digestOf(m.Subject, m.Text, m.HTML)
	raw, err := m.build(place)
	if err != nil {
		return nil, err
	}
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	fields := splitFields(head)
	t := &Template{head: m.fromFields(nil)}
	t.middle = append(appendField(nil, "Subject", words(m.Subject)), fields["date"]...)
	t.list = pieces(unsubscribeField(m.ListUnsubscribe), mark, "")
	t.tail = m.listFields(nil)
	for _, name := range []string{"precedence", "x-auto-response-suppress", "auto-submitted", "mime-version"} {
		t.tail = append(t.tail, fields[name]...)
	}
	rest := append([]byte(fields["content-transfer-encoding"]+fields["content-type"]), "\r\n"...)
	t.body = pieces(append(rest, body...), mark, place)
	if m.Sign != nil {
		t.sign = m.Sign.Plan(t.fieldNames(rest), m.Date)
	}
	t.measure()
	return t, nil
}

// fieldNames lists the fields that each message has, given those of the content.
func (t *Template) fieldNames(content []byte) []string {
	all := slices.Concat(t.head, t.middle, t.tail, content)
	names := []string{"To", "Message-ID"}
	if len(t.list) > 1 || len(t.list[0].fixed) > 0 {
		names = append(names, "List-Unsubscribe")
	}
	for line := range strings.SplitSeq(string(all), "\r\n") {
		if name, _, ok := strings.Cut(line, ":"); ok && !strings.ContainsAny(name, " \t") {
			names = append(names, name)
		}
	}
	return names
}

const tokenCharacters = "abcdefghijklmnopqrstuvwxyz234567"

// splitFields gives the fields of a header by lower-case name, each with its
// folding and its line end.
func splitFields(head []byte) map[string]string {
	fields := map[string]string{}
	var name string
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			name, _, _ = strings.Cut(line, ":")
			name = strings.ToLower(name)
		}
		fields[name] += line + "\r\n"
	}
	return fields
}

// unsubscribeField writes List-Unsubscribe with one address a line.
func unsubscribeField(addresses []string) []byte {
	if len(addresses) == 0 {
		return nil
	}
	return []byte("List-Unsubscribe: <" + strings.Join(addresses, ">,\r\n <") + ">\r\n")
}

// pieces cuts encoded bytes at every mark and every boundary.
func pieces(b []byte, mark, place string) []piece {
	var out []piece
	start := 0
	cut := func(at, length int, p piece) {
		p.fixed = b[start:at]
		out = append(out, p)
		start = at + length
	}
	for i := 0; i < len(b); i++ {
		if place != "" && b[i] == place[0] && bytes.HasPrefix(b[i:], []byte(place)) {
			cut(i, len(place), piece{then: boundary})
			i = start - 1
			continue
		}
		if mark == "" || b[i] != mark[0] {
			continue
		}
		if runs := markAt(b[i:], mark); runs != nil {
			from := 0
			for _, r := range runs {
				cut(i+r.at, r.length, piece{then: token, from: from, to: from + r.length})
				from += r.length
			}
			i = start - 1
		}
	}
	return append(out, piece{fixed: b[start:]})
}

// part is a run of the mark's characters between soft line breaks.
type part struct{ at, length int }

const softBreak = "=\r\n" // RFC 2045, 6.7 (5)

// markAt finds the mark at the beginning of b, with soft line breaks anywhere
// inside it, and gives its parts; nil if it is not there.
func markAt(b []byte, mark string) []part {
	var parts []part
	run := part{}
	i := 0
	for n := 0; n < len(mark); {
		switch {
		case i < len(b) && b[i] == mark[n]:
			run.length++
			i++
			n++
		case run.length > 0 && bytes.HasPrefix(b[i:], []byte(softBreak)):
			parts = append(parts, run)
			i += len(softBreak)
			run = part{at: i}
		default:
			return nil
		}
	}
	return append(parts, run)
}

func (t *Template) measure() {
	t.size = len(t.head) + len(t.middle) + len(t.tail)
	if t.sign != nil {
		t.size += t.sign.Len()
	}
	for _, p := range t.list {
		t.size += len(p.fixed) + p.to - p.from
		t.hasToken = t.hasToken || p.then == token
	}
	for _, p := range t.body {
		t.size += len(p.fixed) + p.to - p.from
		t.hasToken = t.hasToken || p.then == token
		if p.then == boundary {
			t.size += boundaryLength
		}
	}
}

// For gives the bytes of the message to one reader; see [Template.Append].
func (t *Template) For(r Reader) ([]byte, error) {
	const roomForReader = 400
	return t.Append(make([]byte, 0, t.size+roomForReader), r)
}

// Append appends the bytes of the message to one reader: the same as [Compose]
// makes of the message with the token in place of the mark. A reader whose parts
// cannot be put into a mail is an error of kind Invalid; dst is then unchanged.
func (t *Template) Append(dst []byte, r Reader) ([]byte, error) {
	name, err := clean("reader's name", r.Name, nameMax)
	if err != nil {
		return dst, err
	}
	if err := CheckAddress("To", r.To); err != nil {
		return dst, err
	}
	if err := CheckAddress("Message-ID", r.MessageID); err != nil {
		return dst, err
	}
	if t.hasToken && !subscribers.IsToken(r.Token) {
		return dst, digest.Fail(digest.Invalid, "", "the reader's token is not one")
	}
	bound := digestOf(r.MessageID)
	out := dst
	if t.sign != nil {
		out = t.sign.Open(out)
	}
	out = append(out, t.head...)
	out = appendField(out, "To", named(name, r.To))
	out = append(out, t.middle...)
	out = append(out, "Message-ID: <"...)
	out = append(out, r.MessageID...)
	out = append(out, ">\r\n"...)
	out = fill(out, t.list, r.Token, bound)
	out = append(out, t.tail...)
	out = fill(out, t.body, r.Token, bound)
	if t.sign != nil {
		if err := t.sign.Seal(out[len(dst):]); err != nil {
			return dst, fmt.Errorf("sign the mail: %w", err)
		}
	}
	return out, nil
}

func fill(dst []byte, ps []piece, tok, bound string) []byte {
	for _, p := range ps {
		dst = append(dst, p.fixed...)
		switch p.then {
		case token:
			dst = append(dst, tok[p.from:p.to]...)
		case boundary:
			dst = append(dst, bound...)
		}
	}
	return dst
}

const boundaryLength = 32

// digestOf gives a boundary made from texts, which it therefore cannot occur
// in but by chance (RFC 2046, 5.1.1).
func digestOf(texts ...string) string {
	all := make([]byte, 0, 128) // enough for a Message-ID
	for _, s := range texts {
		all = append(append(all, s...), 0)
	}
	sum := sha256.Sum256(all)
	var text [boundaryLength]byte
	hex.Encode(text[:], sum[:boundaryLength/2])
	return string(text[:])
}
