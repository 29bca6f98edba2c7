package suggest

import (
	"fmt"
	"slices"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/near"
)

// The bounds of the rules, in comments and in words.
const (
	fewReplies   = 3
	fewInThread  = 5
	shortAnswer  = 20
	shortAsker   = 60
	shortStory   = 25
	longFrom     = 40
	longTo       = 350
	longSentence = 28 // on average
	curtSentence = 5
	longPara     = 200
	someHits     = 2 // of the words that make a comment first-hand
)

// judge applies the rules to one candidate at a time.
type judge struct {
	candidates []digest.Candidate
	readings   []reading
	entries    []near.Entry
	threads    threads
	known      map[string]bool
	ofWork     map[string]bool
	near       map[near.Key][]near.Other
}

// reason is why a comment may be picked, and how much it weighs against others,
// from 0 to 1. The weight is never shown.
type reason struct {
	words  string
	weight float64
}

// reasons gives the reasons that apply to a candidate, the weightiest first, and
// their weight together.
func (j judge) reasons(i int) (words []string, strength float64) {
	var all []reason
	for _, rule := range []func(int) reason{j.quoted, j.replies, j.firstHand, j.answers, j.readable, j.newName} {
		if reason := rule(i); reason.words != "" {
			all = append(all, reason)
		}
	}
	slices.SortStableFunc(all, func(a, b reason) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	for _, reason := range all {
		words = append(words, reason.words)
		strength += reason.weight
	}
	return words, strength
}

// replies counts what a comment drew: the thread it began when replies drew
// replies, else its own.
func (j judge) replies(i int) reason {
	c, below := j.candidates[i], j.threads.size[i]
	switch {
	case c.ParentID == 0 && below+1 >= fewInThread && below > c.Replies:
		return reason{fmt.Sprintf("Started a thread of %d", below+1), share(below, 8)}
	case c.Replies >= fewReplies:
		return reason{fmt.Sprintf("%d replies", c.Replies), share(c.Replies, 5)}
	}
	return reason{}
}

// share grows from 0 towards 1, and is a half at the given number.
func share(n, half int) float64 { return float64(n) / float64(n+half) }

func (j judge) firstHand(i int) reason {
	t := &j.readings[i]
	if t.count < shortStory || t.borrowed {
		return reason{}
	}
	hits := t.firstHandWords(j.ofWork)
	if hits < someHits {
		return reason{}
	}
	return reason{"First-hand", share(hits, 2)}
}

func (j judge) answers(i int) reason {
	c, t := j.candidates[i], &j.readings[i]
	parent, found := j.threads.byID[c.ParentID]
	if !found || t.count < shortAnswer || !j.readings[parent].asks() || sameWriter(c, j.candidates[parent]) {
		return reason{}
	}
	return reason{"Answers a question", 0.5}
}

// asks tells whether a comment wants an answer: it is short and asks, or asks at
// its end.
func (t *reading) asks() bool {
	for n := len(t.sentences) - 1; n >= 0; n-- {
		if t.sentences[n].question && (t.count <= shortAsker || n >= len(t.sentences)-2) {
			return true
		}
	}
	return false
}

// sameWriter tells whether two comments are surely by one writer.
func sameWriter(a, b digest.Candidate) bool {
	if a.AuthorURI != "" || b.AuthorURI != "" {
		return a.AuthorURI == b.AuthorURI
	}
	return named(a.Author) && fold(a.Author) == fold(b.Author)
}

// named tells whether a name is one: blogs sign for those who give none.
func named(author string) bool {
	name := fold(author)
	return name != "" && !slices.Contains(digest.Nameless(), name)
}

func (j judge) newName(i int) reason {
	c := j.candidates[i]
	if j.known == nil || !named(c.Author) || j.known[fold(c.Author)] || c.AuthorURI != "" && j.known[fold(c.AuthorURI)] {
		return reason{}
	}
	return reason{"New name", 0.3}
}

func (j judge) readable(i int) reason {
	t := &j.readings[i]
	n := t.count
	if n < longFrom || n > longTo || t.borrowed || t.shouted || t.longestPara > longPara {
		return reason{}
	}
	if average := n / max(1, len(t.sentences)); !t.phrased && (average < curtSentence || average > longSentence) {
		return reason{}
	}
	weight := 0.4
	if t.personal {
		weight = 0.6
	}
	return reason{"Long and readable", weight}
}

// quoted names the first later post that quotes a comment, other than the one that
// it stands under.
func (j judge) quoted(i int) reason {
	for _, o := range j.near[j.entries[i].Key] {
		if !o.IsPost || !o.IsLater || o.ID == j.candidates[i].PostID {
			continue
		}
		if title := markup.Clean(o.Title); title != "" {
			return reason{"Quoted in “" + title + "”", 0.9}
		}
		return reason{"Quoted in a later post", 0.9}
	}
	return reason{}
}
