package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar is a progress bar on standard error, or nothing when that is no terminal.
type bar struct{ b *progressbar.ProgressBar }

// bar begins a progress bar; a negative total means that it is not known.
func (p *Program) bar(what string, total int) bar {
	if !isTerminal(p.Stderr) {
		return bar{}
	}
	return bar{progressbar.NewOptions(total,
		progressbar.OptionSetWriter(p.Stderr),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(30),
	)}
}

// isTerminal tells whether a stream is a terminal, where somebody watches.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// set moves the bar. A bar that cannot be drawn does not stop the work it shows.
func (b bar) set(n int) {
	if b.b != nil {
		_ = b.b.Set(n)
	}
}

// of moves the bar and sets its total. A bar that was full before begins anew:
// one piece of the work is done, and another goes on.
func (b bar) of(n, total int) {
	if b.b != nil {
		if b.b.IsFinished() {
			b.b.Reset()
		}
		b.b.ChangeMax(total)
		b.set(n)
	}
}

// says changes what is written before the bar.
func (b bar) says(what string) {
	if b.b != nil {
		b.b.Describe(what)
	}
}

// rows gives what moves the bar and sets its total, for counts of a database; nil
// when nobody watches, so that nothing is counted for it.
func (b bar) rows() func(done, total int64) {
	if b.b == nil {
		return nil
	}
	return func(done, total int64) { b.of(int(done), int(total)) }
}

// done clears the bar away.
func (b bar) done() {
	if b.b != nil {
		_ = b.b.Finish()
	}
}
