package check

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull/removed"
	"postbag/digest/search"
	"postbag/digest/work"
	"postbag/templates"
)

// Store is what checking asks of the database.
type Store interface {
	Publication(ctx context.Context) (digest.Publication, error)
	Seen(ctx context.Context, issueID int64) (map[string]digest.Seen, error)
	MarkSeen(ctx context.Context, issueID int64, key string, seen *digest.Seen) error
	Answers(ctx context.Context, commentIDs []int64) (map[int64]digest.Answer, error)
	SaveAnswers(ctx context.Context, answers []digest.Answer) error
	// WantAsking asks that the blogs be asked about an issue, and makes the duty of a
	// name due; one that is open stays as it is.
	WantAsking(ctx context.Context, by digest.Actor, issueID int64, at time.Time, duty string) (digest.Asking, error)
	Asking(ctx context.Context, issueID int64) (digest.Asking, error)
	OpenAskings(ctx context.Context) ([]digest.Asking, error)
	SaveAsking(ctx context.Context, a digest.Asking) error
	LinkAnswers(ctx context.Context, urls []string) (map[string]digest.LinkAnswer, error)
	SaveLink(ctx context.Context, a digest.LinkAnswer) error
	// Threads gives the comment that began the thread of each of some comments.
	Threads(ctx context.Context, commentIDs []int64) (map[int64]int64, error)
	// WroteBefore gives those of some names under which a comment on a series' blogs
	// was seen by a moment.
	WroteBefore(ctx context.Context, seriesID int64, names []string, until time.Time) ([]string, error)
	// TextsWith gives the newest comments' texts that have each of some words.
	TextsWith(ctx context.Context, words []string, most int) (map[string][]string, error)
	SearchPosts(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundPost], error)
	// IssueByID gives an issue whole.
	IssueByID(ctx context.Context, id int64) (digest.Issue, error)
	Workers(ctx context.Context) ([]work.Worker, error)
	HeldSince(ctx context.Context) (time.Time, error)
}

// Blogs asks blogs about comments.
type Blogs interface {
	// Ask asks whether comments are still there, whatever was found out lately, and
	// tells of each as soon as it is known.
	Ask(ctx context.Context, commentIDs []int64, each func(id int64, there bool)) (removed.Result, error)
}

// Links asks addresses whether something is there.
type Links interface {
	// Reach gives the status of an answer; the error says why there was none.
	Reach(ctx context.Context, url string) (status int, err error)
}

// Options are what a [Check] needs.
type Options struct {
	Store Store
	Desk  *desk.Desk
	Blogs Blogs
	Links Links
	// Mail renders an issue's mail, with [templates.TokenMark] for each reader's token.
	Mail  func(*digest.Frozen) (templates.MailText, error)
	Clock digest.Clock
	Log   *slog.Logger // default: none
}

// Check checks issues. It is safe for concurrent use.
type Check struct {
	store Store
	desk  *desk.Desk
	blogs Blogs
	links Links
	mail  func(*digest.Frozen) (templates.MailText, error)
	clock digest.Clock
	log   *slog.Logger
}

// New makes a check.
func New(o Options) *Check {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Check{store: o.Store, desk: o.Desk, blogs: o.Blogs, links: o.Links, mail: o.Mail, clock: o.Clock, log: o.Log}
}

// Report is what was found in an issue.
type Report struct {
	desk.Outlook
	Series digest.Series
	Rows   []desk.Row
	// Findings are what must be fixed, then what is to be looked at; what somebody has
	// looked at already comes last.
	Findings []digest.Finding
	Asking   digest.Asking // of the blogs
	// Answers are what the blogs said of the picks last, by comment.
	Answers map[int64]digest.Answer
	Links   int  // addresses in the issue
	Reached int  // of these, those that answered that something is there
	Mail    bool // the mail was rendered, with a way out in both of its parts
}

// MustFix counts what must be fixed.
func (r Report) MustFix() (n int) {
	for _, f := range r.Findings {
		if f.Severity() == digest.MustFix {
			n++
		}
	}
	return n
}

// ToLookAt counts what is to be looked at and nobody has.
func (r Report) ToLookAt() (n int) {
	for _, f := range r.Findings {
		if f.Severity() == digest.LookAt && f.Seen == nil {
			n++
		}
	}
	return n
}

// List tells all that is to be fixed or looked at in an issue. Nothing is stored, and
// nobody outside is asked.
func (c *Check) List(ctx context.Context, ref desk.Ref) (r Report, err error) {
	if r.Outlook, err = c.desk.Outlook(ctx, ref); err != nil {
		return r, err
	}
	issue := r.Issue
	if r.Series, err = c.desk.SeriesOf(ctx, issue.SeriesID); err != nil {
		return r, err
	}
	if r.Rows, err = c.desk.Rows(ctx, issue); err != nil {
		return r, err
	}
	if r.Asking, err = c.store.Asking(ctx, issue.ID); err != nil {
		return r, err
	}
	if r.Answers, err = c.store.Answers(ctx, issue.Picked()); err != nil {
		return r, err
	}
	pub, err := c.store.Publication(ctx)
	if err != nil {
		return r, err
	}
	l := &look{Check: c, ctx: ctx, report: &r, pub: pub}
	if err := l.all(); err != nil {
		return r, err
	}
	seen, err := c.store.Seen(ctx, issue.ID)
	if err != nil {
		return r, err
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		for j := range f.Acts {
			f.Acts[j].Series = cmp.Or(f.Acts[j].Series, ref.Series)
		}
		if s, is := seen[f.Key()]; is && f.Severity() == digest.LookAt {
			f.Seen = &s
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b digest.Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return r, nil
}

// rank orders findings: what must be fixed first, what was seen last.
func rank(f digest.Finding) int {
	switch {
	case f.Severity() == digest.MustFix:
		return 0
	case f.Seen == nil:
		return 1
	}
	return 2
}

// See keeps that somebody has looked at a finding of an issue and lets it stand, or,
// with undo, takes that back. The error is of kind NotFound when the issue has no such
// finding by now, and of kind Invalid for one that must be fixed.
func (c *Check) See(ctx context.Context, by digest.Actor, ref desk.Ref, key string, undo bool) (digest.Finding, error) {
	r, err := c.List(ctx, ref)
	if err != nil {
		return digest.Finding{}, err
	}
	i := slices.IndexFunc(r.Findings, func(f digest.Finding) bool { return f.Key() == key })
	if i < 0 {
		return digest.Finding{}, digest.Fail(digest.NotFound, "It may be mended by now.", "nothing of that kind is found in issue %d", r.Issue.Number).
			Offer(digest.Act{Do: digest.CheckIssue, Series: ref.Series, Issue: r.Issue.Number})
	}
	f := r.Findings[i]
	if f.Severity() == digest.MustFix {
		return f, digest.Fail(digest.Invalid, "It has to be mended.", "this cannot be let stand: %s", strings.TrimSuffix(f.Words, "."))
	}
	seen := &digest.Seen{By: by, At: c.clock.Now()}
	if undo {
		seen = nil
	}
	f.Seen = seen
	return f, c.store.MarkSeen(ctx, r.Issue.ID, key, seen)
}

// plural counts something in words.
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
