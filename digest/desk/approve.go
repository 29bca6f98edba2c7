package desk

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
)

// The bytes of an issue's mail at which an editor is told, and at which it is not
// approved: mail programs cut off what is over 102 KB, and the footer with the
// way out first.
const (
	LargeMail    = 80_000
	TooLargeMail = 95_000
)

// Approve freezes a draft as it stands, to go out when it is said. It answers for the
// slot that it was drafted for, early or late, or for the latest that has passed by then
// and that no other issue answers for. The next draft opens with it. The blogs are asked first whether the picks are still there; unsure
// are those of which nothing shows it. The error is of kind Conflict when the mail
// would be too large, or a pick is gone or has changed.
func (d *Desk) Approve(ctx context.Context, by digest.Actor, ref Ref, when When) (issue digest.Issue, unsure []Row, err error) {
	if issue, err = d.ToApprove(ctx, ref); err != nil {
		return issue, nil, err
	}
	series, err := d.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return issue, nil, err
	}
	if unsure, err = d.Recheck(ctx, issue); err != nil {
		return issue, unsure, err
	}
	err = d.approve(ctx, by, &issue, series, when)
	return issue, unsure, err
}

func (d *Desk) approve(ctx context.Context, by digest.Actor, issue *digest.Issue, series digest.Series, when When) error {
	seen := *issue
	issue.ApprovedAt = d.clock.Now()
	if err := d.schedule(ctx, issue, series, when, issue.ApprovedAt); err != nil {
		return err
	}
	if err := when.asShown(*issue, series); err != nil {
		return err
	}
	pub, err := d.identity(ctx, series)
	if err != nil {
		return err
	}
	if issue.Frozen, err = d.freeze(ctx, *issue, series, pub, issue.DueAt, when.noWords); err != nil {
		return named(*issue, err)
	}
	if err := d.fits(issue.Frozen); err != nil {
		return err
	}
	var taught *Lesson
	if !when.noWords {
		if taught, err = d.lesson(ctx, seen); err != nil { // an issue goes out all the same
			d.log.WarnContext(ctx, "nothing is learned from the picks", "issue", issue.Number, "error", err)
		}
	}
	if err := d.store.Approve(ctx, by, issue, taught); err != nil {
		return d.explain(ctx, seen, err)
	}
	// The approval stands whether or not the next draft opens now; the worker
	// opens it otherwise, and opening it by hand says why it cannot.
	_, _, _ = d.open(ctx, by, series)
	return nil
}

// ToApprove gives the draft that an approval means. Without a number that is the
// present one, unless an issue of the series is approved already and waits: then the
// present draft is the next, which nobody may have meant, and the error is of kind
// Conflict.
func (d *Desk) ToApprove(ctx context.Context, ref Ref) (digest.Issue, error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil || ref.Number != 0 {
		return issue, err
	}
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return issue, err
	}
	for _, other := range all {
		if other.State == digest.Approved {
			return issue, digest.Fail(digest.Conflict, "", "%s is approved already, and %s is the next draft", other.Title, issue.Title).
				Offer(digest.Act{Do: digest.ShowIssue, Series: ref.Series, Issue: issue.Number}, digest.Act{Do: digest.ApproveIssue, Series: ref.Series, Issue: issue.Number})
		}
	}
	return issue, nil
}

// named says which draft an error is about: after an approval the present one is
// the next, which is easily overlooked.
func named(issue digest.Issue, err error) error {
	return digest.Fail(digest.KindOf(err), digest.HintOf(err), "%s: %w", issue.Title, err).Offer(digest.ActsOf(err)...)
}

// fits refuses an issue whose mail would be cut off.
func (d *Desk) fits(f *digest.Frozen) error {
	size, err := d.MailSize(f)
	if err != nil || size <= TooLargeMail {
		return err
	}
	return tooLarge(size)
}

func tooLarge(size int) error {
	return digest.Fail(digest.Conflict, "Take some picks out or shorten them: a pick takes about 1.6 KB.",
		"the mail would be %d KB, and mail programs cut off what is over %d KB", (size+500)/1000, TooLargeMail/1000)
}

// MailSize gives the bytes of an issue's mail, its HTML part decoded; 0 when the
// desk was not told how to measure.
func (d *Desk) MailSize(f *digest.Frozen) (int, error) {
	if d.size == nil {
		return 0, nil
	}
	return d.sizes.of(f, d.size)
}

// sizes remembers the sizes of the mails measured last: to render a mail of sixty picks
// takes some tens of milliseconds, and every page of the desk tells its size.
type sizes struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]int
}

// mostSizes bounds how many are remembered.
const mostSizes = 100

// of gives the size of an issue's mail. It depends on nothing but what is frozen.
func (s *sizes) of(f *digest.Frozen, measure func(*digest.Frozen) (int, error)) (int, error) {
	packed, err := json.Marshal(f)
	if err != nil {
		return 0, fmt.Errorf("measure issue %d: %w", f.Number, err)
	}
	key := sha256.Sum256(packed)
	s.mu.Lock()
	size, known := s.known[key]
	s.mu.Unlock()
	if known {
		return size, nil
	}
	if size, err = measure(f); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= mostSizes {
		s.known = map[[sha256.Size]byte]int{}
	}
	s.known[key] = size
	return size, nil
}

// Outlook is what an issue would be if it were approved as it stands; of one that is
// approved, what it is.
type Outlook struct {
	Issue digest.Issue
	// Frozen has no row that cannot be quoted.
	Frozen *digest.Frozen
	Size   int // bytes of its mail; see [Desk.MailSize]
	// Problems are all that stands in the way of approving it, or of letting it out.
	Problems []error
}

// Outlook tells what an issue would be, and all that is wrong with it. Nothing is
// stored, and no blog is asked.
func (d *Desk) Outlook(ctx context.Context, ref Ref) (o Outlook, err error) {
	issue, series, err := d.Issue(ctx, ref)
	if err != nil {
		return o, err
	}
	o.Issue, o.Frozen = issue, issue.Frozen
	if issue.Frozen == nil {
		in, err := d.input(ctx, issue, series)
		if err != nil {
			return o, err
		}
		if o.Frozen, o.Problems, err = compile.Sketch(in); err != nil {
			return o, err
		}
		if issue.State != digest.Draft {
			o.Problems = nil // it was given up, and is not to go out
		}
	} else if err := d.removed(ctx, issue); err != nil && slices.Contains(digest.WaitingStates(), issue.State) {
		o.Problems = append(o.Problems, err)
	}
	if o.Size, err = d.MailSize(o.Frozen); err != nil {
		return o, err
	}
	if issue.State == digest.Draft && o.Size > TooLargeMail {
		o.Problems = append(o.Problems, tooLarge(o.Size))
	}
	return o, nil
}

// input is what an issue would be frozen from.
func (d *Desk) input(ctx context.Context, issue digest.Issue, series digest.Series) (in compile.Input, err error) {
	pub, err := d.store.Publication(ctx)
	if err != nil {
		return in, err
	}
	in = compile.Input{Issue: issue, Series: series, Publication: d.named(pub, series), Date: issue.DueAt}
	if in.Date.IsZero() {
		in.Date = d.clock.Now()
	}
	in.Comments, err = d.quoted(ctx, issue)
	return in, err
}

// Preview freezes a draft without storing anything, as approving now would.
func (d *Desk) Preview(ctx context.Context, ref Ref) (*digest.Frozen, error) {
	issue, series, err := d.Issue(ctx, ref)
	if err != nil {
		return nil, err
	}
	if issue.Frozen != nil {
		return issue.Frozen, nil
	}
	in, err := d.input(ctx, issue, series)
	if err != nil {
		return nil, err
	}
	return compile.Freeze(in)
}

func (d *Desk) freeze(ctx context.Context, issue digest.Issue, series digest.Series, pub digest.Publication, date time.Time, noWords bool) (*digest.Frozen, error) {
	comments, err := d.quoted(ctx, issue)
	if err != nil {
		return nil, err
	}
	return compile.Freeze(compile.Input{
		Issue: issue, Series: series, Publication: pub, Comments: comments, Date: date, NoWords: noWords,
	})
}

// named gives the publication with the tag authority that it has, or would have
// if an issue were approved now: that of the day its series began, as the feed
// without an issue says already.
func (d *Desk) named(pub digest.Publication, series digest.Series) digest.Publication {
	if pub.TagAuthority == "" {
		pub.TagAuthority = compile.MintTagAuthority(d.baseURL, series.CreatedAt, pub.Name)
	}
	return pub
}

// identity gives the publication, its tag authority stored for good if this is
// the first time it is needed.
func (d *Desk) identity(ctx context.Context, series digest.Series) (digest.Publication, error) {
	pub, err := d.store.Publication(ctx)
	if err != nil || pub.TagAuthority != "" {
		return pub, err
	}
	pub.TagAuthority, err = d.store.MintTagAuthority(ctx, d.named(pub, series).TagAuthority)
	return pub, err
}

// quoted loads an issue's picked comments and the parents of picked replies.
func (d *Desk) quoted(ctx context.Context, issue digest.Issue) (map[int64]digest.Candidate, error) {
	picked, err := d.comments(ctx, issue.Picked())
	if err != nil {
		return nil, err
	}
	var parents []int64
	for _, c := range picked {
		if c.ParentID != 0 {
			parents = append(parents, c.ParentID)
		}
	}
	found, err := d.comments(ctx, parents)
	if err != nil {
		return nil, err
	}
	maps.Copy(picked, found)
	return picked, d.asPicked(ctx, issue, picked)
}

// sketch is what an issue would be, without what cannot be quoted of it.
func (d *Desk) sketch(in compile.Input) (*digest.Frozen, error) {
	f, _, err := compile.Sketch(in)
	return f, err
}

// freezes tells why an issue cannot be frozen, or is too large for a mail.
func (d *Desk) freezes(in compile.Input) error {
	f, err := compile.Freeze(in)
	if err != nil {
		return err
	}
	return d.fits(f)
}
