package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"postbag/digest"
)

// Program is one run of Postbag: its arguments, its surroundings and its clock.
// A test starts it whole, on port 0, and stops it by ending the context.
type Program struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Clock          digest.Clock

	// Listener, when set, is what serve listens on instead of --listen.
	Listener net.Listener

	// Listening, when set, is told the address that serve or demo listens on,
	// as soon as it does.
	Listening func(net.Addr)

	// Resolver, when set, is asked for names instead of the machine's own.
	Resolver *net.Resolver

	ran     string   // the command that runs, with its arguments, without settings
	allowed []string // the private addresses that it may ask
}

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// Run parses the arguments and runs the command they name.
func (p *Program) Run(ctx context.Context) error {
	ctx, end := digest.StopsWithin(ctx, afterTime)
	defer end()
	var grammar cli
	parser, err := p.parser(ctx, &grammar)
	if err != nil {
		return err
	}
	parsed, err := parse(parser, withNegations(p.Args))
	if errors.Is(err, errHelpShown) {
		return nil
	}
	if err != nil {
		return usage(err)
	}
	if grammar.Settings.TestClock != "" {
		if p.Clock, err = testClock(grammar.Settings.TestClock); err != nil {
			return err
		}
	}
	return withSignal(ctx, forServer(commandName(parsed), p.command(ctx, parsed, &grammar.Settings)))
}

// needing is a command that needs more of the settings than that they can be read.
type needing interface {
	// needs tells what is wrong or missing.
	needs(s *Settings) problems
}

// settingless is a command for which no setting matters.
type settingless interface{ settingless() }

// checked tells all that is wrong with the settings together, before the command does
// anything.
func checked(parsed *kong.Context, s *Settings) error {
	command := parsed.Selected().Target.Addr().Interface()
	if _, any := command.(settingless); any {
		return nil
	}
	wrong := s.check()
	if c, ok := command.(needing); ok {
		wrong = append(wrong, c.needs(s)...)
	}
	return wrong.err()
}

// command runs the command that was parsed. One that takes an app gets it with the
// database open, which must exist.
func (p *Program) command(ctx context.Context, parsed *kong.Context, s *Settings) (err error) {
	p.ran, p.allowed = ranAs(parsed), s.FetchAllow
	if err := checked(parsed, s); err != nil {
		return err
	}
	var opened *app
	err = parsed.BindSingletonProvider(func() (a *app, err error) {
		opened, err = p.open(ctx, s, true)
		return opened, err
	})
	if err != nil {
		return err
	}
	defer func() {
		if opened != nil {
			err = first(err, opened.close())
		}
	}()
	return parsed.Run(ctx, p, s)
}

// parser makes the parser of a grammar, whose settings come from all their places.
func (p *Program) parser(ctx context.Context, grammar *cli) (*kong.Kong, error) {
	source := &settingsSource{at: map[string]string{}}
	grammar.Settings.source = source
	return kong.New(grammar,
		kong.Name("postbag"),
		kong.Description("Makes a weekly issue of what a blog's readers write under its posts, and brings it to those who asked for it."),
		kong.ExplicitGroups([]kong.Group{{Key: settingsGroup, Title: "Settings of the installation:"}}),
		kong.ValueFormatter(withDefault),
		kong.Vars{"platforms": platformNames()},
		kong.Resolvers(source),
		kong.PostBuild(source.attach),
		kong.Writers(p.Stdout, p.Stderr),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(int) { panic(errHelpShown) }),
	)
}

// parse parses arguments. The parser ends the process after showing help; that
// is turned into an error, since only main ends the process.
func parse(parser *kong.Kong, args []string) (parsed *kong.Context, err error) {
	defer func() {
		if r := recover(); r == errHelpShown {
			err = errHelpShown
		} else if r != nil {
			panic(r)
		}
	}()
	complete(parser)
	return parser.Parse(args)
}

// withDefault is a flag's help, its default and its variable included.
func withDefault(v *kong.Value) string {
	help := v.Help
	if v.HasDefault && v.Default != "" && v.Default != "0" {
		help += fmt.Sprintf(" Default: %s.", v.Default)
	}
	if f := v.Flag; f != nil && (isSetting(f) || f.Name == configFlag) {
		help += fmt.Sprintf(" ($%s)", variableOf(f.Name))
	}
	return help
}

// errHelpShown ends a run that was only asked for help.
var errHelpShown = errors.New("help was shown")

// Report tells the operator what went wrong, if anything did, and gives the
// exit status.
func (p *Program) Report(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &temporary{}):
		p.complain(err)
		return exitTemporary
	case errors.Is(err, context.Canceled):
		words, status := "interrupted", exitFailed
		if by, ok := errors.AsType[interrupted](err); ok {
			words, status = by.words(), by.exitStatus()
		}
		p.complain(digest.Fail(digest.Unavailable, digest.HintOf(err), "%s", words).Offer(digest.ActsOf(err)...))
		return status
	case digest.KindOf(err) == digest.Invalid:
		p.complain(err)
		return exitUsage
	}
	p.complain(err)
	return exitFailed
}

func (p *Program) complain(err error) {
	for _, line := range strings.Split(printable(err.Error()), "\n") {
		fmt.Fprintf(p.Stderr, "postbag: %s\n", line)
	}
	for _, line := range hintsBy(err, p.commandOf) {
		fmt.Fprintf(p.Stderr, "  hint: %s\n", printable(line))
	}
}

// logger writes the log to standard error.
func (p *Program) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{Level: level}))
}

// isTesting tells whether settings that exist for tests alone are honoured.
func isTesting() bool { return os.Getenv("POSTBAG_TESTING") == "1" }
