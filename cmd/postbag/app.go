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
func (p *Program) open(ctx context.Context, s *Settings) (*app, error) {
	base, err := s.web()
	if err != nil {
		return nil, err
	}
	set, err := templates.New()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.DB, store.Options{Clock: p.Clock, Upgraded: p.sayUpgraded(s)})
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

// with runs f with the database open.
func (p *Program) with(ctx context.Context, s *Settings, f func(*app) error) (err error) {
	a, err := p.open(ctx, s)
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
