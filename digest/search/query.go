package search

// Query is a query that was read: what an entry must have, each of Want, and what
// it must not, none of Not. The zero value asks for nothing.
type Query struct {
	Want, Not []Term
	// Notes tell what was written as if it said something, and says nothing here: whole
	// sentences for whoever wrote the query.
	Notes []string
}

// Term is one thing that a query asks for: words in a row, or a post.
type Term struct {
	In Field
	// Words are folded, and stand one right after the other. There are none where
	// PostID is set.
	Words []string
	// IsPrefix tells that the last of the words is the beginning of one.
	IsPrefix bool
	PostID   int64
}

// Field is where a term is looked for.
type Field int

// The fields of an entry.
const (
	Text   Field = iota // its text; of a post its title, too
	Author              // the writer's name
	Post                // the title or the id of the post that it is or stands under
)

var fieldNames = map[Field]string{Author: "author", Post: "post"}

// How many words of each part of an entry are indexed. Together they are fewer than
// the positions that PostgreSQL can tell apart (16,383).
const (
	MostAuthorWords = 50
	MostTitleWords  = 100
	MostTextWords   = 15_000
)

// Fold gives the first words of a text as they are indexed, at most so many.
func Fold(text string, most int) (words []string) {
	scan(text, func(folded []byte, _, _ int) bool {
		words = append(words, string(folded))
		return len(words) < most
	})
	return words
}
