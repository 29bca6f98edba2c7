package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/disk"
	"postbag/digest/store"
	"postbag/digest/store/transfer"
)

// backupCmd writes everything into one file.
type backupCmd struct {
	File  string `arg:"" help:"Where to write; - writes standard output."`
	Force bool   `help:"Replace the file if it exists."`
}

// Run writes the backup while others work on the database, and says what is in
// it. The database stays as it is, whatever its schema.
func (c backupCmd) Run(ctx context.Context, p *Program, s *Settings) (err error) {
	db, err := p.look(ctx, s.DB)
	if err != nil {
		return err
	}
	defer func() { err = first(err, db.Close()) }()
	b := p.bar("backing up", -1)
	defer b.done()
	w := backupWork{db: db, clock: p.Clock, progress: b.rows()}
	if c.File == "-" {
		return c.toOutput(ctx, p, w)
	}
	rows, size, err := w.write(ctx, c.File, c.Force)
	if err != nil {
		return stopped(ctx, withForce(err), "No backup was written. Run it again.")
	}
	b.done()
	_, err = fmt.Fprintf(p.Stdout, "Wrote %d rows to %s, %s.\n", rows, c.File, bytesOf(size))
	return err
}

// withForce tells of a file that is in the way how it is replaced.
func withForce(err error) error {
	if digest.KindOf(err) == digest.Conflict {
		return digest.Fail(digest.Conflict, "Choose another name; --force replaces a file.", "%w", err)
	}
	return err
}

func (c backupCmd) toOutput(ctx context.Context, p *Program, w backupWork) error {
	if isTerminal(p.Stdout) {
		return digest.Fail(digest.Invalid, "Give a file, or send the output somewhere: postbag backup - > FILE", "a backup is not for the screen")
	}
	_, err := w.to(ctx, p.Stdout)
	return err
}

// look opens a database without changing anything in it.
func (p *Program) look(ctx context.Context, dsn string) (*store.DB, error) {
	return store.Open(ctx, dsn, store.Options{Clock: p.Clock, AsIs: true})
}

// backupWork is what writing a backup needs.
type backupWork struct {
	db       *store.DB
	clock    digest.Clock
	progress func(done, total int64) // nil: nobody watches
}

func (w backupWork) to(ctx context.Context, out io.Writer) (backup.Trailer, error) {
	return w.db.Backup(ctx, out, transfer.BackupOptions{
		Program: version(), Made: w.clock.Now(), Compress: true, Progress: w.progress,
	})
}

func (w backupWork) write(ctx context.Context, path string, replace bool) (rows, size int64, err error) {
	if isPartOf(path, w.db.Path()) {
		return 0, 0, digest.Fail(digest.Invalid, "Choose another name.", "%s is the database itself, or a part of it", path)
	}
	size, err = disk.WriteFile(path, replace, func(out io.Writer) error {
		trailer, err := w.to(ctx, out)
		rows = trailer.Rows
		return err
	})
	return rows, size, err
}

// isPartOf tells whether a file is that of the database, or one that is kept
// beside it, there or not: what is there would be taken for the database's.
func isPartOf(path, db string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(folder, filepath.Base(path))
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", "-worker"} {
		if path == db+suffix || isSameFile(path, db+suffix) {
			return true
		}
	}
	return false
}

func isSameFile(one, other string) bool {
	a, err := os.Stat(one)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && os.SameFile(a, b)
}

// bytesOf shows a size.
func bytesOf(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f KB", float64(n)/1e3)
}

// first gives the error that came first, which keeps its hint.
func first(err, later error) error {
	if err != nil {
		return err
	}
	return later
}
