package foreign_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/store/foreign"
)

// made makes a database of statements.
func made(t *testing.T, statements ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a b%20?.db")
	db, err := sql.Open("sqlite", path[:len(path)-len("a b%20?.db")]+"made.db")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(filepath.Dir(path), "made.db"), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// The tables of Isso, as its source makes them.
const (
	threads  = `CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256))`
	comments = `CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL, modified FLOAT, mode INTEGER,
		remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL, notification INTEGER DEFAULT 0)`
)

func TestIssoComments(t *testing.T) {
	path := made(t, threads, comments,
		`INSERT INTO threads VALUES (4, '/traps/light/', 'Light traps')`,
		`INSERT INTO comments VALUES (4, 8, NULL, 1541192400.25, NULL, 1, '203.0.113.0', 'A *mercury* "lamp".', 'Vera', 'vera@secret.example', 'https://vera.test/', 0, 0, x'00ff', 0)`,
		`INSERT INTO comments VALUES (4, 9, 8, 1541196000, 1541199600, 1, '203.0.113.0', CAST('Or actinic?' AS BLOB), NULL, NULL, NULL, 0, 0, x'', 0)`)
	var out strings.Builder
	if err := foreign.IssoComments(t.Context(), path, &out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "secret.example") || strings.Contains(out.String(), "203.0.113") {
		t.Errorf("an address was read: %s", out.String())
	}
	r, err := dump.Open(t.Context(), strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Next(t.Context())
	if err != nil || len(b.Comments) != 2 || r.Head().Format != dump.IssoRows {
		t.Fatalf("%+v, %v", b, err)
	}
	if c := b.Comments[1]; c.Key != "isso-9" || c.ParentKey != "isso-8" || !strings.Contains(c.Body.HTML, "Or actinic?") {
		t.Errorf("comment %+v", c)
	}
	before, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(before) != 1 {
		t.Errorf("files beside it: %v, %v", before, err)
	}
}

func TestWhatIsNotIssos(t *testing.T) {
	damaged := made(t, threads, comments, `INSERT INTO threads VALUES (4, '/a/', 'A')`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
		 INSERT INTO comments SELECT 4, i, NULL, 1, NULL, 1, '', printf('%.*c', 300, 'x'), '', '', '', 0, 0, x'', 0 FROM n`)
	body, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	copy(body[len(body)/2:], strings.Repeat("\xff", 8192))
	if err := os.WriteFile(damaged, body, 0o600); err != nil {
		t.Fatal(err)
	}
	endless := `CREATE VIEW comments AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1 AS tid, i AS id, NULL AS parent, 1 AS created,
		1 AS modified, 1 AS mode, 'x' AS text, 'x' AS author, 'x' AS website FROM n`
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte("SQLite format 3\x00and no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ path, words string }{
		"another's":             {made(t, `CREATE TABLE posts (id)`), "not Isso's"},
		"a view without an end": {made(t, threads, endless), "not Isso's"},
		"no database":           {text, "cannot be read"},
		"damaged":               {damaged, "cannot be read"},
		"other columns":         {made(t, threads, `CREATE TABLE comments (id)`), "cannot be read"},
	} {
		err := foreign.IssoComments(t.Context(), tt.path, &strings.Builder{})
		if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" || !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%s: %v, want one that says %q", name, err, tt.words)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := foreign.IssoComments(ctx, damaged, &strings.Builder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context has ended: %v", err)
	}
}
