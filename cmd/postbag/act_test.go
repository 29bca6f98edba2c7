package main

import (
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/site"
)

// TestEveryActHasALabelACommandAndAPage goes through all deeds: whatever an error
// offers, the command line and a page can say it. The commands and their flags are
// those that there are.
func TestEveryActHasALabelACommandAndAPage(t *testing.T) {
	t.Parallel()
	at := site.Site{Base: "https://news.example"}
	for _, do := range digest.Deeds() {
		for _, act := range []digest.Act{{Do: do}, {Do: do, Series: "pick", Issue: 8, Rows: []int{3}, Blocks: []int64{5}, Source: 2, Name: "name"}} {
			if do.Label() == "" || !strings.HasPrefix(at.Act(act), "/desk/") || strings.ContainsAny(at.Act(act), "{}") {
				t.Errorf("%s has the label %q and the address %q", do, do.Label(), at.Act(act))
			}
			checkCommand(t, commandOf(act))
		}
	}
}

// checkCommand asks for the help of a command, which names each of its flags.
func checkCommand(t *testing.T, command string) {
	t.Helper()
	words, isOurs := strings.CutPrefix(command, "postbag ")
	if !isOurs || strings.TrimSpace(words) == "" || strings.ContainsAny(words, "{}") {
		t.Errorf("%q is no command", command)
		return
	}
	var args, flags []string
	for word := range strings.FieldsSeq(words) {
		switch {
		case strings.HasPrefix(word, "--"):
			flag, _, _ := strings.Cut(word, "=")
			flags = append(flags, flag)
		case len(flags) == 0 && strings.ToLower(word) == word && !strings.ContainsAny(word, "0123456789"):
			args = append(args, word)
		}
	}
	args = slices.DeleteFunc(args, func(word string) bool { return word == "name" })
	in := &installation{t: t, dir: t.TempDir()}
	out, err := in.run(append(args, "--help")...)
	if err != nil || !strings.Contains(out, strings.TrimSpace("Usage: postbag "+strings.Join(args, " "))) {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
	for _, flag := range flags {
		if !strings.Contains(out, flag) {
			t.Errorf("%s: there is no %s", command, flag)
		}
	}
}

// TestCommandsOfActs reads the commands as a shell would: each subject is one word.
func TestCommandsOfActs(t *testing.T) {
	for want, act := range map[string]digest.Act{
		"postbag issue send":                          {Do: digest.SendIssue},
		"postbag issue send 8 --series pick --anyway": {Do: digest.SendAnyway, Issue: 8, Series: "pick"},
		"postbag issue edit 8 --row 5 --remove; postbag issue edit 8 --row 2 --remove": {Do: digest.RemoveRows, Issue: 8, Rows: []int{2, 5}},
		"postbag source show ID":                                  {Do: digest.ShowSource},
		"postbag source set 3 --posts https://a.example/feed":     {Do: digest.ChangeSource, Source: 3, Posts: "https://a.example/feed"},
		"postbag source set 3 --posts 'https://a.test/feed;ls'":   {Do: digest.ChangeSource, Source: 3, Posts: "https://a.test/feed;ls"},
		"postbag source add --posts 'https://a.example/feed?a&b'": {Do: digest.AddSource, Posts: "https://a.example/feed?a&b"},
		"postbag source add --posts https://a.test/feed --comments 'https://a.test/?feed=comments-rss2&x=%27'": {
			Do: digest.AddSource, Posts: "https://a.test/feed", Comments: "https://a.test/?feed=comments-rss2&x='"},
		"postbag serve --fetch-allow '$(ls):22'":                                {Do: digest.AllowHost, Name: "$(ls):22"},
		`postbag subscriber import --map 'Raison d'\''arrêt=left_because' FILE`: {Do: digest.NameColumn, Name: "Raison d'arrêt=left_because"},
		"postbag subscriber import --map COLUMN=FIELD FILE":                     {Do: digest.NameColumn},
		"postbag source add URL":                                                {Do: digest.AddSource},
		"postbag pull --history":                                                {Do: digest.PullHistory},
		"postbag pull --source 3 --history":                                     {Do: digest.PullHistory, Source: 3},
		"postbag pull --source 3 --force":                                       {Do: digest.PullAnyway, Source: 3},
		"postbag pull --source 3 --accept":                                      {Do: digest.AcceptPage, Source: 3},
	} {
		if got := commandOf(act); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
