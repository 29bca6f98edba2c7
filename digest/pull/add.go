package pull

import (
	"context"
	"fmt"
	"slices"

	"postbag/digest"
)

// Add finds the blog behind an address, as [Puller.Discover] does, and stores
// it as a source; it pulls nothing yet, and its feeds are due at once. When no
// series exists, first is created. A blog that was removed is taken up again; one
// that is followed already is an error of kind Conflict.
func (p *Puller) Add(ctx context.Context, rawURL string, first digest.Series) (Found, error) {
	found, err := p.Discover(ctx, rawURL)
	if err != nil {
		return Found{}, err
	}
	now := p.opts.Clock.Now()
	found.Source.AddedAt = now
	for i := range found.Feeds {
		found.Feeds[i].NextPoll = now
	}
	if err := p.opts.Store.AddSource(ctx, &found.Source, found.Feeds, first); err != nil {
		return Found{}, fmt.Errorf("add %q: %w", found.Source.Name, err)
	}
	return found, nil
}

// Previewed is what a blog would bring, held in memory.
type Previewed struct {
	Source   digest.Source
	Posts    []digest.Post    // newest first
	Comments []digest.Comment // newest first, linked to posts and parents by id
	Notices  []string
}

// Preview finds and pulls the blog behind an address as Add and Pull do, and
// stores nothing. Ids are those of this preview only.
func (p *Puller) Preview(ctx context.Context, rawURL string) (Previewed, error) {
	store := newMemory()
	opts := p.opts
	opts.Store = store
	alone := New(opts)
	found, err := alone.Add(ctx, rawURL, digest.Series{})
	if err != nil {
		return Previewed{}, err
	}
	report, err := alone.Pull(ctx, found.Source.ID, PullOptions{})
	if err != nil {
		return Previewed{}, err
	}
	out := Previewed{Source: found.Source, Posts: store.posts, Comments: store.comments,
		Notices: append(found.Notices, report.Notices...)}
	slices.SortStableFunc(out.Posts, func(a, b digest.Post) int { return b.Published.Compare(a.Published) })
	slices.SortStableFunc(out.Comments, func(a, b digest.Comment) int { return b.Published.Compare(a.Published) })
	return out, nil
}
