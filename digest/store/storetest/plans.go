package storetest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/database"
)

// A scan over a table that grows with the blog or the list, without an index
// that puts its rows in the order asked for.
var (
	fullScan = lazyregexp.New(`SCAN (c|r|comments|p|posts|l|comment_versions|listings|s|subscribers|d|deliveries|signups|letters|confirmations)\b`)
	seqScan  = lazyregexp.New(`Seq Scan on (comments|posts|comment_versions|listings|subscribers|deliveries|signups|letters|confirmations)\b`)
)

// Years is what arguments of statements are made of: a database with some years
// in it.
type Years struct {
	Issue string // the id of an issue that is sending
	Late  string // near the end of what the comments take
	Page  string // GUIDs of comments
	Keys  string
}

// Micros gives a moment some time after the beginning.
func (Years) Micros(after time.Duration) string {
	return strconv.FormatInt(start.Add(after).UnixMicro(), 10)
}

// Plans looks at the plans of statements: on an empty SQLite file, and on a
// PostgreSQL database with much in it, where they were run before. What
// counts or takes most of a list, the whole ones, is left out there.
func Plans(t *testing.T, with Filling, statements func(database.Dialect) map[string]string, args func(Years) map[string][]string, whole ...string) {
	t.Run("SQLite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "postbag.db")
		Open(t, path, nil)
		d, err := database.DialectOf(path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		for name, query := range statements(d) {
			t.Run(name, func(t *testing.T) { checkSQLitePlan(t, raw, name, query) })
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		address := Postgres(t)
		db := Open(t, address, nil)
		d, err := database.DialectOf(address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		issue := fillYears(t, db, with, func(statement string) {
			if _, err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		})
		y := Years{Issue: strconv.FormatInt(issue, 10), Page: `["3-1","3-2","3-3","3-4","3-5","nowhere"]`,
			Keys: `["key-3","key-4","key-5","key-6","nowhere"]`}
		y.Late = y.Micros(198 * time.Hour) // of 200
		for name, query := range statements(d) {
			if slices.Contains(whole, name) {
				continue
			}
			t.Run(name, func(t *testing.T) { checkPostgresPlan(t, conn, name, query, args(y)[name]) })
		}
	})
}

var parameter = lazyregexp.New(`\$\d+`)

func checkSQLitePlan(t *testing.T, raw *sql.DB, name, query string) {
	n := 0
	for _, p := range parameter.FindAllString(query, -1) {
		k, _ := strconv.Atoi(p[1:])
		n = max(n, k)
	}
	args := make([]any, n)
	for i := range args {
		args[i] = "[]"
	}
	rows, err := raw.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		ordered := name == "newest comments" && strings.Contains(line, "USING INDEX comments_newest")
		if fullScan.MatchString(line) && !ordered || strings.Contains(line, "AUTOMATIC") {
			t.Error(line)
		}
		if name == "settle" && strings.Contains(line, "deliveries") && !strings.Contains(line, "INTEGER PRIMARY KEY") {
			t.Errorf("does not find rows by id: %s", line)
		}
		if strings.HasPrefix(name, "newest") && strings.Contains(line, "TEMP B-TREE") {
			t.Errorf("sorts: %s", line)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// checkPostgresPlan prepares a statement and looks at its plan when it has run some
// times: PostgreSQL may have settled on a plan for any arguments by then.
func checkPostgresPlan(t *testing.T, conn *pgx.Conn, name, query string, args []string) {
	if _, err := conn.Exec(t.Context(), "PREPARE asked AS "+query); err != nil {
		t.Fatal(err)
	}
	defer conn.Exec(t.Context(), "DEALLOCATE asked")
	execute := "EXPLAIN EXECUTE asked"
	if len(args) > 0 {
		execute += "('" + strings.Join(args, "', '") + "')"
	}
	plan := ""
	for range 7 {
		rows, err := conn.Query(t.Context(), execute)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		plan = strings.Join(lines, "\n")
	}
	if seqScan.MatchString(plan) {
		t.Errorf("it scans a table:\n%s", plan)
	}
	if name == "settle" && !strings.Contains(plan, "deliveries_pkey") {
		t.Errorf("it does not find rows by id:\n%s", plan)
	}
	if name == "claim" && !strings.Contains(plan, "deliveries_claim") {
		t.Errorf("it does not go along the queue:\n%s", plan)
	}
}

// fillYears fills a database and gives the id of an issue that is sending.
func fillYears(t *testing.T, db *store.DB, what Filling, exec func(string)) (issue int64) {
	t.Helper()
	b := &bench{T: t, DB: db}
	defer b.failed()
	issue = b.sending(10).ID
	if what.pages {
		for i := range 40 {
			b.page(pageOfYears(i))
		}
	}
	moment := strings.NewReplacer("MOMENT", strconv.FormatInt(start.UnixMicro(), 10), "ISSUE", strconv.FormatInt(issue, 10))
	for _, statement := range what.statements {
		exec(moment.Replace(statement))
	}
	return issue
}

// pageOfYears is a post with ten comments, one of 40.
func pageOfYears(i int) pull.Page {
	seen := start.Add(time.Duration(i) * 5 * time.Hour)
	post := fmt.Sprint("post ", i)
	page := pull.Page{SourceID: 1, Seen: seen, Posts: []digest.Post{aPost(post, seen, "h")}}
	for j := range 10 {
		parent := ""
		if j%3 != 0 {
			parent = fmt.Sprintf("%d-%d", i, j-j%3)
		}
		page.Comments = append(page.Comments, aComment(fmt.Sprintf("%d-%d", i, j), post, parent,
			seen.Add(time.Duration(j)*30*time.Minute), "h"))
	}
	slices.Reverse(page.Comments)
	return page
}

// Filling is what a database is filled with.
type Filling struct {
	pages      bool // 400 comments, which the statements multiply
	statements []string
}

var (
	// ManyComments are 4,000 posts and 40,000 comments.
	ManyComments = Filling{pages: true, statements: []string{
		`INSERT INTO posts (source_id, guid, url, title, author, published, first_seen, announced, hash, body, key, url_key, ref)
			SELECT source_id, guid || '/' || n, url || '/' || n, title, author, published + n, first_seen + n, announced, hash, body,
				'key-' || id * 100 + n, 'key-' || id * 100 + n, 'key-' || id * 100 + n
			FROM posts, generate_series(1, 99) AS n`,
		`INSERT INTO comments (source_id, guid, url, post_id, post_ref, parent_ref, author, author_uri,
				published, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body, key)
			SELECT source_id, guid || '/' || n, url, post_id, post_ref, '', author, author_uri,
				published + n, first_seen + n, changed_at, gone, gone_reason, backfill, hash, words, body, 'key-' || id * 100 + n
			FROM comments, generate_series(1, 99) AS n`,
		`INSERT INTO comment_versions (comment_id, replaced, author, words, body) SELECT id, MOMENT, '', 1, body FROM comments`,
		`INSERT INTO listings (post_id, listed, failures, etag, last_modified, validators_url) SELECT id, 1, 0, '', '', '' FROM posts`,
		`ANALYZE posts`, `ANALYZE comments`, `ANALYZE comment_versions`, `ANALYZE listings`, `ANALYZE issues`,
	}}
	// ManyReaders are 20,000 subscribers with their deliveries, sign-ups and
	// confirmations.
	ManyReaders = Filling{statements: []string{
		`INSERT INTO subscribers (email, key, name, state, frequency, token, token_key, created_at)
			SELECT 'more' || n, 'more' || n, '', 'active', 'every', 'token' || n, 'token' || n, MOMENT FROM generate_series(1, 20000) AS n`,
		`INSERT INTO deliveries (issue_id, subscriber_id, state, next_try, updated_at)
			SELECT ISSUE, id, CASE id % 2 WHEN 0 THEN 'sent' ELSE 'queued' END, CASE id % 2 WHEN 1 THEN MOMENT::bigint END, MOMENT
			FROM subscribers WHERE email LIKE 'more%'`,
		`INSERT INTO signups (mailbox, kind, network, domain, at, queued)
			SELECT 'reader' || n || '@list.example', 'confirmation', '192.0.2.' || n % 250, 'list' || n % 100 || '.example', MOMENT + n * 1000000::bigint, n % 2
			FROM generate_series(1, 20000) AS n`,
		`INSERT INTO confirmations (subscriber_id, token, token_key, created_at, expires_at)
			SELECT id, 'token' || id, 'key' || id, MOMENT, MOMENT + 86400000000 FROM subscribers`,
		`INSERT INTO letters (kind, email, confirmation_id, created_at, next_try)
			SELECT 'confirmation', 'x', id, MOMENT, MOMENT + id * 1000000 FROM confirmations`,
		`ANALYZE subscribers`, `ANALYZE deliveries`, `ANALYZE signups`, `ANALYZE confirmations`, `ANALYZE letters`, `ANALYZE issues`,
	}}
)
