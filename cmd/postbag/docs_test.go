package main

import (
	"os"
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
	for name := range settingNames() {
		if !strings.Contains(string(docs), "`--"+name+"`") {
			t.Errorf("docs/operating.md does not say what --%s is", name)
		}
	}
}

// TestReadmeCommandsExist tries the help of every command that the README and
// the manual name.
func TestReadmeCommandsExist(t *testing.T) {
	t.Parallel()
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
