package index

import (
	"fmt"
	"strconv"
	"strings"

	"postbag/digest/search"
	"postbag/digest/store/database"
)

// searchDialect is what differs between databases' indexes for the search.
type searchDialect struct {
	key string // the column of an index that holds the key
	// put gives the statement that puts the documents of a JSON array into an
	// index, replacing those with the same keys.
	put func(index string) string
	// document and condition write lexemes as the index takes them.
	document  func(lexemes []string) string
	condition func(search.Condition) string
	// find gives the ways to the newest keys that match the condition $1, from $2
	// and before $3 if that is within bounds at all, with more conditions if there
	// are any. They are tried in order until one is done.
	find  func(index, more string, within bool) []way
	empty []string // statements that empty the indexes
}

// searchOf gives what differs for a database.
func searchOf(d *database.Dialect) searchDialect {
	if d.Name == "sqlite" {
		return sqliteSearch()
	}
	return postgresSearch()
}

// way is a way to find keys.
type way struct {
	plan  string // a statement that goes before, or ""
	query string
	limit int // $4
	// onlyAfter leaves this way out when the one before found fewer keys.
	onlyAfter int
	// isDone tells whether so many keys found are all, or enough; nil if any number
	// is.
	isDone func(n int) bool
}

func sqliteSearch() searchDialect {
	return searchDialect{
		key: "rowid",
		put: func(index string) string {
			return `INSERT OR REPLACE INTO ` + index + ` (rowid, lexemes) SELECT value ->> 'k', value ->> 'l' FROM json_each($1)`
		},
		document:  func(lexemes []string) string { return strings.Join(lexemes, " ") },
		condition: ftsCondition,
		// FTS5 gives the newest first, and no more than it is asked for.
		find: func(index, more string, _ bool) []way {
			return []way{{limit: MostRanked + 1, query: `SELECT rowid FROM ` + index + ` WHERE ` + index + ` MATCH $1 AND rowid >= $2 AND rowid < $3` + more + `
				ORDER BY rowid DESC LIMIT $4`}}
		},
		empty: []string{`INSERT INTO search_comments (search_comments) VALUES ('delete-all')`,
			`INSERT INTO search_posts (search_posts) VALUES ('delete-all')`},
	}
}

// ftsCondition writes a condition in FTS5's language.
func ftsCondition(c search.Condition) string {
	phrases := func(rows [][]string, operator string) string {
		all := make([]string, len(rows))
		for i, row := range rows {
			all[i] = `"` + strings.Join(row, " ") + `"`
		}
		return "(" + strings.Join(all, operator) + ")"
	}
	if len(c.None) == 0 {
		return phrases(c.All, " AND ")
	}
	return phrases(c.All, " AND ") + " NOT " + phrases(c.None, " OR ")
}

func postgresSearch() searchDialect {
	return searchDialect{
		key: "key",
		put: func(index string) string {
			return `INSERT INTO ` + index + ` (key, lexemes)
				SELECT CAST(value ->> 'k' AS BIGINT), CAST(value ->> 'l' AS TSVECTOR) FROM json_array_elements(CAST($1 AS JSON)) AS value
				ON CONFLICT (key) DO UPDATE SET lexemes = EXCLUDED.lexemes`
		},
		document:  vector,
		condition: vectorCondition,
		find:      vectorFind,
		empty:     []string{`DELETE FROM search_comments`, `DELETE FROM search_posts`},
	}
}

// How many entries PostgreSQL reads along the keys: first, and then where those
// had enough matches that more of them should be enough. How many matches are
// few enough to be read in any order.
const (
	alongFirst  = 20_000
	alongLater  = 200_000
	enoughFirst = MostRanked * alongFirst / alongLater
	fewMatches  = 20_000
)

// vectorFind tells how to find the newest keys where the index of lexemes gives
// those that match in no order, and each costs a look into its row. What matches
// often is met soon along the keys, which costs a microsecond or two each. What
// few match the index gives, and they are all read. What was common and has
// become rare is read to the last. The settings keep PostgreSQL from taking the
// one way for the other, as it would before it has counted words.
func vectorFind(index, more string, within bool) []way {
	const (
		settings = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', '%s', true),
			set_config('enable_bitmapscan', '%s', true)`
		inRange  = `key >= $2 AND key < $3`
		anywhere = `CAST($2 AS BIGINT) < CAST($3 AS BIGINT)` // keeps the index of keys out of it
	)
	byKey, byLexeme := fmt.Sprintf(settings, "on", "off"), fmt.Sprintf(settings, "off", "on")
	matches := `lexemes @@ CAST($1 AS TSQUERY)` + more
	along := func(most, after int) way {
		return way{plan: byKey, onlyAfter: after, limit: MostRanked + 1, isDone: func(n int) bool { return n > MostRanked },
			query: fmt.Sprintf(`SELECT key FROM (SELECT key, lexemes FROM %s WHERE %s ORDER BY key DESC LIMIT %d) newest
				WHERE %s ORDER BY key DESC LIMIT $4`, index, inRange, most, matches)}
	}
	where := anywhere
	if within {
		where = inRange
	}
	found := fmt.Sprintf(`SELECT key FROM %s WHERE %s AND %s`, index, where, matches)
	return []way{
		along(alongFirst, 0),
		along(alongLater, enoughFirst),
		{plan: byLexeme, query: found + ` LIMIT $4`, limit: fewMatches + 1, isDone: func(n int) bool { return n <= fewMatches }},
		{plan: byLexeme, query: `WITH found AS MATERIALIZED (` + found + `) SELECT key FROM found ORDER BY key DESC LIMIT $4`,
			limit: MostRanked + 1},
	}
}

// A tsvector remembers so many places of a lexeme (PostgreSQL's manual, 12.11).
// Where one has more, the row has another lexeme that says so, and phrases are
// left to whoever reads the text.
const (
	mostPlaces = 255
	manyPlaces = "§m"
)

// vector writes lexemes with their places as a tsvector. They hold no quotation
// mark and no backslash.
func vector(lexemes []string) string {
	places := make(map[string][]int, len(lexemes))
	order := make([]string, 0, len(lexemes)+1)
	tooMany := false
	for i, l := range lexemes {
		at, ok := places[l]
		if !ok {
			order = append(order, l)
		}
		if len(at) == mostPlaces {
			tooMany = true
			continue
		}
		places[l] = append(at, i+1)
	}
	if tooMany {
		order = append(order, manyPlaces)
	}
	b := make([]byte, 0, 16*len(lexemes))
	for _, l := range order {
		b = append(append(append(b, '\''), l...), '\'')
		for i, at := range places[l] {
			b = append(b, ":,"[min(i, 1)])
			b = strconv.AppendInt(b, int64(at), 10)
		}
		b = append(b, ' ')
	}
	return string(b)
}

// vectorCondition writes a condition as a tsquery.
func vectorCondition(c search.Condition) string {
	var terms []string
	for _, row := range c.All {
		phrase := inQuotes(row, " <-> ")
		if len(row) > 1 {
			phrase = "(" + phrase + " | '" + manyPlaces + "' & " + inQuotes(row, " & ") + ")"
		}
		terms = append(terms, phrase)
	}
	for _, row := range c.None {
		terms = append(terms, "!("+inQuotes(row, " <-> ")+")")
	}
	return strings.Join(terms, " & ")
}

func inQuotes(lexemes []string, operator string) string {
	return "'" + strings.Join(lexemes, "'"+operator+"'") + "'"
}
