package main

import (
	"context"
	"os"
	"os/exec"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/database"
	"postbag/subscribers/bench"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
)

// benchParts are what is measured: the store, the ledger and the transport that serve
// works with.
func benchParts(clock digest.Clock) bench.Parts {
	return bench.Parts{
		Clock: clock,
		Open: func(ctx context.Context, dsn string) (bench.Store, error) {
			return store.Open(ctx, dsn, store.Options{Clock: clock})
		},
		Transport: func(server string) (deliver.Transport, error) {
			settings, err := mail.ParseSettings("smtp://" + server + "?tls=none")
			if err != nil {
				return nil, err
			}
			return mail.NewTransport(settings, "bench.example"), nil
		},
	}
}

// benchProcesses starts this program again for each part of a measurement.
func benchProcesses() *bench.Bench {
	return &bench.Bench{
		Scratch: database.Scratch,
		Start: func(ctx context.Context) (*exec.Cmd, error) {
			own, err := os.Executable()
			if err != nil {
				return nil, digest.Fail(digest.Unavailable, "", "this program does not find its own file: %w", err)
			}
			cmd := exec.CommandContext(ctx, own, "bench", "part")
			cmd.Args[0] = "postbag"
			return cmd, nil
		},
	}
}
