package main

import (
	"context"
	"errors"

	"postbag/digest/health"
	"postbag/digest/pull"
	"postbag/digest/web"
	"postbag/subscribers/bounce"
	"postbag/subscribers/bounce/webhook"
)

// bounces takes what comes back of mails.
func (a *app) bounces() *bounce.Service {
	domain, _ := a.settings.bounceDomain() // a wrong one was refused with the settings
	return bounce.New(bounce.Options{Store: a.db, Clock: a.p.Clock, Log: a.log, Rules: bounce.Rules{Hard: a.settings.BounceHard}, Domain: domain})
}

// doubts tells of refusals that are not believed.
func (a *app) doubts(ctx context.Context) ([]string, error) {
	return health.Doubts(ctx, a.db, a.p.Clock.Now())
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

// hooks takes what providers tell over HTTP; nil where none is set up.
func (a *app) hooks() (web.Hooks, error) {
	keys, err := a.settings.hookKeys()
	if err != nil || keys == (webhook.Keys{}) {
		return nil, err
	}
	return webhook.New(webhook.Options{
		Keys: keys, Bounces: a.bounces(), Clock: a.p.Clock, Log: a.log,
		Fetch: func(ctx context.Context, url string) ([]byte, error) {
			got, err := a.fetcher.Get(ctx, pull.Request{URL: url, Most: 1})
			if err != nil {
				return nil, err
			}
			return got.Body, nil
		},
	}), nil
}
