// Package backup is the format of a backup: everything an installation keeps,
// whatever its database, as JSON Lines that a stranger can read with jq.
//
// The first line is the [Header]. Each table begins with a line that names it and
// its columns ([Table]), followed by one line for every row, a JSON array. The
// last line is the [Trailer] with the number of rows and the SHA-256 of every
// table and of all that came before. docs/backup-format.md tells it to people.
//
// A [Writer] and a [Reader] hold one row at a time, and what a Reader is given
// may be hostile: every line has a limit, and nothing is believed before the
// trailer has been compared. Which tables there are, and what may stand in them,
// is left to package store.
package backup
