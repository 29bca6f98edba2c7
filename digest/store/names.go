package store

import (
	"context"

	"postbag/digest/backup"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/transfer"
)

// What a database is opened, read out and filled with.
type (
	Options        = database.Options
	BackupOptions  = transfer.BackupOptions
	RestoreOptions = transfer.RestoreOptions
	Restored       = transfer.Restored
	SourceCount    = blog.SourceCount
)

// LongestLease is the most that a process can be silent for before others take over.
const LongestLease = duties.LongestLease

// Restore makes of a backup a database of the same content; see
// [transfer.Restore].
func Restore(ctx context.Context, dsn string, from *backup.Reader, opts RestoreOptions) (Restored, error) {
	return transfer.Restore(ctx, dsn, from, opts)
}
