package main

import (
	"context"
	"fmt"
	"net"
	"sync"

	"postbag/digest"
	"postbag/digest/site"
)

// serveCmd runs the pages and the worker in one process, or one of the two.
type serveCmd struct {
	Only string `help:"Run only the web pages, or only the worker; other processes do the rest." enum:",web,worker" default:"" placeholder:"web|worker"`
}

func (c serveCmd) web() bool    { return c.Only != "worker" }
func (c serveCmd) worker() bool { return c.Only != "web" }

// needs tells what mails and backups miss.
func (c serveCmd) needs(s *Settings) (wrong problems) {
	_, err := s.mail()
	wrong.add(err)
	if c.web() {
		_, err = s.hookKeys()
		wrong.add(err)
	}
	if c.worker() {
		_, _, err = s.bounceBoxes()
		wrong.add(err)
	}
	backups, err := s.backups()
	if err == nil && backups != nil {
		wrong.add(s.in("backup-dir", backups.CheckFolder()))
	}
	return wrong
}

// Run serves until ctx ends, then stops gracefully.
func (c serveCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if !c.web() {
		return ignoreCancel(p.begin(ctx, s, func(a *app) error { return a.serve(ctx, c, nil) }))
	}
	listener, err := p.listen(s)
	if err != nil {
		return err
	}
	defer listener.Close() // serving closes it too; a second time does no harm
	return ignoreCancel(p.begin(ctx, s, func(a *app) error { return a.serve(ctx, c, listener) }))
}

// serve runs what the command asks for; without a listener there are no pages.
func (a *app) serve(ctx context.Context, c serveCmd, listener net.Listener) error {
	watched, err := a.listenForMetrics()
	if err != nil {
		return err
	}
	if watched != nil {
		defer watched.Close() // serving closes it too; a second time does no harm
	}
	mailer, err := a.mailer(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var working sync.WaitGroup
	var work func()
	if c.worker() {
		// Unless it may work there are no pages either: two that were
		// started by mistake are told at once.
		member, err := a.join(ctx)
		if err != nil {
			return err
		}
		defer member.Leave()
		if err := a.warn(ctx, mailer); err != nil {
			return err
		}
		w, err := mailer.worker()
		if err != nil {
			return err
		}
		work = func() { w.Work(ctx, member) }
	}
	var own net.Listener
	if c.web() {
		if own, err = a.listenForDesk(); err != nil {
			return err
		}
		if own != nil {
			defer own.Close() // serving closes it too; a second time does no harm
		}
		if err := a.sayDesk(ctx, own); err != nil {
			return err
		}
	}
	if work != nil {
		working.Go(work)
	}
	if watched != nil {
		working.Go(func() { a.metrics.Serve(ctx, watched) })
	}
	a.announce(c, listener, mailer)
	if c.web() {
		err = mailer.servePages(ctx, listener, own)
	} else {
		<-ctx.Done()
	}
	stop()
	working.Wait()
	a.log.Info("stopped")
	return err
}

func (p *Program) listen(s *Settings) (net.Listener, error) {
	if p.Listener != nil {
		return p.Listener, nil
	}
	l, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, "Stop what listens there, or choose another --listen.", "cannot listen: %w", err)
	}
	return l, nil
}

// listenForDesk gives the desk's own listener, nil where it has none.
func (a *app) listenForDesk() (net.Listener, error) {
	at := a.settings.DeskListen
	if at == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, "Stop what listens there, or choose another --desk-listen.", "the desk cannot listen: %w", err)
	}
	return l, nil
}

// sayDesk says where the desk is, and gives whoever sees it the link by which the first
// owner comes in, as long as there is no editor.
func (a *app) sayDesk(ctx context.Context, own net.Listener) error {
	about := []any{"url", a.deskSite().URL(site.DeskHome)}
	if own != nil {
		about = append(about, "address", own.Addr().String())
	}
	a.log.Info("the editor's desk", about...)
	token, err := a.accounts().SetUpToken(ctx)
	if err != nil || token == "" {
		return err
	}
	fmt.Fprintf(a.p.Stderr, "\nNobody can sign in yet. Open this link to set up the desk; it works once:\n\n    %s\n\n", a.deskSite().URL(site.Entrance, token))
	return nil
}

// warn logs that sending is held, and that mails carry no postal address.
func (a *app) warn(ctx context.Context, mailer *mailer) error {
	held, err := a.sender.Held(ctx)
	if err != nil {
		return err
	}
	if !held.Since.IsZero() {
		a.log.Warn("SENDING IS HELD: nothing is published or mailed; see postbag sending", "since", held.Since, "reason", held.Reason)
	}
	pub, err := a.read.Publication(ctx)
	if err == nil && pub.PostalAddress == "" && !mailer.mail.transport.IsOutbox() {
		a.log.Warn("mails carry no postal address, which many countries ask of a mailing; set it with: postbag series set --postal-address TEXT")
	}
	return err
}

// announce logs what runs, where the pages are, and that no mail leaves.
func (a *app) announce(c serveCmd, l net.Listener, mailer *mailer) {
	about := []any{"base_url", a.site.Base, "database", a.path(), "version", version()}
	if l == nil {
		a.log.Info("working", about...)
	} else {
		a.log.Info("serving", append([]any{"address", l.Addr().String()}, about...)...)
	}
	if c.worker() && mailer.mail.transport.IsOutbox() {
		a.log.Warn(fmt.Sprintf("NO MAIL LEAVES THIS MACHINE: it is written to %s as files; set --smtp to send", mailer.mail.transport))
	}
	if a.p.Listening != nil && l != nil {
		a.p.Listening(l.Addr())
	}
}
