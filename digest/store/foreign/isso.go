// Package foreign reads the databases of other programs. It never writes to them.
package foreign

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"postbag/digest"
	"postbag/digest/store/database"
)

// issoTables counts what makes a database Isso's: tables, for a view could give rows
// without end.
const issoTables = `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('comments', 'threads')`

// issoComments gives each comment with its page as an object of JSON. Mail and network
// addresses are not asked for.
const issoComments = `
	SELECT json_object('tid', c.tid, 'id', c.id, 'parent', c.parent, 'created', c.created, 'modified', c.modified, 'mode', c.mode,
		'text', CAST(c.text AS TEXT), 'author', CAST(c.author AS TEXT), 'website', CAST(c.website AS TEXT),
		'uri', substr(CAST(t.uri AS TEXT), 1, 2000), 'title', substr(CAST(t.title AS TEXT), 1, 500))
	FROM comments AS c JOIN threads AS t ON t.id = c.tid ORDER BY c.id`

// IssoComments writes the comments of an Isso database as lines of JSON, which package
// dump reads. The error is of kind Invalid for a file that is none.
func IssoComments(ctx context.Context, path string, to io.Writer) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the database: %w", err)
	}
	// Nothing that the file itself defines may run (trusted_schema).
	pool, err := sql.Open("sqlite", database.SqliteURI(path, url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_pragma": {"trusted_schema(0)", "cache_size(-8192)"}}))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = database.First(err, pool.Close()) }()
	var tables int
	switch err := pool.QueryRowContext(ctx, issoTables).Scan(&tables); {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return unreadable(err)
	case tables != 2:
		return digest.Fail(digest.Invalid, "Of such databases, Isso's comments.db is read.", "the file is a database of SQLite, and not Isso's")
	}
	return writeRows(ctx, pool, to)
}

func writeRows(ctx context.Context, pool *sql.DB, to io.Writer) (err error) {
	rows, err := pool.QueryContext(ctx, issoComments)
	if err != nil {
		return unreadable(err)
	}
	defer func() { err = database.First(err, rows.Close()) }()
	out := bufio.NewWriter(to)
	for rows.Next() {
		var row sql.RawBytes
		if err := rows.Scan(&row); err != nil {
			return unreadable(err)
		}
		for _, part := range [][]byte{row, []byte("\n")} {
			if _, err := out.Write(part); err != nil {
				return fmt.Errorf("keep what was read: %w", err)
			}
		}
	}
	if err := rows.Err(); err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return unreadable(err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("keep what was read: %w", err)
	}
	return nil
}

func unreadable(err error) error {
	return digest.Fail(digest.Invalid, "Stop Isso, copy the file, and give the copy.", "the database cannot be read: %w", err)
}
