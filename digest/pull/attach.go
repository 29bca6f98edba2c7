package pull

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postbag/digest"
)

// attach looks whether the blog that was found is followed already, by the ids
// of its posts. One that an import brought gets the feeds; one that has feeds at
// other addresses is an error of kind Conflict.
func (p *Puller) attach(ctx context.Context, found *Found) error {
	names := spellings(found.guids[:min(len(found.guids), MaxAsked/4)])
	id, matched, err := p.opts.Store.SourceOfPosts(ctx, names)
	if err != nil {
		return fmt.Errorf("add %q: %w", found.Source.Name, err)
	}
	if id == 0 || 2*matched <= len(found.guids) {
		return p.attachHome(ctx, found)
	}
	src, err := p.opts.Store.Source(ctx, id)
	if err != nil {
		return fmt.Errorf("add %q: %w", found.Source.Name, err)
	}
	feeds, err := p.opts.Store.Feeds(ctx, id)
	if err != nil {
		return fmt.Errorf("add %q: %w", found.Source.Name, err)
	}
	if len(feeds) == 0 {
		found.Source.ID, found.Attached = id, true
		return nil
	}
	return followed(src, feeds, found.Feeds)
}

// attachHome gives the feeds to the source without any that is at the blog's home
// page: some exports call posts by other names than the feeds do.
func (p *Puller) attachHome(ctx context.Context, found *Found) error {
	sources, err := p.opts.Store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("add %q: %w", found.Source.Name, err)
	}
	home := webAddress(found.Source.URL)
	for _, src := range sources {
		at := webAddress(src.URL)
		if home == nil || at == nil || plainHost(at) != plainHost(home) || homePath(at) != homePath(home) {
			continue
		}
		feeds, err := p.opts.Store.Feeds(ctx, src.ID)
		if err != nil {
			return fmt.Errorf("add %q: %w", found.Source.Name, err)
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
	change := fmt.Sprintf("postbag source set %d", src.ID)
	moved := false
	for _, f := range found {
		if slices.ContainsFunc(have, func(h digest.FeedState) bool { return h.Kind == f.Kind && h.URL == f.URL }) {
			continue
		}
		moved = true
		change += fmt.Sprintf(" --%s %s", f.Kind, quoted(f.URL))
	}
	if !moved {
		return digest.Fail(digest.Conflict, "See it with: "+strings.Replace(change, " set ", " show ", 1),
			"the blog is followed already, as source %d (%q)", src.ID, src.Name)
	}
	return digest.Fail(digest.Conflict, "To follow it there from now on: "+change,
		"most of its posts are known: the blog is followed already, as source %d (%q), under other addresses", src.ID, src.Name)
}

// spellings adds to ids that are addresses the ways in which a blog's move to
// https, or to or from "www.", changes them.
func spellings(guids []string) []string {
	all := slices.Clone(guids)
	for _, id := range guids {
		u, err := url.Parse(id)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		for _, scheme := range []string{"http", "https"} {
			bare := strings.TrimPrefix(u.Host, "www.")
			for _, host := range []string{bare, "www." + bare} {
				other := *u
				other.Scheme, other.Host = scheme, host
				if name := other.String(); name != id {
					all = append(all, name)
				}
			}
		}
	}
	return all
}
