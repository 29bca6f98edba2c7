// Package importer brings the posts and comments of an export, a file that a blog's
// owner downloaded, into the store.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/feed"
	"postbag/digest/pull"
	"postbag/digest/pull/reader"
)

// Importer imports exports. It is safe for use by several goroutines at once.
type Importer struct{ *pull.Tools }

// New makes an importer.
func New(t *pull.Tools) *Importer { return &Importer{t} }

// Options say what is imported, and where to.
type Options struct {
	Export *dump.Reader
	// Source is the source that the entries belong to; 0 finds it out.
	Source int64
	// URL is the blog's address, for an export that does not name it.
	URL string
	// First is the series to create with the first source of all.
	First digest.Series
	// DryRun reads all and stores nothing.
	DryRun bool
	// Progress, when not nil, is called after each batch.
	Progress func(dump.Tally)
}

// Result says what an import did.
type Result struct {
	Head   dump.Head
	Source digest.Source // its ID is 0 when a dry run would have made it
	Made   bool          // the source was not followed before
	Tally  dump.Tally
	Stored pull.Stored // without the ids of entries
	// Notices say what is odd about the export.
	Notices []pull.Notice
}

// Import stores the posts and comments of an export, batch by batch. Entries
// that are known from a feed or another export are filled in, not changed, and
// nothing is marked gone for being absent; so it can be repeated, and after an
// interruption it has to be. Comments from more than a week back are marked as
// backfill.
//
// The source is the one given; else the one followed at the export's address;
// else the one that holds the posts of the first batch; else a new one, without
// feeds. An export that can be read to its middle only is stored so far, and the
// error says where it ends; what was stored is in the report all the same.
func (p *Importer) Import(ctx context.Context, by digest.Actor, opts Options) (Result, error) {
	out := Result{Head: opts.Export.Head()}
	opts.Export.SetNow(p.Clock.Now())
	ids, err := opts.Export.PostIDs(ctx)
	out.Tally = opts.Export.Tally()
	if errors.Is(err, io.EOF) {
		out.Notices = append(out.Notices, pull.Notice{Text: "it holds no post and no comment for readers"})
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if out.Source, out.Made, err = p.importSource(ctx, opts, ids); err != nil {
		return out, err
	}
	out.Notices = append(out.Notices, strayed(out.Head, out.Source)...)
	if out.Made && !opts.DryRun {
		if err := p.Store.AddSource(ctx, by, &out.Source, nil, opts.First); err != nil {
			return out, fmt.Errorf("add %q: %w", out.Source.Name, err)
		}
	}
	if out.Head.HomeURL == "" {
		opts.Export.SetHome(out.Source.URL)
	}
	leave, err := p.Enter(ctx, out.Source.ID)
	if err != nil {
		return out, err
	}
	defer leave()
	err = p.importAll(ctx, by, opts, &out)
	p.Log.Info("imported", "by", by.Name, "source", out.Source.Name, "posts", out.Tally.Posts, "comments", out.Tally.Comments,
		"new_posts", out.Stored.NewPosts, "new_comments", out.Stored.NewComments, "dry_run", opts.DryRun, "error", err)
	return out, err
}

func (p *Importer) importAll(ctx context.Context, by digest.Actor, opts Options, out *Result) error {
	r, err := p.session(ctx, out.Source)
	if err != nil {
		return err
	}
	began := p.Clock.Now()
	for {
		batch, err := opts.Export.Next(ctx)
		out.Tally = opts.Export.Tally()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !opts.DryRun {
			page := importPage(r, batch)
			page.Told = digest.Audited{At: began, By: by, Did: digest.ExportImported, On: "the blog " + out.Source.Name,
				Words: fmt.Sprintf("%d posts, %d comments read", out.Tally.Posts, out.Tally.Comments)}
			stored, err := p.Store.StorePage(ctx, page)
			if err != nil {
				return fmt.Errorf("store what was read: %w", err)
			}
			stored.PostIDs, stored.CommentIDs = nil, nil
			out.Stored = out.Stored.Add(stored)
		}
		if opts.Progress != nil {
			opts.Progress(out.Tally)
		}
	}
}

// importPage makes a page for the store of a batch. A comment without a date is
// no news.
func importPage(r *reader.Session, b *dump.Batch) pull.Page {
	page := r.Convert(&feed.Document{Posts: once(r, b.Posts), Comments: b.Comments, Deleted: b.Deleted})
	page.KeepWords = true
	for i, c := range b.Comments {
		if c.Published.IsZero() {
			page.Comments[i].Backfill = true
		}
	}
	return page
}

// once leaves out posts whose address the batch has already: Disqus keeps a
// thread for each of the addresses under which a page was looked at, and comments
// find their post by any of them.
func once(r *reader.Session, posts []feed.PostEntry) []feed.PostEntry {
	if len(posts) < 2 {
		return posts
	}
	seen := map[string]bool{}
	var out []feed.PostEntry
	for _, p := range posts {
		key := r.Own.Key(p.URL, false)
		if p.ID != p.URL || key == "" || !seen[key] {
			out = append(out, p)
		}
		seen[key] = true
	}
	return out
}
