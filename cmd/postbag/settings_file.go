package main

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

// fileLine is a setting in the settings file.
type fileLine struct {
	value any    // text, or a list of texts
	at    string // "postbag.toml:3: smtp"
}

const hintFileLine = `A line of the file looks like: base-url = "https://news.example.org"`

// readSettingsFile reads a TOML file of settings. What a command does is no setting:
// any other line is wrong, so that no file changes an issue unseen and no typing
// error is passed over. All wrong lines are told, each with its number.
func readSettingsFile(path string, settings []string) (lines map[string]fileLine, wrong problems) {
	text, err := readAtMost(path, 1<<20)
	if err != nil {
		wrong.add(digest.Fail(digest.Invalid, "Check its name, after --config or in POSTBAG_CONFIG.", "the settings file cannot be read: %w", err))
		return nil, wrong
	}
	return parseSettingsFile(path, text, settings)
}

// parseSettingsFile reads the text of a settings file.
func parseSettingsFile(path string, text []byte, settings []string) (lines map[string]fileLine, wrong problems) {
	tree, err := toml.LoadBytes(text)
	if err != nil {
		wrong.add(digest.Fail(digest.Invalid, hintFileLine, "%s:%s", path, tomlPlace.ReplaceAllString(err.Error(), "$1: the settings file cannot be read: ")))
		return nil, wrong
	}
	lines = map[string]fileLine{}
	for _, key := range inOrder(tree) {
		at := fmt.Sprintf("%s:%d: ", path, tree.GetPositionPath([]string{key}).Line)
		value := tree.GetPath([]string{key})
		if fault := notSetting(key, value, settings); fault != nil {
			wrong.add(digest.Fail(digest.Invalid, fault.Hint, "%s%s", at, fault.Message))
			continue
		}
		lines[key] = fileLine{value: written(value), at: at + key}
	}
	return lines, wrong
}

// readAtMost reads a file of at most so many bytes.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s is larger than %s", path, bytesOf(most))
	}
	return text, err
}

// tomlPlace is how the parser begins a message: "(3, 7): ".
var tomlPlace = lazyregexp.New(`^\((\d+), \d+\): `)

// inOrder gives the keys of a file as they stand in it.
func inOrder(tree *toml.Tree) []string {
	keys := tree.Keys()
	slices.SortFunc(keys, func(a, b string) int {
		one, other := tree.GetPositionPath([]string{a}), tree.GetPositionPath([]string{b})
		return cmp.Or(cmp.Compare(one.Line, other.Line), cmp.Compare(one.Col, other.Col), strings.Compare(a, b))
	})
	return keys
}

// notSetting says why a line is no setting, nil when it is one.
func notSetting(key string, value any, settings []string) *digest.Error {
	known := slices.Contains(settings, key)
	switch value.(type) {
	case *toml.Tree, []*toml.Tree:
		hint := hintFileLine
		if known {
			hint = fmt.Sprintf("Write it in one line, above all others: %s = %q", key, cmp.Or(serverIn(key, value), examples[key]))
		}
		return digest.Fail(digest.Invalid, hint, "[%s] begins a section, and settings have none", key)
	}
	if known {
		return nil
	}
	hint := "The settings are: " + strings.Join(settings, ", ") + "."
	for _, name := range settings {
		if plainly(name) == plainly(key) {
			hint = fmt.Sprintf("Write it so: %s", name)
		}
	}
	if plainly(key) == plainly(passwordVariable) {
		hint = "Put the password into a file that only you can read, and name that file: smtp-password-file"
	}
	return digest.Fail(digest.Invalid, hint, "the line names %q, which is no setting", key)
}

// plainly writes the name of a setting or of its variable without what is easily
// mistaken.
func plainly(name string) string {
	name = strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(name))
	return strings.TrimPrefix(name, "postbag")
}

// serverIn makes the address of the mail server of a section that names its parts, as
// the files of other programs do; "" where it does not.
func serverIn(key string, value any) string {
	section, ok := value.(*toml.Tree)
	if !ok || key != "smtp" {
		return ""
	}
	part := func(names ...string) string {
		for _, name := range names {
			switch v := section.GetPath([]string{name}).(type) {
			case string, int64:
				return fmt.Sprint(v)
			}
		}
		return ""
	}
	host, port, user := part("host", "server", "hostname", "address"), part("port"), part("user", "username", "login")
	if host == "" {
		return ""
	}
	u := url.URL{Scheme: "smtp", Host: host}
	if port != "" {
		u.Host = net.JoinHostPort(host, port)
	}
	if port == "465" {
		u.Scheme = "smtps"
	}
	if user != "" {
		u.User = url.User(user)
	}
	return u.String()
}

// examples are values of settings that are often written as sections.
var examples = map[string]string{
	"smtp": "smtp://you@mail.example.org:587", "listen": "localhost:8080", "db": "/var/lib/postbag/postbag.db",
	"base-url": "https://news.example.org", "from": "editor@example.org",
}

// written gives a value of the file as a variable would hold it, so that both are
// read alike.
func written(value any) any {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	texts := make([]any, len(list))
	for i, item := range list {
		texts[i] = fmt.Sprint(item)
	}
	return texts
}
