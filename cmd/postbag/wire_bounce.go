package main

import (
	"context"
	"errors"

	"postbag/subscribers/bounce"
)

// bounces takes what comes back of mails.
func (a *app) bounces() *bounce.Service {
	return bounce.New(bounce.Options{Store: a.db, Clock: a.p.Clock, Log: a.log, Rules: bounce.Rules{Hard: a.settings.BounceHard}})
}

// pollBounces reads the mailboxes for bounces; nil where there is none.
func (a *app) pollBounces() func(context.Context) error {
	if a.settings.BounceMaildir == "" && a.settings.BounceIMAP == "" {
		return nil
	}
	return func(ctx context.Context) error {
		dir, server, err := a.settings.bounceBoxes()
		if err != nil {
			return err
		}
		var failed []error
		if dir != nil {
			_, err := a.bounces().Poll(ctx, bounce.Maildir, dir)
			failed = append(failed, err)
		}
		if server != nil {
			_, err := a.bounces().Poll(ctx, bounce.IMAP, server)
			failed = append(failed, err)
		}
		return errors.Join(failed...)
	}
}
