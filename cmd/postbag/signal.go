package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// The limits of a stop, all counted from the moment at which the program is told. A
// service manager that kills after ten seconds never has to.
const (
	// wireTime is how long what is on the wire to a mail server may take. Storing what
	// became of it may take two seconds more, and taking leave of the server as long.
	wireTime = 4 * time.Second
	// afterTime is how long all that is left to do may take together; see
	// [digest.StopsWithin]. The database is closed after it.
	afterTime = 7 * time.Second
	// stopLimit is when a program ends that has not by itself: whatever it waits for
	// keeps to no limit.
	stopLimit = 9500 * time.Millisecond
)

// cutOff ends the process as the signal would have.
func cutOff(s syscall.Signal) {
	fmt.Fprintf(os.Stderr, "postbag: stopped by the signal %q, without waiting longer for what was under way\n", s)
	os.Exit(128 + int(s))
}

// stopSignal is why a context ended: somebody told the program to stop.
type stopSignal struct{ syscall.Signal }

// Error names the signal.
func (s stopSignal) Error() string { return s.String() }

// untilSignal gives a context that ends when the program is told to stop: by Ctrl-C, by
// a service manager, or because its terminal is gone. A second signal ends the program
// at once.
func untilSignal(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup: it is to outlive its terminal
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			if s, ok := s.(syscall.Signal); ok {
				cancel(stopSignal{s})
				time.AfterFunc(stopLimit, func() { cutOff(s) })
			}
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

// interrupted is the error of a command that a signal stopped before it was done.
type interrupted struct {
	error
	by stopSignal
}

// Unwrap gives what the command said.
func (i interrupted) Unwrap() error { return i.error }

// withSignal notes in an error of ctx's end which signal ended it.
func withSignal(ctx context.Context, err error) error {
	by, ok := errors.AsType[stopSignal](context.Cause(ctx))
	if err == nil || !ok || !errors.Is(err, context.Canceled) {
		return err
	}
	return interrupted{error: err, by: by}
}

// exitStatus is that of a shell's command which a signal ended: 130 after Ctrl-C.
func (i interrupted) exitStatus() int { return 128 + int(i.by.Signal) }

// words say what happened.
func (i interrupted) words() string {
	if i.by.Signal == syscall.SIGINT {
		return "interrupted"
	}
	return fmt.Sprintf("stopped by the signal %q", i.by.String())
}
