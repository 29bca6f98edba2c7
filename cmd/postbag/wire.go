package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/duty"
	"postbag/digest/fetch"
	"postbag/digest/health"
	"postbag/digest/markup"
	"postbag/digest/publish"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
	"postbag/digest/pull/removed"
	"postbag/digest/reading"
	"postbag/digest/remind"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/store"
	"postbag/digest/store/blog"
	"postbag/digest/store/duties"
	"postbag/digest/store/foreign"
	"postbag/digest/web"
	"postbag/digest/web/metrics"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
	"postbag/subscribers/mail"
	"postbag/subscribers/message"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
	"postbag/templates"
)

// mostLease bounds --lease.
const mostLease = duties.LongestLease

// app is what commands share once the database is open. The use cases are wired
// here, and only here: no other file of the program knows the database.
type app struct {
	ctx      context.Context // of the command: what runs beside ends with it
	p        *Program
	settings *Settings
	site     site.Site
	log      *slog.Logger
	db       *store.DB
	set      *templates.Set
	fetcher  *fetch.Client

	read    reader
	checker *removed.Checker // asks the blogs once more about picks
	desk    *desk.Desk
	reading *reading.Service
	check   *check.Check
	sender  *dispatch.Sender // without mail: to publish, hold and pause
	health  health.Health
	ready   health.Readiness
	metrics *metrics.Metrics // nil unless they are served

	besides sync.Once
	running *beside.Runner // what runs beside; see [app.runner]
}

// reader is what commands list of what is stored.
type reader interface {
	Source(ctx context.Context, id int64) (digest.Source, error)
	Sources(ctx context.Context) ([]digest.Source, error)
	SeriesList(ctx context.Context) ([]digest.Series, error)
	Publication(ctx context.Context) (digest.Publication, error)
	Posts(ctx context.Context, f digest.PostFilter) ([]digest.Post, error)
	Comments(ctx context.Context, f digest.CommentFilter) ([]digest.ListedComment, error)
	Comment(ctx context.Context, id int64) (digest.ListedComment, error)
	CountSource(ctx context.Context, id int64) (blog.SourceCount, error)
	Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	Listings(ctx context.Context, sourceID int64, f pull.ListingFilter) ([]digest.Listing, error)
	CommentVersions(ctx context.Context, commentID int64) ([]digest.CommentVersion, error)
}

// index makes what a command stored ready to be searched.
func (a *app) index(ctx context.Context) error { return duty.Index(ctx, a.db) }

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
	fetcher, err := p.fetcher(s, base)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.DB, store.Options{Clock: p.Clock, Existing: existing, Upgraded: p.sayUpgraded(s)})
	if err != nil {
		fetcher.Close()
		return nil, err
	}
	a := &app{ctx: ctx, p: p, settings: s, site: site.Site{Base: base}, log: p.logger(s.level()), db: db, set: set, fetcher: fetcher, read: db}
	a.checker = removed.New(poll.New(a.pulling(a.log, nil)))
	a.desk = desk.New(desk.Options{
		Store: db, Clock: p.Clock, BaseURL: base, Log: a.log, Blogs: a.checker,
		Size: letters.Writer{Set: set, Site: a.site}.Size,
	})
	a.check = check.New(check.Options{
		Store: db, Desk: a.desk, Blogs: a.checker, Links: fetcher, Clock: p.Clock, Log: a.log,
		Mail: letters.Writer{Set: set, Site: a.site}.Text,
	})
	a.reading = reading.New(reading.Options{Store: db, Desk: a.desk, Clock: p.Clock, Log: a.log})
	a.sender = dispatch.New(a.dispatching())
	a.health = health.Health{Store: db, Clock: p.Clock}
	a.ready.Store = db
	return a, nil
}

// runner runs what takes long beside whoever asked for it, until the app is closed.
func (a *app) runner() *beside.Runner {
	a.besides.Do(func() { a.running = beside.New(a.ctx, a.db, a.p.Clock, a.log) })
	return a.running
}

func (a *app) close() error {
	if a.running != nil {
		a.running.Close()
	}
	a.fetcher.Close()
	return a.db.Close()
}

func (a *app) dispatching() dispatch.Options {
	return dispatch.Options{
		Store: a.db, Desk: a.desk, Clock: a.p.Clock, Log: a.log, Joining: a.joining(), LateAfter: a.settings.LateAfter,
	}
}

// patientReading is reading for a command, which waits for the reasons.
func (a *app) patientReading() *reading.Service {
	return reading.New(reading.Options{Store: a.db, Desk: a.desk, Clock: a.p.Clock, Log: a.log, Patience: time.Minute})
}

// joining names this process among those that work on the database.
func (a *app) joining() work.Joining {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return work.Joining{Name: fmt.Sprintf("%s:%d", host, os.Getpid()), Lease: a.settings.Lease}
}

// by is who runs this command.
func (p *Program) by() digest.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if person := os.Getenv("SUDO_USER"); person != "" {
		name = person
	}
	return digest.Actor{Kind: digest.ByCommand, Name: name}
}

// pulling wires pulling to the network and the database. A command prints what a
// pull did; the worker logs it.
func (a *app) pulling(log *slog.Logger, progress func(pull.Progress)) *pull.Tools {
	return pull.NewTools(pull.Options{
		Store: a.db, Fetcher: a.fetcher, ToProse: markup.FromHTML, Clock: a.p.Clock, Log: log, Progress: progress,
	})
}

// blogs looks after the blogs that are followed. What it begins runs beside, by the
// runner.
func (a *app) blogs(runner *beside.Runner) *blogs.Keeper {
	return blogs.New(blogs.Options{
		Store: a.db, Runner: runner, Index: a.index, Rows: issoComments,
		Pulling: func(tell func(pull.Progress)) *pull.Tools { return a.pulling(a.log, tell) },
		First:   func() digest.Series { return firstSeries(a.p.Clock.Now()) },
	})
}

func (a *app) roster() *roster.Service {
	return roster.New(roster.Options{Store: a.db, Clock: a.p.Clock})
}

// readers looks at single readers.
func (a *app) readers() roster.Readers { return roster.Readers{Store: a.db, Clock: a.p.Clock} }

// accounts looks after the editors.
func (a *app) accounts() *account.Service {
	return account.New(account.Options{Store: a.db, Clock: a.p.Clock, Log: a.log, URL: a.deskSite().Base})
}

// deskSite is where the desk is.
func (a *app) deskSite() site.Site { return site.Site{Base: a.settings.desk(a.site.Base)} }

// signup serves readers who come and go. The wording is the sentence under the
// sign-up form; nil where no form is served.
func (a *app) signup(wording func(context.Context) string) *signup.Service {
	return signup.New(a.signingUp(wording))
}

func (a *app) signingUp(wording func(context.Context) string) signup.Options {
	return signup.Options{Store: a.db, Clock: a.p.Clock, Log: a.log, Wording: wording}
}

// signupForm serves the form, which refuses what the mail server is known not to write to.
func (o *mailer) signupForm(wording func(context.Context) string) *signup.Service {
	options := o.signingUp(wording)
	options.Takes = func(email string) error {
		if server, ok := o.transport.(*mail.SMTP); ok && server.LacksUTF8() && !message.IsASCII(email) {
			return digest.Fail(digest.Invalid, "Use one with plain letters before the @, without accents.", "our mail server cannot write to that address")
		}
		return nil
	}
	return signup.New(options)
}

// mailer is an app with what mails.
type mailer struct {
	*app
	*dispatch.Sender
	mail      mailSettings
	transport deliver.Transport
	letters   *deliver.LetterSender
}

// mailer checks the mail settings. Nothing is asked of the network; an outbox
// is tried, so that a folder that cannot be written is told at once.
func (a *app) mailer(ctx context.Context) (*mailer, error) {
	m, err := a.settings.mail()
	if err != nil {
		return nil, err
	}
	transport := mail.NewTransport(m.transport, m.from.Domain)
	if m.transport.IsOutbox() {
		if _, err := transport.Connect(ctx); err != nil {
			return nil, err
		}
	}
	rate, err := a.settings.rate()
	if err != nil {
		return nil, err
	}
	o := a.dispatching()
	o.Mailer = deliver.New(deliver.Options{
		Ledger: a.ledger(), Transport: transport, Clock: a.p.Clock, Log: a.log,
		Concurrency: a.settings.Concurrency, Rate: rate, DomainConnections: a.settings.DomainConnections, Ambiguous: subscribers.Ambiguity(a.settings.Ambiguous), Grace: wireTime,
	})
	o.Transport, o.Writer = transport, a.writer(m)
	mailer := &mailer{app: a, Sender: dispatch.New(o), mail: m, transport: transport}
	mailer.letters = deliver.NewLetterSender(deliver.LetterOptions{
		Queue: a.db, Transport: transport, Clock: a.p.Clock, Log: a.log, Write: mailer.WriteLetter, Grace: wireTime, Rate: rate,
		From: mailer.LetterFrom,
	})
	return mailer, nil
}

// path names the database.
func (a *app) path() string { return a.db.Path() }

// writer writes the letters of the sender in the settings.
func (a *app) writer(m mailSettings) letters.Writer {
	w := letters.Writer{
		Set: a.set, Site: a.site, Desk: a.deskSite(), From: m.from.Email, Domain: m.from.Domain, ReplyTo: m.replyTo, Requests: m.replyTo,
		Sign: m.sign, Bounces: m.bounces,
	}
	if w.Requests == "" && !m.transport.IsOutbox() {
		w.Requests = m.from.Email
	}
	return w
}

// sendingOf gives what the settings say of mail, as the set-up shows it.
func sendingOf(s *Settings, m mailSettings) setup.Sending {
	out := setup.Sending{
		Outbox: m.transport.Dir, Host: m.transport.Host, Port: m.transport.Port, Account: m.transport.User,
		From: m.from.Email, FromMade: s.From == "", ReplyTo: m.replyTo, Bounces: m.bounces, BaseURL: m.base.String(),
		Encrypted: m.transport.Security == mail.ImplicitTLS || m.transport.Security == mail.RequireStartTLS,
	}
	if m.sign != nil {
		out.Signed = m.sign.Domain()
		for _, k := range m.sign.Keys() {
			if text, err := k.Record(); err == nil {
				out.Keys = append(out.Keys, setup.Record{Name: k.Name(out.Signed), Type: "TXT", Value: text})
			}
		}
	}
	return out
}

// machineOf gives what of the machine can be looked at by the settings.
func (p *Program) machineOf(ctx context.Context, s *Settings, m mailSettings) (machine setup.Machine, done func() error) {
	machine = setup.Machine{
		Transport: mail.NewTransport(m.transport, m.from.Domain), Clock: p.Clock, BackupDir: s.BackupDir, Resolver: p.Resolver,
	}
	done = func() error { return nil }
	db, err := p.look(ctx, s.DB)
	machine.Missing = err
	if err == nil {
		machine.Database, done = db, db.Close
		if s.onFile() {
			machine.Folder = filepath.Dir(db.Path())
		}
	}
	return machine, done
}

// onFile tells whether the database is a file.
func (s *Settings) onFile() bool {
	return !strings.HasPrefix(s.DB, "postgres://") && !strings.HasPrefix(s.DB, "postgresql://")
}

// setup leads through the first quarter of an hour. What it begins runs beside, by the
// runner; with nil nothing is begun.
func (o *mailer) setup(runner *beside.Runner) *setup.Service {
	options := setup.Options{
		Store: o.db, Desk: o.desk, Resolver: net.DefaultResolver, Clock: o.p.Clock, Sending: sendingOf(o.settings, o.mail),
		Transport: mail.NewTransport(o.mail.transport, o.mail.from.Domain),
		Write: func(ctx context.Context, to string, at time.Time) ([]byte, error) {
			pub, err := o.db.Publication(ctx)
			if err != nil {
				return nil, err
			}
			return o.writer(o.mail).Trial(letters.Facts{Publication: pub}, to, rand.Text(), at)
		},
	}
	if runner != nil {
		options.Blogs, options.Runner = o.blogs(runner), runner
	}
	return setup.New(options)
}

// join makes this process a worker of the database.
func (a *app) join(ctx context.Context) (work.Member, error) { return a.db.Join(ctx, a.joining()) }

// worker does what happens by itself.
func (o *mailer) worker() (*duty.Worker, error) {
	backups, err := o.backups()
	if err != nil {
		return nil, err
	}
	return duty.New(duty.Options{
		Store: o.db, Desk: o.desk, Sender: o.Sender, Check: o.check, Pull: poll.New(o.pulling(o.log, nil)).PullDue,
		Remind: o.reminding().Series,
		Letters: func(ctx context.Context, member work.Member) error {
			_, err := o.letters.Send(ctx, member)
			return err
		},
		Bounces: o.pollBounces(), Refusals: o.bounces().Refusals, Sweep: o.sweep, Backups: backups, Clock: o.p.Clock, Log: o.log,
		Joining: o.joining(), Site: o.site,
	}), nil
}

// reminding reminds the editors, and takes their replies.
func (o *mailer) reminding() *remind.Service {
	return remind.New(remind.Options{Store: o.db, Desk: o.desk, Sender: o.Sender, Clock: o.p.Clock, Log: o.log})
}

// sweep removes what is kept for a time only, of readers and of editors.
func (o *mailer) sweep(ctx context.Context) (int, error) {
	n, err := o.signup(nil).Sweep(ctx)
	return n, errors.Join(err, o.accounts().Sweep(ctx))
}

// backups are the backups that this process writes by itself, nil for none.
func (a *app) backups() (*duty.Backups, error) {
	plan, err := a.settings.backups()
	if err != nil || plan == nil {
		return nil, err
	}
	plan.Write = func(ctx context.Context, path string) (rows, bytes int64, err error) {
		return backupWork{db: a.db, clock: a.p.Clock}.write(ctx, path, true)
	}
	return plan, nil
}

// schedule lists what happens by itself, and does it at once.
func (a *app) schedule() (duty.Schedule, error) {
	backups, err := a.backups()
	return duty.Schedule{
		Store: a.db, Clock: a.p.Clock, Joining: a.joining(), Backups: backups, Bounces: a.pollBounces(), Refusals: a.bounces().Refusals,
		Worker: func(ctx context.Context) (*duty.Worker, error) {
			mailer, err := a.mailer(ctx)
			if err != nil {
				return nil, err
			}
			return mailer.worker()
		},
	}, err
}

// servePages serves the public pages until ctx ends.
func (o *mailer) servePages(ctx context.Context, l, own net.Listener) error {
	proxies, err := o.settings.proxies()
	if err != nil {
		return err
	}
	publisher := publish.New(o.db, o.set, publish.Options{
		BaseURL: o.site.Base, Clock: o.p.Clock, Log: o.log, TakeDown: o.Writer.TakeDown,
	})
	readers := o.signupForm(func(ctx context.Context) string { // the sentence under the form as it stands on the page
		frame, err := publisher.Site(ctx)
		if err != nil {
			return ""
		}
		return frame.Consent()
	})
	desk, err := o.deskPages()
	if err != nil {
		return err
	}
	hooks, err := o.hooks()
	if err != nil {
		return err
	}
	options := web.Options{
		Publisher: publisher, Signup: readers, Hooks: hooks, Templates: o.set, Clock: o.p.Clock, BaseURL: o.site.Base, Desk: desk,
		Ready: o.ready.Ready, TrustedProxies: proxies, Log: o.log,
	}
	if own == nil {
		pages, err := web.New(options)
		if err != nil {
			return err
		}
		return pages.Serve(ctx, l)
	}
	// The desk listens by itself, and the public pages know nothing of it.
	inside := options
	inside.DeskOnly, inside.BaseURL = true, o.deskSite().Base
	options.Desk, inside.Hooks = nil, nil
	return o.serveBoth(ctx, options, l, inside, own)
}

// serveBoth serves two sites until ctx ends, or one of them fails.
func (o *mailer) serveBoth(ctx context.Context, outside web.Options, l net.Listener, inside web.Options, own net.Listener) error {
	pages, err := web.New(outside)
	if err != nil {
		return err
	}
	desk, err := web.New(inside)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		defer stop()
		ended <- desk.Serve(ctx, own)
	}()
	err = pages.Serve(ctx, l)
	stop()
	return first(err, <-ended)
}

// issoComments writes the comments of an Isso database as an export.
func issoComments(ctx context.Context, path string, to io.Writer) error {
	return foreign.IssoComments(ctx, path, to)
}

// rate reads how much may be sent.
func (s *Settings) rate() (deliver.Rate, error) {
	if s.source != nil && len(s.Rate) == 0 {
		return deliver.Rate{}, s.wrong("rate", "0 means no limit.", `"" is no number`)
	}
	r, err := deliver.ParseRate(s.Rate...)
	return r, s.in("rate", err)
}
