package main

import (
	"context"
	"fmt"
	"net/http"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/health"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/frame"
	"postbag/digest/web/keeping"
	"postbag/digest/web/trimming"
	"postbag/digest/work"
	"postbag/subscribers/roster"
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
		Who:   func(*http.Request) (digest.Editor, bool) { return digest.Editor{}, false },
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
		trimming.New(f, o.desk),
		o.keeping(f),
	}
}

// keeping has the pages around an issue.
func (o *mailer) keeping(f *frame.Frame) deskweb.Area {
	around := health.Surroundings{Backups: o.settings.BackupDir != ""}
	if o.mail.transport.IsOutbox() {
		around.Outbox = fmt.Sprint(o.mail.transport)
	}
	var process []screen.Setting
	for _, s := range o.settings.shown() {
		process = append(process, screen.Setting{Name: s.name, Value: s.value, From: s.from})
	}
	backups := ""
	if plan, err := o.settings.backups(); err == nil && plan != nil {
		backups = fmt.Sprintf("Written %s UTC to %s; the newest %d are kept.", plan.At.Sentence(), plan.Dir, plan.Keep)
	}
	return keeping.New(f, keeping.Options{
		Roster: o.roster(), Readers: roster.Readers{Store: o.db, Clock: o.p.Clock}, Signup: o.signup(nil),
		Sender: o.sender, Health: o.health, Workers: o.db.Workers, Process: process, Version: version(), Database: o.path(), Backups: backups,
		Duties: func(ctx context.Context, limit int) ([]work.Listed, error) {
			plan, err := o.schedule()
			if err != nil {
				return nil, err
			}
			return plan.List(ctx, limit)
		},
		Read: o.db, Desk: o.desk, Runner: o.beside, Blogs: o.blogs(o.beside), Past: dispatch.Past{Store: o.db, Desk: o.desk},
		Troubles: func(ctx context.Context) ([]health.Trouble, error) {
			return health.Troubles(ctx, o.db, o.p.Clock, around)
		},
	})
}
