package duty

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/digest/work"
)

// waitsAgain is when an issue that waits for the editor is looked at again without
// news.
const waitsAgain = time.Minute

// draft opens a series' next draft.
func (w *Worker) draft(ctx context.Context, l work.Lease) (time.Time, error) {
	s, err := w.Desk.SeriesOf(ctx, l.Subject)
	if err != nil {
		return time.Time{}, err
	}
	issue, created, err := w.Desk.Draft(ctx, w.by(), s.Slug)
	if created {
		w.named(ctx, issue).Info("draft opened", "due", issue.DueAt)
	}
	return time.Time{}, err
}

// remind reminds the editors of a series' drafts that nobody has approved.
func (w *Worker) remind(ctx context.Context, l work.Lease) (time.Time, error) {
	s, err := w.Desk.SeriesOf(ctx, l.Subject)
	if err != nil {
		return time.Time{}, err
	}
	return time.Time{}, w.Remind(ctx, s)
}

// deadline is the moment of a series' issue: one that is approved is published, a
// draft is postponed.
func (w *Worker) deadline(ctx context.Context, l work.Lease) (time.Time, error) {
	s, err := w.Desk.SeriesOf(ctx, l.Subject)
	if err != nil {
		return time.Time{}, err
	}
	return w.eachDue(ctx, l.Subject, func(issue digest.Issue) (waits bool, err error) {
		ref := desk.Ref{Series: s.Slug, Number: issue.Number}
		if issue.State == digest.Draft {
			return false, w.missed(ctx, ref, issue)
		}
		_, unsure, err := w.Desk.Publish(ctx, w.by(), ref)
		if waits, err := w.waits(ctx, issue, unsure, err); waits || err != nil {
			return waits, err
		}
		w.named(ctx, issue).Info("published", "address", w.Site.URL(site.Issue, issue.Number))
		return false, nil
	}, digest.UnpublishedStates()...)
}

// beginMailing freezes the audience of published issues whose moment has come.
// From then on every worker sends its share.
func (w *Worker) beginMailing(ctx context.Context, l work.Lease) (time.Time, error) {
	return w.eachDue(ctx, l.Subject, func(issue digest.Issue) (waits bool, err error) {
		unsure, err := w.Sender.Begin(ctx, w.by(), issue)
		return w.waits(ctx, issue, unsure, err)
	}, digest.Published)
}

// eachDue does something with every issue of a series that is in one of some
// states and whose moment has come, and asks the editor about those whose moment
// is long past. When one waits it tells when to look again.
func (w *Worker) eachDue(ctx context.Context, seriesID int64, do func(digest.Issue) (waits bool, err error), states ...digest.IssueState) (again time.Time, err error) {
	listed, err := w.Store.IssuesIn(ctx, states...)
	if err != nil {
		return again, err
	}
	held, err := w.isHeld(ctx)
	if err != nil {
		return again, err
	}
	var failed []error
	now := w.Clock.Now()
	for _, l := range listed {
		if l.SeriesID != seriesID || l.DueAt.IsZero() || l.DueAt.After(now) {
			continue
		}
		if held && l.State != digest.Draft {
			again = now.Add(waitsAgain)
			continue
		}
		waits, err := w.oneDue(ctx, l, do)
		if waits {
			again = now.Add(waitsAgain)
		}
		failed = append(failed, err)
	}
	return again, errors.Join(failed...)
}

func (w *Worker) oneDue(ctx context.Context, listed digest.Issue, do func(digest.Issue) (waits bool, err error)) (waits bool, err error) {
	issue, err := w.Store.Issue(ctx, listed.SeriesID, listed.Number)
	if err != nil {
		return false, err
	}
	if issue.State != digest.Draft {
		if asked, err := w.askedIfLate(ctx, issue); asked || err != nil {
			return false, err
		}
	}
	return do(issue)
}

// askedIfLate leaves an issue that is too late to the editor, and tells whether it
// is left. Once asked, it stays asked until the editor decides.
func (w *Worker) askedIfLate(ctx context.Context, issue digest.Issue) (asked bool, err error) {
	if issue.Asks != digest.AsksNothing {
		return true, nil
	}
	if !w.Sender.IsLate(issue) {
		return false, nil
	}
	asked, err = w.Store.Ask(ctx, issue.ID, issue.DueAt)
	if !asked || err != nil {
		return true, err // its moment was moved just now, and is planned
	}
	words := "an issue is too late and waits for you: publish and send it by hand, or cancel it"
	if issue.State == digest.Published {
		words = "an issue on the web is too late and waits for you: send it by hand"
	}
	w.named(ctx, issue).Warn(words, "was_due", issue.DueAt)
	return true, nil
}

// missed does what the series' rule says with a draft whose moment passed. Nothing is
// sent that no editor saw unless the rule says so. A draft that is not sent keeps its
// picks and takes the series' next moment.
func (w *Worker) missed(ctx context.Context, ref desk.Ref, draft digest.Issue) error {
	done, err := w.Desk.AtDeadline(ctx, w.by(), ref, w.Sender.IsLate(draft))
	if err != nil {
		return err
	}
	log := w.named(ctx, draft)
	switch {
	case done.Sent:
		log.Warn("an issue's moment passed without approval; it goes out by its series' rule", "was_due", draft.DueAt, "picks", done.Issue.Picks())
	case done.Why != "":
		log.Warn("an issue's moment passed without approval; it is postponed", "was_due", draft.DueAt, "now_due", done.Issue.DueAt, "why", done.Why)
	default:
		log.Warn("an issue's moment passed without approval; it is postponed", "was_due", draft.DueAt, "now_due", done.Issue.DueAt)
	}
	return nil
}

// waits tells whether a check keeps an issue for the editor, by its error of kind
// Conflict, and logs once why; and once the picks of which nothing shows whether they
// are still there.
func (w *Worker) waits(ctx context.Context, issue digest.Issue, unsure []desk.Row, err error) (bool, error) {
	if len(unsure) > 0 {
		var picks []string
		for _, r := range unsure {
			picks = append(picks, fmt.Sprintf("%d by %s", r.Number, strings.Join(strings.Fields(r.Comment.Author), " ")))
		}
		w.warnOnce(ctx, issue, "nothing that the blog answers shows whether these picks are still there", "picks", strings.Join(picks, ", "))
	}
	if digest.KindOf(err) != digest.Conflict {
		return false, err
	}
	w.warnOnce(ctx, issue, "an issue is held: "+err.Error(), "hint", digest.HintOf(err))
	return true, nil
}
