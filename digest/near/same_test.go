package near_test

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/markup"
	"postbag/digest/near"
	"postbag/digest/sampleblog"
)

// TestSameAsPlain: however it is done, the result is that of the plain way: of invented
// texts that repeat and quote each other in all sorts of ways, and of whole blogs.
func TestSameAsPlain(t *testing.T) {
	links := 0
	check := func(name string, entries []near.Entry) {
		t.Helper()
		got, want := near.Compare(entries), near.PlainCompare(entries)
		if !reflect.DeepEqual(got, want) {
			for _, e := range entries {
				if !reflect.DeepEqual(got[e.Key], want[e.Key]) {
					t.Fatalf("%s: %+v has to do with\n%+v, and the plain way gives\n%+v", name, e.Key, got[e.Key], want[e.Key])
				}
			}
			t.Fatalf("%s: others are found", name)
		}
		for _, others := range want {
			links += len(others)
		}
	}
	seeds := uint64(12)
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		seeds = 400
	}
	for seed := range seeds {
		check(fmt.Sprint("seed ", seed), society(seed, 250))
	}
	if links < int(seeds)*200 {
		t.Errorf("%d links are too few to tell", links)
	}
	demo := sampleblog.New(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	check("the demo's blog", stored(t, func(feed string) []byte {
		w := httptest.NewRecorder()
		demo.ServeHTTP(w, httptest.NewRequest("GET", "/feeds/"+feed+"/default?max-results=500", nil))
		return w.Body.Bytes()
	}))
	t.Run("founding", func(t *testing.T) {
		dir := digesttest.SampleBlog(t)
		check("the founding blog", stored(t, func(feed string) []byte {
			data, err := os.ReadFile(filepath.Join(dir, feed+".atom"))
			if err != nil {
				t.Fatal(err)
			}
			return data
		}))
	})
}

// stored makes entries of a blog's two feeds. To each third comment comes one that
// quotes it, and to each seventh one that repeats it.
func stored(t *testing.T, read func(feed string) []byte) (all []near.Entry) {
	t.Helper()
	for _, feed := range []string{"posts", "comments"} {
		var atom struct {
			Entries []struct {
				Published time.Time `xml:"published"`
				Title     string    `xml:"title"`
				Content   string    `xml:"content"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(read(feed), &atom); err != nil {
			t.Fatal(err)
		}
		if len(atom.Entries) < 5 {
			t.Fatalf("there are %d %s", len(atom.Entries), feed)
		}
		for i, e := range atom.Entries {
			body := markup.FromHTML(e.Content, "")
			if feed == "posts" {
				all = append(all, near.Post(digest.Post{ID: int64(i + 1), Title: e.Title, Published: e.Published, Body: body}))
				continue
			}
			c := digest.Comment{ID: int64(10*i + 1), Published: e.Published, Body: body}
			all = append(all, near.Comment(c))
			if i%7 == 0 {
				c.ID, c.Published = c.ID+1, c.Published.Add(time.Hour)
				all = append(all, near.Comment(c))
			}
			if i%3 == 0 {
				c.ParentID, c.ID = c.ID, c.ID+2
				c.Body = append(digest.Plain("What I think of that is this, my friends, and I say it to all of you:"), body...)
				all = append(all, near.Comment(c))
			}
		}
	}
	return all
}

// society makes texts of people who copy, edit, quote and answer each other, in some
// scripts, with lines that many have, in the order of chance.
func society(seed uint64, n int) (all []near.Entry) {
	r := rand.New(rand.NewPCG(seed, 99))
	words := strings.Fields(story + " " + essay + " " + hindi + " " + russk + " " + arabic + " naïve Straße www.a.example/b?c https://b.example/x/y 41 🚌")
	for i := range 200 {
		words = append(words, fmt.Sprintf("w%d", i))
	}
	fresh := func(least, most int) []string {
		var text []string
		for range least + r.IntN(most-least+1) {
			switch r.IntN(60) {
			case 0:
				text = append(text, han)
			case 1:
				text = append(text, thai)
			case 2, 3, 4, 5:
				text = append(text, words[r.IntN(len(words))]+[]string{".", "!", "?", "\n\n"}[r.IntN(4)])
			default:
				text = append(text, words[r.IntN(len(words))])
			}
		}
		return text
	}
	texts := make([][]string, 0, n)
	for i := range n {
		from := fresh(1, 2)
		if i > 0 {
			from = texts[r.IntN(min(i, 1+r.IntN(n)))]
		}
		var text []string
		switch r.IntN(7) {
		case 0, 1:
			text = fresh(0, 120)
		case 2: // again, or nearly
			text = append(text, from...)
			for range r.IntN(4) {
				if len(text) > 0 {
					text[r.IntN(len(text))] = words[r.IntN(len(words))]
				}
			}
		case 3, 4: // with a piece of it
			at := r.IntN(len(from) + 1)
			text = append(append(fresh(0, 40), from[at:min(len(from), at+r.IntN(40))]...), fresh(0, 40)...)
		case 5: // the same over and over
			piece := fresh(1, 9)
			for range r.IntN(30) {
				text = append(text, piece...)
			}
		default: // all of it and more
			text = append(append(fresh(0, 10), from...), fresh(0, 60)...)
		}
		texts = append(texts, text)
		if r.IntN(3) == 0 {
			text = append(text[:len(text):len(text)], strings.Fields([]string{" Sent from my old telephone on the last night bus home, please forgive the spelling.",
				" One for the road and two for the ferry, as we used to say."}[r.IntN(2)])...)
		}
		body := digest.Plain(strings.Join(text, " "))
		for p := range body {
			if r.IntN(9) == 0 {
				body[p].Kind, body[p].Depth = digest.Quote, 1
			}
			if r.IntN(20) == 0 {
				body[p].Spans[0].Stands = digest.Picture
			}
		}
		e := said(int64(i+1), body)
		e.Published = start.Add(time.Duration(r.IntN(n)) * time.Hour)
		e.IsPost = r.IntN(8) == 0
		e.Undated = r.IntN(20) == 0
		if !e.IsPost && r.IntN(3) == 0 {
			e.Answers = int64(1 + r.IntN(n))
		}
		all = append(all, e)
		if r.IntN(20) == 0 {
			all = append(all, e)
		}
	}
	return all
}
