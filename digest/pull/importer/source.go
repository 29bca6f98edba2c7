package importer

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/hostname"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/platform"
	"postbag/digest/pull/reader"
)

// session makes what turns an export's entries into rows.
func (p *Importer) session(ctx context.Context, src digest.Source) (*reader.Session, error) {
	own := identity.HostsOf(src.URL)
	if src.ID != 0 {
		feeds, err := p.Store.Feeds(ctx, src.ID)
		if err != nil {
			return nil, err
		}
		for _, f := range feeds {
			own.Add(f.URL)
		}
	}
	s := reader.New(p.Tools, src, own)
	s.Backfill = true
	return s, nil
}

// importSource finds the source that an export belongs to; else it gives a fresh one,
// to be stored.
func (p *Importer) importSource(ctx context.Context, opts Options, ids []string) (src digest.Source, fresh bool, err error) {
	if opts.Source != 0 {
		src, err = p.Store.Source(ctx, opts.Source)
		return src, false, err
	}
	head := opts.Export.Head()
	address, err := importAddress(opts.URL, head, ids)
	if err != nil {
		return src, false, err
	}
	sources, err := p.Store.Sources(ctx)
	if err != nil {
		return src, false, err
	}
	switch found := livingAt(sources, address); len(found) {
	case 0:
	case 1:
		return found[0], false, nil
	default:
		return src, false, digest.Fail(digest.Conflict, "Say which is meant by its number.",
			"%d sources are at %s", len(found), address).Offer(digest.Act{Do: digest.ListSources})
	}
	if id, matched, err := p.Store.SourceOfPosts(ctx, ids[:min(len(ids), pull.MaxAsked)]); err != nil {
		return src, false, err
	} else if matched > 0 {
		src, err = p.Store.Source(ctx, id)
		return src, false, err
	}
	if address == "" {
		return src, false, digest.Fail(digest.Invalid, "Say where it lives, or which source it is.",
			"%s does not say where the blog lives", head.Format)
	}
	return digest.Source{
		Name: cmp.Or(head.Title, hostname.Of(address)), URL: address, Platform: head.Platform, Language: head.Language,
		AddedAt: p.Clock.Now(),
	}, true, nil
}

// importAddress is where the blog of an export lives: as the person says, else as
// the export does, else where most of the pages are that it names.
func importAddress(given string, head dump.Head, ids []string) (string, error) {
	if given == "" {
		return cmp.Or(head.HomeURL, commonRoot(ids)), nil
	}
	address, _, err := identity.Tidy(given)
	if u, perr := url.Parse(address); err == nil && perr == nil && u.Path == "" {
		address = platform.Root(address)
	}
	return address, err
}

// commonRoot gives the home page of the host that most addresses are on, "" when
// there is no address among them.
func commonRoot(addresses []string) string {
	count, best := map[string]int{}, ""
	for _, a := range addresses {
		if identity.Web(a) == nil {
			continue
		}
		home := platform.Root(a)
		if count[home]++; count[home] > count[best] {
			best = home
		}
	}
	return best
}

// livingAt gives the sources whose home page is at an address, whatever its
// scheme; when none is, those of the address's host.
func livingAt(sources []digest.Source, address string) []digest.Source {
	var same, near []digest.Source
	for _, s := range sources {
		if identity.SameHost(s.URL, address) {
			near = append(near, s)
		}
		if identity.SameHome(s.URL, address) {
			same = append(same, s)
		}
	}
	if len(same) > 0 || identity.HomePath(address) != "" {
		return same
	}
	return near
}

// strayed tells of an export that seems to be another blog's.
func strayed(head dump.Head, src digest.Source) []pull.Notice {
	if identity.Web(head.HomeURL) == nil || identity.Web(src.URL) == nil || identity.SameHost(head.HomeURL, src.URL) {
		return nil
	}
	return []pull.Notice{{Text: fmt.Sprintf("the export is of %s, and the source is at %s", head.HomeURL, src.URL)}}
}
