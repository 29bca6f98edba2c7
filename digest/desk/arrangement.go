package desk

import (
	"context"

	"postbag/digest"
)

// Arrangement is an issue as somebody arranges it: what it would be, row by row, and what
// was done to it last.
type Arrangement struct {
	Outlook
	Series  digest.Series
	Several bool // there is more than one series, so that an address names one
	Rows    []Row
	// Saved is the last change, whoever made it; nil when nothing is known of any.
	Saved *digest.Revision
	// Undoes is the edit that [Desk.Undo] would take back, nil when there is none.
	Undoes *digest.Revision
}

// Arrangement tells how an issue is arranged.
func (d *Desk) Arrangement(ctx context.Context, ref Ref) (a Arrangement, err error) {
	if a.Outlook, err = d.Outlook(ctx, ref); err != nil {
		return a, err
	}
	all, err := d.store.SeriesList(ctx)
	if err != nil {
		return a, err
	}
	a.Several = len(all) > 1
	for _, s := range all {
		if s.ID == a.Issue.SeriesID {
			a.Series = s
		}
	}
	if a.Rows, err = d.Rows(ctx, a.Issue); err != nil {
		return a, err
	}
	if err = d.Pair(ctx, a.Issue, a.Rows); err != nil {
		return a, err
	}
	last, err := d.store.ChangesSince(ctx, a.Series.Slug, a.Issue.Number, 0, 1)
	if err != nil {
		return a, err
	}
	if len(last) > 0 {
		a.Saved = &last[0]
	}
	if a.Issue.State == digest.Draft {
		a.Undoes, err = d.store.Undoable(ctx, a.Issue.ID)
	}
	return a, err
}

// newsListed is how many changes of others are told at once.
const newsListed = 20

// News lists what others did to an issue since the version in ref, the newest first. It
// asks the database once, and may be asked every few seconds; ref names the issue by its
// number.
func (d *Desk) News(ctx context.Context, ref Ref, by digest.Actor) (news []digest.Revision, err error) {
	all, err := d.store.ChangesSince(ctx, ref.Series, ref.Number, ref.Version, newsListed)
	for _, r := range all {
		if r.By != by {
			news = append(news, r)
		}
	}
	return news, err
}
