package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/sampleblog"
	"postbag/digest/site"
)

// demoCmd does the whole job on loopback with an invented blog. Every step is a
// command that an operator would type, run by the same code.
type demoCmd struct {
	Check bool   `help:"Verify every product, print a summary and exit."`
	Dir   string `help:"Keep the database and the outbox in this folder; else in a throw-away one." placeholder:"DIR" type:"path"`
}

// demoReaders are the sample subscribers. They sign up by the form and confirm
// by the link in the mail, as anybody would.
var demoReaders = []string{"ada@reader.example", "bram@reader.example", "chidi@reader.example"}

// demoIntro is what the demo's editor writes above the picks.
const demoIntro = "You have been busy. Here is what stayed with me from under this week's posts, in your own words. Thank you all for writing, and *keep it coming*."

// demo is one run of the demo.
type demo struct {
	p     *Program
	dir   string
	blog  *sampleblog.Blog
	at    string // the blog's address
	web   net.Listener
	link  string // signs in at the desk, once
	quiet bool
}

// demoEditor is who sits at the demo's desk.
const demoEditor = "editor@nightbus.example"

// Run runs the demo.
func (c demoCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	dir, clean, err := demoDir(c.Dir)
	if err != nil {
		return err
	}
	defer clean()
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	d := &demo{p: p, dir: dir, quiet: c.Check, blog: sampleblog.New(p.Clock.Now())}
	if err := d.serveBlog(ctx); err != nil {
		return err
	}
	if d.web, err = demoListener(s.Listen, c.Check); err != nil {
		return err
	}
	if err := d.seatEditor(ctx); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() {
		served <- d.command("serve").Run(ctx)
		stop() // whatever waits for the pages need not wait on
	}()
	if err = d.wait(ctx); err == nil {
		err = d.job(ctx)
	}
	if err == nil && c.Check {
		err = d.check(ctx)
	}
	if err == nil && !c.Check {
		d.addresses()
		<-ctx.Done()
	}
	stop()
	if serveErr := ignoreCancel(<-served); serveErr != nil {
		err = serveErr // the cause of whatever else went wrong
	}
	return err
}

// ignoreCancel makes of the end of a program that was told to stop a good one.
func ignoreCancel(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// demoDir gives the folder of a run and how to clean it up.
func demoDir(chosen string) (string, func(), error) {
	if chosen == "" {
		dir, err := os.MkdirTemp("", "postbag-demo-")
		if err != nil {
			return "", nil, digest.Fail(digest.Unavailable, "Name a folder with --dir.", "no throw-away folder can be made: %w", err)
		}
		return dir, func() { os.RemoveAll(dir) }, nil
	}
	if err := os.MkdirAll(chosen, 0o755); err != nil {
		return "", nil, digest.Fail(digest.Invalid, "Choose another --dir.", "the folder cannot be made: %w", err)
	}
	if _, err := os.Stat(filepath.Join(chosen, "postbag.db")); err == nil {
		return "", nil, digest.Fail(digest.Conflict, "Choose an empty --dir.", "%s holds a database already", chosen)
	}
	return chosen, func() {}, nil
}

// demoListener listens where the settings say, or on any free port when that
// one is taken and nobody asked for it in particular.
func demoListener(listen string, check bool) (net.Listener, error) {
	if check {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	l, err := net.Listen("tcp", listen)
	if err != nil && listen == "localhost:8080" {
		l, err = net.Listen("tcp", "localhost:0")
	}
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, "Choose another --listen.", "the demo cannot listen: %w", err)
	}
	return l, nil
}

// serveBlog serves the invented blog on loopback until ctx ends.
func (d *demo) serveBlog(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return digest.Fail(digest.Unavailable, "The demo needs loopback.", "the sample blog cannot listen: %w", err)
	}
	d.at = "http://" + l.Addr().String() + "/"
	server := &http.Server{Handler: d.blog, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	go server.Serve(l) // a blog that cannot be served is told by the first pull
	return nil
}

// site is where the demo's pages are.
func (d *demo) site() site.Site { return site.Site{Base: "http://" + d.web.Addr().String()} }

func (d *demo) outbox() string { return filepath.Join(d.dir, "outbox") }

// command is one more run of the program, on the demo's database.
func (d *demo) command(args ...string) *Program {
	flags := []string{
		"--db", filepath.Join(d.dir, "postbag.db"),
		"--smtp", "outbox:" + d.outbox(),
		"--base-url", d.site().Base, "--reply-to", "editor@nightbus.example",
		"--fetch-allow", strings.TrimSuffix(strings.TrimPrefix(d.at, "http://"), "/"),
		"--log-level", "warn",
	}
	return &Program{
		Args: append(flags, args...), Stdin: strings.NewReader(""), Stdout: d.p.Stdout, Stderr: d.p.Stderr,
		Clock: d.p.Clock, Listener: d.web,
	}
}

// run shows a command and runs it.
func (d *demo) run(ctx context.Context, args ...string) error {
	shown := make([]string, len(args))
	for i, a := range args {
		shown[i] = a
		if strings.ContainsAny(a, " *") {
			shown[i] = "'" + a + "'"
		}
	}
	fmt.Fprintf(d.p.Stdout, "\n$ postbag %s\n", cell(strings.Join(shown, " "), 100))
	program := d.command(args...)
	if d.quiet {
		program.Stdout = io.Discard
	}
	if err := program.Run(ctx); err != nil {
		return fmt.Errorf("postbag %s: %w", args[0], err)
	}
	return nil
}

// wait waits until the pages answer.
func (d *demo) wait(ctx context.Context) error {
	return until(ctx, "the pages come up", func() (bool, error) {
		answer, err := d.get(ctx, site.Ready)
		return err == nil && answer.status == http.StatusOK, nil
	})
}

// until waits until something holds, by the machine's clock.
func until(ctx context.Context, what string, holds func() (bool, error)) error {
	const every, most = 20 * time.Millisecond, 30 * time.Second
	for began := time.Now(); ; {
		if ok, err := holds(); ok || err != nil {
			return err
		}
		if time.Since(began) > most {
			return digest.Fail(digest.Unavailable, "Look at the log above.", "after %s it is not so that %s", most, what)
		}
		if err := (digest.SystemClock{}).Sleep(ctx, every); err != nil {
			return err
		}
	}
}

// job is the main job, from the blog's address to the readers' mail.
func (d *demo) job(ctx context.Context) error {
	if err := d.runAll(ctx, [][]string{{"source", "add", d.at}, {"pull"}}); err != nil {
		return err
	}
	for _, email := range demoReaders {
		fmt.Fprintf(d.p.Stdout, "\n%s signs up on the page and confirms by the mail\n", email)
		if err := d.signUp(ctx, email); err != nil {
			return fmt.Errorf("sign up %s: %w", email, err)
		}
	}
	return d.runAll(ctx, [][]string{
		{"subscriber", "list"},
		{"issue", "draft"},
		{"issue", "pick", "--suggested"},
		{"issue", "edit", "--intro", demoIntro},
		{"issue", "approve", "1"},
		{"issue", "publish", "--yes", "1"},
		{"issue", "send", "--yes", "1"},
	})
}

func (d *demo) runAll(ctx context.Context, commands [][]string) error {
	for _, args := range commands {
		if err := d.run(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// seatEditor makes the editor of the demo's desk, and keeps the link that signs in.
func (d *demo) seatEditor(ctx context.Context) error {
	out, err := d.output(ctx, "editor", "add", demoEditor, "--name", "Editor")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	d.link = lines[len(lines)-1]
	return nil
}

// addresses says where to look.
func (d *demo) addresses() {
	fmt.Fprintf(d.p.Stdout, `
Look at:
  %-35s the blog, with %d comments under %d posts
  %-35s the issue, and the sign-up form
  %-35s its own page
  %-35s the feed
  %-35s the mails, as files that any mail program opens
Sit down at the editor's desk; this link signs you in, once:
  %s
Stop with Ctrl-C.
`, d.at, d.blog.Stats().Comments, d.blog.Stats().Posts, d.site().URL(site.Home), d.site().URL(site.Issue, 1), d.site().URL(site.Feed), d.outbox(), d.link)
}
