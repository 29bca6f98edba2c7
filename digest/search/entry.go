package search

import "strconv"

// How many words of each part of an entry count. Together they are fewer than
// the positions that an index can tell apart (16,383 in PostgreSQL).
const (
	mostAuthorWords = 50
	mostTitleWords  = 100
	mostTextWords   = 15_000
)

// Entry is what can be searched of a comment or a post.
type Entry struct {
	SourceID int64
	PostID   int64 // the post it is or stands under, 0 while that is not known
	Gone     bool
	Author   string
	Title    string // of the post
	Text     string
	// HasTitle tells that the title is part of what is read: the entry is a post.
	HasTitle bool
}

// The lexemes that are no word of the text begin with a sign that no word has.
const (
	authorLexeme = "§a"
	titleLexeme  = "§t"
	sourceLexeme = "§s"
	postLexeme   = "§p"
	goneLexeme   = "§g"
	gapLexeme    = "§" // keeps what is before it and behind it from making a phrase
)

// Lexemes gives what an index keeps of an entry, in its order.
func (e Entry) Lexemes() []string {
	all := []string{sourceLexeme + strconv.FormatInt(e.SourceID, 10)}
	if e.PostID != 0 {
		all = append(all, postLexeme+strconv.FormatInt(e.PostID, 10))
	}
	if e.Gone {
		all = append(all, goneLexeme)
	}
	put := func(text, prefix string, most int) {
		n := 0
		scan(text, func(folded []byte, _, _ int) bool {
			all = append(all, prefix+string(folded))
			n++
			return n < most
		})
	}
	put(e.Author, authorLexeme, mostAuthorWords)
	put(e.Title, titleLexeme, mostTitleWords)
	if e.HasTitle {
		put(e.Title, "", mostTitleWords)
		all = append(all, gapLexeme)
	}
	put(e.Text, "", mostTextWords)
	return all
}

// Condition is what an index is asked for: entries that have each of All and
// none of None, each of which is a row of lexemes that stand one right after the
// other. All is never empty.
type Condition struct{ All, None [][]string }

// Scope limits what is searched.
type Scope struct {
	SourceID int64 // 0 for every source
	PostID   int64 // 0 for every post
	// Gone searches what is gone, and nothing else; else nothing of it is found.
	Gone bool
}

// Condition gives what to ask an index for. What it finds is to be ranked.
func (q Query) Condition(s Scope) Condition {
	var c Condition
	for _, t := range q.want {
		c.All = append(c.All, t.lexemes())
	}
	for _, t := range q.not {
		c.None = append(c.None, t.lexemes())
	}
	if s.SourceID != 0 {
		c.All = append(c.All, []string{sourceLexeme + strconv.FormatInt(s.SourceID, 10)})
	}
	if s.PostID != 0 {
		c.All = append(c.All, []string{postLexeme + strconv.FormatInt(s.PostID, 10)})
	}
	if s.Gone {
		c.All = append(c.All, []string{goneLexeme})
	} else {
		c.None = append(c.None, []string{goneLexeme})
	}
	return c
}

func (t term) lexemes() []string {
	if t.id != 0 {
		return []string{postLexeme + strconv.FormatInt(t.id, 10)}
	}
	prefix := map[field]string{inAuthor: authorLexeme, inPost: titleLexeme}[t.in]
	all := make([]string, len(t.words))
	for i, w := range t.words {
		all[i] = prefix + w
	}
	return all
}
