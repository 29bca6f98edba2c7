package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/prose"
)

// What a corpus is sure to hold, for whoever looks for it. Each of the first
// three is in a comment's words independently of the others.
const (
	CommonWord  = "night" // in three comments of ten
	OtherWord   = "depot" // in one of ten
	KnownPhrase = "the very last stop"
	RareWord    = "quagga" // in ten comments, whatever the number

	CommentsPerPost = 50
	CorpusMinute    = time.Minute // between two comments
	corpusChunk     = 1000
)

// Statements runs statements on a database past the program.
type Statements interface {
	Exec(ctx context.Context, query string, args ...any) error
	Column(ctx context.Context, query string, args ...any) ([]string, error)
}

// CorpusSizes are how many comments a benchmark measures with: 10,000, and with
// POSTBAG_TEST_LONG=1 up to a million.
func CorpusSizes() []int {
	if os.Getenv("POSTBAG_TEST_LONG") == "1" {
		return []int{10_000, 100_000, 1_000_000}
	}
	return []int{10_000}
}

// Corpus puts n comments of some sixty words under n/50 posts of a source, one
// a minute from a moment on, every third a reply, by two thousand writers whose
// words are drawn as people draw them: few words often, most words seldom. The
// same n gives the same comments on every database. It writes past StorePage,
// and so as fast as the database takes rows.
func Corpus(tb testing.TB, db Statements, source int64, from time.Time, n int) {
	tb.Helper()
	c := newCorpus(source, from, n)
	posts := (n + CommentsPerPost - 1) / CommentsPerPost
	c.insert(tb, db, posts, insertPosts, c.post)
	c.firstPost = firstID(tb, db, "posts")
	// The first comment's id is known once it is stored.
	c.insert(tb, db, 1, insertComments, c.comment)
	c.firstComment = firstID(tb, db, "comments")
	c.insert(tb, db, n-1, insertComments, func(i int) []string { return c.comment(i + 1) })
	// Nothing but these: SQLite would remember of other tables that they are empty.
	for _, statement := range []string{"ANALYZE posts", "ANALYZE comments",
		"INSERT INTO search_todo (kind, entry) SELECT 0, id FROM comments UNION ALL SELECT 1, id FROM posts"} {
		if err := db.Exec(tb.Context(), statement); err != nil {
			tb.Fatal(err)
		}
	}
}

// corpus makes the rows of a corpus.
type corpus struct {
	source                  int64
	from                    time.Time
	n                       int
	firstPost, firstComment int64
	words                   []string
	rand                    *rand.Rand
	often                   *rand.Zipf
}

func newCorpus(source int64, from time.Time, n int) *corpus {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	c := &corpus{source: source, from: from, n: n, rand: r, often: rand.NewZipf(r, 1.1, 8, 19_999)}
	for i := range 20_000 {
		c.words = append(c.words, Coin(i))
	}
	return c
}

// Coin makes a word of syllables out of a number.
func Coin(n int) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for n += 70; n > 0; n /= len(consonants) * len(vowels) {
		b.WriteByte(consonants[n%len(consonants)])
		b.WriteByte(vowels[n/len(consonants)%len(vowels)])
	}
	return b.String()
}

const (
	insertPosts = `INSERT INTO posts (source_id, guid, url, title, author, published, first_seen, announced, hash, body) VALUES `

	insertComments = `INSERT INTO comments (source_id, guid, url, post_id, post_ref, parent_id, parent_ref, author, author_uri,
		published, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body) VALUES `
)

// insert inserts n rows, many at a time.
func (c *corpus) insert(tb testing.TB, db Statements, n int, statement string, row func(i int) []string) {
	tb.Helper()
	var rows []string
	for i := range n {
		rows = append(rows, "("+strings.Join(row(i), ", ")+")")
		if len(rows) == corpusChunk || i == n-1 {
			if err := db.Exec(tb.Context(), statement+strings.Join(rows, ", ")); err != nil {
				tb.Fatal(err)
			}
			rows = rows[:0]
		}
	}
}

func firstID(tb testing.TB, db Statements, table string) int64 {
	tb.Helper()
	ids, err := db.Column(tb.Context(), "SELECT MIN(id) FROM "+table)
	if err != nil {
		tb.Fatal(err)
	}
	id, err := strconv.ParseInt(ids[0], 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func (c *corpus) post(i int) []string {
	at := c.from.Add(time.Duration(i*CommentsPerPost) * CorpusMinute).UnixMicro()
	title := c.text(5)
	return []string{number(c.source), quoted("post " + strconv.Itoa(i)), quoted(fmt.Sprintf("https://blog.example/%d", i)),
		quoted(title), "'Ines'", number(at), number(at), "-1", "'h'", kept(c.text(200))}
}

func (c *corpus) comment(i int) []string {
	at := c.from.Add(time.Duration(i) * CorpusMinute).UnixMicro()
	post := i / CommentsPerPost
	parent, parentRef := "NULL", "''"
	if above := i - i%3; above < i && above/CommentsPerPost == post {
		parent, parentRef = number(c.firstComment+int64(above)), quoted("comment "+strconv.Itoa(above))
	}
	words := c.commentWords(i)
	writer := c.rand.IntN(2000)
	return []string{number(c.source), quoted("comment " + strconv.Itoa(i)), quoted(fmt.Sprintf("https://blog.example/%d#%d", post, i)),
		number(c.firstPost + int64(post)), quoted("post " + strconv.Itoa(post)), parent, parentRef,
		quoted(Coin(writer) + " " + Coin(5000+writer)), "''", number(at), number(at), number(at), "0", "''", "0", "'h'",
		strconv.Itoa(prose.CountWords(words)), kept(words)}
}

// commentWords makes a comment's words, some of which are known.
func (c *corpus) commentWords(i int) string {
	words := strings.Fields(c.text(20 + c.rand.IntN(80)))
	put := func(one string) { words = slices.Insert(words, c.rand.IntN(len(words)), one) }
	if c.rand.IntN(10) < 3 {
		put(CommonWord)
	}
	if c.rand.IntN(10) == 0 {
		put(OtherWord)
	}
	if c.rand.IntN(200) == 0 {
		put(KnownPhrase)
	}
	if i%max(c.n/10, 1) == 0 {
		put(RareWord)
	}
	return strings.Join(words, " ") + "."
}

func (c *corpus) text(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = c.words[c.often.Uint64()]
	}
	return strings.Join(words, " ")
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// kept is a text as the store keeps it.
func kept(text string) string {
	b, err := json.Marshal(digest.Plain(text))
	if err != nil {
		panic(err) // a text is always JSON
	}
	return quoted(string(b))
}
