package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"

	"postbag/digest"
	"postbag/digest/blogs"
	"postbag/digest/dump"
	"postbag/digest/pull/importer"
)

type importCmd struct {
	Files  []string `arg:"" name:"file" help:"Exports: of Blogger (backup or Takeout), WordPress, Disqus, Ghost, Movable Type, TypePad, Remark42, Isso, Commento or Comentario, or the mailbox of a mailing list; .gz will do." type:"path"`
	Source int64    `help:"The source they belong to; it is found out otherwise." placeholder:"ID"`
	URL    string   `name:"url" help:"The blog's address, for an export that does not name it." placeholder:"URL"`
	DryRun bool     `help:"Read and count, and store nothing."`
}

// What Go's own memory is kept to while importing, however fast garbage is made;
// the database takes about as much beside it.
const (
	maxHeap    = 40 << 20 // bytes
	maxGarbage = 40       // per cent of what is in use
)

// Run imports one file after the other. One that fails does not stop the others.
func (c importCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(maxHeap))
	defer debug.SetGCPercent(debug.SetGCPercent(maxGarbage))
	return p.importing(c.DryRun)(ctx, s, func(a *app) error {
		imports := importer.New(a.pulling(nil, nil))
		var failed []error
		for _, name := range c.Files {
			if err := c.file(ctx, p, imports, name); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", filepath.Base(name), err))
			}
			if ctx.Err() != nil {
				return digest.Fail(digest.Unavailable, "What had been read is stored, unless it was a dry run. Import it again: nothing is stored twice.", "%w", ctx.Err())
			}
		}
		return errors.Join(append(failed, a.index(ctx))...)
	})
}

// file imports one file.
func (c importCmd) file(ctx context.Context, p *Program, imports *importer.Importer, name string) error {
	f, size, err := blogs.Open(ctx, name, issoComments)
	if err != nil {
		return err
	}
	defer f.Close()
	counted := &countingReader{f: f}
	r, err := dump.Open(ctx, counted)
	if err != nil {
		return err
	}
	b := p.bar("importing "+cell(filepath.Base(name), 30), int(size))
	done, err := imports.Import(ctx, p.by(), importer.Options{
		Export: r, Source: c.Source, URL: c.URL, First: firstSeries(p.Clock.Now()), DryRun: c.DryRun,
		Progress: func(dump.Tally) { b.set(int(min(counted.n, size))) },
	})
	b.done()
	if err == nil || done.Source != (digest.Source{}) {
		p.printImported(filepath.Base(name), done, c.DryRun)
	}
	return theirs(err)
}

// countingReader counts the bytes that were read of a file since it was last begun.
type countingReader struct {
	f io.ReadSeeker
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.f.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *countingReader) Seek(offset int64, whence int) (int64, error) {
	at, err := c.f.Seek(offset, whence)
	c.n = at
	return at, err
}

// printImported says what a file held, what was left out, and where it went.
func (p *Program) printImported(file string, d importer.Result, dry bool) {
	say := func(format string, args ...any) {
		fmt.Fprintf(p.Stdout, "%s: %s\n", printable(file), printable(fmt.Sprintf(format, args...)))
	}
	t := d.Tally
	title := ""
	if d.Head.Title != "" {
		title = fmt.Sprintf(" of %q", cell(d.Head.Title, 60))
	}
	say("%s%s holds %s and %s (%s, %d gone).", d.Head.Format, title,
		plural(t.Posts, "post"), plural(t.Comments, "comment"), counted(t.Replies, "reply", "replies"), t.Gone)
	if len(t.Left) > 0 {
		var all []string
		for _, l := range t.Left {
			all = append(all, l.String())
		}
		say("left out: %s.", strings.Join(all, ", "))
	}
	if b := t.Broken; b.N > 0 {
		say("%s could not be read, the first at line %d; a fault of the file stands there. All others were read.", counted(b.N, "entry", "entries"), b.Line)
	}
	for _, x := range t.Differ {
		say("%q says it has %s; the file holds %d.", cell(x.Title, 60), plural(x.Announced, "comment"), x.Found)
	}
	if more := t.Differs - len(t.Differ); more > 0 {
		say("%s whose number of comments differs.", plural(more, "more post"))
	}
	for _, n := range d.Notices {
		say("%s", noticeLine(n))
	}
	switch s := d.Stored; {
	case t.Posts+t.Comments+t.Deleted == 0:
	case dry && d.Made:
		say("nothing was stored; it would make a new source %q at %s.", cell(d.Source.Name, 60), d.Source.URL)
	case dry:
		say("nothing was stored; it belongs to source %d, %q.", d.Source.ID, cell(d.Source.Name, 60))
	default:
		say("%s and %s new in source %d, %q; %d newly gone.", plural(s.NewPosts, "post"), plural(s.NewComments, "comment"),
			d.Source.ID, cell(d.Source.Name, 60), s.GoneComments)
		if d.Made {
			say("the source is new and followed through no feed yet. Next: postbag source add %s", d.Source.URL)
		}
	}
}
