package dump

import (
	"strings"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var plainMark = lazyregexp.New(`^[A-Za-z0-9_-]{1,64}$`)

// number gives an entry's number without leading zeros, or the mark that some
// writers of these formats use instead; "" for 0 and for anything else.
func number(s string) string {
	s = strings.TrimLeft(strings.TrimSpace(s), "0")
	if !plainMark.MatchString(s) {
		return ""
	}
	return s
}

// webURL gives an address that can be asked for, else "".
func webURL(s string) string { return field.PageURL("", s) }

// count reads a number of comments, -1 when there is none.
func count(s string) int { return field.Number(strings.TrimSpace(s)) }
