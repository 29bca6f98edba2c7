package dkim

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"postbag/digest"
)

// Signer signs mails in the name of a domain, with each of its keys. It may be used from
// several goroutines.
type Signer struct {
	domain string
	keys   []Key
}

// MostKeys bounds how many signatures a mail carries.
const MostKeys = 4

// NewSigner makes a signer of a domain for mails from another, which is the same or of the
// same registered domain. Several keys give several signatures: one of RSA for everybody
// and one of Ed25519, or an old and a new one while keys change.
func NewSigner(domain, from string, keys ...Key) (*Signer, error) {
	if err := CheckDomain(domain, from); err != nil {
		return nil, err
	}
	if len(keys) == 0 || len(keys) > MostKeys {
		return nil, digest.Fail(digest.Invalid, "One of RSA is enough; one of Ed25519 may stand beside it.", "mails are signed with 1 to %d DKIM keys, not %d", MostKeys, len(keys))
	}
	for i, k := range keys {
		if slices.ContainsFunc(keys[:i], func(other Key) bool { return strings.EqualFold(other.Selector, k.Selector) }) {
			return nil, digest.Fail(digest.Invalid, "Give each key a selector of its own: SELECTOR=FILE.", "two DKIM keys have the selector %s", k.Selector)
		}
	}
	return &Signer{domain: domain, keys: keys}, nil
}

// Domain is the one that the signatures are of.
func (s *Signer) Domain() string { return s.domain }

// Keys are those that the signer signs with.
func (s *Signer) Keys() []Key { return slices.Clone(s.keys) }

// signed are the fields that are signed where a mail has them, in lower case, in the
// order in which h= names them (RFC 6376, 5.4.1; RFC 8058, 4; the Feedback-ID counts at
// Google only when it is signed).
var signed = []string{
	"from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type", "content-transfer-encoding",
	"list-id", "list-unsubscribe", "list-unsubscribe-post", "list-archive", "list-help", "feedback-id", "auto-submitted",
}

// Plan is how mails that have the same fields and the same date are signed: all but the
// values of their signatures. It may be used from several goroutines.
type Plan struct {
	signatures []signature
	fields     []string // signed, in lower case; the last one stands for a second From
	length     int
}

// signature is a DKIM-Signature field with room for its two values.
type signature struct {
	key     Key
	field   []byte
	bodyAt  int // where the value of bh= begins
	valueAt int // where that of b= begins, folded as [fold] does it
	// The field in the relaxed form, before and after the value of bh=, up to that of
	// b=, which counts as empty (RFC 6376, 3.7).
	before, after []byte
}

const (
	lineAim      = 76
	lineOfValue  = 72 // characters of b= on a line
	lengthOfHash = 44 // of SHA-256 in base64
)

// Plan makes the plan for mails that have these fields, named in any case, and were made
// at a moment. It becomes the signature's t=, so that a mail that is sent again is the
// same. The signatures have no x=: a mail may wait for days before it leaves, and a
// receiver that counts its time would then not count them.
func (s *Signer) Plan(fields []string, at time.Time) *Plan {
	p := &Plan{}
	for _, name := range signed {
		if slices.ContainsFunc(fields, func(of string) bool { return strings.EqualFold(of, name) }) {
			p.fields = append(p.fields, name)
		}
	}
	// From stands in h= once more than in the mail, so that no second one can be added
	// (RFC 6376, 8.15).
	named := append([]string{"from"}, p.fields...)
	for _, k := range s.keys {
		one := k.plan(s.domain, named, at)
		p.signatures = append(p.signatures, one)
		p.length += len(one.field)
	}
	return p
}

// plan writes the field of one key.
func (k Key) plan(domain string, fields []string, at time.Time) signature {
	var b []byte
	column := 0
	put := func(gap, word string) {
		if column+len(gap)+len(word) > lineAim && column > 1 {
			b, column, gap = append(b, "\r\n "...), 1, ""
		}
		b = append(append(b, gap...), word...)
		column += len(gap) + len(word)
	}
	put("", "DKIM-Signature: v=1;")
	put(" ", "a="+k.algorithm()+";")
	put(" ", "c=relaxed/relaxed;")
	put(" ", "d="+domain+";")
	put(" ", "s="+k.Selector+";")
	put(" ", "t="+strconv.FormatInt(at.Unix(), 10)+";")
	gap, tag := " ", "h="
	for i, name := range fields {
		end := ":"
		if i == len(fields)-1 {
			end = ";"
		}
		put(gap, tag+name+end)
		gap, tag = "", ""
	}
	put(" ", "bh="+strings.Repeat("0", lengthOfHash)+";")
	s := signature{key: k, bodyAt: len(b) - lengthOfHash - 1}
	b = append(b, "\r\n b="...)
	s.valueAt = len(b)
	name, value, _ := bytes.Cut(b, []byte(":"))
	relaxed := relaxField(nil, name, value)
	relaxed = relaxed[:len(relaxed)-len(crlf)]
	mark := bytes.LastIndex(relaxed, []byte("bh=")) + len("bh=")
	s.before, s.after = relaxed[:mark], relaxed[mark+lengthOfHash:]
	s.field = append(fold(b, strings.Repeat("0", base64.StdEncoding.EncodedLen(k.size()))), crlf...)
	return s
}

// fold appends a value with line breaks.
func fold[T []byte | string](dst []byte, value T) []byte {
	for len(value) > lineOfValue {
		dst = append(append(dst, value[:lineOfValue]...), "\r\n "...)
		value = value[lineOfValue:]
	}
	return append(dst, value...)
}

// Len is how many bytes the signatures take.
func (p *Plan) Len() int { return p.length }

// Open appends the signatures' fields without their values: a mail begins with them, and
// [Plan.Seal] puts the values in.
func (p *Plan) Open(dst []byte) []byte {
	for _, s := range p.signatures {
		dst = append(dst, s.field...)
	}
	return dst
}

// scratch is what a mail is brought into its relaxed form in.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

var errNoBody = errors.New("a mail without an empty line after its header")

// Seal signs a mail that begins with what [Plan.Open] wrote, in place. The body is hashed
// once, whatever the number of keys.
func (p *Plan) Seal(mail []byte) error {
	head, body, ok := bytes.Cut(mail[p.length:], []byte("\r\n\r\n"))
	if !ok {
		return errNoBody
	}
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	*buffer = relaxBody((*buffer)[:0], body)
	hash := sha256.Sum256(*buffer)
	var encoded [lengthOfHash]byte
	base64.StdEncoding.Encode(encoded[:], hash[:])

	fields := p.relaxHead((*buffer)[:0], head)
	defer func() { *buffer = fields }()
	of := len(fields)
	for i := range p.signatures {
		s := &p.signatures[i]
		fields = append(append(append(fields[:of], s.before...), encoded[:]...), s.after...)
		hash := sha256.Sum256(fields)
		value, err := s.key.sign(hash[:])
		if err != nil {
			return err
		}
		field := mail[:len(s.field)]
		mail = mail[len(s.field):]
		copy(field[s.bodyAt:], encoded[:])
		var text [mostBits/8/3*4 + 4]byte
		n := base64.StdEncoding.EncodedLen(len(value))
		base64.StdEncoding.Encode(text[:n], value)
		fold(field[:s.valueAt], text[:n])
	}
	return nil
}

// relaxHead appends the signed fields of a header in their relaxed form, in the order of
// the plan. Each stands there once; the From that h= names before them all is one too
// many, and counts as empty (RFC 6376, 5.4.2).
func (p *Plan) relaxHead(dst, head []byte) []byte {
	const room = 32
	var found [room][2][]byte
	for len(head) > 0 {
		end := fieldEnd(head)
		name, value, _ := bytes.Cut(head[:end], []byte(":"))
		for i, want := range p.fields {
			if len(want) == len(name) && strings.EqualFold(want, string(name)) {
				found[i] = [2][]byte{name, value}
			}
		}
		head = bytes.TrimPrefix(head[end:], crlf)
	}
	for i := range p.fields {
		if found[i][0] != nil {
			dst = relaxField(dst, found[i][0], found[i][1])
		}
	}
	return dst
}

// fieldEnd gives where the first field of a header ends.
func fieldEnd(head []byte) int {
	for at := 0; ; {
		i := bytes.Index(head[at:], crlf)
		if i < 0 {
			return len(head)
		}
		at += i
		if at+len(crlf) >= len(head) || !isBlank(head[at+len(crlf)]) {
			return at
		}
		at += len(crlf)
	}
}
