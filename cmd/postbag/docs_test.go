package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestEverySettingIsDocumented compares the settings with the table that
// operators read.
func TestEverySettingIsDocumented(t *testing.T) {
	docs, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	settings := reflect.TypeFor[Settings]()
	for i := range settings.NumField() {
		variable := settings.Field(i).Tag.Get("env")
		if variable == "" {
			continue // the hidden ones
		}
		flag := "--" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, "POSTBAG_"), "_", "-"))
		if !strings.Contains(string(docs), "`"+flag+"`") {
			t.Errorf("docs/operating.md does not say what %s is", flag)
		}
	}
}

// TestReadmeCommandsExist tries the help of every command that the README and
// the manual name.
func TestReadmeCommandsExist(t *testing.T) {
	command := regexp.MustCompile(`(?m)^    postbag (?:--config \S+ )?([a-z]+)(?: ([a-z]+))?`)
	for _, name := range []string{"../../README.md", "../../docs/operating.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			args := []string{m[1]}
			if m[2] != "" {
				args = append(args, m[2])
			}
			in := &installation{t: t, dir: t.TempDir()}
			out, err := in.run(append(args, "--help")...)
			if err != nil || !strings.Contains(out, "Usage: postbag "+strings.Join(args, " ")) {
				t.Errorf("%s names postbag %s: %v\n%s", name, strings.Join(args, " "), err, out)
			}
		}
	}
}
