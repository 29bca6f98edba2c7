package main

import (
	"context"
	"net/http"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/reading"
	"postbag/digest/web/checking"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/frame"
	readingweb "postbag/digest/web/reading"
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
	return deskweb.New(deskweb.Options{
		Site: o.site, Screens: screens, Clock: o.p.Clock, Desk: o.desk, Log: o.log,
		Areas: o.deskAreas,
		KeysOff: func(ctx context.Context, e digest.Editor) bool {
			off, err := o.reading.KeysOff(ctx, e)
			return off || err != nil
		},
		Who: func(*http.Request) (digest.Editor, bool) { return digest.Editor{}, false },
		SignIn: func(http.ResponseWriter, *http.Request) error {
			return digest.Fail(digest.Forbidden, "", "nobody is signed in")
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
		setupweb.Area{Frame: f, Setup: o.setup(o.runner())},
		readingweb.Area{Frame: f, Read: reading.New(reading.Options{Store: o.db, Desk: o.desk, Clock: o.p.Clock, Log: o.log}), Desk: o.desk},
		trimming.New(f, o.desk),
		checking.New(checking.Options{Frame: f, Desk: o.desk, Check: o.check, Renderer: check.Renderer{Set: o.set, Site: o.site, Writer: o.Writer}, Tester: o.Sender}),
	}
}
