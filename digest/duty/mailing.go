package duty

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"postbag/digest"
	"postbag/digest/work"
	"postbag/subscribers/deliver"
)

// mail works off the issues that are being sent, each as far as rows are due:
// every worker its share of the rows.
func (w *Worker) mail(ctx context.Context, member work.Member) error {
	if held, err := w.isHeld(ctx); held || err != nil {
		return err
	}
	if w.Rate > 0 && member.Present() > 1 && time.Since(w.joined) < w.Joining.Lease/2 {
		return nil // the others do not know yet that the rate is shared with this one
	}
	issues, err := w.Store.IssuesIn(ctx, digest.Sending)
	if err != nil {
		return err
	}
	var failed []error
	for _, issue := range issues {
		summary, err := w.mailOne(ctx, member, issue)
		if err != nil {
			// What a failed run knows and could not store is settled by the next.
			delete(w.begun, issue.ID)
			failed = append(failed, err)
		}
		if err != nil && digest.KindOf(err) == digest.Unavailable {
			break // the mail server's trouble is every issue's
		}
		if summary.Finished {
			w.named(ctx, issue).Info("sent", slog.Any("counts", summary.Counts))
		}
	}
	return errors.Join(failed...)
}

// mailOne works one issue off, unless nothing of it is due.
func (w *Worker) mailOne(ctx context.Context, member work.Member, listed digest.Issue) (deliver.Summary, error) {
	next, ok, err := w.Store.NextTry(ctx, listed.ID)
	if err != nil {
		return deliver.Summary{}, err
	}
	if ok && next.After(w.Clock.Now()) && w.begun[listed.ID] {
		stranded, err := w.Store.Stranded(ctx, listed.ID, member.ID())
		if err != nil || !stranded {
			return deliver.Summary{}, err
		}
	}
	w.begun[listed.ID] = true
	issue, err := w.Store.Issue(ctx, listed.SeriesID, listed.Number)
	if err != nil {
		return deliver.Summary{}, err
	}
	return w.Sender.Run(ctx, member, issue, nil)
}
