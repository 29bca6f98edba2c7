package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/store/transfer"
)

// restoreCmd makes a database of a backup.
type restoreCmd struct {
	File  string `arg:"" help:"A file that postbag backup wrote."`
	Check bool   `help:"Only read the file and say whether it is whole; no database is touched."`
}

// Run reads the whole file once before it touches the database, then brings it
// in.
func (c restoreCmd) Run(ctx context.Context, p *Program, s *Settings) (err error) {
	f, err := os.Open(c.File)
	if err != nil {
		return digest.Fail(digest.NotFound, "Check the name.", "the backup cannot be read: %w", err)
	}
	defer f.Close() // it was only read
	if _, err := f.Seek(0, io.SeekStart); err != nil && !c.Check {
		return digest.Fail(digest.Invalid, "Store it first: … > FILE, then: postbag restore FILE. Only --check reads a pipe.",
			"%s is a pipe, and a backup is read twice: to check it, and to restore it", c.File)
	}
	header, rows, err := c.check(ctx, p, f)
	if err != nil {
		return stopped(ctx, theirs(err), "Nothing was touched.")
	}
	if c.Check {
		_, err := fmt.Fprintf(p.Stdout, "%s is whole: %d rows of %q, schema %d, made %s UTC by Postbag %s from %s.\n",
			c.File, rows, cell(header.Publication, 60), header.Schema, when(header.Made), cell(header.Program, 40), cell(header.Database, 20))
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	from, err := backup.NewReader(f)
	if err != nil {
		return theirs(err)
	}
	b := p.bar("restoring", int(rows))
	defer b.done()
	done, err := transfer.Restore(ctx, s.DB, from, transfer.RestoreOptions{
		Clock: p.Clock, Reason: fmt.Sprintf("restored from a backup of %s UTC", when(header.Made)),
		Progress: func(done int64) { b.set(int(done)) },
	})
	if err != nil {
		return stopped(ctx, err, "Nothing of it is left. Run it again to restore.")
	}
	b.done()
	fmt.Fprintf(p.Stdout, "Restored and compared %d rows, made %s UTC.\n", done.Rows, when(header.Made))
	if done.From < done.Schema {
		fmt.Fprintf(p.Stdout, "Its schema was brought from %d up to %d.\n", done.From, done.Schema)
	}
	_, err = fmt.Fprint(p.Stdout, heldNow)
	return err
}

// heldNow tells whoever has moved an installation what is to be done.
const heldNow = `Sending is held: nothing is published or mailed until you say so.
See what waits with: postbag sending
Let it go on with:   postbag sending release
`

// check reads the file to its end.
func (c restoreCmd) check(ctx context.Context, p *Program, f *os.File) (header backup.Header, rows int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return header, 0, err
	}
	b := p.bar("checking", int(info.Size()))
	defer b.done()
	from, err := backup.NewReader(&watchedReader{ctx: ctx, from: f, bar: b})
	if err != nil {
		return header, 0, err
	}
	trailer, err := from.Check()
	return from.Header(), trailer.Rows, err
}

// watchedReader moves a bar with what is read, until ctx ends.
type watchedReader struct {
	ctx  context.Context
	from io.Reader
	bar  bar
	n    int
}

// Read reads on.
func (w *watchedReader) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.from.Read(p)
	w.n += n
	w.bar.set(w.n)
	return n, err
}
