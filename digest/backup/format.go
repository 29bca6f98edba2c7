package backup

import (
	"time"

	"postbag/digest"
)

// The name and the version that stand in every header. The version grows when a
// reader of the older one could not read what is written.
const (
	Format  = "postbag-backup"
	Version = 1
)

// The limits of what is read, in bytes and in numbers.
const (
	maxHeader  = 64 << 10
	maxRecord  = 1 << 20  // the line of a table or of the end
	maxLine    = 64 << 20 // a row
	maxTables  = 1000
	maxColumns = 1000
)

// maxLastID bounds the ids that a file may claim to have been used.
const maxLastID = 1 << 62

// Header is the first line of a backup.
type Header struct {
	Format      string    `json:"format"`
	Version     int       `json:"version"`
	Program     string    `json:"program"`  // the version of the Postbag that wrote it
	Schema      int       `json:"schema"`   // of the database that it was read from
	Made        time.Time `json:"made"`     // the moment of the snapshot
	Database    string    `json:"database"` // "sqlite" or "postgresql"
	Publication string    `json:"publication"`
}

// Type is what the values of a column are, beside null.
type Type string

// The types of a column.
const (
	Integer Type = "integer" // a JSON number of at most 64 bits
	Text    Type = "text"    // a JSON string; {"base64": …} when it is not UTF-8
	Bytes   Type = "bytes"   // base64 in a JSON string, RFC 4648, 4
)

// Column is one column of a table.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// Table is the line that a table's rows follow.
type Table struct {
	Name    string   `json:"table"`
	Columns []Column `json:"columns"`
	// LastID is the largest id that was ever given to a row of this table, 0 for
	// a table that does not number its rows.
	LastID int64 `json:"last_id,omitempty"`
}

// Sum says what a table's rows are.
type Sum struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of the lines of its rows, in hexadecimal
}

// Trailer is the last line of a backup.
type Trailer struct {
	Tables []Sum  `json:"tables"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of all lines before this one, in hexadecimal
}

const hintDamaged = "Use another backup, or copy the file again; nothing was changed."

// damaged says that a file is not as it was written.
func damaged(format string, args ...any) error {
	return digest.Fail(digest.Invalid, hintDamaged, "the backup is damaged: "+format, args...)
}
