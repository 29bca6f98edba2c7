package main

import (
	"bytes"
	"io"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
	kongtoml "github.com/alecthomas/kong-toml"
	"github.com/pelletier/go-toml"

	"postbag/digest"
)

// settingsFile reads a TOML file of settings. What a command does is no setting:
// any other line is refused, so that no file changes an issue unseen and no typing
// error is passed over.
func settingsFile(r io.Reader) (kong.Resolver, error) {
	const limit = 1 << 20
	const hint = `A line of it looks like: base-url = "https://news.example.org"`
	text, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return nil, err
	}
	tree, err := toml.LoadBytes(text)
	if err != nil {
		return nil, digest.Fail(digest.Invalid, hint, "the settings file cannot be read: %w", err)
	}
	known := settingNames()
	for _, key := range tree.Keys() {
		if !known[key] {
			return nil, digest.Fail(digest.Invalid, hint, "the settings file names %q, which is no setting", key)
		}
	}
	file, err := kongtoml.Loader(bytes.NewReader(text))
	if err != nil {
		return nil, digest.Fail(digest.Invalid, hint, "the settings file cannot be read: %w", err)
	}
	return settingsOnly{file}, nil
}

// settingNames are the flags of [Settings].
func settingNames() map[string]bool {
	names := map[string]bool{}
	settings := reflect.TypeFor[Settings]()
	for i := range settings.NumField() {
		if variable := settings.Field(i).Tag.Get("env"); variable != "" {
			names[strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "POSTBAG_"), "_", "-"))] = true
		}
	}
	return names
}

// settingsOnly gives the file's values to settings and to no other flags: kong
// asks for every flag of the command.
type settingsOnly struct{ file kong.Resolver }

// Validate lets the file's own resolver look at the grammar.
func (s settingsOnly) Validate(app *kong.Application) error {
	return s.file.Validate(app)
}

// Resolve gives the file's value of a setting, and nothing for other flags.
func (s settingsOnly) Resolve(c *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Group == nil || flag.Group.Key != "settings" {
		return nil, nil
	}
	return s.file.Resolve(c, parent, flag)
}
