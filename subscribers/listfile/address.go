package listfile

import (
	"strings"
	"unicode"

	"postbag/subscribers/address"
)

// maxNamed bounds the addresses that are looked for in a row with a fault.
const maxNamed = 1000

// readAddress reads an address, a name and an address ("Ann <ann@example.org>"), or an
// address and a name ("ann@example.org (Ann)").
func (r *reading) readAddress(cell string) error {
	cell = tidy(cell)
	name := ""
	if before, rest, ok := strings.Cut(cell, "<"); ok {
		if inside, after, closed := strings.Cut(rest, ">"); closed && strings.Trim(after, " .,;\"'") == "" {
			name, cell = before, inside
		}
	} else if before, rest, ok := strings.Cut(cell, "("); ok && !strings.Contains(rest, "@") {
		if inside, after, closed := strings.Cut(rest, ")"); closed && strings.TrimSpace(after) == "" {
			name, cell = inside, before
		}
	}
	addr, err := address.Parse(bareAddress(cell))
	if err != nil {
		return err
	}
	if r.Address = addr; r.Name == "" {
		r.Name = strings.Trim(strings.TrimSpace(name), `"'`)
	}
	return nil
}

// tidy takes out of a cell what cannot be seen, and makes the signs of East Asian
// width plain ones.
func tidy(cell string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFF01 + '!'
		}
		return r
	}, cell))
}

// bareAddress takes off an address what programs and people put around it: marks, the
// apostrophe with which a spreadsheet keeps a cell as text, the name of a scheme, and
// what ends a sentence.
func bareAddress(cell string) string {
	for {
		was := cell
		cell = strings.TrimLeft(strings.Trim(cell, " \"'`‘’“”"), "<([")
		cell = strings.TrimRight(cell, " .,;:>)]!")
		if scheme, rest, ok := strings.Cut(cell, ":"); ok && schemes[strings.ToLower(scheme)] {
			cell, _, _ = strings.Cut(rest, "?")
		}
		if cell == was {
			return cell
		}
	}
}

var schemes = map[string]bool{"mailto": true, "smtp": true, "email": true, "e-mail": true, "mail": true}

// addressesIn gives the addresses in the cells of a row that cannot be read.
func addressesIn(cells []string) (all []address.Address) {
	seen := map[string]bool{}
	for _, cell := range cells {
		words := strings.FieldsFunc(tidy(unquote(cell)), func(c rune) bool { return c <= ' ' || strings.ContainsRune(`,;|"<>()[]`, c) })
		for _, word := range words {
			parts := []string{word}
			if strings.Count(word, "@") > 1 {
				parts = strings.FieldsFunc(word, func(c rune) bool { return strings.ContainsRune(`/&:+`, c) })
			}
			for _, part := range parts {
				if len(all) == maxNamed {
					return all
				}
				if !strings.Contains(part, "@") {
					continue
				}
				if a, err := address.Parse(bareAddress(part)); err == nil && !seen[a.Key] {
					seen[a.Key] = true
					all = append(all, a)
				}
			}
		}
	}
	return all
}
