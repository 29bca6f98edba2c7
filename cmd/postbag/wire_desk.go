package main

import (
	"context"
	"net/http"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/site"
	"postbag/digest/web"
	"postbag/digest/web/arranging"
	"postbag/digest/web/checking"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/door"
	"postbag/digest/web/frame"
	readingweb "postbag/digest/web/reading"
	"postbag/digest/web/reminding"
	"postbag/digest/web/sending"
	setupweb "postbag/digest/web/setup"
	"postbag/digest/web/trimming"
	"postbag/templates/screen"
)

// deskPages are the editor's pages.
func (o *mailer) deskPages() (http.Handler, error) {
	screens, err := screen.New()
	if err != nil {
		return nil, err
	}
	proxies, err := o.settings.proxies()
	if err != nil {
		return nil, err
	}
	desk := o.deskSite()
	accounts := o.accounts()
	entry := door.New(door.Options{
		Accounts: accounts, Site: desk, AfterSetUp: desk.Path(site.SetupPage), Log: o.log,
		Client: func(r *http.Request) string { return web.ClientOf(proxies, r) },
	})
	return deskweb.New(deskweb.Options{
		Site: desk, Screens: screens, Clock: o.p.Clock, Desk: o.desk, Log: o.log,
		Areas:   func(f *frame.Frame) []deskweb.Area { return append(o.deskAreas(f), entry.In(f)) },
		Editors: accounts.Editors, Series: o.read.SeriesList,
		Who: entry.Who, SignIn: entry.SignIn, Around: entry.Around,
		KeysOff: func(ctx context.Context, e digest.Editor) bool {
			off, err := o.reading.KeysOff(ctx, e)
			return off || err != nil
		},
		Publication: func(ctx context.Context) string {
			pub, err := o.read.Publication(ctx)
			if err != nil {
				o.log.WarnContext(ctx, "the desk goes without the publication's name", "error", err)
			}
			return pub.Name
		},
	})
}

// deskAreas are the parts of the desk, each with the use cases that it calls.
func (o *mailer) deskAreas(f *frame.Frame) []deskweb.Area {
	return []deskweb.Area{
		reminding.Area{Frame: f, Remind: o.reminding()},
		setupweb.Area{Frame: f, Setup: o.setup(o.runner())},
		arranging.New(f, o.desk),
		readingweb.Area{Frame: f, Read: o.reading, Desk: o.desk},
		trimming.New(f, o.desk),
		sending.New(f, sending.Options{Desk: o.desk, Sender: o.Sender}),
		checking.New(checking.Options{Frame: f, Desk: o.desk, Check: o.check, Renderer: check.Renderer{Set: o.set, Site: o.site, Writer: o.Writer}, Tester: o.Sender}),
		o.keeping(f),
	}
}
