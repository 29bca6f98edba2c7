package suggest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"postbag/digest"
	"postbag/digest/markup"
)

// reasons applies every rule to a candidate.
func reasons(c digest.Candidate, t threads) []reason {
	text := c.Body.Text()
	var out []reason
	for _, r := range []reason{
		drewReplies(c, t), firstHand(text), answersQuestion(c, t), readable(c),
	} {
		if r.text != "" {
			out = append(out, r)
		}
	}
	return out
}

// drewReplies finds what others answered. Only one of its two wordings is given,
// since both tell the same fact.
func drewReplies(c digest.Candidate, t threads) reason {
	const few, most = 2, 12
	below := t.below(c.ID)
	switch {
	case c.ParentID == 0 && below >= 5 && below > c.Replies:
		return reason{fmt.Sprintf("Started a thread of %d", below+1), 1 + float64(min(below, most))/4}
	case c.Replies >= few:
		return reason{fmt.Sprintf("%d replies", c.Replies), 1 + float64(min(c.Replies, most))/4}
	}
	return reason{}
}

// firstHand finds a writer who tells of their own work or place: somebody who
// says I or we more than in passing, and names what only who was there would.
func firstHand(text string) reason {
	self, work := 0, 0
	for _, w := range plainWords(text) {
		switch {
		case selfWords[w]:
			self++
		case workWords[w]:
			work++
		}
	}
	if self < 2 || work < 2 {
		return reason{}
	}
	return reason{"First-hand", 2 + float64(min(self+work, 12))/12}
}

// answersQuestion finds a reply of some length to a comment that asks.
func answersQuestion(c digest.Candidate, t threads) reason {
	const few = 20
	parent, ok := t.by[c.ParentID]
	if !ok || c.Words < few || !asks(parent.Body.Text()) {
		return reason{}
	}
	return reason{"Answers a question", 1.5}
}

// asks tells whether a text has a question near its end, where one is meant to
// be answered.
func asks(text string) bool {
	const tail = 160
	at := strings.LastIndexByte(text, '?')
	return at >= 0 && at >= len(text)-tail
}

// readable finds a comment that can be followed: one that fills a minute, or, a
// weaker reason, a short one that is more than a remark.
func readable(c digest.Candidate) reason {
	const short, long, longest, perSentence = 20, 45, 350, 30
	if c.Words < short || c.Words > longest || quoted(c.Body) {
		return reason{}
	}
	sentences := len(markup.Sentences(c.Body))
	switch {
	case sentences == 0 || c.Words/sentences > perSentence:
		return reason{}
	case c.Words < long:
		return reason{"Short and to the point", 0.5}
	}
	return reason{"Long and readable", 1.5}
}

// quoted tells whether most of a text is somebody else's.
func quoted(p digest.Prose) bool {
	theirs, all := 0, 0
	for _, para := range p {
		n := digest.CountWords(para.Text())
		all += n
		if para.Kind == digest.Quote {
			theirs += n
		}
	}
	return theirs*2 > all
}

// plainWords gives the words of a text in lower case, without punctuation;
// apostrophes are written straight.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

// selfWords are how people speak of themselves and those beside them.
var selfWords = setOf(`i i'm i've i'd i'll me my mine myself we we're we've we'd we'll us our ours`)

// workWords name work, its places, its people and its length. They are broad on
// purpose: any community has its own, and these are common to most.
var workWords = setOf(`
	work works worked working job jobs shift shifts rota duty duties night nights overtime leave sick
	office depot ward school class site yard garage station canteen desk van bus route court hospital shop
	team manager managers boss supervisor colleague colleagues union rep staff trainee trainees patient patients
	client clients pupils passenger passengers customer customers case cases caseload
	drove drive driving driven taught nursed trained training retired redundant resigned interview joined left started
	years months weeks`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// threads knows who answers whom among the candidates.
type threads struct {
	by       map[int64]digest.Candidate
	children map[int64][]int64
}

func threadsOf(candidates []digest.Candidate) threads {
	t := threads{by: make(map[int64]digest.Candidate, len(candidates)), children: map[int64][]int64{}}
	for _, c := range candidates {
		t.by[c.ID] = c
		if c.ParentID != 0 {
			t.children[c.ParentID] = append(t.children[c.ParentID], c.ID)
		}
	}
	return t
}

// below counts the comments under one, at any depth. A comment is counted once
// even if the data goes in a circle.
func (t threads) below(id int64) int {
	seen := map[int64]bool{id: true}
	queue := slices.Clone(t.children[id])
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if !seen[next] {
			seen[next] = true
			queue = append(queue, t.children[next]...)
		}
	}
	return len(seen) - 1
}

// root gives the comment that a thread hangs from.
func (t threads) root(id int64) int64 {
	for range len(t.by) {
		c, ok := t.by[id]
		if !ok || c.ParentID == 0 {
			return id
		}
		id = c.ParentID
	}
	return id
}
