package near

import (
	"math/rand/v2"
	"slices"

	"postbag/digest/prose"
)

// What makes a quotation: words of the earlier text that stand in the later one in
// the same order.
const (
	quotedRun      = 12 // words in a row
	quotedSentence = 8  // words of a whole sentence; shorter ones are anybody's

	// mostRepeats is how many places of one row of words are tried in a text that
	// says the same over and over.
	mostRepeats = 16
)

// run is a row of words that two texts share.
type run struct {
	at, from, n int // in the later text, in the earlier one, how many
}

// span is a range of words.
type span struct{ from, to int }

func (t Text) partsBetween(from, to int) int32 { return t.parts[to] - t.parts[from] }

// index is where each row of five words stands in a later text, and in an earlier one
// that is held beside it.
type index struct {
	slots  []slot
	shift  uint
	rowOf  []int32   // by row of the later text: the number of what it says
	places [][]int32 // by that number: where that is in the earlier text, at most [mostRepeats]
	used   []int32   // the numbers that have places
	ranges []span    // by that number: from its first to after its last row in the later text
}

type slot struct {
	hash uint64
	row  int32 // from 1; 0 for an empty one
}

// of makes an index of a later text's rows.
func (x *index) of(rows []uint64) {
	size, shift := 16, uint(60)
	for size < 2*len(rows) {
		size, shift = 2*size, shift-1
	}
	x.slots = slices.Grow(x.slots[:0], size)[:size]
	clear(x.slots)
	x.shift, x.rowOf, x.ranges = shift, x.rowOf[:0], x.ranges[:0]
	different := int32(0)
	for i, h := range rows {
		s := x.find(h)
		if s.row == 0 {
			different++
			*s = slot{h, different}
			x.ranges = append(x.ranges, span{from: i})
		}
		x.rowOf = append(x.rowOf, s.row-1)
		x.ranges[s.row-1].to = i + 1
	}
	for len(x.places) < int(different) {
		x.places = append(x.places, nil)
	}
}

// spread is any odd number: whoever writes texts cannot guess which rows are neighbours.
var spread = rand.Uint64() | 1

// find gives the slot of a row, or the empty one where it may be put.
func (x *index) find(h uint64) *slot {
	for at := h * spread >> x.shift; ; at++ {
		if s := &x.slots[at%uint64(len(x.slots))]; s.row == 0 || s.hash == h {
			return s
		}
	}
}

// runs finds the rows of words, long enough to be a sentence, that stand in the
// later text and are the earlier writer's own. The later text is that of the index; rows
// are the earlier one's.
func (x *index) runs(all []run, later, earlier Text, rows []uint64) []run {
	within := span{len(x.rowOf), 0}
	for i, h := range rows {
		if !earlier.words[i].own {
			continue
		}
		if s := x.find(h); s.row > 0 {
			if n := s.row - 1; len(x.places[n]) < mostRepeats {
				if len(x.places[n]) == 0 {
					x.used = append(x.used, n)
					within = span{min(within.from, x.ranges[n].from), max(within.to, x.ranges[n].to)}
				}
				x.places[n] = append(x.places[n], int32(i))
			}
		}
	}
	for i := within.from; i < within.to; i++ {
		best := run{}
		for _, place := range x.places[x.rowOf[i]] {
			from, n := int(place), 0
			for i+n < len(later.words) && from+n < len(earlier.words) && earlier.words[from+n].own &&
				later.words[i+n].hash == earlier.words[from+n].hash {
				n++
			}
			if n > best.n {
				best = run{at: i, from: from, n: n}
			}
		}
		if best.n > 0 && later.partsBetween(i, i+best.n) >= quotedSentence*wordParts {
			all = append(all, best)
			i += best.n - 1
		}
	}
	for _, n := range x.used {
		x.places[n] = x.places[n][:0]
	}
	x.used = x.used[:0]
	return all
}

// quotable gives the sentences of a text, as ranges of words, that are long enough
// to be known again.
func (t Text) quotable() (all []span) {
	at := func(b int) int {
		i, _ := slices.BinarySearchFunc(t.words, b, func(w word, b int) int { return int(w.start) - b })
		return i
	}
	for _, s := range prose.Sentences(t.prose) {
		sentence := span{at(s.Start), at(s.End)}
		if t.partsBetween(sentence.from, sentence.to) >= quotedSentence*wordParts {
			all = append(all, sentence)
		}
	}
	return all
}

// isQuoted tells whether a range of an entry's words, when it stands in a later
// text, is quoted there.
func (p *pool) isQuoted(i int, of span) bool {
	length := p.entries[i].partsBetween(of.from, of.to)
	if length >= quotedRun*wordParts || length < quotedSentence*wordParts {
		return length >= quotedRun*wordParts
	}
	sentences := p.sentences[i].Load()
	if sentences == nil {
		all := p.entries[i].quotable()
		sentences = &all
		p.sentences[i].Store(sentences)
	}
	return slices.ContainsFunc(*sentences, func(s span) bool { return of.from <= s.from && s.to <= of.to })
}
