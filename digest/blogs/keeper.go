package blogs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/dump"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/importer"
	"postbag/digest/pull/poll"
)

// Store is what the use cases read of the database.
type Store interface {
	Source(ctx context.Context, id int64) (digest.Source, error)
	Sources(ctx context.Context) ([]digest.Source, error)
	Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	// EveryFeed gives the feeds of all sources that are followed, by source and id.
	EveryFeed(ctx context.Context) ([]digest.FeedState, error)
	Listings(ctx context.Context, sourceID int64, f pull.ListingFilter) ([]digest.Listing, error)
	// SeriesOfSource gives the names of the series that a source feeds.
	SeriesOfSource(ctx context.Context, id int64) ([]string, error)
	// SourceTotals counts what is stored of a source.
	SourceTotals(ctx context.Context, id int64) (Totals, error)
}

// MostCounted is how far [Totals] count: a larger number is told as this one.
const MostCounted = 100_000

// Totals count what is stored of a source, each up to [MostCounted].
type Totals struct {
	Posts, Comments, Gone int
	Orphans               int // comments whose post is not known
}

// Options are what the use cases need.
type Options struct {
	Store  Store
	Runner *beside.Runner
	// Pulling gives the tools of pulling, which tell their progress to the function.
	Pulling func(func(pull.Progress)) *pull.Tools
	// First gives the series that the first blog brings with it.
	First func() digest.Series
	// Index makes what was stored ready to be searched.
	Index func(context.Context) error
	// Rows gives the rows of a file that is a database of another program as an export;
	// nil refuses such files.
	Rows func(ctx context.Context, path string, to io.Writer) error
}

// Keeper looks after the blogs that are followed. It is safe for concurrent use.
type Keeper struct{ Options }

// New makes the use cases.
func New(o Options) *Keeper { return &Keeper{o} }

// Blog is a blog with how it is.
type Blog struct {
	digest.Source
	Summary
	Feeds []digest.FeedState
	// Task is what runs beside for it, or ran last; its ID is 0 where nothing did.
	Task beside.Task
}

// List gives the blogs with how they are, by id.
func (b *Keeper) List(ctx context.Context) ([]Blog, error) {
	sources, err := b.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	feeds, err := b.Store.EveryFeed(ctx)
	if err != nil {
		return nil, err
	}
	of := map[int64][]digest.FeedState{}
	for _, f := range feeds {
		of[f.SourceID] = append(of[f.SourceID], f)
	}
	var all []Blog
	for _, src := range sources {
		all = append(all, Blog{Source: src, Feeds: of[src.ID], Summary: Sum(of[src.ID], HealthOf)})
	}
	tasks, err := b.Runner.Newest(ctx, beside.Pull, beside.History)
	for i := range all {
		for _, t := range tasks { // the newest first
			if t.Subject == all[i].ID && t.Live() {
				all[i].Task = t
				break
			}
		}
	}
	return all, err
}

// Shown is all that is known of a blog.
type Shown struct {
	Blog
	Totals
	Series   []string         // the names of those that it feeds
	Listings []digest.Listing // of its newest posts
}

// Show gives all that is known of a blog, with the comments of its newest posts.
func (b *Keeper) Show(ctx context.Context, id int64, posts int) (s Shown, err error) {
	if s.Source, err = b.Store.Source(ctx, id); err != nil {
		return s, err
	}
	if s.Feeds, err = b.Store.Feeds(ctx, id); err != nil {
		return s, err
	}
	s.Summary = Sum(s.Feeds, HealthOf)
	if s.Totals, err = b.Store.SourceTotals(ctx, id); err != nil {
		return s, err
	}
	if s.Series, err = b.Store.SeriesOfSource(ctx, id); err != nil {
		return s, err
	}
	if posts > 0 {
		if s.Listings, err = b.Store.Listings(ctx, id, pull.ListingFilter{Limit: posts}); err != nil {
			return s, err
		}
	}
	s.Task, _, err = b.Runner.Latest(ctx, id, beside.Pull, beside.History)
	return s, err
}

// Find tells what blog is behind an address, and stores nothing; see
// [discover.Finder.Look]. A [discover.AmbiguousError] lists what there is to
// choose from.
func (b *Keeper) Find(ctx context.Context, address string, o discover.Options) (discover.Found, error) {
	return b.finder().Look(ctx, address, o)
}

// firstPull is when the schedule pulls a blog first, should nobody have pulled it.
const firstPull = 5 * time.Minute

// Add follows the blog behind an address, as [discover.Finder.Add] does. Whoever adds it
// pulls it at once with [Keeper.Pull]; the schedule begins some minutes later.
func (b *Keeper) Add(ctx context.Context, by digest.Actor, address string, o discover.Options, series ...string) (discover.Found, error) {
	o.Later = firstPull
	return b.finder().Add(ctx, by, address, b.First(), o, series...)
}

// Change changes a blog, as [discover.Finder.Change] does.
func (b *Keeper) Change(ctx context.Context, by digest.Actor, id int64, c discover.Change) (discover.Found, error) {
	return b.finder().Change(ctx, by, id, c)
}

// Remove stops following a blog, as [discover.Finder.Remove] does.
func (b *Keeper) Remove(ctx context.Context, by digest.Actor, id int64) error {
	return b.finder().Remove(ctx, by, id)
}

func (b *Keeper) finder() *discover.Finder { return discover.New(b.Pulling(nil)) }

// Pull begins to pull a blog beside, by hand; see [poll.Poller.Pull]. With
// poll.Options.History it goes back to the beginning. While one of the two is under way
// another is an error of kind Conflict.
func (b *Keeper) Pull(ctx context.Context, by digest.Actor, id int64, o poll.Options) (beside.Task, error) {
	src, err := b.Store.Source(ctx, id)
	if err != nil {
		return beside.Task{}, err
	}
	kind := beside.Pull
	if o.History {
		kind = beside.History
	}
	return b.Runner.Start(ctx, by, kind, id, src.Name, func(ctx context.Context, tell func(beside.Progress)) ([]string, error) {
		report, err := poll.New(b.Pulling(func(at pull.Progress) {
			tell(beside.Progress{Doing: fmt.Sprintf("%s, page %d", at.Kind, at.Pages), Done: at.Entries, Total: at.Total})
		})).Pull(ctx, by, id, o)
		said := saidOfPull(report)
		return said, errors.Join(err, b.index(ctx))
	})
}

func (b *Keeper) index(ctx context.Context) error {
	if b.Index == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return b.Index(ctx)
}

// MaxExport bounds an export that is handed over to be imported beside, in bytes.
const MaxExport = 2 << 30

// Export is a file to import.
type Export struct {
	Name   string // as its owner calls it
	Path   string // where it lies; it is deleted when the import has ended, or could not begin
	Source int64  // the blog that it belongs to; 0 finds it out
	URL    string // the blog's address, for an export that does not name it
}

// Import begins to import an export beside; see [importer.Importer.Import]. A file that
// is no export is an error at once. Only one is imported at a time.
func (b *Keeper) Import(ctx context.Context, by digest.Actor, e Export) (t beside.Task, err error) {
	begun := false
	defer func() {
		if !begun {
			err = errors.Join(err, os.Remove(e.Path))
		}
	}()
	if e.Source != 0 {
		if _, err := b.Store.Source(ctx, e.Source); err != nil {
			return t, err
		}
	}
	f, size, err := Open(ctx, e.Path, b.Rows)
	if err != nil {
		return t, err
	}
	counted := &countingReader{f: f}
	r, err := dump.Open(ctx, counted)
	if err != nil {
		return t, errors.Join(err, f.Close())
	}
	t, err = b.Runner.Start(ctx, by, beside.ImportExport, 0, e.Name, func(ctx context.Context, tell func(beside.Progress)) (said []string, err error) {
		defer func() { err = errors.Join(err, f.Close(), os.Remove(e.Path)) }()
		done, err := importer.New(b.Pulling(nil)).Import(ctx, by, importer.Options{
			Export: r, Source: e.Source, URL: e.URL, First: b.First(),
			Progress: func(t dump.Tally) {
				tell(beside.Progress{Doing: fmt.Sprintf("%s and %s read", plural(t.Posts, "post", "posts"), plural(t.Comments, "comment", "comments")),
					Done: int(min(counted.n, size) >> 10), Total: int(size>>10) + 1})
			},
		})
		if err == nil || done.Source != (digest.Source{}) {
			said = saidOfImport(done)
		}
		return said, errors.Join(err, b.index(ctx))
	})
	if err != nil {
		return t, errors.Join(err, f.Close())
	}
	begun = true
	return t, nil
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

// Open opens an export and gives its size in bytes. One that is a database of another
// program is read out by rows into a file that is gone once it is closed.
func Open(ctx context.Context, path string, rows func(ctx context.Context, path string, to io.Writer) error) (*os.File, int64, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, digest.Fail(digest.NotFound, "Check its name and folder.", "there is no such file")
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = digest.Fail(digest.Invalid, "Give the file in it.", "it is a folder, not a file")
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if rows == nil || !isDatabase(f) {
		return f, info.Size(), nil
	}
	if err := f.Close(); err != nil {
		return nil, 0, err
	}
	return readOut(ctx, path, rows)
}

// isDatabase tells whether a file is one of SQLite.
func isDatabase(f *os.File) bool {
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	n, err := f.ReadAt(head, 0)
	return err == nil && string(head[:n]) == magic
}

func readOut(ctx context.Context, path string, rows func(context.Context, string, io.Writer) error) (*os.File, int64, error) {
	f, err := os.CreateTemp("", "postbag-import-")
	if err != nil {
		return nil, 0, fmt.Errorf("keep what was read: %w", err)
	}
	var size int64
	if err = os.Remove(f.Name()); err == nil {
		err = rows(ctx, path, f)
	}
	if err == nil {
		size, err = f.Seek(0, io.SeekEnd)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}
