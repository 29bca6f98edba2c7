package main

import "context"

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

func (p *Program) run(ctx context.Context, s *Settings, existing bool, f func(*app) error) (err error) {
	a, err := p.open(ctx, s, existing)
	if err != nil {
		return err
	}
	defer func() { err = first(err, a.close()) }()
	return f(a)
}
