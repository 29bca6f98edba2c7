package search

import "math"

// How a rank is made. A term that stands in a text n times gives
//
//	n / (n + 1.2 × (0.5 + 0.5 × words / 60))
//
// so that each time counts less than the one before, and counts for less in a
// longer text; 60 words are an ordinary comment. In a post's title a term counts
// as three. This is BM25 without the rarity of words: all of them must be there
// anyway, and the rank needs to know nothing of other entries.
const (
	rankHalf      = 1.2
	rankLength    = 0.5
	ordinaryWords = 60
	titleWeight   = 3
)

// Rank tells whether an entry matches, and how well, from 0 to 1: the mean over
// the terms that are looked for in the text, rounded to thousandths; 0 when
// there are none.
func (q Query) Rank(e Entry) (rank float64, matches bool) {
	r := reading{q: q, e: e}
	for _, t := range q.not {
		if r.count(t) > 0 {
			return 0, false
		}
	}
	if len(q.want) == 0 {
		return 0, false
	}
	sum := 0.0
	for _, t := range q.want {
		n := r.count(t)
		if n == 0 {
			return 0, false
		}
		if t.in == inText {
			sum += float64(n) / (float64(n) + rankHalf*(1-rankLength+rankLength*r.length()/ordinaryWords))
		}
	}
	return math.Round(1000*sum/float64(max(q.textTerms(), 1))) / 1000, true
}

// reading is an entry being read with a query's eyes: of each word the number
// that the query gives it, 0 for others. Each part is read when it is asked for.
type reading struct {
	q                   Query
	e                   Entry
	author, title, text []int
	hasAuthor           bool
	hasTitle, hasText   bool
}

func (q Query) read(text string, most int) []int {
	var all []int
	scan(text, func(folded []byte, _, _ int) bool {
		all = append(all, q.numbers[string(folded)])
		return len(all) < most
	})
	return all
}

func (r *reading) readTitle() {
	if !r.hasTitle {
		r.title, r.hasTitle = r.q.read(r.e.Title, mostTitleWords), true
	}
}

// count gives how often a term matches.
func (r *reading) count(t term) int {
	switch {
	case t.id != 0:
		if r.e.PostID == t.id {
			return 1
		}
		return 0
	case t.in == inAuthor:
		if !r.hasAuthor {
			r.author, r.hasAuthor = r.q.read(r.e.Author, mostAuthorWords), true
		}
		return t.timesIn(r.author)
	case t.in == inPost:
		r.readTitle()
		return t.timesIn(r.title)
	}
	if !r.hasText {
		r.text, r.hasText = r.q.read(r.e.Text, mostTextWords), true
	}
	if !r.e.HasTitle {
		return t.timesIn(r.text)
	}
	r.readTitle()
	return titleWeight*t.timesIn(r.title) + t.timesIn(r.text)
}

// length is how many words the text has that was read.
func (r *reading) length() float64 {
	if r.e.HasTitle {
		return float64(len(r.title) + len(r.text))
	}
	return float64(len(r.text))
}

// timesIn counts the term's words in a row.
func (t term) timesIn(words []int) (n int) {
	for i := 0; i+len(t.numbers) <= len(words); i++ {
		if t.at(words, i) {
			n++
			i += len(t.numbers) - 1
		}
	}
	return n
}

func (t term) at(words []int, i int) bool {
	for j, n := range t.numbers {
		if words[i+j] != n {
			return false
		}
	}
	return true
}
