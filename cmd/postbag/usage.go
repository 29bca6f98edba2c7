package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

// usage marks an error as one of how the program was called, in words for people.
func usage(err error) error {
	hint := digest.HintOf(err)
	if hint == "" {
		hint = helpFor(err)
	}
	return &digest.Error{Kind: digest.Invalid, Message: inWords(err.Error()), Hint: hint, Err: err}
}

// helpFor names the help of the command that was meant.
func helpFor(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Command() != "" {
		return "See: postbag " + commandName(parse.Context) + " --help"
	}
	return "See: postbag --help"
}

// commandName is the command as it is typed, without its arguments.
func commandName(c *kong.Context) string {
	var words []string
	for _, w := range strings.Fields(c.Command()) {
		if !strings.HasPrefix(w, "<") && !strings.HasPrefix(w, "[") {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// ranAs is the command as it was typed, its arguments and flags included, but for
// settings: those may hold a password.
func ranAs(c *kong.Context) string {
	words := []string{commandName(c)}
	value := func(v reflect.Value) string {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		return quoted(fmt.Sprint(v.Interface()))
	}
	for _, p := range c.Path {
		switch {
		case p.Positional != nil && p.Positional.Target.Kind() != reflect.Slice:
			words = append(words, value(p.Positional.Target))
		case p.Flag == nil || p.Flag.Group != nil && p.Flag.Group.Key == settingsGroup || p.Flag.Target.Kind() == reflect.Slice:
		case p.Flag.IsBool():
			words = append(words, "--"+p.Flag.Name)
		default:
			words = append(words, "--"+p.Flag.Name, value(p.Flag.Target))
		}
	}
	return strings.Join(words, " ")
}

// rewordings are the parser's messages that speak of types, and what is said
// instead. A message that none of them knows stays as it is.
var rewordings = []struct {
	from *lazyregexp.Regexp
	to   string
}{
	{lazyregexp.New(`^(--\S+): missing value, expecting .*$`), `$1 has no value`},
	{lazyregexp.New(`^(--\S+): expected \S+ value but got (?:"EOL"|"--\S*" \(long flag\)).*$`), `$1 has no value`},
	{lazyregexp.New(`^(.+?): expected (?:a valid (?:\d+ bit )?u?int|int value) but got ("[^"]*").*$`), `$1: $2 is no whole number`},
	{lazyregexp.New(`^(.+?): expected a (?:valid )?float but got ("[^"]*").*$`), `$1: $2 is no number`},
	{lazyregexp.New(`^(.+?): expected duration but got ("[^"]*").*$`), `$1: $2 is no length of time such as 30s, 15m or 24h`},
	{lazyregexp.New(`^expected one of (.+)$`), `the command is missing, one of $1`},
	{lazyregexp.New(`^expected "(.+)"$`), `$1 is missing`},
	{lazyregexp.New(`^missing flags: (.+)$`), `$1 is missing`},
	{lazyregexp.New(`^(--\S+) must be one of (?:"",)?(.+) but got (".*")$`), `$1 must be one of $2, not $3`},
}

// inWords says what the parser found wrong in words for people.
func inWords(message string) string {
	for _, r := range rewordings {
		if r.from.MatchString(message) {
			message = strings.ReplaceAll(r.from.ReplaceAllString(message, r.to), `","`, `", "`)
			break
		}
	}
	return message
}
