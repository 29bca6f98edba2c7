package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"postbag/digest"
	"postbag/digest/publish"
	"postbag/digest/web"
	"postbag/subscribers/signup"
)

// serveCmd runs the pages and the worker in one process.
type serveCmd struct{}

// Run serves until ctx ends, then stops gracefully.
func (serveCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	// What is wrong with the settings is told all together, before anything is
	// opened.
	var wrong problems
	_, err := s.mail()
	wrong.add(err)
	_, err = s.allow()
	wrong.add(err)
	_, err = s.proxies()
	wrong.add(err)
	if _, _, err := net.SplitHostPort(s.Listen); err != nil && p.Listener == nil && s.BaseURL != "" {
		wrong.add(digest.Fail(digest.Invalid, "For example localhost:8080, or :8080 for all addresses.", "--listen %q is not HOST:PORT", s.Listen))
	}
	if err := wrong.err(); err != nil {
		return err
	}
	listener, err := p.listen(s)
	if err != nil {
		return err
	}
	defer listener.Close() // serving closes it too; a second time does no harm
	return p.with(ctx, s, func(a *app) error { return a.serve(ctx, listener) })
}

func (a *app) serve(ctx context.Context, listener net.Listener) error {
	office, err := a.newPostOffice(ctx)
	if err != nil {
		return err
	}
	puller, err := a.puller(a.log, nil)
	if err != nil {
		return err
	}
	publisher := publish.New(a.db, a.set, publish.Options{
		BaseURL: a.base, Clock: a.p.Clock, Log: a.log,
		TakeDown: func(f *digest.Frozen) string { return takeDown(office.postage, f.Title) },
	})
	readers := signup.New(signup.Options{Store: a.db, Clock: a.p.Clock, Log: a.log, Wording: consentOf(publisher)})
	pages, err := a.pages(publisher, readers)
	if err != nil {
		return err
	}
	w := newWorker(a, puller, office, readers)
	return a.both(ctx, listener, pages, w)
}

// both runs pages and worker until ctx ends or the pages fail, and waits for
// both. Without the worker's lock it runs neither.
func (a *app) both(ctx context.Context, l net.Listener, pages *web.Server, w *worker) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	held, release, err := a.db.LockWorker(ctx)
	if err != nil {
		return err
	}
	defer release()
	a.announce(l.Addr(), w.post)
	if err := a.warnOfMissing(ctx, w.post); err != nil {
		return err
	}
	if err := a.warnOfHold(ctx); err != nil {
		return err
	}
	var working sync.WaitGroup
	working.Go(func() { w.runLocked(ctx, held, release) })
	err = pages.Serve(ctx, l)
	stop()
	working.Wait()
	a.log.Info("stopped")
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// consentOf gives the sentence under the sign-up form as it stands on the page.
func consentOf(publisher *publish.Publisher) func(context.Context) string {
	return func(ctx context.Context) string {
		site, err := publisher.Site(ctx)
		if err != nil {
			return ""
		}
		return site.Consent()
	}
}

// pages wires the public pages.
func (a *app) pages(publisher *publish.Publisher, readers *signup.Service) (*web.Server, error) {
	proxies, err := a.settings.proxies()
	if err != nil {
		return nil, err
	}
	return web.New(web.Options{
		Publisher: publisher, Signup: readers, Templates: a.set, Clock: a.p.Clock, BaseURL: a.base,
		Ready:          a.db.Ping,
		TrustedProxies: proxies, Log: a.log,
	})
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

// warnOfMissing says what readers or the law will miss in mail that leaves.
func (a *app) warnOfMissing(ctx context.Context, office *postOffice) error {
	pub, err := a.db.Publication(ctx)
	if err == nil && pub.PostalAddress == "" && !office.postage.transport.IsOutbox() {
		a.log.Warn("mails carry no postal address, which many countries ask of a mailing; set it with: postbag series set --postal-address TEXT")
	}
	return err
}

// announce says where the pages are and, loudly, when no mail leaves.
func (a *app) announce(at net.Addr, office *postOffice) {
	a.log.Info("serving", "address", at.String(), "base_url", a.base, "database", a.db.Path(), "version", version())
	if office.postage.transport.IsOutbox() {
		a.log.Warn(fmt.Sprintf("NO MAIL LEAVES THIS MACHINE: it is written to %s as files; set --smtp to send", office.postage.transport))
	}
	if a.p.Listening != nil {
		a.p.Listening(at)
	}
}
