package desk

import (
	"context"
	"errors"

	"postbag/digest"
)

// Saved is an issue after a change, with what was done in words, as its history
// has it: "took out row 2: Ines, “I drove…”".
type Saved struct {
	digest.Issue
	Words string // "" when there was nothing to do
}

// edit is what a use case does to a draft: it gives the words for it, "" when there
// is nothing to do.
type edit func(issue *digest.Issue, series digest.Series) (words string, err error)

// change edits a draft that is still as ref's Version says.
func (d *Desk) change(ctx context.Context, by digest.Actor, ref Ref, did digest.Change, do edit) (Saved, error) {
	if err := ref.needsVersion(); err != nil {
		return Saved{}, err
	}
	return d.try(ctx, by, ref, did, do)
}

func (r Ref) needsVersion() error {
	if r.Version != 0 {
		return nil
	}
	return digest.Fail(digest.Invalid, "Look at the issue first.", "an edit needs the version of the issue that it is made on")
}

// repeat edits a draft as it stands, and does so again when somebody else saved in
// between: for what only adds, and for what the program decides by itself.
func (d *Desk) repeat(ctx context.Context, by digest.Actor, ref Ref, did digest.Change, do edit) (Saved, error) {
	ref.Version = 0
	return again(func() (Saved, error) { return d.try(ctx, by, ref, did, do) })
}

// again does what only adds until nobody saved in between, five times at most.
func again[T any](do func() (T, error)) (T, error) {
	const tries = 5
	for i := 1; ; i++ {
		done, err := do()
		if _, isChanged := errors.AsType[*digest.Changed](err); !isChanged || i == tries {
			return done, err
		}
	}
}

func (d *Desk) try(ctx context.Context, by digest.Actor, ref Ref, did digest.Change, do edit) (Saved, error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil {
		return Saved{Issue: issue}, err
	}
	saved := Saved{Issue: issue}
	if saved.Words, err = do(&saved.Issue, series); err != nil || saved.Words == "" {
		return saved, err
	}
	rev := digest.Revision{At: d.clock.Now(), By: by, Did: did, Words: saved.Words}
	return saved, d.explain(ctx, issue, d.store.SaveDraft(ctx, &saved.Issue, rev))
}

// explain turns the store's refusal of an older version into an error that tells
// what was changed since the issue was read.
func (d *Desk) explain(ctx context.Context, seen digest.Issue, err error) error {
	if err == nil || digest.KindOf(err) != digest.Conflict {
		return err
	}
	now, readErr := d.store.Issue(ctx, seen.SeriesID, seen.Number)
	switch {
	case readErr != nil || now.Version == seen.Version:
		return err
	case now.State != digest.Draft:
		return d.notDraft(ctx, now)
	}
	return d.changed(ctx, seen, seen.Version)
}

// changed is the error that tells what was done to an issue since a version.
func (d *Desk) changed(ctx context.Context, issue digest.Issue, since int64) error {
	all, err := d.store.Revisions(ctx, issue.ID, 0)
	if err != nil {
		return err
	}
	cause := &digest.Changed{Issue: issue.Number}
	for _, r := range all { // the newest first
		if r.Version > since {
			cause.Since = append([]digest.Revision{r}, cause.Since...)
		}
	}
	return digest.Fail(digest.Conflict, "Nothing was done. Look at it again, and decide anew.", "%w", cause).
		Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number}, digest.Act{Do: digest.IssueHistory, Issue: issue.Number})
}
