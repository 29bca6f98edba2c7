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
	rows    []onwire.Row
	own     int // the asking worker's row
	changed map[int]bool
}

// newWires reads what is on the wire, where the exchange could change it.
func newWires(t *database.Tx, x deliver.Exchange) (*wires, error) {
	w := &wires{changed: map[int]bool{}}
	if len(x.Settle) == 0 && len(x.Begin) == 0 {
		return w, nil
	}
	rows, err := onwire.Of(t, x.IssueID)
	w.rows = rows
	w.own = slices.IndexFunc(w.rows, func(r onwire.Row) bool { return r.Worker == x.Worker })
	if w.own < 0 {
		w.own = len(w.rows)
		w.rows = append(w.rows, onwire.Row{IssueID: x.IssueID, Worker: x.Worker})
	}
	return w, err
}

// begin puts a delivery on the wire.
func (w *wires) begin(d subscribers.Delivery) {
	w.rows[w.own].Entries = append(w.rows[w.own].Entries, onwire.Entry{ID: d.ID, Fence: d.Fence, Attempts: d.Attempts, FirstTry: d.FirstTry.UnixMicro()})
	w.changed[w.own] = true
}

// has tells whether a delivery is on the wire.
func (w *wires) has(id int64) bool {
	return slices.ContainsFunc(w.rows, func(r onwire.Row) bool {
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
			w.changed[i] = true
			return e, true
		}
	}
	return e, false
}

func (w *wires) save(t *database.Tx) error {
	for i, r := range w.rows {
		if w.changed[i] {
			if err := onwire.Save(t, r); err != nil {
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
func querySettle(d *database.Dialect) string {
	of, from := map[string]string{}, ""
	for i, c := range settleColumns {
		name, kind, _ := strings.Cut(c, " ")
		if of[name] = "result." + name; !d.LocksRows {
			of[name] = "CAST($" + strconv.Itoa(i+2) + " AS " + kind + ")"
		}
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

// columns puts its columns into to.
func (s *settlement) columns(to []any) {
	copy(to, []any{s.ID, s.Fence, s.State, s.NextTry, s.At, s.Attempts, s.FirstTry, s.Held, string(s.Cause), s.Code, s.Reply, s.Error})
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
	if err := write(t, db.texts().settle, x.IssueID, rows); err != nil {
		return err
	}
	if slices.ContainsFunc(rows, func(s settlement) bool { return s.Cause.MayBeOurs() }) {
		if err := takeBackLate(t, x); err != nil {
			return err
		}
	}
	if !waiting {
		return nil
	}
	return cancelIfWithdrawn(t, x.IssueID, x.Now)
}

func write(t *database.Tx, query string, issueID int64, rows []settlement) error {
	if !t.Dialect.LocksRows {
		args := make([]any, 1+len(settleColumns))
		args[0] = issueID
		for i := range rows {
			rows[i].columns(args[1:])
			if _, err := t.Exec(query, args...); err != nil {
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
		if _, err := t.Exec(query, issueID, all); err != nil {
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
