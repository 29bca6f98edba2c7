package main

import (
	"testing"

	"postbag/digest"
)

// What an act names is written so that a shell reads it as one word.
func TestActNamesFeedsForTheShell(t *testing.T) {
	t.Parallel()
	for want, act := range map[string]digest.Act{
		"postbag source add --posts https://a.test/feed --comments 'https://a.test/?feed=comments-rss2&x=%27'": {
			Do: digest.AddSource, Posts: "https://a.test/feed", Comments: "https://a.test/?feed=comments-rss2&x='"},
		"postbag source set 3 --posts 'https://a.test/feed;ls'": {Do: digest.ChangeSource, Source: 3, Posts: "https://a.test/feed;ls"},
		"postbag pull --source 3 --accept":                      {Do: digest.AcceptPage, Source: 3},
		"postbag pull --source 3 --history":                     {Do: digest.PullHistory, Source: 3},
		"postbag pull --source 3 --force":                       {Do: digest.PullAnyway, Source: 3},
	} {
		if got := commandOf(act); got != want {
			t.Errorf("%+v: %s, want %s", act, got, want)
		}
	}
}
