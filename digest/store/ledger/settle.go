package ledger

import (
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// querySettle takes results, each of the claim with so many attempts. A row that
// another process recovered meanwhile, because this one had lost its lock, still
// takes the news that the server accepted the message, as long as nobody has
// claimed it again: the answer did come.
//
// The plus keeps a plan from reading all of the issue's rows: each is found by
// its id.
func querySettle(d database.Dialect) string {
	return `
	UPDATE deliveries SET state = r.state, next_try = r.next_try, updated_at = r.at, code = r.code, reply = r.reply
	FROM (` + d.Records("$1", "id BIGINT", "attempts BIGINT", "state TEXT", "next_try BIGINT", "at BIGINT", "code BIGINT", "reply TEXT") + `) AS r
	WHERE deliveries.id = r.id AND +deliveries.issue_id = $2 AND deliveries.attempts = r.attempts
		AND (deliveries.state = 'sending'
			OR r.state = 'sent' AND deliveries.state IN ('deferred', 'uncertain') AND deliveries.reply = '` + lostReply + `')`
}

// settlement is a result as querySettle takes it.
type settlement struct {
	ID       int64  `json:"id"`
	Attempts int    `json:"attempts"`
	State    string `json:"state"`
	NextTry  any    `json:"next_try"`
	At       int64  `json:"at"`
	Code     int    `json:"code"`
	Reply    string `json:"reply"`
}

func settle(t *database.Tx, x deliver.Exchange) error {
	rows, waiting := make([]settlement, len(x.Settle)), false
	for i, r := range x.Settle {
		if !subscribers.InFlight.To(r.State) {
			return digest.Fail(digest.Invalid, "", "a delivery under way cannot become %s", r.State)
		}
		var next time.Time
		if r.State == subscribers.Queued || r.State == subscribers.Deferred {
			next, waiting = database.OrTime(r.NextTry, r.At), true
		}
		rows[i] = settlement{ID: r.DeliveryID, Attempts: r.Attempts, State: string(r.State), NextTry: database.Micros(next),
			At: r.At.UnixMicro(), Code: r.Code, Reply: r.Reply}
	}
	for len(rows) > 0 {
		var now []settlement
		now, rows = eachOnce(rows)
		all, err := database.JSON(now)
		if err != nil {
			return err
		}
		if _, err := t.Exec(querySettle(*t.Dialect), all, x.IssueID); err != nil {
			return err
		}
	}
	if !waiting {
		return nil
	}
	return cancelIfWithdrawn(t, x.IssueID, x.Now)
}

// eachOnce parts the first result of every delivery from the later ones: one
// statement writes a row only once.
func eachOnce(rows []settlement) (once, again []settlement) {
	seen := make(map[int64]bool, len(rows))
	for _, r := range rows {
		if seen[r.ID] {
			again = append(again, r)
			continue
		}
		seen[r.ID] = true
		once = append(once, r)
	}
	return once, again
}
