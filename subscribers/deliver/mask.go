package deliver

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/subscribers"
)

// maskIn hides an address in words that repeat it: servers quote it whole, in
// other letter case, without its tag, or as part of a link. A row of the ledger
// keeps the words as they came; logs and the reason of a pause get these.
func maskIn(words, email string) string {
	whole := subscribers.Mask(email)
	forms := localForms(email)
	part, _, _ := strings.Cut(whole, "@")
	var b strings.Builder
	last := ' '
	for i := 0; i < len(words); {
		n, mask := prefixFold(words[i:], email), whole
		if n == 0 && !inWord(last) {
			n, mask = longestForm(words[i:], forms), part
		}
		if n == 0 {
			last, n = utf8.DecodeRuneInString(words[i:])
			mask = words[i : i+n]
		} else {
			last, _ = utf8.DecodeLastRuneInString(words[i : i+n])
		}
		b.WriteString(mask)
		i += n
	}
	return b.String()
}

// localForms gives what servers make of the part before the "@" when they name
// a mailbox. One character is no secret: the mask shows it too.
func localForms(email string) []string {
	local, _, _ := strings.Cut(email, "@")
	base, _, _ := strings.Cut(local, "+")
	plain := strings.ReplaceAll(base, ".", "")
	var forms []string
	for _, f := range []string{local, url.QueryEscape(local), base, plain} {
		if utf8.RuneCountInString(f) > 1 {
			forms = append(forms, f)
		}
	}
	return forms
}

// longestForm gives how many bytes of s the longest form takes that ends there
// as a word does.
func longestForm(s string, forms []string) int {
	most := 0
	for _, f := range forms {
		n := prefixFold(s, f)
		if next, _ := utf8.DecodeRuneInString(s[n:]); n > most && !inWord(next) {
			most = n
		}
	}
	return most
}

// prefixFold gives how many bytes of s are prefix in any letter case, or 0.
func prefixFold(s, prefix string) int {
	n := 0
	for _, want := range prefix {
		got, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || got != want && !strings.EqualFold(string(got), string(want)) {
			return 0
		}
		n += size
	}
	return n
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
