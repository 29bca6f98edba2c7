// Package listfile reads lists of people as mailing tools and spreadsheets write
// them: CSV (RFC 4180) and what passes for it. It knows the columns and words of
// many tools in several languages, and tells of each person what the list says.
//
// A list is read twice: [Survey] looks at all of it and gives a [Plan], which says
// what each column is; [Plan.Rows] then gives the people. Nothing is kept of the
// rows in between.
//
// Whoever left by any word of a row left: a state, a time of leaving, a "no" to
// mail. Where a cell of such a column is not understood, the row is an error, and
// its address must not become active by another row. No list of words has all that
// people write: a column that is not known and could be an answer asks for a word of the
// operator ([Plan.Asking]).
package listfile
