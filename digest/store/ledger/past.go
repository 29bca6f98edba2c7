package ledger

import (
	"context"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/store/database"
	"postbag/digest/store/issues"
	"postbag/digest/store/rules"
)

// PastIssues lists issues that readers saw; see [dispatch.PastStore].
func (db *Store) PastIssues(ctx context.Context, seriesID int64, before, limit int) (all []dispatch.PastIssue, err error) {
	err = db.View(ctx, "list the past issues", func(t *database.Tx) error {
		found, err := issues.Issues(t, `SELECT `+issues.IssueColumns+` FROM issues
			WHERE series_id = $1 AND published_at IS NOT NULL AND ($2 = 0 OR number < $2) ORDER BY number DESC LIMIT $3`,
			seriesID, before, database.Limit(limit))
		if err != nil {
			return err
		}
		for _, i := range found {
			p, err := past(t, i)
			if err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	})
	return all, err
}

// PastIssue tells what became of one issue; see [dispatch.PastStore].
func (db *Store) PastIssue(ctx context.Context, issue digest.Issue) (p dispatch.PastIssue, err error) {
	err = db.View(ctx, "read what became of the issue", func(t *database.Tx) (err error) {
		p, err = past(t, issue)
		return err
	})
	return p, err
}

// past counts what became of an issue's mails. What is kept with the issue is not
// counted anew.
func past(t *database.Tx, i digest.Issue) (p dispatch.PastIssue, err error) {
	p.Issue = i
	var kept bool
	if _, err := t.One([]any{&kept}, `SELECT CASE WHEN mails_sent IS NULL THEN 0 ELSE 1 END FROM issues WHERE id = $1`, i.ID); err != nil {
		return p, err
	}
	if kept {
		_, err = t.One([]any{&p.Sent, &p.Refused}, `SELECT mails_sent, mails_refused FROM issues WHERE id = $1`, i.ID)
	} else {
		_, err = t.One([]any{&p.Sent, &p.Refused}, `SELECT
			(SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE issue_id = $1 AND state = 'sent' LIMIT $2) AS a),
			(SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE issue_id = $1 AND state = 'failed' LIMIT $2) AS b)`, i.ID, dispatch.MostCounted)
	}
	if err != nil {
		return p, err
	}
	if p.Doubt, err = number(t, `SELECT COUNT(*) FROM deliveries WHERE issue_id = $1 AND state = 'uncertain'`, i.ID); err != nil {
		return p, err
	}
	p.Left, err = number(t, queryLeftAfter, i.ID, dispatch.MostCounted)
	return p, err
}

func number(t *database.Tx, query string, args ...any) (int, error) {
	n, err := t.Number(query, args...)
	return int(n), err
}

// queryLeftAfter counts who left after the mailing of an issue began and before that of
// the next one of any series did.
var queryLeftAfter = `
	SELECT COUNT(*) FROM (SELECT 1 FROM subscribers s
		WHERE s.left_at >= (SELECT mailing_begun FROM issues WHERE id = $1)
			AND s.left_at < COALESCE((SELECT MIN(n.mailing_begun) FROM issues n
				WHERE n.mailing_begun > (SELECT mailing_begun FROM issues WHERE id = $1)), 9223372036854775807)
			AND s.` + rules.HasLeft + ` LIMIT $2) AS gone`
