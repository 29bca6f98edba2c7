package checks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/publication"
)

// Seen gives who has looked at what in an issue, by the keys of the findings.
func (db *Store) Seen(ctx context.Context, issueID int64) (map[string]digest.Seen, error) {
	all := map[string]digest.Seen{}
	err := db.View(ctx, "read what was looked at", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var key string
			var s digest.Seen
			err := r.Scan(&key, &s.At, &s.By.Kind, &s.By.Name)
			all[key] = s
			return err
		}, `SELECT key, at, by_kind, by_name FROM seen_findings WHERE issue_id = $1 ORDER BY at DESC LIMIT $2`, issueID, mostSeen)
	})
	return all, err
}

// mostSeen bounds what is remembered to have been looked at in one issue.
const mostSeen = 2000

// MarkSeen keeps that somebody has looked at a finding of an issue, or takes that
// back. The error is of kind NotFound for an unknown issue.
func (db *Store) MarkSeen(ctx context.Context, issueID int64, key string, seen *digest.Seen) error {
	return db.Update(ctx, "mark what was looked at", func(t *database.Tx) error {
		if seen == nil {
			_, err := t.Exec(`DELETE FROM seen_findings WHERE issue_id = $1 AND key = $2`, issueID, key)
			return err
		}
		_, err := t.Exec(`
			INSERT INTO seen_findings (issue_id, key, at, by_kind, by_name) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (issue_id, key) DO UPDATE SET at = excluded.at, by_kind = excluded.by_kind, by_name = excluded.by_name`,
			issueID, key, seen.At, string(seen.By.Kind), seen.By.Name)
		if db.Dialect.Code(err) == database.CodeForeign {
			return database.Missing("there is no issue with the id %d", issueID)
		}
		return err
	})
}

func queryAnswers(d database.Dialect) string {
	return `SELECT comment_id, asked_at, answer FROM answers WHERE ` + d.Among("comment_id", "$1", "BIGINT")
}

// Answers gives what blogs said last of some comments, by comment; those never asked
// about are left out.
func (db *Store) Answers(ctx context.Context, commentIDs []int64) (map[int64]digest.Answer, error) {
	found := map[int64]digest.Answer{}
	if len(commentIDs) == 0 {
		return found, nil
	}
	ids, err := database.JSONArray(commentIDs)
	if err != nil {
		return nil, err
	}
	err = db.View(ctx, "read what blogs said", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var a digest.Answer
			err := r.Scan(&a.CommentID, &a.AskedAt, &a.Said)
			found[a.CommentID] = a
			return err
		}, queryAnswers(db.Dialect), ids)
	})
	return found, err
}

// SaveAnswers keeps what blogs said. A comment that is not known any more is left out.
func (db *Store) SaveAnswers(ctx context.Context, answers []digest.Answer) error {
	if len(answers) == 0 {
		return nil
	}
	return db.Update(ctx, "keep what blogs said", func(t *database.Tx) error {
		for _, a := range answers {
			_, err := t.Exec(`
				INSERT INTO answers (comment_id, asked_at, answer) SELECT id, CAST($1 AS BIGINT), CAST($2 AS TEXT) FROM comments WHERE id = $3
				ON CONFLICT (comment_id) DO UPDATE SET asked_at = excluded.asked_at, answer = excluded.answer`,
				a.AskedAt, string(a.Said), a.CommentID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

const askingColumns = `issue_id, wanted_at, by_kind, by_name, began_at, done_at, done, total, notices`

func scanAsking(r database.Row) (a digest.Asking, err error) {
	var notices string
	err = r.Scan(&a.IssueID, &a.WantedAt, &a.By.Kind, &a.By.Name, &a.BeganAt, &a.DoneAt, &a.Done, &a.Total, &notices)
	if notices != "" {
		a.Notices = strings.Split(notices, "\n")
	}
	return a, err
}

// WantAsking asks that the blogs be asked about an issue, and makes the duty of that
// name due, if a worker has planned it. One that is open already stays as it is.
func (db *Store) WantAsking(ctx context.Context, by digest.Actor, issueID int64, at time.Time, duty string) (a digest.Asking, err error) {
	err = db.Update(ctx, "ask for the blogs to be asked", func(t *database.Tx) error {
		n, err := t.Exec(`
			INSERT INTO askings (issue_id, wanted_at, by_kind, by_name) VALUES ($1, $2, $3, $4)
			ON CONFLICT (issue_id) DO UPDATE SET wanted_at = excluded.wanted_at, by_kind = excluded.by_kind, by_name = excluded.by_name,
				began_at = NULL, done_at = NULL, done = 0, total = 0, notices = ''
			WHERE askings.done_at IS NOT NULL`, issueID, at, string(by.Kind), by.Name)
		if db.Dialect.Code(err) == database.CodeForeign {
			return database.Missing("there is no issue with the id %d", issueID)
		}
		if err != nil {
			return err
		}
		if n > 0 {
			var number int
			var series string
			_, err := t.One([]any{&number, &series}, `SELECT i.number, s.name FROM issues i JOIN series s ON s.id = i.series_id WHERE i.id = $1`, issueID)
			if err != nil {
				return err
			}
			if err := audit.Add(t, by, digest.BlogsAsked, fmt.Sprintf("issue %d of %s", number, series), ""); err != nil {
				return err
			}
		}
		if _, err := t.Exec(`UPDATE duties SET next_at = $1 WHERE name = $2 AND (next_at IS NULL OR next_at > $1)`, at.UnixMicro(), duty); err != nil {
			return err
		}
		t.Wake()
		a, err = asking(t, issueID)
		return err
	})
	return a, err
}

func asking(t *database.Tx, issueID int64) (a digest.Asking, err error) {
	err = t.Each(func(r database.Row) (err error) {
		a, err = scanAsking(r)
		return err
	}, `SELECT `+askingColumns+` FROM askings WHERE issue_id = $1`, issueID)
	return a, err
}

// Asking gives how far the asking about an issue is; its WantedAt is zero when there
// never was one.
func (db *Store) Asking(ctx context.Context, issueID int64) (a digest.Asking, err error) {
	err = db.View(ctx, "read how far the asking is", func(t *database.Tx) error {
		a, err = asking(t, issueID)
		return err
	})
	return a, err
}

// OpenAskings lists what is to be asked, the earliest first.
func (db *Store) OpenAskings(ctx context.Context) (all []digest.Asking, err error) {
	err = db.View(ctx, "list what is to be asked", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			a, err := scanAsking(r)
			all = append(all, a)
			return err
		}, `SELECT `+askingColumns+` FROM askings WHERE done_at IS NULL ORDER BY wanted_at, issue_id LIMIT $1`, database.DefaultLimit)
	})
	return all, err
}

// SaveAsking keeps how far an asking is. One that was wanted anew meanwhile stays as
// it is.
func (db *Store) SaveAsking(ctx context.Context, a digest.Asking) error {
	return db.Update(ctx, "keep how far the asking is", func(t *database.Tx) error {
		_, err := t.Exec(`
			UPDATE askings SET began_at = $1, done_at = $2, done = $3, total = $4, notices = $5
			WHERE issue_id = $6 AND wanted_at = $7`,
			a.BeganAt, a.DoneAt, a.Done, a.Total, strings.Join(a.Notices, "\n"), a.IssueID, a.WantedAt)
		return err
	})
}

// mostLinks bounds how many addresses are looked up at once.
const mostLinks = 1000

// LinkAnswers gives what addresses said, by address; those never asked are left out.
func (db *Store) LinkAnswers(ctx context.Context, urls []string) (map[string]digest.LinkAnswer, error) {
	found := map[string]digest.LinkAnswer{}
	err := db.View(ctx, "read what links said", func(t *database.Tx) error {
		for _, url := range urls[:min(len(urls), mostLinks)] {
			a := digest.LinkAnswer{URL: url}
			ok, err := t.One([]any{&a.AskedAt, &a.Status, &a.Fault}, `SELECT asked_at, status, fault FROM links WHERE url = $1`, url)
			if err != nil {
				return err
			}
			if ok {
				found[url] = a
			}
		}
		return nil
	})
	return found, err
}

// SaveLink keeps what an address said, and forgets those of long ago.
func (db *Store) SaveLink(ctx context.Context, a digest.LinkAnswer) error {
	const kept = 90 * 24 * time.Hour
	return db.Update(ctx, "keep what a link said", func(t *database.Tx) error {
		_, err := t.Exec(`
			INSERT INTO links (url, asked_at, status, fault) VALUES ($1, $2, $3, $4)
			ON CONFLICT (url) DO UPDATE SET asked_at = excluded.asked_at, status = excluded.status, fault = excluded.fault`,
			a.URL, a.AskedAt, a.Status, a.Fault)
		if err != nil {
			return err
		}
		_, err = t.Exec(`DELETE FROM links WHERE asked_at < $1`, a.AskedAt.Add(-kept))
		return err
	})
}

func queryThreads(d database.Dialect) string {
	return `WITH RECURSIVE up (id, at, steps) AS (
			SELECT c.id, c.id, 0 FROM comments c WHERE ` + d.Among("c.id", "$1", "BIGINT") + `
			UNION ALL
			SELECT up.id, c.parent_id, up.steps + 1 FROM up JOIN comments c ON c.id = up.at
			WHERE c.parent_id IS NOT NULL AND up.steps < 100)
		SELECT id, at FROM up ORDER BY id, steps`
}

// Threads gives the comment that began the thread of each of some comments, by
// comment; of a thread deeper than a hundred replies, one in its midst.
func (db *Store) Threads(ctx context.Context, commentIDs []int64) (map[int64]int64, error) {
	began := map[int64]int64{}
	if len(commentIDs) == 0 {
		return began, nil
	}
	ids, err := database.JSONArray(commentIDs)
	if err != nil {
		return nil, err
	}
	err = db.View(ctx, "find the threads of comments", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var id, at int64
			err := r.Scan(&id, &at)
			began[id] = at // the last step is the farthest up
			return err
		}, queryThreads(db.Dialect), ids)
	})
	return began, err
}

// AddTerm adds an abbreviation to the glossary, unless it is there, and tells whether
// that is news.
func (db *Store) AddTerm(ctx context.Context, by digest.Actor, line string, isThere func(digest.Publication) bool) (added bool, err error) {
	err = db.Update(ctx, "add to the glossary", func(t *database.Tx) error {
		added = false
		if err := t.Lock(`SELECT id FROM publication WHERE id = 1 FOR UPDATE`); err != nil {
			return err
		}
		pub, err := publication.Read(t)
		if err != nil || isThere(pub) {
			return err
		}
		added = true
		if _, err = t.Exec(`UPDATE publication SET glossary = $1 WHERE id = 1`, strings.TrimSpace(pub.Glossary+"\n"+line)); err != nil {
			return err
		}
		return audit.Add(t, by, digest.PublicationChanged, "the publication", "added “"+line+"” to the glossary")
	})
	return added, err
}

const queryStandings = `
	SELECT b.comment_id, c.hash, c.gone, c.gone_by FROM blocks b JOIN comments c ON c.id = b.comment_id WHERE b.issue_id = $1`

// Standings gives how the picks of an issue stand on their blogs, without their words.
func (db *Store) Standings(ctx context.Context, issueID int64) (map[int64]digest.Standing, error) {
	all := map[int64]digest.Standing{}
	err := db.View(ctx, "read how the picks stand", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var id int64
			var s digest.Standing
			err := r.Scan(&id, &s.Hash, &s.Gone, &s.GoneBy)
			all[id] = s
			return err
		}, queryStandings, issueID)
	})
	return all, err
}
