package main

import (
	"os"
	"path/filepath"
	"strings"

	"postbag/digest"
)

// operatorZone gives the IANA name of the machine's zone: from TZ, from where
// /etc/localtime points, from /etc/timezone, else UTC.
func operatorZone() string {
	candidates := []string{strings.TrimPrefix(os.Getenv("TZ"), ":")}
	if target, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
			candidates = append(candidates, name)
		}
	}
	if b, err := os.ReadFile("/etc/timezone"); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(b)))
	}
	for _, name := range candidates {
		if _, err := digest.LoadZone(name); err == nil && !strings.HasPrefix(name, "/") {
			return name
		}
	}
	return "UTC"
}
