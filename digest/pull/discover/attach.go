package discover

import (
	"context"
	"slices"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
)

// attach looks whether the blog that was found is followed already, by the ids
// of its posts. One that an import brought gets the feeds, also when they list
// none of its posts and it has the same home page: an export may be old, and one
// of a comment embed names posts in its own way. A blog that has feeds at other
// addresses is an error of kind Conflict.
func (f *Finder) attach(ctx context.Context, found *Found) error {
	names := identity.Spellings(found.guids[:min(len(found.guids), pull.MaxAsked/4)])
	id, matched, err := f.Store.SourceOfPosts(ctx, names)
	if err != nil {
		return err
	}
	if id == 0 || 2*matched <= len(found.guids) {
		return f.attachHome(ctx, found)
	}
	src, err := f.Store.Source(ctx, id)
	if err != nil {
		return err
	}
	feeds, err := f.Store.Feeds(ctx, id)
	if err != nil {
		return err
	}
	if len(feeds) == 0 {
		found.Source.ID, found.Attached = id, true
		return nil
	}
	return followed(src, feeds, found.Feeds)
}

// attachHome gives the feeds to the source without any that is at the blog's home
// page: some exports call posts by other names than the feeds do.
func (f *Finder) attachHome(ctx context.Context, found *Found) error {
	sources, err := f.Store.Sources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		if !identity.SameHome(src.URL, found.Source.URL) {
			continue
		}
		feeds, err := f.Store.Feeds(ctx, src.ID)
		if err != nil {
			return err
		}
		if len(feeds) == 0 {
			found.Source.ID, found.Attached = src.ID, true
			return nil
		}
	}
	return nil
}

// followed words that a blog is followed already: under these addresses, or
// under others, which can be changed.
func followed(src digest.Source, have, found []digest.FeedState) error {
	change := digest.Act{Do: digest.ChangeSource, Source: src.ID}
	for _, f := range found {
		if slices.ContainsFunc(have, func(h digest.FeedState) bool { return h.Kind == f.Kind && h.URL == f.URL }) {
			continue
		}
		if f.Kind == digest.PostsFeed {
			change.Posts = f.URL
		} else {
			change.Comments = f.URL
		}
	}
	if change.Posts == "" && change.Comments == "" {
		return digest.Fail(digest.Conflict, "", "the blog is followed already, as source %d (%q)", src.ID, src.Name).
			Offer(digest.Act{Do: digest.ShowSource, Source: src.ID})
	}
	return digest.Fail(digest.Conflict, "It can be followed there from now on.",
		"most of its posts are known: the blog is followed already, as source %d (%q), under other addresses", src.ID, src.Name).Offer(change)
}
