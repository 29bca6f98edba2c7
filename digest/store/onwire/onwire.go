// Package onwire keeps which deliveries a server may be hearing of at this moment:
// for each issue and worker one row, written before MAIL FROM and again when the
// answers are in. A delivery that is on the wire keeps its row of the ledger as it
// was until its answer comes, so that a message costs that row one change and not
// two; whoever decides about rows by their state asks here first, or brings them up
// to date with [Settle].
package onwire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/subscribers"
)

// Entry is a delivery that a server may be hearing of, as its row will be.
type Entry struct {
	ID       int64
	Fence    int   // of the claim under which it was begun
	Attempts int   // this one included
	FirstTry int64 // in microseconds since 1970
}

// Row are the deliveries of an issue that one worker is handing over.
type Row struct {
	IssueID int64
	Worker  int64 // 0 for a process that is none
	Entries []Entry
}

// Index gives the place of an entry, -1 if it is not there.
func (r Row) Index(id int64, fence int) int {
	return slices.IndexFunc(r.Entries, func(e Entry) bool { return e.ID == id && e.Fence == fence })
}

// QuerySave runs for every message sent.
const (
	queryOf   = `SELECT issue_id, worker_id, entries FROM on_wire WHERE issue_id = $1 ORDER BY worker_id`
	QuerySave = `
	INSERT INTO on_wire (issue_id, worker_id, entries) VALUES ($1, $2, $3)
	ON CONFLICT (issue_id, worker_id) DO UPDATE SET entries = EXCLUDED.entries`
)

// Of gives what is on the wire of an issue.
func Of(t *database.Tx, issueID int64) ([]Row, error) { return read(t, queryOf, issueID) }

// All gives what is on the wire of all issues.
func All(t *database.Tx) ([]Row, error) {
	return read(t, `SELECT issue_id, worker_id, entries FROM on_wire ORDER BY issue_id, worker_id LIMIT $1`, mostRows)
}

// mostRows is more than there are workers and issues being sent.
const mostRows = 10_000

func read(t *database.Tx, query string, args ...any) (rows []Row, err error) {
	err = t.Each(func(r database.Row) error {
		var issueID, worker int64
		var entries string
		if err := r.Scan(&issueID, &worker, &entries); err != nil {
			return err
		}
		row, err := Read(issueID, worker, entries)
		rows = append(rows, row)
		return err
	}, query, args...)
	return rows, err
}

// Read makes a row of what a statement gave of one.
func Read(issueID, worker int64, entries string) (Row, error) {
	all, err := decoded(entries)
	return Row{IssueID: issueID, Worker: worker, Entries: all}, err
}

// Save writes what a worker is handing over of an issue.
func Save(t *database.Tx, r Row) error {
	_, err := t.Exec(QuerySave, r.IssueID, r.Worker, encoded(r.Entries))
	return err
}

// encoded writes entries as JSON arrays of numbers: it is done for every message.
func encoded(entries []Entry) string {
	b := make([]byte, 0, 2+48*len(entries))
	b = append(b, '[')
	for i, e := range entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, e.ID, 10)
		for _, n := range []int64{int64(e.Fence), int64(e.Attempts), e.FirstTry} {
			b = append(b, ',')
			b = strconv.AppendInt(b, n, 10)
		}
		b = append(b, ']')
	}
	return string(append(b, ']'))
}

// decoded reads what encoded wrote.
func decoded(text string) (entries []Entry, err error) {
	if text == "[]" {
		return nil, nil
	}
	entries = make([]Entry, 0, strings.Count(text, "["))
	for rest := strings.TrimPrefix(text, "["); rest != "]"; rest = strings.TrimPrefix(rest, ",") {
		entry, after, ok := strings.Cut(rest, "]")
		var n [4]int64
		for i := range n {
			var number string
			number, entry, _ = strings.Cut(strings.TrimPrefix(entry, "["), ",")
			if n[i], err = strconv.ParseInt(number, 10, 64); err != nil {
				break
			}
		}
		if !ok || err != nil || entry != "" {
			return nil, fmt.Errorf("read what is on the wire: %q is no list of deliveries", text)
		}
		entries = append(entries, Entry{ID: n[0], Fence: int(n[1]), Attempts: int(n[2]), FirstTry: n[3]})
		rest = after
	}
	return entries, nil
}

// Held tells, in SQL, that a row of the ledger is as it was claimed under a fence,
// given as an expression. Where many processes send, a claim is written; where one
// does, it is kept in the process, and the fence is written with what came of it.
func Held(d *database.Dialect, fence string) string {
	if d.LocksRows {
		return `(deliveries.state = 'claimed' AND deliveries.fence = ` + fence + `)`
	}
	return `(` + rules.Either("deliveries.state", subscribers.ClaimableStates()) + ` AND deliveries.fence = ` + fence + ` - 1)`
}

// IsHeld tells the same of a row in a state and with a fence, of a claim's fence.
func IsHeld(d *database.Dialect, state subscribers.DeliveryState, fence, claim int) bool {
	if d.LocksRows {
		return state == subscribers.Claimed && fence == claim
	}
	return slices.Contains(subscribers.ClaimableStates(), state) && fence == claim-1
}

// querySettle makes a row "sending" that is held by its claim, in the form of either kind
// of database: it may come from a copy of the other.
var querySettle = `
	UPDATE deliveries SET state = 'sending', next_try = NULL, fence = $1, worker_id = $2, attempts = $3, first_try = $4
	WHERE id = $5 AND (state = 'claimed' AND fence = $1 OR ` + rules.Either("state", subscribers.ClaimableStates()) + ` AND fence = $1 - 1)`

// Lost tells of the rows of a table whose worker is none of those that a parameter
// names, a JSON array.
func Lost(d *database.Dialect, table, living string) string {
	return `(` + table + `.worker_id IS NULL OR NOT ` + d.Among(table+".worker_id", living, "BIGINT") + `)`
}

// Settle brings the rows of the ledger up to date that are on the wire of an issue:
// they become "sending".
func Settle(t *database.Tx, issueID int64) error { return settle(t, queryOf, issueID) }

// SettleLost does the same for what workers hand over that are none of the living ones;
// see [Lost].
func SettleLost(t *database.Tx, issueID int64, living string) error {
	return settle(t, `SELECT issue_id, worker_id, entries FROM on_wire WHERE issue_id = $1 AND `+Lost(t.Dialect, "on_wire", "$2")+` ORDER BY worker_id`, issueID, living)
}

func settle(t *database.Tx, query string, args ...any) error {
	rows, err := read(t, query, args...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		for _, e := range r.Entries {
			if _, err := t.Exec(querySettle, e.Fence, database.OrNull(r.Worker), e.Attempts, e.FirstTry, e.ID); err != nil {
				return err
			}
		}
		if _, err := t.Exec(`DELETE FROM on_wire WHERE issue_id = $1 AND worker_id = $2`, r.IssueID, r.Worker); err != nil {
			return err
		}
	}
	return nil
}
