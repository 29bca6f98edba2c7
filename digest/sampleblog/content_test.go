package sampleblog_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/digest/sampleblog"
)

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	quote = regexp.MustCompile(`(?s)<blockquote class="tr_bq">(.*?)</blockquote>`)
	noon  = time.Date(2026, 5, 14, 12, 0, 0, 0, time.UTC)
)

// text is what a reader sees of a body.
func text(body string) string {
	return html.UnescapeString(tag.ReplaceAllString(strings.ReplaceAll(body, "<br />", "\n"), ""))
}

func TestCounts(t *testing.T) {
	s := sampleblog.New(noon).Stats()
	if s.Posts != 5 || s.Comments < 115 || s.Removed != 3 || s.Replies*2 < s.Comments {
		t.Errorf("counts: %+v", s)
	}
}

func TestThreads(t *testing.T) {
	b := sampleblog.New(noon)
	byID := map[string]sampleblog.Comment{}
	for _, c := range b.Comments() {
		if _, twice := byID[c.ID]; twice || !regexp.MustCompile(`^\d{19}$`).MatchString(c.ID) {
			t.Errorf("id %s", c.ID)
		}
		byID[c.ID] = c
	}
	for _, c := range byID {
		if p, ok := byID[c.ParentID]; c.ParentID != "" && (!ok || p.ParentID != "" || p.PostID != c.PostID) {
			t.Errorf("%s answers %+v", c.ID, p)
		}
	}
}

// TestTimes plays the blog at many moments, the nights in which the clocks
// change among them: nobody answers what has not been said yet.
func TestTimes(t *testing.T) {
	starts := []time.Time{
		noon, time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC),
		time.Date(2027, 12, 30, 0, 0, 0, 0, time.UTC),
	}
	for _, start := range starts {
		for h := 0; h < 13*24; h += 5 { // all hours of a day, in five days
			now := start.Add(time.Duration(h)*time.Hour + 5*time.Minute)
			t.Run(now.Format(time.RFC3339), func(t *testing.T) { checkTimes(t, now) })
		}
	}
}

func checkTimes(t *testing.T, now time.Time) {
	b := sampleblog.New(now)
	said := map[string]time.Time{}
	for _, p := range b.Posts() {
		if age := now.Sub(p.Published); age <= 0 || age > 8*24*time.Hour+time.Hour {
			t.Errorf("%s is %v old", p.Path, age)
		}
		said[p.ID] = p.Published
	}
	all, fresh := b.Comments(), 0
	for _, c := range all {
		before := said[c.PostID]
		if c.ParentID != "" {
			before = said[c.ParentID]
		}
		if before.IsZero() || !c.Published.After(before) || !c.Published.Before(now) {
			t.Errorf("%s at %v answers %v: %.60s", c.ID, c.Published, before, c.HTML)
		}
		if now.Sub(c.Published) < 7*24*time.Hour {
			fresh++
		}
		said[c.ID] = c.Published
	}
	if share := float64(fresh) / float64(len(all)); share < .95 {
		t.Errorf("only %.3f of the comments within a week", share)
	}
}

// TestQuotes holds the author to the readers' words.
func TestQuotes(t *testing.T) {
	b := sampleblog.New(noon)
	found := 0
	for _, p := range b.Posts() {
		for _, m := range quote.FindAllStringSubmatch(p.HTML, -1) {
			found++
			if !saidBefore(b, text(m[1]), p.Published) {
				t.Errorf("%s quotes what nobody said: %s", p.Path, m[1])
			}
		}
	}
	if found < 3 {
		t.Errorf("%d quotations", found)
	}
}

func saidBefore(b *sampleblog.Blog, words string, at time.Time) bool {
	for _, c := range b.Comments() {
		if c.Published.Before(at) && strings.Contains(text(c.HTML), words) {
			return true
		}
	}
	return false
}

func TestVariety(t *testing.T) {
	var all strings.Builder
	for _, c := range sampleblog.New(noon).Comments() {
		fmt.Fprintln(&all, c.Author, c.HTML)
	}
	for want, least := range map[string]int{
		"<b>": 1, "<i>": 1, `<a href="https://`: 1, ".example": 1, "<br />": 1, "&amp;": 1, "“": 1, "é": 1, "🦉": 1,
		"This comment has been removed by the author.": 2, "This comment has been removed by a blog administrator.": 1,
	} {
		if n := strings.Count(all.String(), want); n < least {
			t.Errorf("%d times %s", n, want)
		}
	}
}

func TestDeterministic(t *testing.T) {
	a, b := sampleblog.New(noon), sampleblog.New(noon.Add(77*time.Hour))
	x, y := a.Comments(), b.Comments()
	ids := map[string]string{}
	for _, c := range x {
		ids[c.ID] = c.HTML
	}
	for _, c := range y {
		if ids[c.ID] != c.HTML {
			t.Errorf("%s depends on now", c.ID)
		}
	}
	for _, path := range []string{"/", "/feeds/posts/default", "/feeds/comments/default?max-results=500", a.Posts()[2].Path} {
		one, two := get(t, a, path).Body.String(), get(t, sampleblog.New(noon), path).Body.String()
		if one != two {
			t.Errorf("%s differs between two blogs of one moment", path)
		}
	}
}
