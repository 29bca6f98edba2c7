package search

// Query is a query that was read. The zero value matches nothing.
type Query struct {
	want, not []term
	// numbers gives every word of the query a number from 1.
	numbers map[string]int
}

// field is where a term is looked for.
type field int

const (
	inText field = iota
	inAuthor
	inPost // its title, or its id
)

var fieldNames = map[field]string{inAuthor: "author", inPost: "post"}

// term is one thing that a query asks for: words in a row, or a post's id.
type term struct {
	in      field
	words   []string
	id      int64
	numbers []int // of the words
}

// number numbers the query's words.
func (q *Query) number() {
	q.numbers = map[string]int{}
	for _, terms := range [][]term{q.want, q.not} {
		for i := range terms {
			for _, w := range terms[i].words {
				if q.numbers[w] == 0 {
					q.numbers[w] = len(q.numbers) + 1
				}
				terms[i].numbers = append(terms[i].numbers, q.numbers[w])
			}
		}
	}
}

// textTerms tells how many of the query's terms are looked for in texts.
func (q Query) textTerms() (n int) {
	for _, t := range q.want {
		if t.in == inText {
			n++
		}
	}
	return n
}
