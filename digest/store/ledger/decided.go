package ledger

import (
	"context"
	"fmt"
	"slices"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/issues"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
	"postbag/subscribers"
)

// Unsettled counts the rows that a settlement means; see [dispatch.Settlements]. It reads
// all of them once.
func (db *Store) Unsettled(ctx context.Context, x dispatch.Settlement) (u dispatch.Unsettled, err error) {
	err = db.View(ctx, "count what is to be decided", func(t *database.Tx) error {
		u = dispatch.Unsettled{Causes: map[subscribers.Cause]int{}}
		args, err := meantArgs(x)
		if err != nil {
			return err
		}
		return t.Each(func(r database.Row) error {
			var cause subscribers.Cause
			var mailable, n int
			err := r.Scan(&cause, &mailable, &n)
			u.Rows += n
			u.Mailable += n * mailable
			u.Causes[cause] += n
			return err
		}, queryUnsettled(t.Dialect, len(x.Readers) > 0), args...)
	})
	return u, err
}

func queryUnsettled(d *database.Dialect, some bool) string {
	return `SELECT found.cause, found.mailable, COUNT(*) FROM (
		SELECT d.cause, CASE WHEN s.` + rules.Mailable + ` THEN 1 ELSE 0 END AS mailable
		FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id WHERE ` + meant(d, some) + `) AS found
	GROUP BY found.cause, found.mailable`
}

// meant tells, with the arguments of meantArgs, which rows d a settlement means. A row
// that is refused or in doubt is on no wire: what is begun there was queued or deferred.
func meant(d *database.Dialect, some bool) string {
	of := `d.issue_id = $1 AND d.state = $2 AND d.updated_at <= $3`
	if some {
		of += ` AND ` + d.Among("d.subscriber_id", "$4", "BIGINT")
	}
	return of
}

func meantArgs(x dispatch.Settlement) ([]any, error) {
	args := []any{x.IssueID, string(x.From), x.Asked.UnixMicro()}
	if len(x.Readers) == 0 {
		return args, nil
	}
	packed, err := database.JSONArray(x.Readers)
	return append(args, packed), err
}

// settledAtOnce is how many rows one transaction decides about: it neither keeps others
// from writing for long nor grows with the list.
const settledAtOnce = 5_000

// SettleMails moves rows that are refused or in doubt to what a person says of them; see
// [dispatch.Settlements].
func (db *Store) SettleMails(ctx context.Context, by digest.Actor, x dispatch.Settlement) (n int, err error) {
	if !x.From.To(x.To) || !slices.Contains(subscribers.SettledStates(), x.From) {
		return 0, digest.Fail(digest.Invalid, "", "what is %s does not become %s by a person's word", x.From, x.To)
	}
	for after, last := int64(0), false; !last; {
		var some int
		err := db.Update(ctx, "decide about mails", func(t *database.Tx) (err error) {
			some, after, last, err = settleSome(t, by, x, n, after)
			return err
		})
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}

// settleSome settles the first rows after one, when n are settled already.
func settleSome(t *database.Tx, by digest.Actor, x dispatch.Settlement, n int, after int64) (some int, next int64, last bool, err error) {
	if err := mayBeSettled(t, x); err != nil {
		return 0, after, true, err
	}
	args, err := meantArgs(x)
	if err != nil {
		return 0, after, true, err
	}
	ids, err := t.IDs(`SELECT d.id FROM deliveries d WHERE `+meant(t.Dialect, len(x.Readers) > 0)+
		fmt.Sprintf(` AND d.id > $%d ORDER BY d.id LIMIT $%d`, len(args)+1, len(args)+2), append(args, after, settledAtOnce)...)
	if err != nil || len(ids) == 0 {
		return 0, after, true, err
	}
	packed, err := database.JSONArray(ids)
	if err != nil {
		return 0, after, true, err
	}
	query := querySaid
	queryArgs := []any{packed, x.At.UnixMicro(), string(x.To)}
	if x.To == subscribers.Queued {
		query = querySendAgain
		queryArgs = queryArgs[:2]
	}
	if _, err := t.Exec(query(t.Dialect), queryArgs...); err != nil {
		return 0, after, true, err
	}
	if x.To == subscribers.Queued {
		if err := sendsAgain(t, by, x); err != nil {
			return 0, after, true, err
		}
	}
	number, err := t.Number(`SELECT number FROM issues WHERE id = $1`, x.IssueID)
	if err != nil {
		return 0, after, true, err
	}
	on, words := fmt.Sprintf("issue %d", number), x.Words(n+len(ids))
	if n == 0 {
		err = audit.Add(t, by, digest.MailsSettled, on, words)
	} else {
		err = audit.Grow(t, x.At, by, digest.MailsSettled, on, words)
	}
	return len(ids), ids[len(ids)-1], len(ids) < settledAtOnce, err
}

// querySendAgain queues the rows $1 at $2 with their full time before them. What the
// server said stays, until another answer comes; a claim from before is worth nothing.
func querySendAgain(d *database.Dialect) string {
	return `UPDATE deliveries SET state = 'queued', next_try = 0, attempts = 0, unanswered = 0, first_try = NULL, fence = fence + 1, updated_at = $2
		WHERE ` + d.Among("id", "$1", "BIGINT")
}

// querySaid moves the rows $1 at $2 to the state $3 by a person's word.
func querySaid(d *database.Dialect) string {
	return `UPDATE deliveries SET state = $3, cause = 'by-hand', fence = fence + 1, updated_at = $2
		WHERE ` + d.Among("id", "$1", "BIGINT")
}

// mayBeSettled looks that rows of an issue may be decided about, and sent again where
// that is decided.
func mayBeSettled(t *database.Tx, x dispatch.Settlement) error {
	again := x.To == subscribers.Queued
	if again {
		if err := publication.NotHeld(t); err != nil {
			return err
		}
	}
	if err := issues.LockIssue(t, x.IssueID); err != nil {
		return err
	}
	state, err := issues.IssueState(t, x.IssueID)
	if err != nil {
		return err
	}
	if !slices.Contains(digest.MailedStates(), state) && (again || state != digest.Withdrawn) {
		return database.Conflict("", "the issue is %s: nothing of it is sent again", state.Is())
	}
	return nil
}

// sendsAgain lets an issue go on whose rows wait again, although it was sent or paused.
func sendsAgain(t *database.Tx, by digest.Actor, x dispatch.Settlement) error {
	n, err := t.Exec(`UPDATE issues SET state = 'sending', pause_cause = '', pause_detail = '' WHERE id = $1 AND state <> 'sending'`, x.IssueID)
	if err != nil || n == 0 {
		return err
	}
	t.Wake()
	if err := issues.AddMove(t, by, x.IssueID, digest.Sending, x.At); err != nil {
		return err
	}
	return duties.ReplanIssue(t, x.IssueID)
}
