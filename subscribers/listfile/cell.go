package listfile

import "strings"

// A spreadsheet takes a cell that begins with one of these for a formula, and
// runs it.
const formulaStart = "=+-@\t\r"

// Quote puts an apostrophe before what a spreadsheet would run. A cell that
// looks quoted already gets another one, so that unquote gives back exactly
// what was there.
func Quote(cell string) string {
	if looksLikeFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unquote takes off the apostrophe that Quote put on.
func unquote(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && looksLikeFormula(rest) {
		return rest
	}
	return cell
}

// looksLikeFormula tells whether a cell begins with a formula's character, after
// any number of apostrophes.
func looksLikeFormula(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.IndexByte(formulaStart, rest[0]) >= 0
}
