package main

import (
	"os"
	"path/filepath"
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
	for _, name := range settingNames(settingsParser(t, &cli{})) {
		if !strings.Contains(string(docs), "`--"+name+"`") {
			t.Errorf("docs/operating.md does not say what --%s is", name)
		}
	}
}

// TestReadmeCommandsExist tries the help of every command that the README, the changelog
// and the manual name: after "postbag", or alone where its first word has commands below it.
func TestReadmeCommandsExist(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	whole := regexp.MustCompile("(?m)(?:^    |`)postbag (?:--config \\S+ )?([a-z]+)(?: ([a-z]+))?")
	short := regexp.MustCompile("`(bounce|comment|db|dkim|editor|issue|post|schedule|sending|series|settings|source|subscriber|suppression) ([a-z]+)(?: [^`]*)?`")
	tried := map[string]bool{}
	for _, name := range append(pages, "../../README.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range append(whole.FindAllStringSubmatch(string(text), -1), short.FindAllStringSubmatch(string(text), -1)...) {
			args := []string{m[1]}
			if m[2] != "" {
				args = append(args, m[2])
			}
			if tried[strings.Join(args, " ")] {
				continue
			}
			tried[strings.Join(args, " ")] = true
			in := &installation{t: t, dir: t.TempDir()}
			out, err := in.run(append(args, "--help")...)
			if err != nil || !strings.Contains(out, "Usage: postbag "+strings.Join(args, " ")) {
				t.Errorf("%s names postbag %s: %v\n%s", name, strings.Join(args, " "), err, out)
			}
		}
	}
	if !tried["issue withdraw"] || !tried["serve"] {
		t.Errorf("only these were found: %v", tried)
	}
}

// TestEveryJSONNameIsDocumented compares what listings print with the pages that
// tell what the names mean.
func TestEveryJSONNameIsDocumented(t *testing.T) {
	for page, rows := range map[string][]reflect.Type{
		"json.md": {
			reflect.TypeFor[commentRow](), reflect.TypeFor[postRow](), reflect.TypeFor[issueRow](), reflect.TypeFor[blockRow](),
			reflect.TypeFor[revisionRow](), reflect.TypeFor[readRow](), reflect.TypeFor[readPostRow](),
			reflect.TypeFor[suggestionRow](), reflect.TypeFor[ruleRow](), reflect.TypeFor[reasonRow](), reflect.TypeFor[deliveryRow](), reflect.TypeFor[seriesRow](), reflect.TypeFor[subscriberRow](), reflect.TypeFor[shownSubscriber](), reflect.TypeFor[consentRow](), reflect.TypeFor[confirmationRow](), reflect.TypeFor[receivedRow](),
			reflect.TypeFor[dutyRow](), reflect.TypeFor[heldRow](), reflect.TypeFor[heldIssueRow](), reflect.TypeFor[statusRow](), reflect.TypeFor[underWayRow](),
			reflect.TypeFor[doctorRow](), reflect.TypeFor[dkimRow](),
			reflect.TypeFor[editorRow](), reflect.TypeFor[auditRow](),
		},
		"performance.md": {reflect.TypeFor[benchRow]()},
		"searching.md":   {reflect.TypeFor[shownRow](), reflect.TypeFor[versionRow](), reflect.TypeFor[commentHit](), reflect.TypeFor[postHit]()},
		"sources.md":     {reflect.TypeFor[sourceRow](), reflect.TypeFor[feedRow](), reflect.TypeFor[listingOfRow]()},
	} {
		text, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for i := range row.NumField() {
				name, _, _ := strings.Cut(row.Field(i).Tag.Get("json"), ",")
				if name != "" && !strings.Contains(string(text), "`"+name+"`") {
					t.Errorf("docs/%s does not say what %s of %s is", page, name, row.Name())
				}
			}
		}
	}
}

// TestRulesAreWhereTheDocsSay looks that every file which docs/rules.md names has
// the name that the page gives it.
func TestRulesAreWhereTheDocsSay(t *testing.T) {
	text, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| .* \\| (\\S+\\.go) \\| (`.*`) \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 20 {
		t.Fatalf("the page has %d rules", len(rows))
	}
	for _, row := range rows {
		code, err := os.ReadFile("../../" + row[1])
		if err != nil {
			t.Error(err)
			continue
		}
		for _, name := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row[2], -1) {
			if !regexp.MustCompile(`\b` + name[1] + `\b`).Match(code) {
				t.Errorf("%s has no %s", row[1], name[1])
			}
		}
	}
}

// TestArchitecturePageNamesFiles looks that the files which docs/architecture.md
// names are there.
func TestArchitecturePageNamesFiles(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`[a-z_]+(?:/[a-z_]+)+\.go`).FindAllString(string(text), -1) {
		if _, err := os.Stat("../../" + name); err != nil {
			t.Error(err)
		}
	}
}

// TestKeysAreThoseOfTheDesk compares the table of keys in the desk's manual with what
// its pages say of their own keys.
func TestKeysAreThoseOfTheDesk(t *testing.T) {
	manual, err := os.ReadFile("../../docs/desk.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*`) \\| ").FindAllStringSubmatch(string(manual), -1) {
		for _, key := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			told[key[1]] = true
		}
	}
	has := map[string]bool{"j": true, "k": true, "?": true} // of keys.js, on every page
	pages, err := filepath.Glob("../../templates/screen/page/*.html")
	if err != nil || len(pages) < 20 {
		t.Fatal(pages, err)
	}
	for _, name := range append(pages, "../../digest/web/desk/desk.go") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`data-key="([^"{]+)"|"(g [a-z])"`).FindAllStringSubmatch(string(text), -1) {
			has[m[1]+m[2]] = true
		}
	}
	for key := range has {
		if !told[key] {
			t.Errorf("docs/desk.md does not say what %q does", key)
		}
	}
	for key := range told {
		if !has[key] {
			t.Errorf("docs/desk.md names the key %q, which no page has", key)
		}
	}
}

// TestPicturesOfTheDocsAreThere looks that every picture which the pages show is there,
// and small enough for a page, and that none lies there unused.
func TestPicturesOfTheDocsAreThere(t *testing.T) {
	const most = 200 << 10 // bytes
	shown := map[string]bool{}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(pages, "../../README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`pictures/([\w-]+\.png)\)`).FindAllStringSubmatch(string(text), -1) {
			shown[m[1]] = true
			if f, err := os.Stat("../../docs/pictures/" + m[1]); err != nil || f.Size() > most {
				t.Errorf("%s shows %s: %v", name, m[1], err)
			}
		}
	}
	all, err := filepath.Glob("../../docs/pictures/*.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if !shown[filepath.Base(name)] {
			t.Errorf("no page shows %s", name)
		}
	}
}

// TestOneWayToBuild looks that whoever follows the README, builds the image or runs
// the checks makes the same program: without its debugging tables, which are a third.
func TestOneWayToBuild(t *testing.T) {
	build := regexp.MustCompile(`go build (.*)-o \S+ \./cmd/postbag`)
	for _, name := range []string{"../../README.md", "../../Dockerfile", "../../.ci/run"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := build.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s does not build the program", name)
		}
		for _, m := range found {
			if m[1] != "-trimpath -ldflags='-s -w' " {
				t.Errorf("%s builds with %s", name, m[1])
			}
		}
	}
}

// TestImageLeavesSettingsToItsUser finds one setting in the image: a variable goes
// before the file that somebody mounts.
func TestImageLeavesSettingsToItsUser(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	set := regexp.MustCompile(`POSTBAG_\w+`).FindAllString(string(text), -1)
	if strings.Join(set, " ") != "POSTBAG_LISTEN" {
		t.Errorf("the image sets %s", strings.Join(set, ", "))
	}
}

// TestServiceHasThePlacesOfTheDocs compares the unit with what the README and the manual
// tell to do: the program, the user, the folder, the settings file and the database.
func TestServiceHasThePlacesOfTheDocs(t *testing.T) {
	page := func(name string) string {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	unit := page("docs/postbag.service")
	field := func(pattern string) string {
		m := regexp.MustCompile("(?m)^" + pattern + "$").FindStringSubmatch(unit)
		if m == nil {
			t.Fatalf("the unit has no %s", pattern)
		}
		return m[1]
	}
	program, config := field(`ExecStart=(\S+) --config \S+ serve`), field(`ExecStart=\S+ --config (\S+) serve`)
	user, folder := field(`User=(\w+)`), field(`WorkingDirectory=(\S+)`)
	backups := field(`ReadWritePaths=-(\S+)`)
	if folder != "/var/lib/"+field(`StateDirectory=(\w+)`) || config != folder+"/postbag.toml" {
		t.Errorf("the unit works in %s with %s", folder, config)
	}
	for name, wants := range map[string][]string{
		"README.md": {
			"sudo install postbag " + program + "\n", "--home-dir " + folder + " --shell /bin/bash " + user + "\n", "sudo -iu " + user + "\n",
			"POSTBAG_CONFIG=" + config, "`" + config + "`", `db = "` + folder + `/postbag.db"`, `smtp-password-file = "` + folder + `/password"`, `smtp = "outbox:` + folder + `/outbox"`,
		},
		"docs/operating.md": {
			"`" + program + "`", "`" + config + "`", "`" + folder + "/postbag.db`", "`" + backups + "`", "sudo -iu " + user,
			"sudo -u " + user + " POSTBAG_CONFIG=" + config + " " + program + " status",
		},
	} {
		text := page(name)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
		for _, path := range regexp.MustCompile(`(?:/etc/postbag|/home/you)\S*`).FindAllString(text, -1) {
			t.Errorf("%s names another place: %s", name, path)
		}
	}
}

// TestEveryVariableOfTheDocsIsRead looks that each variable which the pages name is a
// setting, or one of the few that are read beside them.
func TestEveryVariableOfTheDocsIsRead(t *testing.T) {
	known := map[string]bool{variableOf(configFlag): true, passwordVariable: true, copyVariable: true,
		postmarkVariable: true, mailgunVariable: true, brevoVariable: true}
	for _, name := range settingNames(settingsParser(t, &cli{})) {
		known[variableOf(name)] = true
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(pages, "../../README.md", "../../Dockerfile", "../../CHANGELOG.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, variable := range regexp.MustCompile(`POSTBAG_\w+`).FindAllString(string(text), -1) {
			if !known[variable] && !strings.HasPrefix(variable, "POSTBAG_TEST") {
				t.Errorf("%s names %s, which nothing reads", name, variable)
			}
		}
	}
}

// TestDefaultsAreThoseOfTheDocs compares the defaults of all settings with the table that
// operators read.
func TestDefaultsAreThoseOfTheDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`--.*?) \\| (.*?) ?\\| .* \\|$").FindAllStringSubmatch(string(text), -1) {
		names, defaults := strings.Split(row[1], ", "), strings.Split(row[2], ", ")
		for i, name := range names {
			is := strings.Trim(defaults[min(i, len(defaults)-1)], "` ")
			if is == "none" || strings.HasPrefix(is, "from ") {
				is = ""
			}
			told[strings.Trim(name, "`-")] = is
		}
	}
	for _, flag := range settingsParser(t, &cli{}).Model.Flags {
		if is, ok := told[flag.Name]; isSetting(flag) && (!ok || is != flag.Default) {
			t.Errorf("docs/operating.md says that --%s is %q by default, and it is %q", flag.Name, is, flag.Default)
		}
	}
}
