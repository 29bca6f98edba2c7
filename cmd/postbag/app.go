package main

import (
	"context"
	"log/slog"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/fetch"
	"postbag/digest/store"
	"postbag/templates"
)

// app is what commands share once the database is open.
type app struct {
	p        *Program
	settings *Settings
	base     string // of links, without a trailing slash
	log      *slog.Logger
	db       *store.DB
	desk     *desk.Desk
	set      *templates.Set
	fetcher  *fetch.Client // set by puller
}

// open checks the settings every command needs and opens the database.
func (p *Program) open(ctx context.Context, s *Settings, existing bool) (*app, error) {
	base, err := s.web()
	if err != nil {
		return nil, err
	}
	set, err := templates.New()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.DB, store.Options{Clock: p.Clock, Existing: existing, Upgraded: p.sayUpgraded(s)})
	if err != nil {
		return nil, err
	}
	return &app{
		p: p, settings: s, base: base, log: p.logger(s.level()), db: db, set: set,
		desk: desk.New(desk.Options{Store: db, Clock: p.Clock, BaseURL: base, Size: func(f *digest.Frozen) (int, error) {
			text, err := set.IssueMail(f, linksOf(base, f, ""))
			return len(text.HTML), err
		}}),
	}, nil
}

// known refuses the id of a source that there is not, where a listing of it holds
// nothing; a source that is no longer followed may still have posts and comments.
func (a *app) known(ctx context.Context, source int64, found int) error {
	if source == 0 || found > 0 {
		return nil
	}
	_, err := a.db.Source(ctx, source)
	return err
}

// with runs f with the database open. One that is not there yet is refused, for
// its name is most likely wrong: what lists, shows or changes has nothing to do in it.
func (p *Program) with(ctx context.Context, s *Settings, f func(*app) error) error {
	return p.run(ctx, s, true, f)
}

// begin is with for the commands that an installation begins with: the database
// is made when it is not there.
func (p *Program) begin(ctx context.Context, s *Settings, f func(*app) error) error {
	return p.run(ctx, s, false, f)
}

func (p *Program) run(ctx context.Context, s *Settings, existing bool, f func(*app) error) (err error) {
	a, err := p.open(ctx, s, existing)
	if err != nil {
		return err
	}
	defer func() {
		if a.fetcher != nil {
			a.fetcher.Close()
		}
		if closeErr := a.db.Close(); err == nil {
			err = closeErr
		}
	}()
	return f(a)
}
