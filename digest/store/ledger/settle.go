package ledger

import (
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// querySettle takes results, each under the fence of its claim. A claimed row can
// only be handed back. A row that was taken from a process which turns out to be
// alive still takes the news that the server accepted the message, as long as
// nobody has claimed it again: the answer did come.
//
// The plus keeps a plan from reading all of the issue's rows: each is found by
// its id.
func querySettle(d database.Dialect) string {
	return `
	UPDATE deliveries SET state = r.state, next_try = r.next_try, updated_at = r.at,
		unanswered = unanswered + CASE WHEN r.cause = 'no-answer' THEN 1 ELSE 0 END,
		cause = r.cause, code = r.code, reply = r.reply, error = r.error
	FROM (` + d.Records("$1", "id BIGINT", "fence BIGINT", "state TEXT", "next_try BIGINT", "at BIGINT",
		"cause TEXT", "code BIGINT", "reply TEXT", "error TEXT") + `) AS r
	WHERE deliveries.id = r.id AND +deliveries.issue_id = $2 AND deliveries.fence = r.fence
		AND (deliveries.state = 'sending'
			OR r.state = 'queued' AND deliveries.state = 'claimed'
			OR r.state = 'sent' AND ` + rules.TakesLateAnswer + `)`
}

// settlement is a result as querySettle takes it.
type settlement struct {
	ID      int64             `json:"id"`
	Fence   int               `json:"fence"`
	State   string            `json:"state"`
	NextTry any               `json:"next_try"`
	At      int64             `json:"at"`
	Cause   subscribers.Cause `json:"cause"`
	Code    int               `json:"code"`
	Reply   string            `json:"reply"`
	Error   string            `json:"error"`
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
		rows[i] = settlement{ID: r.DeliveryID, Fence: r.Fence, State: string(r.State), NextTry: database.Micros(next),
			At: r.At.UnixMicro(), Cause: r.Cause, Code: r.Code, Reply: r.Reply, Error: r.Error}
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
