package ledger

import (
	"context"

	"postbag/digest/dispatch"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/report"
)

// queryOutcomes gives each delivery of the issue $1 with its address.
const queryOutcomes = `
	SELECT d.id, d.state, d.cause, d.code, CASE WHEN d.state = 'sent' THEN '' WHEN d.reply <> '' OR d.error = '' THEN d.reply ELSE 'Postbag: ' || d.error END, s.email
	FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id WHERE d.issue_id = $1`

// queryReturned gives the addresses from which mails of the issue $1 came back, or whose
// readers complained, after the server had taken them.
var queryReturned = `
	SELECT DISTINCT b.kind, s.email FROM bounces b JOIN subscribers s ON s.id = b.subscriber_id
	WHERE b.issue_id = $1 AND b.kind IN (` + rules.Words([]report.Kind{report.Hard, report.Soft, report.Policy, report.Complaint}) + `) AND b.source <> 'smtp'`

// ByDomain sums up an issue's mails for each receiving domain; see [dispatch.Store]. It
// reads the rows of the issue once, one after the other.
func (db *Store) ByDomain(ctx context.Context, issueID int64) (sums *dispatch.Domains, err error) {
	err = db.View(ctx, "sum up the deliveries by domain", func(t *database.Tx) error {
		sums = dispatch.NewDomains()
		ids, err := onWire(t, issueID)
		if err != nil {
			return err
		}
		begun := make(map[int64]bool, len(ids))
		for _, id := range ids {
			begun[id] = true
		}
		err = t.Each(func(r database.Row) error {
			var id int64
			var o dispatch.DomainOutcome
			err := r.Scan(&id, &o.State, &o.Cause, &o.Code, &o.Words, &o.Email)
			if begun[id] {
				o.State = subscribers.InFlight
			}
			sums.Add(o)
			return err
		}, queryOutcomes, issueID)
		if err != nil {
			return err
		}
		return t.Each(func(r database.Row) error {
			var kind, email string
			err := r.Scan(&kind, &email)
			sums.AddReturned(email, kind == "complaint")
			return err
		}, queryReturned, issueID)
	})
	return sums, err
}
