package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"postbag/digest"
)

// The longest address, local part and domain label, in octets (RFC 5321,
// 4.5.3.1; RFC 1035, 2.3.4).
const (
	maxAddress = 254
	maxLocal   = 64
	maxLabel   = 63
)

// Address is a mail address that can be put on an envelope as it stands.
type Address struct {
	// Email is the local part as typed, in normal form C, and the domain as
	// lower-case A-labels.
	Email string
	// Key is Email with its local part in lower case: two addresses with one
	// key are one subscriber.
	Key string
	// Mailbox is what limits count: Key without a plus-tag, and for Gmail
	// without dots, because all of those end up with one person.
	Mailbox string
	// Domain is what follows the "@", in lower-case A-labels.
	Domain string
}

// Parse reads one bare address as a person types it; white space around it is
// dropped. It takes what a mailing list needs and refuses the rest of RFC 5322,
// with an error of kind Invalid whose hint names what is wrong: quoted local
// parts, comments, display names, IP literals and hosts without a dot. Parse of
// an Email it gave gives the same Address again.
func Parse(s string) (Address, error) {
	s = strings.TrimSpace(s)
	if hint := flaw(s); hint != "" {
		return Address{}, refuse(s, hint)
	}
	local, domain, _ := strings.Cut(s, "@")
	local = norm.NFC.String(local)
	domain, hint := asciiDomain(domain)
	if hint == "" {
		hint = tooLong(local, domain)
	}
	if hint != "" {
		return Address{}, refuse(s, hint)
	}
	key := lower(local) + "@" + domain
	return Address{
		Email:   local + "@" + domain,
		Key:     key,
		Mailbox: mailbox(key),
		Domain:  domain,
	}, nil
}

func refuse(s, hint string) error {
	if strings.TrimSpace(s) == "" {
		return digest.Fail(digest.Invalid, hint, "a mail address is missing")
	}
	return digest.Fail(digest.Invalid, hint, "%s is not a mail address", shown(s))
}

// shown cuts and quotes what was typed, so that an error is one safe line.
func shown(s string) string {
	const most = 60
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return `"` + s + `"`
}

// flaw names the first thing about the characters and the outline of s that no
// address may have, or gives "".
func flaw(s string) string {
	switch {
	case s == "":
		return "The address is empty."
	case !utf8.ValidString(s):
		return "The address is not valid UTF-8."
	case strings.ContainsAny(s, "<>"):
		return "Give the address alone, without a name and without < and >."
	}
	for _, r := range s {
		if hint := badRune(r); hint != "" {
			return hint
		}
	}
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok:
		return `There is no "@" in it.`
	case strings.Contains(domain, "@"):
		return `There is more than one "@" in it.`
	case local == "":
		return `Nothing stands before the "@".`
	case domain == "":
		return `Nothing stands after the "@".`
	case strings.HasPrefix(domain, "["):
		return "An IP address in place of a domain is not taken."
	case !dotsInside(local) || !dotsInside(domain):
		return "A dot stands at the beginning or end of a part, or two dots stand together."
	}
	return ""
}

// badRune tells why a character cannot stand in an address.
func badRune(r rune) string {
	switch {
	case r == ',' || r == ';':
		return "Give one address at a time, without commas or semicolons."
	case r == '"' || r == '\\':
		return "Quotation marks and backslashes are not taken."
	case r == '(' || r == ')' || r == ':':
		return "Brackets and colons are not taken."
	case r == '[' || r == ']':
		return "An IP address in place of a domain is not taken."
	case unicode.IsSpace(r):
		return "There is a space inside it."
	case !unicode.IsPrint(r):
		return "There is an invisible character in it."
	case r == utf8.RuneError:
		return "There is a broken character in it."
	}
	return ""
}

func dotsInside(s string) bool {
	return !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") && !strings.Contains(s, "..")
}

// asciiDomain gives a domain as lower-case A-labels (RFC 5890, 2.3.2.1), or the
// reason why it is none.
func asciiDomain(domain string) (string, string) {
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", "The domain after the \"@\" cannot exist as it is written."
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 {
		return "", `The domain after the "@" has no dot.`
	}
	for _, l := range labels {
		if l == "" || len(l) > maxLabel {
			return "", "A part of the domain is empty or longer than 63 characters."
		}
	}
	if top := labels[len(labels)-1]; strings.Trim(top, "0123456789") == "" {
		return "", "An IP address in place of a domain is not taken."
	}
	return ascii, ""
}

func tooLong(local, domain string) string {
	switch {
	case len(local) > maxLocal:
		return `The part before the "@" is longer than 64 bytes.`
	case len(local)+1+len(domain) > maxAddress:
		return "The address is longer than 254 bytes."
	}
	return ""
}

// lower gives the lower case in normal form C, so that a key is its own key.
func lower(local string) string { return norm.NFC.String(strings.ToLower(local)) }
