package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"postbag/digest"
)

// known refuses the id of a source that does not exist, where a listing of it is
// empty; a source that is no longer followed may still have posts and comments.
func (a *app) known(ctx context.Context, source int64, found int) error {
	if source == 0 || found > 0 {
		return nil
	}
	_, err := a.read.Source(ctx, source)
	return err
}

// with runs f with the database open, for commands that check something first; the
// others take an app. A database that does not exist yet is refused: its name is most
// likely wrong.
func (p *Program) with(ctx context.Context, s *Settings, f func(*app) error) error {
	return p.run(ctx, s, true, f)
}

// begin is with for the commands that an installation begins with: the database
// is made when it is not there.
func (p *Program) begin(ctx context.Context, s *Settings, f func(*app) error) error {
	return p.run(ctx, s, false, f)
}

// trial is with for a dry run, which nothing has to be there for: where there is no
// database, f works on an empty one that is gone afterwards.
func (p *Program) trial(ctx context.Context, s *Settings, f func(*app) error) (err error) {
	db, missing := p.look(ctx, s.DB)
	if missing == nil {
		missing = db.Close()
	}
	if missing == nil || digest.KindOf(missing) != digest.NotFound {
		return p.with(ctx, s, f)
	}
	dir, err := os.MkdirTemp("", "postbag-dry-run-")
	if err != nil {
		return err
	}
	defer func() { err = first(err, os.RemoveAll(dir)) }()
	fmt.Fprintf(p.Stderr, "%s; this says what a new one would get.\n", missing)
	own := *s
	own.DB = filepath.Join(dir, "postbag.db")
	return p.begin(ctx, &own, f)
}

// importing opens the database for an import.
func (p *Program) importing(dry bool) func(context.Context, *Settings, func(*app) error) error {
	if dry {
		return p.trial
	}
	return p.begin
}

func (p *Program) run(ctx context.Context, s *Settings, existing bool, f func(*app) error) (err error) {
	a, err := p.open(ctx, s, existing)
	if err != nil {
		return err
	}
	defer func() { err = first(err, a.close()) }()
	return f(a)
}
