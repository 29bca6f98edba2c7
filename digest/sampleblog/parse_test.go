package sampleblog

import (
	"strings"
	"testing"
	"time"
)

const tiny = `title: A & B
slug: tiny
at: -2d 22:10

One line
and its end.

> Quoted "words".

After.

=== -1d 05:44
First\
second & <b>third</b>.

New <a href="https://x.example/y">para</a>.

--> -1d 06:00 by Zoë P. (profile)
It's fine.

=== -1d 07:00 by Unknown (profile) [removed by author] [no link]
`

func TestParse(t *testing.T) {
	s, err := parse(tiny)
	if err != nil {
		t.Fatal(err)
	}
	if s.title != "A & B" || s.slug != "tiny" || s.at.days != 2 || s.at.hour != 22 || s.at.minute != 10 {
		t.Errorf("header: %+v", s)
	}
	if want := "One line and its end.\n<blockquote class=\"tr_bq\">Quoted &quot;words&quot;.</blockquote>\nAfter."; s.html != want {
		t.Errorf("post\nhave %q\nwant %q", s.html, want)
	}
	if len(s.remarks) != 3 {
		t.Fatalf("%d comments", len(s.remarks))
	}
	first, reply, gone := s.remarks[0], s.remarks[1], s.remarks[2]
	want := `First<br />second &amp; <b>third</b>.<br /><br />New <a href="https://x.example/y" rel="nofollow">para</a>.`
	if first.html != want || first.author != anonymous || first.parent != -1 {
		t.Errorf("first: %+v", first)
	}
	if reply.html != "It&#39;s fine." || reply.author != "Zoë P." || !reply.profile || reply.parent != 0 {
		t.Errorf("reply: %+v", reply)
	}
	if gone.removed != byAuthor || !gone.noLink || gone.parent != -1 || gone.html != "" {
		t.Errorf("removed: %+v", gone)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":              "",
		"key out of order":   strings.Replace(tiny, "slug:", "slag:", 1),
		"no slug":            strings.Replace(tiny, "slug: tiny", "slug:", 1),
		"no empty line":      strings.Replace(tiny, "22:10\n\n", "22:10\n", 1),
		"impossible clock":   strings.Replace(tiny, "22:10", "25:10", 1),
		"the future":         strings.Replace(tiny, "-1d 06:00", "+1d 06:00", 1),
		"today by the clock": strings.Replace(tiny, "-1d 06:00", "-0d 06:00", 1),
		"too long ago":       strings.Replace(tiny, "-1d 06:00", "-7h", 1),
		"unknown flag":       strings.Replace(tiny, "[no link]", "[no fun]", 1),
		"removed with words": tiny + "words\n",
		"kept without words": tiny + "\n=== -1d 08:00\n",
		"stray tag":          strings.Replace(tiny, "<b>", "<blink>", 1),
		"script link":        strings.Replace(tiny, "https:", "javascript:", 1),
		"quote in a comment": strings.Replace(tiny, "First\\", "> First", 1),
		"reply to the post":  strings.Replace(tiny, "===", "-->", 1),
		"half a heading":     strings.Replace(tiny, "(profile)", "(prof", 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(text); err == nil {
				t.Error("parsed")
			}
		})
	}
}

func TestMomentDoesNotPassNow(t *testing.T) {
	now := time.Date(2026, 3, 29, 0, 0, 30, 0, time.UTC)
	m, err := parseMoment("-2m")
	if err != nil {
		t.Fatal(err)
	}
	if at := m.on(now, time.UTC, 59*time.Second); !at.Before(now) {
		t.Errorf("%v is not before %v", at, now)
	}
}

func TestCommentTitle(t *testing.T) {
	for html, want := range map[string]string{
		"Short.":                               "Short.",
		"One<br />two":                         "One\ntwo",
		"<b>Bold</b> &amp; plain":              "Bold &amp; plain",
		strings.Repeat("é", 50):                strings.Repeat("é", 50),
		strings.Repeat("é", 51):                strings.Repeat("é", 50) + "...",
		strings.Repeat("x", 47) + "&quot;tail": strings.Repeat("x", 47) + "&qu...",
	} {
		if have := commentTitle(html); have != want {
			t.Errorf("%s: have %q, want %q", html, have, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(tiny)
	for _, name := range []string{"posts/1-fourteen-minutes.txt", "posts/3-untitled.txt"} {
		text, err := scripts.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse(text)
		if err != nil {
			return
		}
		for i, r := range s.remarks {
			if r.parent >= i || r.parent >= 0 && s.remarks[r.parent].parent >= 0 {
				t.Errorf("comment %d answers %d", i, r.parent)
			}
		}
	})
}
