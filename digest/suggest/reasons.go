package suggest

import (
	"cmp"
	"fmt"
	"slices"

	"postbag/digest"
	"postbag/digest/markup"
)

// look applies the rules to a candidate.
func (j *judge) look(i int, s *Suggestion) {
	c, t := j.candidates[i], &j.readings[i]
	isReply := c.ParentID != 0
	note := func(r Rule, f finding, words func() string) {
		n := indexOf[r]
		if j.off[n] || f.value == 0 {
			return
		}
		s.Signals[n] = f.value
		if f.shown {
			s.Reasons = append(s.Reasons, Reason{Rule: r, Words: words(), Ranges: f.ranges, Weight: j.rules.Taste.weight(n) * f.value})
		}
	}
	quoting := func(r Rule, f finding, said string) {
		note(r, f, func() string { return said + t.quote(f.ranges[0]) })
	}
	length := lengthValue(t.words)
	note(Length, finding{value: length, shown: length >= 0.4}, func() string { return minutes(t.words) })
	if t.pack != nil {
		quoting(FirstHand, t.firstHand(), "First-hand: ")
		quoting(Argues, t.argues(), "Argues: ")
		quoting(Proposes, t.proposes(), "Proposes: ")
		quoting(News, t.news(), "Brings news: ")
		quoting(Feeling, t.feeling(), "Says how it feels: ")
		quoting(Otherwise, t.otherwise(), "Sees it otherwise: ")
		quoting(Quarrels, t.quarrels(isReply), "Quarrels: ")
	}
	concrete := t.concrete(&j.corpus.small)
	note(Concrete, concrete, func() string { return "Concrete: " + t.listed(concrete.ranges, 3) })
	quoting(AsksRoom, t.asksRoom(), "Asks the room: ")
	quoting(GivesSource, t.source(), "Gives a source: ")
	post := t.onPost(j.subjects[c.PostID], j.corpus)
	note(OnPost, post, func() string { return "On the post: " + t.listed(post.ranges, 3) })
	j.thread(i, note)
	quoting(LeansOnThread, t.leans(isReply), "Needs its thread: ")
	borrowed := t.borrowed(nil)
	if borrowed.shown {
		borrowed.ranges = t.foreign()
	}
	note(OthersWords, borrowed, func() string { return "Mostly quoted" })
	note(Shouts, t.shouts(), func() string { return "Shouts" })
	note(HardToRead, t.hard(), func() string { return "Hard to read" })
	slices.SortStableFunc(s.Reasons, func(a, b Reason) int {
		if a.IsCaution() != b.IsCaution() {
			return cmp.Compare(btoi(a.IsCaution()), btoi(b.IsCaution()))
		}
		return cmp.Compare(abs(b.Weight), abs(a.Weight))
	})
}

func abs(x float64) float64 { return max(x, -x) }

// minutes tells how long a text takes, at two hundred words a minute.
func minutes(words int) string {
	switch n := (words + 100) / 200; {
	case words < 70:
		return "Half a minute to read"
	case n <= 1:
		return "A minute to read"
	default:
		return fmt.Sprint(n, " minutes to read")
	}
}

// manyAnswers is from how many different writers on a comment drew answers.
const manyAnswers = 3

// thread applies the rules that look at what a comment answers, and what answers and
// quotes it.
func (j *judge) thread(i int, note func(Rule, finding, func() string)) {
	c, t := j.candidates[i], &j.readings[i]
	if parent, found := j.threads.byID[c.ParentID]; found && t.words >= tooShort && !j.sameWriter(i, parent) {
		asker := &j.readings[parent]
		if q, asks := asker.asks(); asks {
			first := digest.Range{}
			for _, s := range t.sentences {
				if s.own && !s.question {
					first = digest.Range{Start: int(s.start), End: int(s.end)}
					break
				}
			}
			if first.End > 0 {
				note(AnswersOne, finding{min(1, float64(t.words)/longAnswer), []digest.Range{first}, true},
					func() string { return "Answers " + asker.quote(q) })
			}
		}
	}
	if n, quarrel := j.drew(i); n > 0 && !quarrel {
		note(DrewAnswers, finding{float64(n) / float64(n+4), nil, n >= manyAnswers}, func() string { return fmt.Sprintf("Drew %d answers", n) })
	}
	if j.known != nil && j.names[i] != "" && !j.known[j.names[i]] && (c.AuthorURI == "" || !j.known[fold(c.AuthorURI)]) {
		note(NewName, finding{value: 1, shown: true}, func() string { return "New name" })
	}
	for _, o := range j.near[entryKey(c)] {
		if !o.IsPost || !o.IsLater || o.ID == c.PostID {
			continue
		}
		words := "Quoted in a later post"
		if title := markup.Clean(o.Title); title != "" {
			words = "Quoted in “" + title + "”"
		}
		note(QuotedLater, finding{value: 1, shown: true}, func() string { return words })
		break
	}
}

// drew counts the different writers who answer a comment, and what its answers drew, and
// tells whether a third of them quarrel. Of writers without a name only those who
// answer it themselves are surely different.
func (j *judge) drew(i int) (n int, quarrel bool) {
	c := j.candidates[i]
	seen := map[string]bool{}
	heard, angry, direct := 0, 0, 0
	for _, at := range j.threads.below[i] {
		a := j.candidates[at]
		isDirect := a.ParentID == c.ID
		direct += btoi(isDirect)
		if j.sameWriter(at, i) {
			continue
		}
		heard++
		if j.readings[at].pack != nil && j.readings[at].quarrels(true).shown {
			angry++
		}
		switch key := cmp.Or(a.AuthorURI, j.names[at]); {
		case key == "":
			n += btoi(isDirect)
		case !seen[key]:
			seen[key] = true
			n++
		}
	}
	n += max(0, c.Replies-direct) // who they are by is not known here
	return n, 3*angry >= heard && angry > 0
}

// threads tells how candidates hang together.
type threads struct {
	byID  map[int64]int
	below [][]int // of each candidate: those that hang below it
}

// farBelow bounds how far down answers count.
const farBelow = 20

func newThreads(candidates []digest.Candidate) threads {
	t := threads{byID: make(map[int64]int, len(candidates)), below: make([][]int, len(candidates))}
	for i, c := range candidates {
		t.byID[c.ID] = i
	}
	for i, c := range candidates {
		// The steps are counted: replies may form a circle.
		for range farBelow {
			parent, found := t.byID[c.ParentID]
			if !found || c.ParentID == 0 || parent == i {
				break
			}
			t.below[parent] = append(t.below[parent], i)
			c = candidates[parent]
		}
	}
	return t
}
