package main

import (
	"context"
	"fmt"

	"postbag/digest/dispatch"
	"postbag/digest/health"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/frame"
	"postbag/digest/web/keeping"
	"postbag/digest/work"
	"postbag/templates/screen"
)

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
		Roster: o.roster(), Readers: o.readers(), Signup: o.signup(nil), Bounces: o.bounces(),
		Sender: o.sender, Health: o.health, Workers: o.db.Workers, Process: process, Version: version(), Database: o.path(), Backups: backups,
		Duties: func(ctx context.Context, limit int) ([]work.Listed, error) {
			plan, err := o.schedule()
			if err != nil {
				return nil, err
			}
			return plan.List(ctx, limit)
		},
		Read: o.db, Desk: o.desk, Runner: o.runner(), Blogs: o.blogs(o.runner()), Public: o.site, Past: dispatch.Past{Store: o.db, Desk: o.desk},
		SetUp: o.setup(nil).Left,
		Troubles: func(ctx context.Context) ([]health.Trouble, error) {
			return health.Troubles(ctx, o.db, o.p.Clock, around)
		},
	})
}
