package mailbox

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"time"

	"postbag/digest/charset"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// Message is a message of a list.
type Message struct {
	ID         string   // without its brackets; may be empty
	References []string // the ids of what it answers, the nearest last (RFC 5322, 3.6.4)
	Subject    string
	Author     string // the name, else what stands before the sign in the address
	Date       time.Time
	Archived   string // its address in an archive (RFC 5064), or ""
	ListName   string // what the list calls itself (RFC 2919), or ""
	Archive    string // where the list keeps its archive (RFC 2369), or ""
	Spam       bool   // a filter says so
	NoArchive  bool   // its writer asked that it not be kept
	HTML       string // its words; "" for none
	TooLong    bool   // they have more than a megabyte, and are left out
}

// header are the fields of a message or part, by lower-case names; of several of one name
// the first counts.
type header map[string]string

// The limits of a message's structure.
const (
	maxFields = 300
	maxParts  = 100
	maxNest   = 10
	maxWords  = 1 << 20 // bytes of its words
)

// fieldsOf reads the fields of a header. Lines that are none are passed over.
func fieldsOf(raw []byte) header {
	h := header{}
	name, value := "", []byte(nil) // the field that is read
	end := func() {
		if name != "" {
			h[name] = string(bytes.TrimSpace(value))
		}
	}
	for line := range bytes.Lines(raw) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			if len(value) < maxHeader {
				value = append(append(value, ' '), bytes.TrimSpace(line)...)
			}
			continue
		}
		end()
		key, rest, ok := bytes.Cut(line, []byte(":"))
		name = strings.ToLower(string(bytes.TrimSpace(key)))
		if _, known := h[name]; !ok || known || len(h) >= maxFields {
			name = ""
		}
		value = bytes.Clone(rest[:min(len(rest), maxHeader)])
	}
	end()
	return h
}

// words decodes the words of a field that were encoded (RFC 2047), and bytes that should
// have been.
func (h header) words(name string) string {
	raw := h[name]
	decoder := mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) {
		text, err := io.ReadAll(io.LimitReader(in, maxHeader))
		return bytes.NewReader(charset.Decode(text, "text/plain; charset="+label)), err
	}}
	if text, err := decoder.DecodeHeader(raw); err == nil {
		raw = text
	}
	return string(charset.Decode([]byte(raw), ""))
}

// parseHeader reads what a message says of itself.
func parseHeader(raw []byte) *Message {
	h := fieldsOf(raw)
	m := &Message{
		ID: idOf(h["message-id"]), Subject: field.PlainTitle(h.words("subject")), Author: author(h), Archived: webAddress(h["archived-at"]),
		ListName: listName(h), Archive: webAddress(h["list-archive"]),
		Spam:      strings.EqualFold(h["x-spam-flag"], "yes"),
		NoArchive: strings.EqualFold(h["x-no-archive"], "yes") || strings.EqualFold(h["x-archive"], "no"),
	}
	m.References = idsOf(h["references"])
	if nearest := idOf(h["in-reply-to"]); nearest != "" && (len(m.References) == 0 || m.References[len(m.References)-1] != nearest) {
		m.References = append(m.References, nearest)
	}
	m.Date = field.Time(h["date"])
	return m
}

// maxReferences bounds what a message may answer; those in the middle tell least.
const maxReferences = 50

var id = lazyregexp.New(`<([^<>\s]{1,500})>`)

func idOf(raw string) string {
	if all := idsOf(raw); len(all) > 0 {
		return all[0]
	}
	return ""
}

func idsOf(raw string) (all []string) {
	for _, m := range id.FindAllStringSubmatch(raw, -1) {
		if one := field.ID(m[1]); one != "" {
			all = append(all, one)
		}
	}
	if len(all) > maxReferences {
		all = append(all[:1:1], all[len(all)-maxReferences+1:]...)
	}
	return all
}

// atSign is how archives on the web write an address and a name.
var atSign = lazyregexp.New(`^(\S+) at \S+(?: \((.*)\))?$`)

// author gives the name of the writer, without the address.
func author(h header) string {
	raw := strings.TrimSpace(h.words("from"))
	if m := atSign.FindStringSubmatch(raw); m != nil {
		return field.Name(cmp.Or(strings.TrimSpace(m[2]), m[1]))
	}
	name := raw
	if a, err := mail.ParseAddress(raw); err == nil {
		name = cmp.Or(a.Name, a.Address)
	} else if before, _, ok := strings.Cut(raw, "<"); ok {
		name = strings.Trim(before, `"' `)
		if name == "" {
			name = strings.Trim(raw, "<> ")
		}
	}
	// Lists write "Ann Lee via knots" where they had to take the address over.
	name, _, _ = strings.Cut(name, " via ")
	return field.Name(withoutHost(name))
}

// withoutHost gives what stands before the sign of an address.
func withoutHost(name string) string {
	if before, after, ok := strings.Cut(name, "@"); ok && !strings.ContainsAny(name, " \t") && strings.Contains(after, ".") {
		return before
	}
	return name
}

// listName reads the name of a list: its phrase, else the first word of its id.
func listName(h header) string {
	phrase, rest, ok := strings.Cut(h.words("list-id"), "<")
	if phrase = strings.Trim(phrase, `" `); phrase != "" || !ok {
		return field.PlainTitle(phrase)
	}
	name, _, _ := strings.Cut(strings.TrimRight(rest, "> "), ".")
	return field.PlainTitle(name)
}

var inBrackets = lazyregexp.New(`<?(https?://[^<>\s]+)>?`)

func webAddress(raw string) string {
	if m := inBrackets.FindStringSubmatch(raw); m != nil {
		return field.PageURL("", m[1])
	}
	return ""
}

// parse reads a message.
func parse(raw []byte, long bool) *Message {
	top, body := split(raw)
	m := parseHeader(top)
	p := parts{left: maxParts}
	text, kind := p.words(fieldsOf(top), body, 0)
	switch {
	case len(text) > maxWords, text == "" && long:
		m.TooLong = len(text) > maxWords
		return m
	case kind == "text/html":
		m.HTML = text
	default:
		m.HTML = fromPlain(text)
	}
	return m
}

// parts looks for the words of a message among its parts.
type parts struct{ left int }

// words gives the text that a part is, or that is in it: as plain text where that is to be
// had.
func (p *parts) words(h header, body []byte, depth int) (text, kind string) {
	if p.left--; p.left < 0 || depth > maxNest {
		return "", ""
	}
	kind, params, err := mime.ParseMediaType(cmp.Or(h["content-type"], "text/plain"))
	if err != nil && kind == "" {
		kind = "text/plain" // as RFC 2045, 5.2 has it
	}
	disposition, _, _ := strings.Cut(strings.ToLower(h["content-disposition"]), ";")
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		return p.among(kind, params["boundary"], body, depth)
	case kind != "text/plain" && kind != "text/html", strings.TrimSpace(disposition) == "attachment" && depth > 0:
		return "", ""
	}
	body = decoded(h["content-transfer-encoding"], body)
	text = string(charset.Decode(body, "text/plain; charset="+cmp.Or(params["charset"], "us-ascii")))
	if kind == "text/plain" && strings.EqualFold(params["format"], "flowed") {
		text = unflowed(text, strings.EqualFold(params["delsp"], "yes"))
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), kind
}

// among gives the words of the first part that has some; of alternatives (RFC 2046, 5.1.4)
// the plain text.
func (p *parts) among(kind, boundary string, body []byte, depth int) (text, as string) {
	all := multipart.NewReader(bytes.NewReader(body), boundary)
	for p.left > 0 {
		part, err := all.NextRawPart()
		if err != nil {
			break // the end, or one that was cut off
		}
		inside, err := io.ReadAll(part)
		if err != nil && len(inside) == 0 {
			break
		}
		h := header{}
		for name, values := range part.Header {
			h[strings.ToLower(name)] = values[0]
		}
		t, k := p.words(h, inside, depth+1)
		switch {
		case strings.TrimSpace(t) == "":
		case kind != "multipart/alternative" || k == "text/plain":
			return t, k
		case text == "":
			text, as = t, k
		}
	}
	return text, as
}

// decoded undoes what a message went through on its way (RFC 2045, 6); what is broken is
// kept as far as it goes.
func decoded(coding string, body []byte) []byte {
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "quoted-printable":
		return unquotedPrintable(body)
	case "base64":
		letters := bytes.Map(func(r rune) rune {
			if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
				return r
			}
			return -1
		}, body)
		if len(letters)%4 == 1 {
			letters = letters[:len(letters)-1]
		}
		text := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
		n, err := base64.RawStdEncoding.Decode(text, letters)
		if err != nil && n == 0 {
			return nil
		}
		return text[:n]
	}
	return body
}

// unquotedPrintable undoes Quoted-Printable (RFC 2045, 6.7). Lines may be of any length, and
// what is no code stays as it is: the library's reader ends at either.
func unquotedPrintable(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for line := range bytes.Lines(body) {
		text := bytes.TrimRight(line, " \t\r\n")
		ended := len(line) > 0 && line[len(line)-1] == '\n'
		if bytes.HasSuffix(text, []byte("=")) {
			text, ended = text[:len(text)-1], false // the line goes on
		}
		for len(text) > 0 {
			if text[0] == '=' && len(text) > 2 {
				if code, err := hex.DecodeString(string(text[1:3])); err == nil {
					out, text = append(out, code...), text[3:]
					continue
				}
			}
			out, text = append(out, text[0]), text[1:]
		}
		if ended {
			out = append(out, '\n')
		}
	}
	return out
}
