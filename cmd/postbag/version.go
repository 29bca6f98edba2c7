package main

import (
	"fmt"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// versionCmd prints what this program is.
type versionCmd struct{}

func (versionCmd) settingless() {}

// Run prints the version.
func (versionCmd) Run(p *Program) error {
	_, err := fmt.Fprintln(p.Stdout, "postbag", version())
	return err
}

// versionFlag is the command as a flag, which many try first.
type versionFlag bool

// BeforeReset prints the version and ends the run.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	fmt.Fprintln(app.Stdout, "postbag", version())
	app.Exit(exitDone)
	return nil
}

// version is the module's version or the revision it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "unreleased"
}
