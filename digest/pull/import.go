package pull

import (
	"context"
	"errors"
	"fmt"
	"io"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/feed"
)

// ImportOptions say what is imported, and where to.
type ImportOptions struct {
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

// Imported says what an import did.
type Imported struct {
	Head   dump.Head
	Source digest.Source // its ID is 0 when a dry run would have made it
	Made   bool          // the source was not followed before
	Tally  dump.Tally
	Stored Stored // without the ids of entries
	// Notices are sentences for the person who reads the report, lower case and
	// without a full stop.
	Notices []string
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
func (p *Puller) Import(ctx context.Context, opts ImportOptions) (Imported, error) {
	out := Imported{Head: opts.Export.Head()}
	ids, err := opts.Export.PostIDs(ctx)
	out.Tally = opts.Export.Tally()
	if errors.Is(err, io.EOF) {
		out.Notices = append(out.Notices, "it holds no post and no comment for readers")
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
		if err := p.opts.Store.AddSource(ctx, &out.Source, nil, opts.First); err != nil {
			return out, fmt.Errorf("add %q: %w", out.Source.Name, err)
		}
	}
	if out.Head.HomeURL == "" {
		opts.Export.SetHome(out.Source.URL)
	}
	leave, err := p.enter(ctx, out.Source.ID)
	if err != nil {
		return out, err
	}
	defer leave()
	err = p.importAll(ctx, opts, &out)
	p.opts.Log.Info("imported", "source", out.Source.Name, "posts", out.Tally.Posts, "comments", out.Tally.Comments,
		"new_posts", out.Stored.NewPosts, "new_comments", out.Stored.NewComments, "dry_run", opts.DryRun, "error", err)
	return out, err
}

func (p *Puller) importAll(ctx context.Context, opts ImportOptions, out *Imported) error {
	r, err := p.importRun(ctx, out.Source)
	if err != nil {
		return err
	}
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
			stored, err := p.opts.Store.StorePage(ctx, r.importPage(batch))
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
func (r *run) importPage(b *dump.Batch) Page {
	page := r.convert(&feed.Document{Posts: r.once(b.Posts), Comments: b.Comments, Deleted: b.Deleted})
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
func (r *run) once(posts []feed.PostEntry) []feed.PostEntry {
	if len(posts) < 2 {
		return posts
	}
	seen := map[string]bool{}
	var out []feed.PostEntry
	for _, p := range posts {
		key := r.own.canonical(p.URL, false)
		if p.ID != p.URL || key == "" || !seen[key] {
			out = append(out, p)
		}
		seen[key] = true
	}
	return out
}
