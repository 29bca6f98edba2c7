package main

import (
	"context"
)

// helpCmd is --help as a command, which many try first.
type helpCmd struct {
	Command []string `arg:"" optional:"" help:"The command, such as: issue pick."`
}

func (helpCmd) settingless() {}

// Run shows the help of a command, or of the program.
func (c helpCmd) Run(ctx context.Context, p *Program) error {
	asked := *p
	asked.Args = append(c.Command, "--help")
	return asked.Run(ctx)
}
