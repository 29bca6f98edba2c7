package ledger

import (
	"context"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/store/database"
	"postbag/digest/store/issues"
	"postbag/digest/store/rules"
	"postbag/subscribers"
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

// past counts what became of an issue's mails.
func past(t *database.Tx, i digest.Issue) (p dispatch.PastIssue, err error) {
	p.Issue = i
	counts, err := CountsOf(t, i.ID)
	if err != nil {
		return p, err
	}
	p.Sent, p.Refused, p.Doubt = counts[subscribers.Delivered], counts[subscribers.Failed], counts[subscribers.Uncertain]
	left, err := t.Number(queryLeftAfter, i.ID, dispatch.MostCounted)
	p.Left = int(left)
	return p, err
}

// queryLeftAfter counts who left after the mailing of an issue began and before that of
// the next one of any series did.
var queryLeftAfter = `
	SELECT COUNT(*) FROM (SELECT 1 FROM subscribers s
		WHERE s.left_at >= (SELECT mailing_begun FROM issues WHERE id = $1)
			AND s.left_at < COALESCE((SELECT MIN(n.mailing_begun) FROM issues n
				WHERE n.mailing_begun > (SELECT mailing_begun FROM issues WHERE id = $1)), 9223372036854775807)
			AND s.` + rules.HasLeft + ` LIMIT $2) AS gone`
