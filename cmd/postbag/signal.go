package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

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
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			if s, ok := s.(syscall.Signal); ok {
				cancel(stopSignal{s})
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
