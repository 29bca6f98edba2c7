// Postbag makes a weekly issue of what a blog's readers write under its posts,
// and brings it to those who asked for it.
//
// The program parses its arguments, wires the packages below digest and
// subscribers together, and runs one command. Each command has a file of its
// own; what it does is done by the packages, so that the desk's pages and the
// commands cannot differ. README.md says how to use it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones work on machines that have no zone files

	"postbag/digest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	program := &Program{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Clock: digest.SystemClock{},
	}
	err := program.Run(ctx)
	stop()
	os.Exit(program.Report(err))
}
