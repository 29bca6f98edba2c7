package pull

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/dump"
)

// importRun makes the run that turns an export's entries into rows.
func (p *Puller) importRun(ctx context.Context, src digest.Source) (*run, error) {
	own := ownHosts(src.URL)
	if src.ID != 0 {
		feeds, err := p.opts.Store.Feeds(ctx, src.ID)
		if err != nil {
			return nil, err
		}
		for _, f := range feeds {
			own.add(f.URL)
		}
	}
	now := p.opts.Clock.Now()
	return &run{p: p, src: src, habits: habitsOf(src.Platform), own: own, began: now, backfill: true}, nil
}

// importSource finds out whose an export is, and gives a source to be made when
// it is nobody's.
func (p *Puller) importSource(ctx context.Context, opts ImportOptions, ids []string) (src digest.Source, fresh bool, err error) {
	if opts.Source != 0 {
		src, err = p.opts.Store.Source(ctx, opts.Source)
		return src, false, err
	}
	head := opts.Export.Head()
	address, err := importAddress(opts.URL, head, ids)
	if err != nil {
		return src, false, err
	}
	sources, err := p.opts.Store.Sources(ctx)
	if err != nil {
		return src, false, err
	}
	switch found := livingAt(sources, address); len(found) {
	case 0:
	case 1:
		return found[0], false, nil
	default:
		return src, false, digest.Fail(digest.Conflict, "Say which with --source ID; the numbers are in: postbag source list",
			"%d sources are at %s", len(found), address)
	}
	if id, matched, err := p.opts.Store.SourceOfPosts(ctx, ids[:min(len(ids), MaxAsked)]); err != nil {
		return src, false, err
	} else if matched > 0 {
		src, err = p.opts.Store.Source(ctx, id)
		return src, false, err
	}
	if address == "" {
		return src, false, digest.Fail(digest.Invalid, "Say where with --url https://…, or which source it is with --source ID.",
			"%s does not say where the blog lives", head.Format)
	}
	return digest.Source{
		Name: or(head.Title, host(address)), URL: address, Platform: head.Platform, Language: head.Language,
		AddedAt: p.opts.Clock.Now(),
	}, true, nil
}

// importAddress is where the blog of an export lives: as the person says, else as
// the export does, else where most of the pages are that it names.
func importAddress(given string, head dump.Head, ids []string) (string, error) {
	if given == "" {
		return or(head.HomeURL, commonRoot(ids)), nil
	}
	address, _, err := tidy(given)
	if u, perr := url.Parse(address); err == nil && perr == nil && u.Path == "" {
		address = root(address)
	}
	return address, err
}

// commonRoot gives the home page of the host that most addresses are on, "" when
// there is no address among them.
func commonRoot(addresses []string) string {
	count, best := map[string]int{}, ""
	for _, a := range addresses {
		u := webAddress(a)
		if u == nil {
			continue
		}
		home := root(a)
		if count[home]++; count[home] > count[best] {
			best = home
		}
	}
	return best
}

// livingAt gives the sources whose home page is at an address, whatever its
// scheme; when none is, those of the address's host.
func livingAt(sources []digest.Source, address string) []digest.Source {
	at := webAddress(address)
	if at == nil {
		return nil
	}
	var same, near []digest.Source
	for _, s := range sources {
		home := webAddress(s.URL)
		if home == nil || plainHost(home) != plainHost(at) {
			continue
		}
		near = append(near, s)
		if homePath(home) == homePath(at) {
			same = append(same, s)
		}
	}
	if len(same) > 0 || homePath(at) != "" {
		return same
	}
	return near
}

// homePath is the path of a home page without what says only that it is one.
func homePath(u *url.URL) string {
	return strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), "index.html"), "/")
}

// strayed tells of an export that seems to be another blog's.
func strayed(head dump.Head, src digest.Source) []string {
	from, to := webAddress(head.HomeURL), webAddress(src.URL)
	if from == nil || to == nil || plainHost(from) == plainHost(to) {
		return nil
	}
	return []string{fmt.Sprintf("the export is of %s, and the source is at %s", head.HomeURL, src.URL)}
}
