package index

import (
	"strconv"
	"strings"

	"postbag/digest/search"
	"postbag/digest/store/database"
)

// searchDialect is what differs between databases' full-text searches. In both, the
// rowid of an index is the entry's key, see [searchKey].
type searchDialect struct {
	// document writes the words of an entry as the index takes them.
	document func(key int64, author, title, text []string) document
	// put gives the statement that puts the documents of a JSON array into an
	// index, in place of those with the same keys.
	put func(searched) string
	// condition writes what an entry must have, each of want and none of not, as
	// the database's query; want is not empty.
	condition func(what searched, want, not []search.Term) string
	// matches gives the condition that a row of an index, given that, matches.
	matches func(index, param string) string
	// rank gives how well a row of an index matches by the words of its text and
	// title; more is better. Param adds the condition of these words alone.
	rank func(what searched, param func() string) string
}

func searchOf(d database.Dialect) searchDialect {
	if d.Name == "sqlite" {
		return fts5()
	}
	return tsvector()
}

// bm25 gives no weight to the writer's name, and three to a post's title.
func fts5() searchDialect {
	return searchDialect{
		document: func(key int64, author, title, text []string) document {
			return document{Key: key, Author: strings.Join(author, " "), Title: strings.Join(title, " "), Text: strings.Join(text, " ")}
		},
		put: func(what searched) string {
			title, value := "", ""
			if what.hasTitle() {
				title, value = "title, ", "COALESCE(value ->> 'title', ''), "
			}
			return `INSERT OR REPLACE INTO ` + what.index + ` (rowid, author, ` + title + `text)
				SELECT value ->> 'key', COALESCE(value ->> 'author', ''), ` + value + `COALESCE(value ->> 'text', '') FROM json_each($1)`
		},
		condition: ftsCondition,
		matches:   func(index, param string) string { return index + ` MATCH ` + param },
		rank: func(what searched, _ func() string) string {
			if what.hasTitle() {
				return `-bm25(` + what.index + `, 0, 3, 1)`
			}
			return `-bm25(` + what.index + `, 0, 1)`
		},
	}
}

func ftsCondition(what searched, want, not []search.Term) string {
	columns := map[search.Field]string{search.Text: "text", search.Author: "author", search.Post: "title"}
	if what.hasTitle() {
		columns[search.Text] = "{title text}"
	}
	write := func(terms []search.Term, operator string) string {
		all := make([]string, len(terms))
		for i, t := range terms {
			all[i] = columns[t.In] + ` : "` + strings.Join(t.Words, " ") + `"`
			if t.IsPrefix {
				all[i] += " *"
			}
		}
		return "(" + strings.Join(all, operator) + ")"
	}
	if len(not) == 0 {
		return write(want, " AND ")
	}
	return write(want, " AND ") + " NOT " + write(not, " OR ")
}

// The weights of a writer's name, a post's title and a text.
const authorWeight, titleWeight, textWeight = "A", "B", "D"

func tsvector() searchDialect {
	return searchDialect{
		document: func(key int64, author, title, text []string) document {
			v := vector{times: map[string]int{}}
			v.put(author, authorWeight)
			v.put(title, titleWeight)
			v.put(text, textWeight)
			return document{Key: key, Words: string(v.text)}
		},
		put: func(what searched) string {
			return `INSERT INTO ` + what.index + ` (rowid, words)
				SELECT CAST(value ->> 'key' AS BIGINT), CAST(COALESCE(value ->> 'words', '') AS TSVECTOR)
				FROM json_array_elements(CAST($1 AS JSON)) AS value
				ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words`
		},
		condition: vectorCondition,
		matches:   func(index, param string) string { return index + `.words @@ CAST(` + param + ` AS TSQUERY)` },
		// Longer texts count for less, by the logarithm of their length.
		rank: func(what searched, param func() string) string {
			return `ts_rank('{0.3, 0, 0.9, 0}', ` + what.index + `.words, CAST(` + param() + ` AS TSQUERY), 1)`
		},
	}
}

// A tsvector remembers so many places of a word (PostgreSQL's manual, 12.11). The
// mark is a word that no text has: an entry with more places of one has it, and
// phrases are looked for in it as words.
const (
	mostPlaces = 255
	manyPlaces = "'§'"
)

// vector writes a tsvector. Words hold no quotation mark and no backslash.
type vector struct {
	text  []byte
	place int
	times map[string]int
}

// put adds words of a part of the entry; no phrase reaches from one into the next.
func (v *vector) put(words []string, weight string) {
	for _, w := range words {
		v.place++
		if v.times[w]++; v.times[w] == mostPlaces+1 {
			v.text = append(v.text, manyPlaces+" "...)
		}
		v.text = append(append(append(v.text, '\''), w...), '\'', ':')
		v.text = append(append(strconv.AppendInt(v.text, int64(v.place), 10), weight...), ' ')
	}
	v.place++
}

func vectorCondition(what searched, want, not []search.Term) string {
	weights := map[search.Field]string{search.Text: textWeight, search.Author: authorWeight, search.Post: titleWeight}
	if what.hasTitle() {
		weights[search.Text] = titleWeight + textWeight
	}
	phrase := func(t search.Term) string {
		all := make([]string, len(t.Words))
		for i, w := range t.Words {
			all[i] = "'" + w + "':" + weights[t.In]
			if t.IsPrefix && i == len(t.Words)-1 {
				all[i] += "*"
			}
		}
		phrase := strings.Join(all, " <-> ")
		if len(all) > 1 {
			phrase += " | " + manyPlaces + " & " + strings.Join(all, " & ")
		}
		return "(" + phrase + ")"
	}
	var all []string
	for _, t := range want {
		all = append(all, phrase(t))
	}
	for _, t := range not {
		all = append(all, "!"+phrase(t))
	}
	return strings.Join(all, " & ")
}
