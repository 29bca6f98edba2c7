package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"

	"postbag/digest"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// mostWords bounds what is kept of a server's words, in characters.
const mostWords = 500

// text is a text in JSON, or a number, whichever a provider sends. Everything else is "":
// a field that we do not expect must not keep the rest from being read.
type text string

// UnmarshalJSON is part of [json.Unmarshaler].
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch c := b[0]; {
	case c == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
	case c == '-' || c >= '0' && c <= '9':
		*t = text(b)
	}
	return nil
}

// decode reads JSON, an error being of kind Invalid.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		// The error could quote what was sent, which holds addresses.
		return digest.Fail(digest.Invalid, "", "the request is not in the form that the provider documents")
	}
	return nil
}

// several reads one object, or a list of them.
func several[T any](body []byte) (all []T, err error) {
	if trimmed := strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"); strings.HasPrefix(trimmed, "[") {
		err = decode(body, &all)
	} else {
		all = make([]T, 1)
		err = decode(body, &all[0])
	}
	if err == nil && len(all) > mostEvents {
		err = digest.Fail(digest.Invalid, "", "the request holds more than %d events", mostEvents)
	}
	return all, err
}

// failed reads what a server said when it refused a mail, and judges by its status code
// where there is a telling one; else the kind is otherwise.
func failed(e *bounce.Event, status, words string, otherwise report.Kind) {
	e.Status, e.Words, e.Code = "", words, report.CodeIn(words)
	if report.Telling(status) {
		e.Status = status
	} else if own := report.StatusIn(words); report.Telling(own) {
		e.Status = own
	}
	if e.Kind = otherwise; e.Status == "" {
		return
	}
	if kind := report.ByStatus(e.Status); kind != report.Other {
		e.Kind = kind
	}
}

// passing takes back that an address is gone, of a failure which the provider says may
// pass.
func passing(e *bounce.Event) {
	if e.Kind == report.Hard {
		e.Kind = report.Soft
	}
}

// late marks a mail that is still being tried.
func late(e *bounce.Event, status, words string) {
	failed(e, status, words, report.Delayed)
	e.Kind = report.Delayed
}

// known gives the events of which a kind is known.
func known(all []bounce.Event) (events []bounce.Event) {
	for _, e := range all {
		if e.Kind != "" && e.Kind != report.Other {
			events = append(events, e)
		}
	}
	return events
}

// hashed gives an id to what has none: the same for the same facts.
func hashed(facts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(facts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// bare takes the brackets off a Message-ID.
func bare(id text) string { return strings.Trim(string(id), "<> \t\r\n") }

// seconds reads a moment as a count of seconds, with or without a fraction; the zero
// time for none.
func seconds(t text) time.Time {
	n, err := strconv.ParseFloat(string(t), 64)
	if err != nil || !(n > 0 && n < 1e11) {
		return time.Time{}
	}
	return time.UnixMicro(int64(n * 1e6)).UTC()
}

// moment reads a time in RFC 3339; the zero time for none.
func moment(t text) time.Time {
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil || at.Year() < 2000 || at.Year() > 9000 {
		return time.Time{}
	}
	return at.UTC()
}

// tidy makes one line of a server's words, of a bounded length.
func tidy(words string) string {
	words = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(words[:min(len(words), 8*mostWords)], ""))
	words = strings.Join(strings.Fields(words), " ")
	if all := []rune(words); len(all) > mostWords {
		words = string(all[:mostWords])
	}
	return words
}
