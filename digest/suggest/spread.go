package suggest

import (
	"cmp"
	"math"
	"slices"
)

// How the list is spread.
const (
	likePenalty = 0.5 // for what is about the same as one that is offered already
	samePenalty = 0.3 // for a writer or a post that has one
	oneIn       = 20  // places: one is for a voice that sees it otherwise
	shotsFrom   = 10  // places: of so many or more, two are long shots
	shots       = 2
	shotWords   = 25
	pooled      = 6 // suggestions that are compared for each place
)

// Top chooses at most n suggestions to offer, and gives them the best first: those with
// the greatest sum, but that one which is much like one before it, or has its writer or
// its post, stands back a little. One place in twenty goes to the best that sees it
// otherwise, if none of them does. In a list of ten or more the last two are long shots,
// from the middle of all: they are to be looked at, and [Best] leaves them out. Near
// copies, very short comments and those for which nothing speaks are never offered.
func Top(all []Suggestion, n int) []Suggestion {
	long := 0
	if n >= shotsFrom {
		long = shots
	}
	return choose(all, n, long)
}

// Best is [Top] without long shots, for what is picked or sent unseen.
func Best(all []Suggestion, n int) []Suggestion { return choose(all, n, 0) }

func choose(all []Suggestion, n, long int) []Suggestion {
	ranked := make([]Suggestion, 0, len(all))
	for _, s := range all {
		if s.Place > 0 && slices.ContainsFunc(s.Reasons, func(r Reason) bool { return !r.IsCaution() }) {
			ranked = append(ranked, s)
		}
	}
	slices.SortFunc(ranked, Suggestion.compare)
	n = min(max(0, n), len(ranked))
	var far []Suggestion
	if len(ranked) >= 3*n {
		far = longShots(ranked, long)
	}
	n -= len(far)
	l := list{posts: map[int64]int{}, writers: map[string]int{}}
	for _, s := range far {
		l.isFar = append(l.isFar, s.CommentID)
	}
	l.fill(ranked[:min(len(ranked), pooled*n)], n)
	l.hear(ranked, n/(oneIn-shots))
	chosen := append(l.chosen, far...)
	for i := range chosen {
		chosen[i].corpus, chosen[i].terms = nil, nil // what they were compared by
	}
	return chosen
}

// list is what has been chosen so far.
type list struct {
	chosen  []Suggestion
	posts   map[int64]int // how many are from each
	writers map[string]int
	isFar   []int64 // the long shots
}

// fill chooses one after the other, by the sum and how it spreads.
func (l *list) fill(pool []Suggestion, n int) {
	worth := make([]float64, len(pool))
	likest := make([]float64, len(pool))
	vectors := make([]vector, len(pool))
	taken := make([]bool, len(pool))
	for i, s := range pool {
		taken[i] = slices.Contains(l.isFar, s.CommentID)
		if s.corpus != nil {
			vectors[i] = s.corpus.vector(s.terms)
		}
	}
	for len(l.chosen) < n {
		best := -1
		for i, s := range pool {
			if taken[i] {
				continue
			}
			worth[i] = s.Score - likePenalty*likest[i] - l.stale(s)
			if best < 0 || worth[i] > worth[best] {
				best = i
			}
		}
		if best < 0 {
			return
		}
		taken[best] = true
		l.add(pool[best])
		for i := range pool {
			if !taken[i] {
				likest[i] = max(likest[i], likeness(vectors[i], vectors[best]))
			}
		}
	}
}

func (l *list) add(s Suggestion) {
	l.chosen = append(l.chosen, s)
	l.posts[s.post]++
	if s.writer != "" {
		l.writers[s.writer]++
	}
}

// stale is how far a comment stands back because its writer or its post has some: for
// one as much as for two more, and for those as much as for four more.
func (l *list) stale(s Suggestion) float64 {
	return samePenalty * (math.Log2(float64(1+l.posts[s.post])) + math.Log2(float64(1+l.writers[s.writer])))
}

// hear puts the best that see it otherwise into the last places, as many as are missing.
func (l *list) hear(ranked []Suggestion, wanted int) {
	var kept, others []Suggestion
	for _, s := range l.chosen {
		if s.seesOtherwise() {
			wanted--
		}
	}
	for _, s := range ranked {
		if wanted > len(others) && s.seesOtherwise() && !slices.Contains(l.isFar, s.CommentID) && !slices.ContainsFunc(l.chosen, func(c Suggestion) bool { return c.CommentID == s.CommentID }) {
			others = append(others, s)
		}
	}
	if len(others) == 0 {
		return
	}
	kept = l.chosen[:max(0, len(l.chosen)-len(others))]
	l.chosen = append(slices.Clone(kept), others...)
	slices.SortFunc(l.chosen[len(kept):], Suggestion.compare)
}

func (s Suggestion) seesOtherwise() bool {
	return slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Rule == Otherwise })
}

// longShots takes a few from the middle that nothing speaks against, in an order
// that is another in each issue.
func longShots(ranked []Suggestion, n int) []Suggestion {
	if n == 0 {
		return nil
	}
	var all []Suggestion
	for _, s := range ranked[3*len(ranked)/10 : 6*len(ranked)/10] {
		isPlain := !slices.ContainsFunc(s.Reasons, Reason.IsCaution) && len(s.Reasons) > 0 && s.words >= shotWords
		if isPlain {
			s.LongShot = true
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(a.tie, b.tie), cmp.Compare(a.CommentID, b.CommentID))
	})
	return all[:min(n, len(all))]
}
