package roster

import "strings"

// A spreadsheet takes a cell that begins with one of these for a formula, and
// runs it.
const formulaStart = "=+-@\t\r"

// quoteCell puts an apostrophe before what a spreadsheet would run. A cell that
// looks quoted already gets another one, so that unquoteCell gives back exactly
// what was there.
func quoteCell(cell string) string {
	if looksLikeFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unquoteCell takes off the apostrophe that quoteCell put on.
func unquoteCell(cell string) string {
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
