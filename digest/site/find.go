package site

import (
	"html"
	"strconv"
	"strings"
	"unicode"

	"postbag/digest/lazyregexp"
	"postbag/subscribers"
)

// Secret tells whether the page's address holds a reader's token.
func (p Page) Secret() bool { return p.part() == "token" }

// secret are the pages behind the links of mails.
var secret = []Page{Confirm, Unsubscribe, Preferences}

// Find tells which page a path was to lead to that a mail program, a reader's hand
// or a filter has damaged: marks put before or after it, white space and soft line
// breaks in it (RFC 2045, 6.7 (5)), characters encoded once more, other letter case,
// slashes too many. The path is as [net/url.URL] gives it, below the base URL. The
// value is the token or the number in it, "" for a page without one, and for one
// whose token is not whole any more.
func Find(path string) (page Page, value string, ok bool) {
	if len(path) > maxPath || strings.Contains(path, "\x00") {
		return "", "", false
	}
	for _, read := range []*strings.Replacer{equalsIsEscape, equalsIsBreak} {
		found, v, is := find(reading(path, read))
		if is && (v != "" || !ok) {
			page, value, ok = found, v, true
		}
		if value != "" {
			return page, value, true
		}
	}
	return page, value, ok
}

// maxPath is more than any damaged link of ours has.
const maxPath = 1000

// In quoted-printable an equals sign begins an escape, or stands at the end of a
// line that goes on. Once white space is gone the two look alike, so both are tried.
var (
	equalsIsEscape = strings.NewReplacer("=\r\n", "", "=\n", "", "=", "%")
	equalsIsBreak  = strings.NewReplacer("=", "")
)

var percentEscape = lazyregexp.New("%[0-9A-Fa-f]{2}")

// reading gives a path in lower case with everything decoded that may have been
// encoded, and without what cannot be seen.
func reading(path string, equals *strings.Replacer) string {
	path = equals.Replace(path)
	const twice = 2
	for range twice {
		path = html.UnescapeString(decoded(path))
	}
	path = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '=' {
			return -1
		}
		return unicode.ToLower(r)
	}, path)
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// decoded undoes percent-encoding and leaves what is none of it.
func decoded(text string) string {
	return percentEscape.ReplaceAllStringFunc(text, func(escape string) string {
		c, err := strconv.ParseUint(escape[1:], 16, 8)
		if err != nil {
			return escape
		}
		return string([]byte{byte(c)})
	})
}

// undoes is the word that makes an address the opposite of the one without it: nobody may
// be unsubscribed by an address that has it, whatever else was done to that.
const undoes = "undo"

// letters gives the letters of a text.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

func find(path string) (page Page, value string, ok bool) {
	for _, p := range secret {
		static, _, _ := strings.Cut(string(p), "{")
		rest, is := strings.CutPrefix(path, static)
		if !is {
			continue
		}
		undo := false
		token, after, found := subscribers.FindToken(rest)
		for !found && strings.Contains(rest, "/") { // an address put before the rest of it, or twice
			var part string
			part, rest, _ = strings.Cut(rest, "/")
			undo = undo || part == undoes
			token, after, found = subscribers.FindToken(rest)
		}
		if p == Unsubscribe && (undo || strings.Contains(letters(after), undoes)) {
			p = Undo
		}
		return p, token, true
	}
	trimmed := strings.TrimRightFunc(path, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, p := range []Page{Archive, Feed, Subscribe, Leave} {
		if trimmed == strings.TrimSuffix(string(p), "/") {
			return p, "", true
		}
	}
	if number, is := strings.CutPrefix(trimmed, string(Archive)); is {
		n, err := strconv.Atoi(number)
		return Issue, number, err == nil && n > 0 && strconv.Itoa(n) == number
	}
	return Home, "", trimmed == "" && strings.Count(path, "/") == 1
}
