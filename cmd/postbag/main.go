// Postbag makes a weekly issue of what a blog's readers write under its posts,
// and brings it to those who asked for it.
//
// The program parses its arguments and runs one command. Each command has a file of
// its own: it calls a use case (packages desk, dispatch and duty below digest, signup
// and roster below subscribers) and prints what came of it. What a command and a page
// have in common is decided there. wire.go joins the use cases with the database, the
// network and the mail. README.md says how to use the program.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // zones work on machines that have no zone files

	"postbag/digest"
)

func main() {
	ctx, stop := untilSignal(context.Background())
	program := &Program{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Clock: digest.SystemClock{},
	}
	err := program.Run(ctx)
	stop()
	os.Exit(program.Report(err))
}
