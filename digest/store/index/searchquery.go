package index

import (
	"time"

	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// searched is a kind of entry that can be searched.
type searched struct {
	table, index string
	title        string // the column with the title, "''" for none
	postID       string // the column with the post that it is or stands under
}

var searchable = map[blog.Kind]searched{
	blog.KindComment: {table: "comments", index: "search_comments", title: "''", postID: "e.post_id"},
	blog.KindPost:    {table: "posts", index: "search_posts", title: "title", postID: "e.id"},
}

// hasTitle tells whether the index has a column for the title.
func (s searched) hasTitle() bool { return s.table == "posts" }

// read reads entries by a JSON array of ids.
func (s searched) read(d database.Dialect) string {
	return `SELECT id, published, author, ` + s.title + `, body FROM ` + s.table + ` WHERE ` + d.Among("id", "$1", "BIGINT") + ` ORDER BY published, id`
}

// entryID is the id in the key of an index.
const entryID = `rowid & 4294967295`

// searching is a search under way: the entries are e in its conditions.
type searching struct {
	database.Where
	searched
	dialect      database.Dialect
	since, until time.Time // zero for no bound
}

// query gives the query of the entries that match, the newest ones, and one more
// than are ranked.
func (s *searching) query(q search.Query) string {
	condition := s.asked(q)
	most := s.Param(MostRanked + 1)
	if condition == "" {
		return `SELECT e.id, e.published, 0.0 FROM ` + s.table + ` e` + s.Clause() + ` ORDER BY e.published DESC, e.id DESC LIMIT ` + most
	}
	matches, rank := s.matches(condition), s.rank(q)
	if s.Terms = append([]string{matches}, s.Terms...); !s.since.IsZero() {
		s.Terms = append(s.Terms, s.index+`.rowid >= `+s.Param(searchKey(s.since, 0)))
	}
	if !s.until.IsZero() {
		s.Terms = append(s.Terms, s.index+`.rowid < `+s.Param(searchKey(s.until.Add(time.Minute), 0)))
	}
	return `SELECT e.id, e.published, ` + rank + ` FROM ` + s.index + ` CROSS JOIN ` + s.table + ` e` +
		s.Clause() + ` AND e.id = (` + s.index + `.` + entryID + `) ORDER BY ` + s.index + `.rowid DESC LIMIT ` + most
}

// texts gives the query of the newest entries' bodies that have a term.
func (s *searching) texts(term search.Term, most int) string {
	s.Terms = append([]string{s.matches(searchOf(s.dialect).condition(s.searched, []search.Term{term}, nil))}, s.Terms...)
	return `SELECT e.body FROM ` + s.index + ` CROSS JOIN ` + s.table + ` e` +
		s.Clause() + ` AND e.id = (` + s.index + `.` + entryID + `) ORDER BY ` + s.index + `.rowid DESC LIMIT ` + s.Param(most)
}

// matching gives the query of the ids of all entries that match. Its arguments
// follow those of the where, and become part of them.
func matching(w *database.Where, d database.Dialect, what searched, q search.Query) string {
	s := searching{Where: database.Where{Args: w.Args}, searched: what, dialect: d}
	if condition := s.asked(q); condition != "" {
		s.Terms = append(s.Terms, `e.id IN (SELECT `+entryID+` FROM `+s.index+` WHERE `+s.matches(condition)+`)`)
	}
	w.Args = s.Args
	return `SELECT e.id FROM ` + s.table + ` e` + s.Clause()
}

func (s *searching) matches(condition string) string {
	return searchOf(s.dialect).matches(s.index, s.Param(condition))
}

// rank gives how well a row of the index matches: 0 where nothing is looked for in
// texts.
func (s *searching) rank(q search.Query) string {
	var terms []search.Term
	for _, t := range q.Want {
		if t.In == search.Text {
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		return "0.0"
	}
	d := searchOf(s.dialect)
	return d.rank(s.searched, func() string { return s.Param(d.condition(s.searched, terms, nil)) })
}

// asked adds what a query asks of posts, and gives what it asks of the index, ""
// for nothing.
func (s *searching) asked(q search.Query) (condition string) {
	var want, not []search.Term
	for _, t := range q.Want {
		if t.In == search.Post {
			s.Terms = append(s.Terms, s.postID+s.post(t))
		} else {
			want = append(want, t)
		}
	}
	for _, t := range q.Not {
		if t.In == search.Post {
			s.Terms = append(s.Terms, `(`+s.postID+` IS NULL OR NOT `+s.postID+s.post(t)+`)`)
		} else {
			not = append(not, t)
		}
	}
	if len(want) > 0 {
		return searchOf(s.dialect).condition(s.searched, want, not)
	}
	for _, t := range not {
		s.Terms = append(s.Terms, `e.id NOT IN `+s.rows(s.searched, t))
	}
	return ""
}

// post is what follows the column of a post's id that a term asks for.
func (s *searching) post(t search.Term) string {
	if t.PostID != 0 {
		return ` = ` + s.Param(t.PostID)
	}
	return ` IN ` + s.rows(searchable[blog.KindPost], t)
}

// rows are the ids of the entries that have a term.
func (s *searching) rows(what searched, t search.Term) string {
	d := searchOf(s.dialect)
	return `(SELECT ` + entryID + ` FROM ` + what.index + ` WHERE ` + d.matches(what.index, s.Param(d.condition(what, []search.Term{t}, nil))) + `)`
}
