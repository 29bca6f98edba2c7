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
	hintSyntax  = `Write words, "a phrase", begin*, -without, author:name, post:12 or post:"words of its title".`
	hintTooLong = "Look for fewer words; a few that stand close together are enough."
)

// Parse reads a query. Terms stand between spaces, and all must match:
//
//	word          the word
//	begin*        a word that begins so
//	"two words"   these words in this order, one right after the other
//	author:ines   a word of the writer's name; author:"Ines M." several in a row
//	post:12       the post with this id, or what stands under it
//	post:rota     a word of the post's title; post:"night rota" several in a row
//	-term         none of that; also -"a phrase", -author:name, -post:12
//
// Other signs part words; those that other searches know are told in the query's
// Notes. The error is of kind Invalid: a quotation
// that does not end, a field without a value, nothing to look for, or too much.
func Parse(text string) (Query, error) {
	if len(text) > mostQueryBytes {
		return Query{}, digest.Fail(digest.Invalid, hintTooLong, "the query has %d bytes, more than %d", len(text), mostQueryBytes)
	}
	p := parser{rest: strings.Map(straight, text)}
	if apostrophes.MatchString(p.rest) {
		p.say(`' marks no words that stand in a row: " does, as in "last bus".`)
	}
	for p.next() {
		if err := p.term(); err != nil {
			return Query{}, err
		}
	}
	switch {
	case p.words > mostQueryWords:
		return Query{}, digest.Fail(digest.Invalid, hintTooLong, "the query has %d words, more than %d", p.words, mostQueryWords)
	case len(p.query.Want) == 0 && len(p.query.Not) > 0:
		return Query{}, digest.Fail(digest.Invalid, "Say also what there should be: a word, author:name or post:12.",
			"the query only says what there should not be")
	case len(p.query.Want) == 0:
		return Query{}, digest.Fail(digest.Invalid, hintSyntax, "the query has no word to look for")
	}
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
	if !isQuoted {
		p.note(in, value)
	}
	t := Term{In: in}
	if in == Post && !isQuoted && isDigits(value) {
		if t.PostID, err = strconv.ParseInt(value, 10, 64); err != nil || t.PostID == 0 {
			return digest.Fail(digest.Invalid, "", "there can be no post %s", value).Offer(digest.Act{Do: digest.ListPosts})
		}
		p.words++
	} else {
		t.Words = Fold(value, mostQueryBytes)
		t.IsPrefix = !isQuoted && len(t.Words) > 0 && endsInWord(strings.TrimSuffix(value, "*")) && strings.HasSuffix(value, "*")
		p.words += len(t.Words)
	}
	switch {
	case t.PostID == 0 && len(t.Words) == 0 && in != Text:
		return digest.Fail(digest.Invalid, "Write it right behind the colon: author:ines or author:\"Ines M.\", post:12 or post:\"night rota\".",
			"%s: has no value", fieldNames[in])
	case t.PostID == 0 && len(t.Words) == 0: // signs alone say nothing
	case not:
		p.query.Not = append(p.query.Not, t)
	default:
		p.query.Want = append(p.query.Want, t)
	}
	return nil
}

// field reads the name of a field and its colon, if there is one.
func (p *parser) field() Field {
	for _, f := range []Field{Author, Post} {
		name := fieldNames[f] + ":"
		if len(p.rest) >= len(name) && strings.EqualFold(p.rest[:len(name)], name) {
			p.rest = p.rest[len(name):]
			return f
		}
	}
	return Text
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

// endsInWord tells whether the last character of a text belongs to a word.
func endsInWord(text string) bool {
	words := Words(text, mostQueryBytes)
	return len(words) > 0 && words[len(words)-1].End == len(text)
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
