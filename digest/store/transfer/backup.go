package transfer

import (
	"context"
	"io"
	"strings"
	"time"

	"postbag/digest/backup"
	"postbag/digest/store/database"
)

// BackupOptions are what a backup is made with.
type BackupOptions struct {
	Program  string    // the version of the program, for the header
	Made     time.Time // the moment, for the header
	Compress bool      // with gzip
	// Progress, when set, is told now and then how many rows have been written, of
	// how many.
	Progress func(done, total int64)
}

// progressEvery is after how many rows progress is told.
const progressEvery = 1000

// Backup writes everything that the database holds, in the form of package
// archive, and gives what its last line says. It reads one state of the database,
// whatever is written meanwhile, and holds one row at a time. An SQLite file's
// log grows while it reads, as long as somebody writes.
func (db *Store) Backup(ctx context.Context, to io.Writer, opts BackupOptions) (trailer backup.Trailer, err error) {
	var outside error // of writing, and not the database's
	err = db.View(ctx, "read the database for a backup", func(t *database.Tx) error {
		if err := begin(t); err != nil {
			return err
		}
		header := backup.Header{Program: opts.Program, Made: opts.Made, Database: db.Dialect.Name}
		if header.Schema, err = db.SchemaIn(t); err != nil {
			return err
		}
		if _, err := t.One([]any{&header.Publication}, `SELECT name FROM publication WHERE id = 1`); err != nil {
			return err
		}
		tables, err := catalogue(t)
		if err != nil {
			return err
		}
		out := &exporter{t: t, outside: &outside}
		if opts.Progress != nil {
			if err := out.follow(tables, opts.Progress); err != nil {
				return err
			}
		}
		if out.to, outside = backup.NewWriter(to, header, opts.Compress); outside != nil {
			return outside
		}
		for _, table := range tables {
			if err := out.table(table); err != nil {
				return err
			}
		}
		trailer, outside = out.to.Close()
		return outside
	})
	if outside != nil {
		return backup.Trailer{}, outside
	}
	return trailer, err
}

// exporter reads tables out of a transaction.
type exporter struct {
	t       *database.Tx
	to      *backup.Writer
	outside *error // of writing
	done    int64
	tell    func(done int64) // nil: nobody asked
}

// follow counts the rows, so that progress can be told of them.
func (e *exporter) follow(tables []storedTable, progress func(done, total int64)) error {
	total := int64(0)
	for _, table := range tables {
		n, err := e.t.Number(`SELECT COUNT(*) FROM ` + quoted(table.Name))
		if err != nil {
			return err
		}
		total += n
	}
	e.tell = func(done int64) { progress(done, total) }
	e.tell(0)
	return nil
}

// table writes a table with all its rows, by their key.
func (e *exporter) table(table storedTable) (err error) {
	if table.numbered != "" {
		if table.LastID, err = dialectOf(e.t.Dialect).lastID(e.t, table.Name, table.numbered); err != nil {
			return err
		}
	}
	if *e.outside = e.to.Table(table.Table); *e.outside != nil {
		return *e.outside
	}
	values, into := make([]any, len(table.Columns)), make([]any, len(table.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	return e.t.Each(func(r database.Row) error {
		if err := r.Rows.Scan(into...); err != nil {
			return err
		}
		if *e.outside = e.to.Row(values); *e.outside != nil {
			return *e.outside
		}
		if e.done++; e.tell != nil && e.done%progressEvery == 0 {
			e.tell(e.done)
		}
		return nil
	}, `SELECT `+columnList(table.Table)+` FROM `+quoted(table.Name)+` ORDER BY `+strings.Join(table.key, ", "))
}
