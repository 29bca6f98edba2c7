package main

import (
	"fmt"
	"runtime/debug"
)

// versionCmd prints what this program is.
type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(p *Program) error {
	_, err := fmt.Fprintln(p.Stdout, "postbag", version())
	return err
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
