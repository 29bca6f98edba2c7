package store_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// seqScan reads a whole table that grows with the blog or the list.
var seqScan = regexp.MustCompile(`Seq Scan on (comments|posts|comment_versions|listings|subscribers|deliveries|signups|notices|confirmations)\b`)

// TestHotStatementsScanNoLargeTableOnPostgres asks for plans over a database with
// some years in it, of statements that were run before.
func TestHotStatementsScanNoLargeTableOnPostgres(t *testing.T) {
	db := open(t, storetest.Postgres(t))
	issue := strconv.FormatInt(years(t, db), 10)
	micros := func(after time.Duration) string { return strconv.FormatInt(start.Add(after).UnixMicro(), 10) }
	late := micros(198 * time.Hour) // of 200 that the comments take
	const page = `["3-1","3-2","3-3","3-4","3-5","nowhere"]`
	const keys = `["key-3","key-4","key-5","key-6","nowhere"]`
	args := map[string][]string{
		"followed":           {"1"},
		"closed for source":  {"1"},
		"known posts":        {"1", page},
		"known comments":     {"1", page},
		"posts by url":       {"1", page},
		"posts by guid":      {"1", page},
		"comments by guid":   {"1", page},
		"waiting for post":   {"1", page},
		"waiting for parent": {"1", page},
		"waiting by post":    {"1", page},
		"waiting by parent":  {"1", page},
		"stored posts":       {"1", "[1,2,3,4,5]"},
		"posts by key":       {"1", keys},
		"posts by url key":   {"1", keys},
		"posts by ref":       {"1", keys},
		"posts keyed":        {"1", keys},
		"posts url keyed":    {"1", keys},
		"stored comments":    {"1", "[1,2,3,4,5]"},
		"comments by alias":  {"1", page},
		"comments by key":    {"1", keys},
		"comments keyed":     {"1", keys},
		"deleted":            {"1", page},
		"mark gone":          {"absence", "", "[1,2,3,4,5]"},
		"live of post":       {"3", "1", late},
		"live of source":     {"1", "39000", late, "1000"},
		"versions":           {"3", "50"},
		"old versions":       {"3", "50"},
		"source of posts":    {page},
		"newest listings":    {"1", "50"},
		"listings after":     {"1", "3", "50"},
		"listings of posts":  {"1", "[1,2,3,4,5]", "50"},
		"candidates":         {"[1,2,3,4,5]"},
		"nodes since":        {"1", late},
		"nodes first":        {"1", late},
		"nodes under posts":  {"1", late, late},
		"comments since":     {"1", late},
		"picked in":          {"1", issue, "[1,2,3,4,5]"},
		"settle":             {`[{"id":7,"attempts":1,"state":"sent","at":1,"code":250,"reply":"ok"},{"id":9,"attempts":1,"state":"sent","at":1,"code":250,"reply":"ok"}]`, issue},
		"claim":              {issue, late, "10", "queued", "1", "1", "1"},
		"recover":            {"deferred", late, late, "no answer", issue, "1"},
		"stranded":           {issue, "1"},
		"next try":           {issue},
		"any open":           {issue},
		"stale notices":      {micros(0)},
		"claim notices":      {late, micros(0), "10"},
		"sign-ups":           {micros(20_000 * time.Second), "reader7@list.example", "0", "192.0.2.1", "list.example"},
		"pending before":     {micros(0)},
		"spent sign-ups":     {micros(0)},
		"pale sign-ups":      {micros(0)},
		"subscriber state":   {"reader7@list.example"},
		"search entries":     {"[1,2,3,4,5]"},
		"search posts":       {"[1,2,3,4,5]"},
		"index waits":        {},
		"index todo":         {"500"},
		"index walk":         {"0", "500"},
		"near links":         {"[2,4,6]", "5000"},
		"near comments":      {"[1,2,3]"},
		"near posts":         {"[1,2,3]"},
		"near texts":         {"[1,2,3]"},
		"near post texts":    {"[1,2,3]"},
		"near later":         {"[2,4,6]"},
		"near waits":         {},
		"near todo":          {"100"},
		"near walk":          {"39000", "100"},
		"newest comments":    {"50"},
		"newest of source":   {"1", "50"},
		"newest of post":     {"3", "50"},
	}
	// What counts or takes most of a list reads it, up to its limit.
	whole := map[string]bool{"freeze audience": true, "counts": true, "open deliveries": true, "active subscribers": true}
	for name, query := range db.HotStatements() {
		if whole[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if len(args[name]) != query.Args {
				t.Fatalf("the test has %d arguments, the statement %d", len(args[name]), query.Args)
			}
			plan, err := db.PlanOf(t.Context(), query.SQL, args[name])
			if err != nil {
				t.Fatal(err)
			}
			whole := strings.Join(plan, "\n")
			if seqScan.MatchString(whole) {
				t.Errorf("it scans a table:\n%s", whole)
			}
			if name == "settle" && !strings.Contains(whole, "deliveries_pkey") {
				t.Errorf("it does not find rows by id:\n%s", whole)
			}
			if name == "claim" && !strings.Contains(whole, "deliveries_claim") {
				t.Errorf("it does not go along the queue:\n%s", whole)
			}
		})
	}
}

// years fills a database and gives the id of an issue that is sending: 4,000
// posts, 40,000 comments, 20,000 readers and their deliveries, and sign-ups.
func years(t *testing.T, db *store.DB) (issue int64) {
	t.Helper()
	issue = sending(t, db, 10)
	for i := range 40 {
		page := pageOf(1, strconv.Itoa(i), 10)
		page.Seen = start.Add(time.Duration(i) * 5 * time.Hour)
		page.Posts[0].Published = page.Seen
		for j := range page.Comments {
			page.Comments[j].Published = page.Seen.Add(time.Duration(j) * 30 * time.Minute)
		}
		if _, err := db.StorePage(t.Context(), page); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		`INSERT INTO posts (source_id, guid, url, title, author, published, first_seen, announced, hash, body)
			SELECT source_id, guid || '/' || n, url || '/' || n, title, author, published + n, first_seen + n, announced, hash, body
			FROM posts, generate_series(1, 99) AS n`,
		`INSERT INTO comments (source_id, guid, url, post_id, post_ref, parent_ref, author, author_uri,
				published, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body)
			SELECT source_id, guid || '/' || n, url, post_id, post_ref, '', author, author_uri,
				published + n, first_seen + n, changed_at, gone, gone_reason, backfill, hash, words, body
			FROM comments, generate_series(1, 99) AS n`,
		`UPDATE posts SET key = 'key-' || id, url_key = 'key-' || id, ref = 'key-' || id`,
		`UPDATE comments SET key = 'key-' || id`,
		`INSERT INTO comment_versions (comment_id, replaced, author, words, body) SELECT id, MOMENT, '', 1, body FROM comments`,
		`INSERT INTO listings (post_id, listed, failures, etag, last_modified) SELECT id, 1, 0, '', '' FROM posts`,
		`INSERT INTO subscribers (email, key, name, state, frequency, token, token_key, created_at)
			SELECT 'more' || n, 'more' || n, '', 'active', 'every', 'token' || n, 'token' || n, MOMENT FROM generate_series(1, 20000) AS n`,
		`INSERT INTO deliveries (issue_id, subscriber_id, state, next_try, updated_at)
			SELECT ISSUE, id, 'queued', MOMENT, MOMENT FROM subscribers WHERE email LIKE 'more%'`,
		`INSERT INTO signups (mailbox, network, domain, at, queued)
			SELECT 'reader' || n || '@list.example', '192.0.2.' || n % 250, 'list' || n % 100 || '.example', MOMENT + n * 1000000::bigint, n % 2
			FROM generate_series(1, 20000) AS n`,
		`INSERT INTO confirmations (subscriber_id, token, token_key, created_at, expires_at)
			SELECT id, 'token' || id, 'key' || id, MOMENT, MOMENT + 86400000000 FROM subscribers`,
		`INSERT INTO notices (kind, email, confirmation_id, created_at, next_try)
			SELECT 'confirm', 'x', id, MOMENT, MOMENT + id * 1000000 FROM confirmations`,
		`UPDATE deliveries SET state = 'sent', next_try = NULL, updated_at = MOMENT WHERE id % 2 = 0`,
		`ANALYZE posts`, `ANALYZE comments`, `ANALYZE subscribers`, `ANALYZE deliveries`, `ANALYZE signups`,
		`ANALYZE confirmations`, `ANALYZE comment_versions`, `ANALYZE listings`, `ANALYZE notices`, `ANALYZE issues`,
	} {
		statement = strings.NewReplacer("MOMENT", strconv.FormatInt(start.UnixMicro(), 10),
			"ISSUE", strconv.FormatInt(issue, 10)).Replace(statement)
		if err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return issue
}
