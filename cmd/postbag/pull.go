package main

import (
	"context"
	"errors"
	"fmt"

	"postbag/digest"
	"postbag/digest/blogs"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
)

type pullCmd struct {
	Source  int64 `help:"Only this source." placeholder:"ID"`
	History bool  `help:"Page back to the blog's beginning."`
	Force   bool  `help:"Ask without conditions, and however short ago it was asked."`
	Accept  bool  `help:"Store, once, a page that was held back because too much of it is new for its age; with --source."`
}

// Run pulls one source or all.
func (c pullCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if c.Accept && c.Source == 0 {
		return digest.Fail(digest.Invalid, "For example: --source 1 --accept", "--accept needs --source").Offer(digest.Act{Do: digest.ListSources})
	}
	return p.with(ctx, s, func(a *app) error {
		b := p.bar("pulling", -1)
		poller := poll.New(a.pulling(nil, func(at pull.Progress) {
			if at.Total <= 0 {
				b.of(at.Entries, -1)
				return
			}
			b.of(min(at.Entries, at.Total), at.Total)
		}))
		reports, err := c.pull(ctx, poller, p.by())
		b.done()
		if ctx.Err() != nil {
			return digest.Fail(digest.Unavailable, c.onward(), "%w", ctx.Err())
		}
		if err != nil {
			return err
		}
		if len(reports) == 0 {
			return digest.Fail(digest.NotFound, "", "there is no blog to pull").Offer(digest.Act{Do: digest.AddSource})
		}
		return errors.Join(p.printReports(reports), a.index(ctx))
	})
}

func (c pullCmd) pull(ctx context.Context, poller *poll.Poller, by digest.Actor) ([]poll.Report, error) {
	options := poll.Options{History: c.History, Force: c.Force, Accept: c.Accept}
	if c.Source == 0 {
		return poller.PullAll(ctx, by, options)
	}
	report, err := poller.Pull(ctx, by, c.Source, options)
	if err != nil && report.Source.ID == 0 {
		return nil, err
	}
	return []poll.Report{report}, nil
}

// onward says how to go on with a pull that was interrupted.
func (c pullCmd) onward() string {
	again := "postbag pull"
	if c.Source != 0 {
		again += fmt.Sprintf(" --source %d", c.Source)
	}
	if c.History {
		again += " --history"
	}
	return "What had come is stored. To go on from there: " + again
}

// theirs makes an error of a blog's answer, or of what a file holds, one that says
// nothing of how the program was called.
func theirs(err error) error {
	if err == nil || digest.KindOf(err) != digest.Invalid {
		return err
	}
	return &digest.Error{Kind: digest.Unavailable, Message: err.Error(), Hint: digest.HintOf(err), Err: err}
}

// printReports says in a line what each source brought. Failures are errors.
func (p *Program) printReports(reports []poll.Report) error {
	var failed []error
	for _, r := range reports {
		name := cell(r.Source.Name, 60)
		switch {
		case r.Err != nil:
			failed = append(failed, theirs(r.Err))
		case r.TooSoon:
			fmt.Fprintf(p.Stdout, "%s: asked less than a minute ago; nothing was asked now. To ask all the same: --force\n", name)
			continue
		case r.NoFeed:
			fmt.Fprintf(p.Stdout, "%s: it came from an import and has no feed to pull. To follow it: postbag source add %s\n", name, printable(r.Source.URL))
			continue
		case r.NotModified:
			fmt.Fprintf(p.Stdout, "%s: nothing new.\n", name)
		default:
			fmt.Fprintf(p.Stdout, "%s: %s\n", name, blogs.Brought(r))
		}
		for _, line := range leftOut(r.LeftOut) {
			fmt.Fprintf(p.Stdout, "%s: %s.\n", name, line)
		}
		for _, n := range r.Notices {
			fmt.Fprintf(p.Stdout, "%s: %s\n", name, noticeLine(n))
		}
		if r.Older {
			fmt.Fprintf(p.Stdout, "%s: there is more from further back. To pull that, too: postbag pull --source %d --history\n", name, r.Source.ID)
		}
	}
	return errors.Join(failed...)
}

// noticeLine says a notice, and the commands that help.
func noticeLine(n pull.Notice) string {
	line := printable(n.Text) + "."
	for _, act := range n.Acts {
		line += fmt.Sprintf(" %s: %s", act.Do.Label(), commandOf(act))
	}
	return line
}
