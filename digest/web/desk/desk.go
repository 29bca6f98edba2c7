package desk

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// Area is a part of the desk: the addresses that it answers for.
type Area interface{ Routes() []frame.Route }

// Options is what a desk is made of.
type Options struct {
	Site    site.Site
	Screens *screen.Set
	Clock   digest.Clock
	Desk    *desk.Desk
	// Who tells who is signed in; SignIn answers where nobody is. See [frame.Options].
	Who    func(r *http.Request) (digest.Editor, error)
	SignIn frame.Handler
	// Areas makes the parts of the desk.
	Areas func(*frame.Frame) []Area
	// Publication gives the name on the masthead; "" before the first blog.
	Publication func(ctx context.Context) string
	KeysOff     func(ctx context.Context, e digest.Editor) bool
	// Editors and Series are for naming people, and telling times; see [frame.Options].
	Editors func(ctx context.Context) ([]digest.Editor, error)
	Series  func(ctx context.Context) ([]digest.Series, error)
	// Around wraps the whole desk, as the keeper of sessions does; nil for nothing.
	Around func(http.Handler) http.Handler
	Log    *slog.Logger // nil discards
}

// New makes the desk's handler; it answers for all paths below [site.Desk], without the
// path of the site's base. The error is of kind Invalid when the base URL cannot be one.
func New(o Options) (http.Handler, error) {
	d := &office{o: o}
	f := frame.New(frame.Options{
		Screens: o.Screens, Site: o.Site, Clock: o.Clock, Who: o.Who, SignIn: o.SignIn, Log: o.Log,
		Bar: d.bar, Menu: d.menu, KeysOff: o.KeysOff, Editors: o.Editors, Series: o.Series, Numbered: o.Desk.Numbered,
		Publication: func(ctx context.Context) string {
			if name := o.Publication(ctx); name != "" {
				return name
			}
			return "Postbag"
		},
	})
	mux := http.NewServeMux()
	for _, area := range o.Areas(f) {
		for _, route := range area.Routes() {
			mux.Handle(route.Method+" "+route.Page.Pattern(), f.Handler(route))
		}
	}
	mux.Handle("GET "+site.DeskAsset.Pattern(), http.HandlerFunc(d.asset))
	mux.Handle("GET "+site.Desk, http.RedirectHandler(o.Site.Path(site.DeskHome), http.StatusSeeOther))
	mux.Handle(site.Desk+"/", f.Handler(frame.Route{Open: false, Do: nowhere}))
	protected, err := protect(o.Site.Base, mux, f)
	if err != nil || o.Around == nil {
		return protected, err
	}
	return o.Around(protected), nil
}

func nowhere(http.ResponseWriter, *http.Request) error {
	return digest.Fail(digest.NotFound, "It may have moved, or never been.", "there is no page at this address")
}

// protect keeps other sites' pages from acting for an editor.
func protect(base string, next http.Handler, f *frame.Frame) (http.Handler, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, digest.Fail(digest.Invalid, "Give a scheme and a host, such as https://digest.example.org.", "the address %q of the desk is not one", base)
	}
	guard := http.NewCrossOriginProtection()
	if err := guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, digest.Fail(digest.Invalid, "", "the address %q of the desk: %w", base, err)
	}
	guard.SetDenyHandler(f.Handler(frame.Route{Open: true, Do: func(http.ResponseWriter, *http.Request) error {
		return digest.Fail(digest.Forbidden, "Open the desk's own page, and do it there.", "this came from a page of another site")
	}}))
	return guard.Handler(next), nil
}

// office says what stands above each page.
type office struct{ o Options }

// asset serves a style or script. Its name holds a hash of its content.
func (d *office) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := d.o.Screens.Asset(r.PathValue("file"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", a.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(a.Body) // whoever went away does not miss it
}

// menu are the parts of the desk.
func (d *office) menu(e digest.Editor, here string) (links []screen.Link) {
	for _, part := range []struct {
		label string
		page  site.Page
		owner bool // only owners see it
	}{
		{"Home", site.DeskHome, false}, {"Issues", site.IssuesList, false}, {"Sources", site.SourcesList, false},
		{"Readers", site.ReadersList, false}, {"Settings", site.SettingsPage, false}, {"Editors", site.EditorsPage, true},
		{"Audit", site.AuditPage, true}, {"System", site.SystemPage, false},
	} {
		if part.owner && !e.Role.May(digest.OwnerRole) {
			continue
		}
		is := here == string(part.page) || part.page != site.DeskHome && strings.HasPrefix(here, strings.TrimSuffix(string(part.page), "/")+"/")
		links = append(links, screen.Link{Label: part.label, Address: d.o.Site.Path(part.page), Here: is})
	}
	return links
}

// bar is the head of an issue's screens.
func (d *office) bar(ctx context.Context, ref desk.Ref, here site.Page) (*screen.Bar, error) {
	g, err := d.o.Desk.Glance(ctx, ref)
	if err != nil {
		return nil, err
	}
	series := ""
	if g.Several {
		series = g.Series.Slug
	}
	b := &screen.Bar{Title: g.Issue.Title, Number: g.Issue.Number, Sentence: g.Standing(d.o.Clock.Now()), Home: d.o.Site.Path(site.DeskHome)}
	notes := map[site.Page]string{}
	if g.Issue.State == digest.Draft {
		notes[site.ReadScreen] = fmt.Sprintf("%d left", max(g.Left, 0))
		if g.ToFix > 0 {
			notes[site.CheckScreen] = fmt.Sprintf("%d to fix", g.ToFix)
		}
	}
	notes[site.ArrangeScreen] = fmt.Sprint(g.Issue.Picks())
	for _, tab := range []struct {
		label, key string
		page       site.Page
	}{{"Read", "g r", site.ReadScreen}, {"Arrange", "g a", site.ArrangeScreen}, {"Check", "g c", site.CheckScreen}, {"Send", "g s", site.SendScreen}} {
		b.Tabs = append(b.Tabs, screen.Link{
			Label: tab.label, ID: "note-" + strings.ToLower(tab.label), Key: tab.key, Note: notes[tab.page], Here: here == tab.page, Address: d.o.Site.Desk(tab.page, series, g.Issue.Number),
		})
	}
	for _, other := range g.Others {
		b.Others = append(b.Others, screen.Link{Label: fmt.Sprintf("%s (%s)", other.Title, other.State), Address: d.o.Site.Desk(site.ReadScreen, series, other.Number)})
	}
	return b, nil
}
