package ledger

import (
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/subscribers/deliver"
)

// takesBack gives queries that queue the rows of the issue $1 again that were refused for what tells
// nothing sure of their addresses, as if they had never been tried: each has its full
// time again. The server's words stay for whoever looks. A row that waits for no moment
// was queued again already, or never tried.
func takesBack(whose string) []string {
	query := `
	UPDATE deliveries SET state = 'queued', attempts = 0, first_try = NULL, next_try = 0, updated_at = $2
	WHERE issue_id = $1 AND ` + whose + ` AND `
	return []string{
		query + `state = 'failed'`,
		query + `state = 'queued' AND next_try > 0`,
		query + `state = 'deferred' AND next_try > 0`,
	}
}

var (
	queriesTakeBack        = takesBack(rules.MayBeOurs)
	queriesTakeBackUnknown = takesBack(rules.MayBeKnown)
)

var queryPausedRefused = `SELECT pause_cause FROM issues WHERE id = $1 AND state = 'paused' AND ` + rules.Either("pause_cause", digest.RefusedCauses())

// takeBackRefusals queues what was refused for what may be our own fault, and in a pause
// for unknown addresses also those: whether a refusal was about a reader is not known as
// long as the server refuses us.
func takeBackRefusals(t *database.Tx, issueID int64, why digest.PauseCause, now time.Time) error {
	queries := queriesTakeBack
	if why == digest.PauseUnknown {
		queries = queriesTakeBackUnknown
	}
	for _, query := range queries {
		if _, err := t.Exec(query, issueID, now.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// takeBackLate does the same for results that come once the issue has paused for
// refusals: those of messages that were on the wire, here or in another process.
func takeBackLate(t *database.Tx, x deliver.Exchange) error {
	var why digest.PauseCause
	paused, err := t.One([]any{&why}, queryPausedRefused, x.IssueID)
	if err != nil || !paused {
		return err
	}
	return takeBackRefusals(t, x.IssueID, why, x.Now)
}
