package ledger

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/digest/store/database"
	"postbag/digest/store/onwire"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// wires is what is on the wire of an issue, while a transaction changes it.
type wires struct {
	rows []wire
	own  int // the asking worker's row
}

// wire is one worker's row.
type wire struct {
	onwire.Row
	changed bool
}

// queryStands tells whether the issue $1 is being sent and sending is not held, whether
// the worker $2, if it is one, has not ended, and what is on the wire: one row for each
// worker that hands over, or one without.
const queryStands = `
	SELECT CASE WHEN i.state = 'sending' AND p.held_since IS NULL THEN 1 ELSE 0 END,
		CASE WHEN CAST($2 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM workers o WHERE o.id = $2 AND o.ended_at IS NULL) THEN 1 ELSE 0 END,
		COALESCE(w.worker_id, $2), COALESCE(w.entries, '[]')
	FROM issues i CROSS JOIN publication p LEFT JOIN on_wire w ON w.issue_id = i.id
	WHERE i.id = $1 AND p.id = 1 ORDER BY w.worker_id`

// stand is what an exchange finds.
type stand struct {
	goesOn, lives bool
	wires         wires
}

func readStand(t *database.Tx, x deliver.Exchange) (s stand, err error) {
	s.wires.own = -1
	w := &s.wires
	err = t.Each(func(r database.Row) error {
		var worker int64
		var entries string
		if err := r.Scan(&s.goesOn, &s.lives, &worker, &entries); err != nil {
			return err
		}
		row, err := onwire.Read(x.IssueID, worker, entries)
		if w.rows = append(w.rows, wire{Row: row}); worker == x.Worker {
			w.own = len(w.rows) - 1
		}
		return err
	}, queryStands, x.IssueID, x.Worker)
	if w.own < 0 {
		w.own = len(w.rows)
		w.rows = append(w.rows, wire{Row: onwire.Row{IssueID: x.IssueID, Worker: x.Worker}})
	}
	return s, err
}

// begin puts a delivery on the wire.
func (w *wires) begin(d subscribers.Delivery) {
	own := &w.rows[w.own]
	own.Entries = append(own.Entries, onwire.Entry{ID: d.ID, Fence: d.Fence, Attempts: d.Attempts, FirstTry: d.FirstTry.UnixMicro()})
	own.changed = true
}

// has tells whether a delivery is on the wire.
func (w *wires) has(id int64) bool {
	return slices.ContainsFunc(w.rows, func(r wire) bool {
		return slices.ContainsFunc(r.Entries, func(e onwire.Entry) bool { return e.ID == id })
	})
}

// take takes a delivery off the wire, and gives what it was there as. It may be under
// another worker, which this process was before it lost its lease.
func (w *wires) take(r deliver.Result) (e onwire.Entry, was bool) {
	for i := range w.rows {
		row := &w.rows[i]
		if at := row.Index(r.DeliveryID, r.Fence); at >= 0 {
			e = row.Entries[at]
			row.Entries = slices.Delete(row.Entries, at, at+1)
			row.changed = true
			return e, true
		}
	}
	return e, false
}

func (w *wires) save(t *database.Tx) error {
	for _, r := range w.rows {
		if r.changed {
			if err := onwire.Save(t, r.Row); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleColumns are those of a result, as querySettle takes it.
var settleColumns = []string{"id BIGINT", "fence BIGINT", "state TEXT", "next_try BIGINT", "at BIGINT", "attempts BIGINT", "first_try BIGINT",
	"held BIGINT", "cause TEXT", "code BIGINT", "reply TEXT", "error TEXT"}

// querySettle takes results of the issue $1, each under the fence of its claim: those of
// a JSON array $2 where a statement takes a round trip, else one whose columns begin at
// $2. A row that is held by its claim takes a result if it is on the wire, or is handed
// back. A row that was taken from a process which turns out to be alive still takes the
// news that the server accepted the message, as long as nobody has claimed it again: the
// answer did come.
//
// The plus keeps a plan from reading all of the issue's rows: each is found by its id.
//
// Columns that are the same in every result may be given as the statement has them.
func querySettle(d *database.Dialect, same map[string]string) string {
	of, from, n := map[string]string{}, "", 1
	for _, c := range settleColumns {
		name, kind, _ := strings.Cut(c, " ")
		value, fixed := same[name]
		switch {
		case fixed:
		case d.LocksRows:
			value = "result." + name
		default:
			n++
			value = "CAST($" + strconv.Itoa(n) + " AS " + kind + ")"
		}
		of[name] = value
	}
	if d.LocksRows {
		from = ` FROM (` + d.Records("$2", settleColumns...) + `) AS result`
	}
	return `
	UPDATE deliveries SET state = ` + of["state"] + `, next_try = ` + of["next_try"] + `, updated_at = ` + of["at"] + `, fence = ` + of["fence"] + `,
		attempts = COALESCE(` + of["attempts"] + `, deliveries.attempts), first_try = COALESCE(` + of["first_try"] + `, deliveries.first_try),
		unanswered = unanswered + CASE WHEN ` + of["cause"] + ` = 'no-answer' THEN 1 ELSE 0 END,
		cause = ` + of["cause"] + `, code = ` + of["code"] + `, reply = ` + of["reply"] + `, error = ` + of["error"] + from + `
	WHERE deliveries.id = ` + of["id"] + ` AND +deliveries.issue_id = $1
		AND (` + of["held"] + ` = 1 AND ` + onwire.Held(d, of["fence"]) + `
			OR deliveries.fence = ` + of["fence"] + ` AND (deliveries.state = 'sending' OR ` + of["state"] + ` = 'sent' AND ` + rules.TakesLateAnswer + `))`
}

// taken are the columns of a result that are the same for every message which the server
// took as it should: nearly all are such, and where each is a statement of its own what
// is bound to it tells.
var taken = map[string]string{"state": "'sent'", "next_try": "NULL", "held": "1", "cause": "'accepted'", "error": "''"}

// settlement is a result as querySettle takes it.
type settlement struct {
	ID       int64             `json:"id"`
	Fence    int               `json:"fence"`
	State    string            `json:"state"`
	NextTry  any               `json:"next_try"`
	At       int64             `json:"at"`
	Attempts any               `json:"attempts"`
	FirstTry any               `json:"first_try"`
	Held     int64             `json:"held"`
	Cause    subscribers.Cause `json:"cause"`
	Code     int               `json:"code"`
	Reply    string            `json:"reply"`
	Error    string            `json:"error"`
}

// write writes one result of an issue.
func (s *settlement) write(t *database.Tx, texts *statements, issueID int64) (err error) {
	if s.State == string(subscribers.Delivered) && s.NextTry == nil && s.Held == 1 && s.Cause == subscribers.Accepted && s.Error == "" {
		_, err = t.Exec(texts.taken, issueID, s.ID, s.Fence, s.At, s.Attempts, s.FirstTry, s.Code, s.Reply)
	} else {
		_, err = t.Exec(texts.settle, issueID, s.ID, s.Fence, s.State, s.NextTry, s.At, s.Attempts, s.FirstTry, s.Held, string(s.Cause), s.Code, s.Reply, s.Error)
	}
	return err
}

// settle writes results, and takes their messages off the wire.
func (db *Store) settle(t *database.Tx, x deliver.Exchange, wires *wires) error {
	rows, waiting := make([]settlement, 0, len(x.Settle)), false
	for _, r := range x.Settle {
		e, was := wires.take(r)
		if !was && wires.has(r.DeliveryID) {
			continue // somebody has begun it again
		}
		var next time.Time
		if r.State == subscribers.Queued || r.State == subscribers.Deferred {
			next, waiting = database.OrTime(r.NextTry, r.At), true
		}
		row := settlement{ID: r.DeliveryID, Fence: r.Fence, State: string(r.State), NextTry: database.Micros(next),
			At: r.At.UnixMicro(), Held: database.Flag(r.State == subscribers.Queued), Cause: r.Cause, Code: r.Code, Reply: r.Reply, Error: r.Error}
		if was {
			row.Attempts, row.FirstTry, row.Held = e.Attempts, e.FirstTry, 1
		}
		rows = append(rows, row)
	}
	if err := write(t, db.texts(), x.IssueID, rows); err != nil {
		return err
	}
	if slices.ContainsFunc(rows, func(s settlement) bool { return slices.Contains(subscribers.UnknownCauses(), s.Cause) }) {
		if err := takeBackLate(t, x); err != nil {
			return err
		}
	}
	if !waiting {
		return nil
	}
	return cancelIfWithdrawn(t, x.IssueID, x.Now)
}

func write(t *database.Tx, texts *statements, issueID int64, rows []settlement) error {
	if !t.Dialect.LocksRows {
		for i := range rows {
			if err := rows[i].write(t, texts, issueID); err != nil {
				return err
			}
		}
		return nil
	}
	for len(rows) > 0 {
		var now []settlement
		now, rows = eachOnce(rows)
		all, err := database.JSON(now)
		if err != nil {
			return err
		}
		if _, err := t.Exec(texts.settle, issueID, all); err != nil {
			return err
		}
	}
	return nil
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
