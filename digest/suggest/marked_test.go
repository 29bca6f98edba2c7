package suggest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/suggest"
)

// A marked corpus is an invented post with its comments, each with the reasons that
// whoever reads it marked by hand: "= number marks re=number", then the words. The files
// with "second" in their names were written after the rules were made, and the words of
// the packs were widened by them; those with "held" after that, and those with "fresh"
// last. Only the rule of news was changed since: docs/suggestions.md has the figures from
// before.
var marks = map[string]suggest.Rule{
	"F": suggest.FirstHand, "C": suggest.Concrete, "A": suggest.Argues, "P": suggest.Proposes, "N": suggest.News, "E": suggest.Feeling,
	"Q": suggest.AsksRoom, "S": suggest.GivesSource, "R": suggest.AnswersOne, "D": suggest.Otherwise,
	"T": suggest.LeansOnThread, "M": suggest.OthersWords, "X": suggest.Quarrels, "U": suggest.Shouts, "H": suggest.HardToRead,
}

var languages = []string{"en", "de", "fr", "es", "nl"}

// marked is a corpus.
type marked struct {
	post       digest.Post
	candidates []digest.Candidate
	marks      []map[suggest.Rule]bool
}

func readMarked(t testing.TB, name string) (m marked) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	for n, block := range strings.Split("\n"+string(data), "\n= ") {
		head, body, _ := strings.Cut(strings.TrimPrefix(block, "\n"), "\n")
		if n == 0 {
			m.post = digest.Post{ID: 1, SourceID: 1, Title: strings.TrimPrefix(head, "post "), Body: digest.Plain(body), Published: at.Add(-time.Hour)}
			continue
		}
		fields := strings.Fields(head)
		id, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			t.Fatalf("%s: %q", name, head)
		}
		c := digest.Candidate{PostTitle: m.post.Title, PostPublished: m.post.Published, Comment: digest.Comment{
			ID: id, SourceID: 1, PostID: 1, Author: "Anonymous", Published: at.Add(time.Duration(id) * time.Minute), Body: digest.Plain(body)}}
		is := map[suggest.Rule]bool{}
		for _, f := range fields[1:] {
			if parent, isReply := strings.CutPrefix(f, "re="); isReply {
				c.ParentID, err = strconv.ParseInt(parent, 10, 64)
			} else if rule, known := marks[f]; known {
				is[rule] = true
			} else if f != "O" {
				t.Fatalf("%s: comment %d has the mark %q", name, id, f)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		m.candidates, m.marks = append(m.candidates, c), append(m.marks, is)
	}
	return m
}

// tally counts how often a rule is right.
type tally struct{ both, onlyRule, onlyHand int }

func (c tally) precision() float64 { return float64(c.both) / float64(max(1, c.both+c.onlyRule)) }
func (c tally) recall() float64    { return float64(c.both) / float64(max(1, c.both+c.onlyHand)) }

// compared tells how the rules fit the marks of a corpus, and where they do not.
func (m marked) compared(language string) (counts map[suggest.Rule]tally, misses []string) {
	rules := suggest.Rules{Posts: []digest.Post{m.post}, Languages: map[int64]string{1: language}}
	counts = map[suggest.Rule]tally{}
	for i, s := range rules.Suggest(m.candidates) {
		given := map[suggest.Rule]string{}
		for _, r := range s.Reasons {
			given[r.Rule] = r.Words
		}
		for _, rule := range marks {
			words, isGiven := given[rule]
			c := counts[rule]
			switch isMarked := m.marks[i][rule]; {
			case isGiven && isMarked:
				c.both++
			case isGiven:
				c.onlyRule++
				misses = append(misses, fmt.Sprintf("%s %d: not %q", language, s.CommentID, words))
			case isMarked:
				c.onlyHand++
				misses = append(misses, fmt.Sprintf("%s %d: %s is missed", language, s.CommentID, rule))
			}
			counts[rule] = c
		}
	}
	slices.Sort(misses)
	return counts, misses
}

// TestMarkedCorpora: of all reasons and all languages, the rules give at least four in
// five that a reader marked, and four in five that they give are among those.
func TestMarkedCorpora(t *testing.T) {
	for _, kind := range []struct {
		suffix string
		least  float64
	}{{".txt", 0.8}, {"-second.txt", 0.7}, {"-held.txt", 0.4}, {"-fresh.txt", 0.4}} {
		total := map[suggest.Rule]tally{}
		var misses []string
		table := map[suggest.Rule]string{}
		for _, language := range languages {
			if _, err := os.Stat(filepath.Join("testdata", language+kind.suffix)); err != nil {
				continue
			}
			counts, missed := readMarked(t, language+kind.suffix).compared(language)
			misses = append(misses, missed...)
			for rule, c := range counts {
				sum := total[rule]
				total[rule] = tally{sum.both + c.both, sum.onlyRule + c.onlyRule, sum.onlyHand + c.onlyHand}
				table[rule] += fmt.Sprintf("  %s %.2f/%.2f (%d)", language, c.precision(), c.recall(), c.both+c.onlyHand)
			}
		}
		for _, rule := range suggest.AllRules() {
			c, isMarked := total[rule]
			if !isMarked {
				continue
			}
			t.Logf("%-16s %.2f/%.2f (%d) %s", rule, c.precision(), c.recall(), c.both+c.onlyHand, table[rule])
			if c.both+c.onlyHand > 0 && (c.precision() < kind.least || c.recall() < kind.least) {
				t.Errorf("%s%s: precision %.2f, recall %.2f", rule, kind.suffix, c.precision(), c.recall())
			}
		}
		t.Log(strings.Join(misses, "\n"))
	}
}
