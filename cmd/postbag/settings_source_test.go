package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"postbag/digest"
)

// settingsParser is a parser of the whole grammar.
func settingsParser(t *testing.T, grammar *cli) *kong.Kong {
	t.Helper()
	p := &Program{Stdout: io.Discard, Stderr: io.Discard, Clock: digest.SystemClock{}}
	parser, err := p.parser(t.Context(), grammar)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// settingsOf parses a command and gives the values of all settings as text.
func settingsOf(t *testing.T, args ...string) map[string]string {
	t.Helper()
	grammar := &cli{}
	parser := settingsParser(t, grammar)
	if _, err := parse(parser, append(args, "status")); err != nil {
		t.Fatal(err)
	}
	if err := grammar.Settings.check().err(); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, flag := range parser.Model.Flags {
		values[flag.Name] = fmt.Sprint(flag.Target.Interface())
	}
	return values
}

// settingValues are three values for every setting: of the file, the variable and the
// flag.
var settingValues = map[string][3]string{
	"db":                        {"file.db", "variable.db", "flag.db"},
	"listen":                    {"localhost:1001", "localhost:1002", "localhost:1003"},
	"base-url":                  {"https://file.example", "https://variable.example", "https://flag.example"},
	"desk-listen":               {"localhost:2001", "localhost:2002", "localhost:2003"},
	"desk-url":                  {"https://desk.file.example", "https://desk.variable.example", "https://desk.flag.example"},
	"metrics-listen":            {"localhost:3001", "localhost:3002", "localhost:3003"},
	"trusted-proxy":             {"10.0.0.1", "10.0.0.2", "10.0.0.3"},
	"smtp":                      {"smtp://file.example", "outbox:variable", "smtps://flag.example"},
	"smtp-password-file":        {"file", "variable", "flag"},
	"from":                      {"file@post.example", "variable@post.example", "flag@post.example"},
	"reply-to":                  {"file@post.example", "variable@post.example", "flag@post.example"},
	"dkim-key-file":             {"file.pem", "variable.pem", "flag.pem"},
	"dkim-selector":             {"file", "variable", "flag"},
	"dkim-domain":               {"file.example", "variable.example", "flag.example"},
	"bounce-domain":             {"file.example", "variable.example", "flag.example"},
	"bounce-maildir":            {"file", "variable", "flag"},
	"bounce-imap":               {"imaps://a@file.example/INBOX", "imaps://a@variable.example/INBOX", "imaps://a@flag.example/INBOX"},
	"bounce-imap-password-file": {"file", "variable", "flag"},
	"bounce-hard":               {"1", "3", "4"},
	"ses-topic":                 {"arn:aws:sns:eu-west-1:123456789012:file", "arn:aws:sns:eu-west-1:123456789012:variable", "arn:aws:sns:eu-west-1:123456789012:flag"},
	"postmark-secret-file":      {"file", "variable", "flag"},
	"mailgun-key-file":          {"file", "variable", "flag"},
	"brevo-secret-file":         {"file", "variable", "flag"},
	"sendgrid-key": {
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeJc2TfGmvULHCWWiDzdKUWJQIzAzd01e7vFwnP8sxBuMiqArZ9nq+C/O9TQA7Mej06aH37zYE088HBTF988/WA==",
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEELD8eJPC16VUwHWxf97gTEMvMmzfxSeqHBYv0AeG3Z8PVvo5zCBf4/AzYtL0ux9jFMKcTbI51c5WXmS9FTwD+g==",
		"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAER5EOYycwgyrA4hFRsqXtveJpNVOH96USmmPZXvOKLHKER57k1t0hlz4y/1KmV7xKzMMVFUAV+qEDo8cwarxYug==",
	},
	"concurrency":        {"1", "2", "3"},
	"rate":               {"0.5", "2.5", "3.5"},
	"domain-connections": {"1", "2", "3"},
	"ambiguous":          {"hold", "resend", "hold"},
	"lease":              {"1m1s", "1m2s", "1m3s"},
	"late-after":         {"1h0m1s", "1h0m2s", "1h0m3s"},
	"backup-dir":         {"file", "variable", "flag"},
	"backup-at":          {"1 1 * * *", "2 2 * * *", "3 3 * * *"},
	"backup-keep":        {"1", "2", "3"},
	"fetch-allow":        {"file.lan:8001", "variable.lan:8002", "flag.lan:8003"},
	"log-level":          {"debug", "warn", "error"},
}

// TestFlagBeforeVariableBeforeFile sets every setting in each of the three places,
// and in all of them at once.
func TestFlagBeforeVariableBeforeFile(t *testing.T) {
	byDefault := settingsOf(t)
	lists := map[string]bool{"dkim-key-file": true, "trusted-proxy": true, "fetch-allow": true, "rate": true}
	for _, name := range settingNames(settingsParser(t, &cli{})) {
		t.Run(name, func(t *testing.T) {
			values, ok := settingValues[name]
			if !ok {
				t.Fatal("the test knows no values of it")
			}
			want := func(expected string, args ...string) {
				t.Helper()
				if lists[name] && expected != byDefault[name] {
					expected = "[" + expected + "]"
				}
				if got := settingsOf(t, args...)[name]; got != expected {
					t.Errorf("it is %s, want %s", got, expected)
				}
			}
			config := filepath.Join(t.TempDir(), "postbag.toml")
			if err := os.WriteFile(config, fmt.Appendf(nil, "# all of it\n%s = %q\n", name, values[0]), 0o600); err != nil {
				t.Fatal(err)
			}
			flag := "--" + name + "=" + values[2]
			want(values[0], "--config", config)
			want(values[2], flag)
			want(values[2], "--config", config, flag)
			t.Setenv(variableOf(name), values[1])
			want(values[1])
			want(values[1], "--config", config)
			want(values[2], "--config", config, flag)
			want(values[2], flag)
			t.Setenv(variableOf(name), "")
			want(values[0], "--config", config)
			want(byDefault[name])
			t.Setenv("POSTBAG_CONFIG", config)
			want(values[0])
			want(byDefault[name], "--config", os.DevNull)
			t.Setenv("POSTBAG_CONFIG", "")
			want(byDefault[name])
		})
	}
}

// TestFileValuesAreReadAsVariables takes numbers, lists and texts of the file for what
// they would be on the command line.
func TestFileValuesAreReadAsVariables(t *testing.T) {
	config := filepath.Join(t.TempDir(), "postbag.toml")
	file := "rate = 2.5\nconcurrency = 7\nlease = \"45s\"\nfetch-allow = [\"a.lan:81\", \"b.lan:82\"]\ntrusted-proxy = \"10.0.0.1, 10.0.0.2\"\n"
	if err := os.WriteFile(config, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	got := settingsOf(t, "--config", config)
	for name, want := range map[string]string{"rate": "[2.5]", "concurrency": "7", "lease": "45s", "fetch-allow": "[a.lan:81 b.lan:82]", "trusted-proxy": "[10.0.0.1  10.0.0.2]"} {
		if got[name] != want {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
}

// TestAllWrongSettingsAtOnce finds every fault of a file, a variable and a flag in one
// run, each with its place.
func TestAllWrongSettingsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		file     string
		variable [2]string
		flags    []string
		want     []string // beginnings of lines, in no order; FILE stands for the file's name
		hints    []string
	}{
		"values of each kind": {
			file: "db = \"x.db\"\nrate = \"many\"\nconcurrency = 2.7\nlease = 30\nlog-level = \"loud\"\nbase-url = \"news.example.org\"\n" +
				"smtp = \"mail.example.org:587\"\nfrom = \"nobody\"\nbackup-at = \"daily\"\nfetch-allow = [\"blog.lan\"]\n",
			variable: [2]string{"POSTBAG_LATE_AFTER", "a day"},
			flags:    []string{"--backup-keep", "0", "--trusted-proxy", "proxy"},
			want: []string{
				`FILE:2: rate: "many" is no number`, `FILE:3: concurrency: "2.7" is no whole number`, `FILE:4: lease: "30" is no length of time`,
				`FILE:5: log-level: it must be one of debug, info, warn, error, not "loud"`, `FILE:6: base-url: "news.example.org" is not`,
				`FILE:7: smtp: the mail server's address`, `FILE:8: from: `, `FILE:9: backup-at: `, `FILE:10: fetch-allow: `,
				`POSTBAG_LATE_AFTER: "a day" is no length of time`, `--backup-keep: it must be 1 or more, not 0`, `--trusted-proxy: "proxy" is no address`,
			},
			hints: []string{"https://news.example.org", "smtp://mail.example.org:587"},
		},
		"what is no setting": {
			file: "bse-url = \"x\"\nbase_url = \"x\"\nDB = \"x\"\nlimit = 4\n\n[listen]\nport = 8080\n\n[mail]\nsmtp = \"x\"\n",
			want: []string{
				`FILE:1: the line names "bse-url", which is no setting`, `FILE:2: the line names "base_url", which is no setting`, `FILE:3: the line names "DB", which is no setting`, `FILE:4: the line names "limit", which is no setting`,
				`FILE:6: [listen] begins a section`, `FILE:9: [mail] begins a section`,
			},
			hints: []string{"Write it so: base-url", "Write it so: db", "The settings are: db, listen, ", `above all others: listen = "localhost:8080"`},
		},
		"a section for the mail server": {
			file:  "db = \"x.db\"\n[smtp]\nserver-name = \"mail.example.org\"\n",
			want:  []string{"FILE:2: [smtp] begins a section"},
			hints: []string{`smtp = "smtp://you@mail.example.org:587"`},
		},
		"a section with the server's parts": {
			file:  "[smtp]\nserver = \"mail.example.org\"\nport = 465\nusername = \"me@example.org\"\npassword = \"s3cret\"\n",
			want:  []string{"FILE:1: [smtp] begins a section"},
			hints: []string{`smtp = "smtps://me%40example.org@mail.example.org:465"`},
		},
		"dots in a name": {file: "smtp.host = \"mail.example.org\"\n", want: []string{"FILE:1: [smtp] begins a section"}},
		"no TOML":        {file: "db = \"x\"\nrate = = 2\n", want: []string{"FILE:2: the settings file cannot be read: "}},
		"the same twice": {file: "db = \"x\"\ndb = \"y\"\n", want: []string{"FILE:2: the settings file cannot be read: "}},
		"values that no setting takes": {
			file: "db = [\"a.db\"]\nrate = nan\nsmtp-password = \"x\"\nPOSTBAG_FROM = \"x\"\n",
			want: []string{"FILE:1: db: it takes one value, and no list", "FILE:2: rate: it must be 0 or more, not NaN",
				`FILE:3: the line names "smtp-password", which is no setting`, `FILE:4: the line names "POSTBAG_FROM", which is no setting`},
			hints: []string{"name that file: smtp-password-file", "Write it so: from"},
		},
		"a missing number": {flags: []string{"--rate="}, want: []string{`--rate: "" is no number`}},
	} {
		t.Run(name, func(t *testing.T) {
			config := filepath.Join(t.TempDir(), "postbag.toml")
			if err := os.WriteFile(config, []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			if c.variable[0] != "" {
				t.Setenv(c.variable[0], c.variable[1])
			}
			in := &installation{t: t, dir: t.TempDir(), flags: append([]string{"--config", config}, c.flags...)}
			_, err := in.run("status")
			if digest.KindOf(err) != digest.Invalid {
				t.Fatalf("it gives %v", err)
			}
			lines := strings.Split(strings.ReplaceAll(err.Error(), config, "FILE"), "\n")
			for _, want := range c.want {
				found := false
				for _, line := range lines {
					found = found || strings.HasPrefix(line, want)
				}
				if !found {
					t.Errorf("%q is not told", want)
				}
			}
			if len(lines) != len(c.want) {
				t.Errorf("it tells %d faults, want %d:\n%s", len(lines), len(c.want), strings.Join(lines, "\n"))
			}
			for _, want := range c.hints {
				if all := strings.Join(hintLines(err), "\n"); !strings.Contains(all, want) {
					t.Errorf("no hint says %q:\n%s", want, all)
				}
			}
		})
	}
}

// TestPasswordOfTheNearestPlace takes the password from where the rest of the settings
// would be taken.
func TestPasswordOfTheNearestPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("of the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	in := func(place string) *Settings {
		source := &settingsSource{at: map[string]string{}}
		if place != "" {
			source.at["smtp-password-file"] = place
		}
		return &Settings{SMTPPasswordFile: file, source: source}
	}
	got := func(s *Settings, want string) {
		t.Helper()
		if password, err := s.password(); password != want || err != nil {
			t.Errorf("the password is %q, %v, want %q", password, err, want)
		}
	}
	got(in("postbag.toml:3: smtp-password-file"), "of the file")
	t.Setenv(passwordVariable, "of the variable")
	got(in("postbag.toml:3: smtp-password-file"), "of the variable")
	got(in(""), "of the file")
	got(&Settings{}, "of the variable")
	if _, err := in("POSTBAG_SMTP_PASSWORD_FILE").password(); digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), "both set") {
		t.Errorf("two variables give %v", err)
	}
}

// FuzzSettingsFile reads anything as a settings file: what is taken is a setting, and
// what is wrong is told with the file's name.
func FuzzSettingsFile(f *testing.F) {
	for _, s := range []string{
		"db = \"x.db\"\nrate = 2.5\ntrusted-proxy = [\"10.0.0.1\"]\n", "[smtp]\nhost = 1\n", "a.b.c = 1\n[[db]]\n", "db = 1979-05-27T07:32:00Z", "\xef\xbb\xbfdb = ''", "db = \"\"\"\n\"\"\"", "rate = inf",
	} {
		f.Add([]byte(s))
	}
	settings := []string{"db", "smtp", "rate", "trusted-proxy"}
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, wrong := parseSettingsFile("postbag.toml", text, settings)
		for name, line := range lines {
			if !slices.Contains(settings, name) || !strings.HasPrefix(line.at, "postbag.toml:") {
				t.Fatalf("%q at %q", name, line.at)
			}
		}
		for _, err := range wrong {
			if digest.KindOf(err) != digest.Invalid || !strings.HasPrefix(err.Error(), "postbag.toml:") || digest.HintOf(err) == "" {
				t.Fatalf("it gives %v", err)
			}
		}
	})
}
