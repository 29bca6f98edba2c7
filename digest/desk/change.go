package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// subject is what of a draft an edit is about. It is refused when somebody else has
// changed that since its maker looked at the draft, and not for anything else.
type subject struct {
	title, intro, order bool
	// mail is the mail's subject and preheader, and where it ends.
	mail bool
	// whole is all of it.
	whole bool
	// blocks are those of which the edit changes what is in them.
	blocks []int64
	// places are those that it moves, or puts something beside. They must be there,
	// whatever has become of what is in them.
	places []int64
}

// since tells whether the subject was changed after a version, and in which versions,
// as far as that is known. Gone are the blocks that are there no more.
func (s subject) since(now digest.Issue, version int64) (in []int64, gone []int64) {
	add := func(is bool, changed int64) {
		if is && changed > version {
			in = append(in, changed)
		}
	}
	add(s.whole, now.Version)
	add(s.title, now.TitleVersion)
	add(s.intro, now.IntroVersion)
	add(s.mail, now.MailVersion)
	add(s.order, now.OrderVersion)
	for _, id := range s.blocks {
		b, isThere := now.BlockOf(id)
		if !isThere {
			gone = append(gone, id)
		}
		add(isThere, b.Version)
	}
	for _, id := range s.places {
		if now.RowOf(id) == 0 {
			gone = append(gone, id)
		}
	}
	return in, gone
}

// tries is how often an edit is begun anew because another was saved between reading
// the draft and saving it.
const tries = 10

// changeOf edits a draft of which the subject still is as ref's Version says. What
// others changed beside it stays as they left it: the edit is made on the draft as it
// stands now.
func (d *Desk) changeOf(ctx context.Context, by digest.Actor, ref Ref, did digest.Change, about func(now digest.Issue) subject, do edit) (Saved, error) {
	if err := ref.needsVersion(); err != nil {
		return Saved{}, err
	}
	return d.again(ctx, ref, digest.Revision{By: by, Did: did}, d.unless(ctx, ref, about, do))
}

// unless makes an edit refuse to do anything when somebody else has changed what it is
// about since ref's Version.
func (d *Desk) unless(ctx context.Context, ref Ref, about func(now digest.Issue) subject, do edit) edit {
	return func(issue *digest.Issue, series digest.Series) (string, error) {
		seen := *issue
		issue.Blocks = slices.Clone(issue.Blocks)
		words, err := do(issue, series)
		if err == nil && words == "" || seen.Version == ref.Version {
			return words, err
		}
		if in, gone := about(seen).since(seen, ref.Version); len(in)+len(gone) > 0 {
			return "", d.changed(ctx, seen, ref.Version, in, gone)
		}
		return words, err
	}
}

// of is the subject of an edit that is the same whatever the draft has become.
func of(s subject) func(digest.Issue) subject { return func(digest.Issue) subject { return s } }

func (r Ref) needsVersion() error {
	if r.Version != 0 {
		return nil
	}
	return digest.Fail(digest.Invalid, "Look at the issue first.", "an edit needs the version of the issue that it is made on")
}

// repeat edits a draft as it stands, whatever its version: for what only adds, and for
// what the program decides by itself.
func (d *Desk) repeat(ctx context.Context, by digest.Actor, ref Ref, did digest.Change, do edit) (Saved, error) {
	ref.Version = 0
	return d.again(ctx, ref, digest.Revision{By: by, Did: did}, do)
}

// again edits a draft, and begins anew when another edit was saved meanwhile. The
// revision that it stores begins as rev.
func (d *Desk) again(ctx context.Context, ref Ref, rev digest.Revision, do edit) (Saved, error) {
	for i := 1; ; i++ {
		issue, series, err := d.draftSince(ctx, ref)
		if err != nil {
			return Saved{Issue: issue}, err
		}
		saved := Saved{Issue: issue}
		if saved.Words, err = do(&saved.Issue, series); err != nil || saved.Words == "" {
			return saved, err
		}
		rev.At, rev.Words = d.clock.Now(), saved.Words
		err = d.explain(ctx, issue, d.store.SaveDraft(ctx, &saved.Issue, rev))
		if _, isChanged := errors.AsType[*digest.Changed](err); !isChanged || i == tries {
			return saved, err
		}
	}
}

// draftSince gives an issue that must be a draft, and must have been at ref's Version
// if that is set.
func (d *Desk) draftSince(ctx context.Context, ref Ref) (digest.Issue, digest.Series, error) {
	seen := ref.Version
	ref.Version = 0
	issue, series, err := d.draft(ctx, ref)
	if err == nil && seen > issue.Version {
		err = neverAt(issue, seen)
	}
	return issue, series, err
}

// neverAt says that an issue never had a version.
func neverAt(issue digest.Issue, version int64) error {
	return digest.Fail(digest.Invalid, fmt.Sprintf("It is at version %d.", issue.Version), "issue %d was never at version %d", issue.Number, version)
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
	return d.changed(ctx, seen, seen.Version, nil, nil)
}

// changed is the error that tells what was done to an issue since a version: in which
// versions, and which blocks are gone, as far as that is known; else all of it.
func (d *Desk) changed(ctx context.Context, issue digest.Issue, since int64, in, gone []int64) error {
	all, err := d.store.Revisions(ctx, issue.ID, revisionsLookedAt)
	if err != nil {
		return err
	}
	cause := &digest.Changed{Issue: issue.Number}
	var later []digest.Revision
	for _, r := range all { // the newest first
		if r.Version <= since {
			break
		}
		later = append([]digest.Revision{r}, later...)
		if slices.Contains(in, r.Version) || tookOut(r, gone) {
			cause.Since = append([]digest.Revision{r}, cause.Since...)
		}
	}
	if len(cause.Since) == 0 {
		cause.Since = later
	}
	return digest.Fail(digest.Conflict, "Nothing was done. Look at it again, and decide anew.", "%w", cause).
		Offer(digest.Act{Do: digest.ShowIssue, Issue: issue.Number}, digest.Act{Do: digest.IssueHistory, Issue: issue.Number})
}

// tookOut tells whether an edit began with a block that is gone by now.
func tookOut(r digest.Revision, gone []int64) bool {
	return r.Before != nil && slices.ContainsFunc(r.Before.Blocks, func(b digest.Block) bool { return slices.Contains(gone, b.ID) })
}
