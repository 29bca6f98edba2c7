package near

import (
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

// runs finds the rows of words, long enough to be a sentence, that stand in the
// later text and are the earlier writer's own.
func runs(later, earlier Text) (all []run) {
	places := map[uint64][]int{}
	for i, h := range earlier.rows(printWords) {
		if earlier.words[i].own && len(places[h]) < mostRepeats {
			places[h] = append(places[h], i)
		}
	}
	rows := later.rows(printWords)
	for i := 0; i < len(rows); i++ {
		best := run{}
		for _, from := range places[rows[i]] {
			n := 0
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

// isQuoted tells whether a range of a text's words, when it stands in a later
// text, is quoted there.
func (t Text) isQuoted(of span, sentences []span) bool {
	return t.partsBetween(of.from, of.to) >= quotedRun*wordParts ||
		slices.ContainsFunc(sentences, func(s span) bool { return of.from <= s.from && s.to <= of.to })
}
