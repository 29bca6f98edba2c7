package search

import (
	"fmt"
	"slices"

	"postbag/digest/lazyregexp"
)

// foreign is what other searches know and this one does not, by how it is written
// between spaces and outside quotation marks, and what is said of it.
var foreign = []struct {
	sign *lazyregexp.Regexp
	note string // %s stands for the sign, which is the pattern's first group
}{
	{lazyregexp.New(`^(OR|\|\|?)$`), `%s does not mean "one or the other": whatever a query asks for must be there. Search for one, then for the other.`},
	{lazyregexp.New(`^(AND|&&?)$`), "%s need not be said: whatever a query asks for must be there."},
	{lazyregexp.New(`^(\+)[^+]`), "%s need not be said: whatever a query asks for must be there."},
	{lazyregexp.New(`^(NOT|!)$`), "%s leaves nothing out: a hyphen right before the word does, as in -tea."},
	{lazyregexp.New(`^(NEAR)(?:[(/]|$)`), `%s says nothing: words that stand in a row are put between quotation marks, as in "last bus".`},
	{lazyregexp.New(`([()\[\]{}])`), "brackets such as %s put nothing together."},
	{lazyregexp.New(`(\*).`), "%s stands for the rest of a word at its end only, as in dep*."},
	{lazyregexp.New(`\pL(\?)\pL`), "%s stands for no letter."},
	{lazyregexp.New(`\pL([~^])\d*$`), "%s says nothing: words are found as they are written, or by their beginning, as in dep*."},
	{lazyregexp.New(`^(/).+/\w?$`), "%s begins no pattern."},
	{lazyregexp.New(`^(\pL+:)(?:[^/]|$)`), "%s is no field: there are author: and post:."},
}

// apostrophes are words between the quotation marks that the shell takes.
var apostrophes = lazyregexp.New(`(?:^|\s)'[^'"\s]+\s[^'"]*'(?:\s|$)`)

// note says what of a term's value means nothing here.
func (p *parser) note(in Field, value string) {
	for _, f := range foreign {
		m := f.sign.FindStringSubmatch(value)
		if m == nil || in != Text && m[1][len(m[1])-1] == ':' {
			continue
		}
		p.say(fmt.Sprintf(f.note, m[1]))
	}
}

// say notes a sentence once.
func (p *parser) say(note string) {
	if !slices.Contains(p.query.Notes, note) {
		p.query.Notes = append(p.query.Notes, note)
	}
}
