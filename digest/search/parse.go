package search

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

// The bounds of a query.
const (
	mostQueryBytes = 2000
	mostQueryWords = 64
)

const (
	hintSyntax  = `Write words, "a phrase", -without, author:name, post:12 or post:"words of its title".`
	hintTooLong = "Look for fewer words; a few that stand close together are enough."
)

// Parse reads a query. Terms stand between spaces, and all must match:
//
//	word          the word
//	"two words"   these words in this order, one right after the other
//	author:ines   a word of the writer's name; author:"Ines M." several in a row
//	post:12       the post with this id, or what stands under it
//	post:rota     a word of the post's title; post:"night rota" several in a row
//	-term         none of that; also -"a phrase", -author:name, -post:12
//
// Whatever else is in it parts words. The error is of kind Invalid: a quotation
// that does not end, a field without a value, nothing to look for, or too much.
func Parse(text string) (Query, error) {
	if len(text) > mostQueryBytes {
		return Query{}, digest.Fail(digest.Invalid, hintTooLong, "the query has %d bytes, more than %d", len(text), mostQueryBytes)
	}
	p := parser{rest: strings.Map(straight, text)}
	for p.next() {
		if err := p.term(); err != nil {
			return Query{}, err
		}
	}
	switch {
	case p.words > mostQueryWords:
		return Query{}, digest.Fail(digest.Invalid, hintTooLong, "the query has %d words, more than %d", p.words, mostQueryWords)
	case len(p.query.want) == 0 && len(p.query.not) > 0:
		return Query{}, digest.Fail(digest.Invalid, "Say also what there should be: a word, author:name or post:12.",
			"the query only says what there should not be")
	case len(p.query.want) == 0:
		return Query{}, digest.Fail(digest.Invalid, hintSyntax, "the query has no word to look for")
	}
	p.query.number()
	return p.query, nil
}

// straight makes typographic quotation marks those of the query, and what cannot
// be seen a space.
func straight(r rune) rune {
	switch {
	case r == '“', r == '”', r == '„':
		return '"'
	case unicode.IsControl(r), r == utf8.RuneError:
		return ' '
	}
	return r
}

type parser struct {
	rest  string
	words int
	query Query
}

// next goes to the next term.
func (p *parser) next() bool {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	return p.rest != ""
}

// term reads one term.
func (p *parser) term() error {
	bare := strings.TrimLeft(p.rest, "-")
	not := bare != p.rest
	p.rest = bare
	in := p.field()
	value, isQuoted, err := p.value()
	if err != nil {
		return err
	}
	t := term{in: in}
	if in == inPost && !isQuoted && isDigits(value) {
		if t.id, err = strconv.ParseInt(value, 10, 64); err != nil || t.id == 0 {
			return digest.Fail(digest.Invalid, "postbag post list shows the posts' ids.", "there can be no post %s", value)
		}
		p.words++
	} else {
		for _, w := range Words(value, mostQueryBytes) {
			t.words = append(t.words, w.Folded)
		}
		p.words += len(t.words)
	}
	switch {
	case t.id == 0 && len(t.words) == 0 && in != inText:
		return digest.Fail(digest.Invalid, "Write it right behind the colon: author:ines or author:\"Ines M.\", post:12 or post:\"night rota\".",
			"%s: has no value", fieldNames[in])
	case t.id == 0 && len(t.words) == 0: // signs alone say nothing
	case not:
		p.query.not = append(p.query.not, t)
	default:
		p.query.want = append(p.query.want, t)
	}
	return nil
}

// field reads the name of a field and its colon, if there is one.
func (p *parser) field() field {
	for _, f := range []field{inAuthor, inPost} {
		name := fieldNames[f] + ":"
		if len(p.rest) >= len(name) && strings.EqualFold(p.rest[:len(name)], name) {
			p.rest = p.rest[len(name):]
			return f
		}
	}
	return inText
}

// value reads a quotation, or what comes before the next space or quotation.
func (p *parser) value() (value string, isQuoted bool, err error) {
	if quotation, ok := strings.CutPrefix(p.rest, `"`); ok {
		value, rest, closed := strings.Cut(quotation, `"`)
		if !closed {
			return "", false, digest.Fail(digest.Invalid, "End it with another one, or leave it out.", "a quotation mark in the query is not closed")
		}
		p.rest = rest
		return value, true, nil
	}
	end := strings.IndexFunc(p.rest, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
	if end < 0 {
		end = len(p.rest)
	}
	value, p.rest = p.rest[:end], p.rest[end:]
	return value, false, nil
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
