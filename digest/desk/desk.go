package desk

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"postbag/digest"
)

// Desk does the editor's work.
type Desk struct {
	store   Store
	clock   digest.Clock
	baseURL string
	size    func(*digest.Frozen) (int, error)
	sizes   sizes
	blogs   Blogs
	log     *slog.Logger
	counted counts
}

// Options are what a desk needs.
type Options struct {
	Store Store
	Clock digest.Clock
	// BaseURL is where readers find the publication; the identity of its feeds
	// is minted from it once.
	BaseURL string
	// Size gives the bytes of an issue's mail, its HTML part decoded; with nil
	// no issue is too large.
	Size func(*digest.Frozen) (int, error)
	// Blogs are asked once more about picks before readers see them; with nil
	// only what is stored counts.
	Blogs Blogs
	Log   *slog.Logger // default: none
}

// New makes a desk.
func New(o Options) *Desk {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{store: o.Store, clock: o.Clock, baseURL: o.BaseURL, size: o.Size, blogs: o.Blogs, log: o.Log}
}

// Ref names an issue: a series by its slug ("" for the only one, or the only one that
// has the number) and a number (0 for the present draft, else the newest issue; an error of kind Invalid where
// there are several drafts).
type Ref struct {
	Series string
	Number int
	// Version is that of the issue that somebody looked at before deciding. With 0
	// a use case takes the issue as it stands; an edit refuses that, unless it only
	// adds. An edit of what nobody changed since is done, whatever else was.
	Version int64
	// Last is the id of the newest change that somebody saw who takes one back, or who
	// mails the issue; with 0 [Desk.Undo] takes back whatever is the last. A decision
	// leaves the Version as it is, and so does a mailing that is paused, so that this
	// alone tells that another came after.
	Last int64
}

// Seen is how the issue stood when somebody looked at it.
func (r Ref) Seen() digest.AsSeen { return digest.AsSeen{Version: r.Version, Last: r.Last} }

// Series finds a series by its slug, or the only one there is when the slug is
// empty.
func (d *Desk) Series(ctx context.Context, slug string) (digest.Series, error) {
	all, err := d.store.SeriesList(ctx)
	if err != nil {
		return digest.Series{}, err
	}
	if len(all) == 0 {
		return digest.Series{}, digest.Fail(digest.NotFound, "The first blog brings one with it.", "there is no series yet").
			Offer(digest.Act{Do: digest.AddSource})
	}
	var names []string
	for _, s := range all {
		if s.Slug == slug || slug == "" && len(all) == 1 {
			return s, nil
		}
		names = append(names, s.Slug)
	}
	hint := "The series are: " + strings.Join(names, ", ") + "."
	if slug == "" {
		return digest.Series{}, digest.Fail(digest.Invalid, hint, "there are several series, and none is named")
	}
	return digest.Series{}, digest.Fail(digest.NotFound, hint, "there is no series %q", slug)
}

// SeriesOf finds a series by its id.
func (d *Desk) SeriesOf(ctx context.Context, id int64) (digest.Series, error) {
	all, err := d.store.SeriesList(ctx)
	if err != nil {
		return digest.Series{}, err
	}
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
	}
	return digest.Series{}, digest.Fail(digest.NotFound, "", "the series with the id %d is no more", id)
}

// LogOf gives a log that names an issue in every line: by its number and its series,
// as people do.
func (d *Desk) LogOf(ctx context.Context, log *slog.Logger, issue digest.Issue) *slog.Logger {
	log = log.With("issue", issue.Number)
	if series, err := d.SeriesOf(ctx, issue.SeriesID); err == nil {
		log = log.With("series", series.Slug)
	}
	return log
}

// Draft opens the series' next draft, or gives the one that is open.
func (d *Desk) Draft(ctx context.Context, by digest.Actor, slug string) (issue digest.Issue, created bool, err error) {
	series, err := d.Series(ctx, slug)
	if err != nil {
		return digest.Issue{}, false, err
	}
	return d.open(ctx, by, series)
}

// open opens the series' next draft, for its next moment.
func (d *Desk) open(ctx context.Context, by digest.Actor, series digest.Series) (issue digest.Issue, created bool, err error) {
	now := d.clock.Now()
	others, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return digest.Issue{}, false, err
	}
	slot, err := nextSlot(series, others, digest.Issue{Number: series.NextNumber}, now)
	if err != nil {
		return digest.Issue{}, false, err
	}
	return d.store.OpenDraft(ctx, by, series.ID, now, slot)
}

// Issue gives an issue whole.
func (d *Desk) Issue(ctx context.Context, ref Ref) (digest.Issue, digest.Series, error) {
	series, err := d.seriesWith(ctx, ref)
	if err != nil {
		return digest.Issue{}, series, err
	}
	if ref.Number == 0 {
		if err := d.oneDraft(ctx, series, ref.Series); err != nil {
			return digest.Issue{}, series, err
		}
	}
	issue, err := d.store.Issue(ctx, series.ID, ref.Number)
	return issue, series, err
}

// InSeries is an issue with its series.
type InSeries struct {
	Series digest.Series
	Issue  digest.Issue
}

// Numbered gives the issues with a number, one of each series that has it; for 0 the
// drafts that are open.
func (d *Desk) Numbered(ctx context.Context, number int) (found []InSeries, err error) {
	all, err := d.store.SeriesList(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		issue, err := d.store.Issue(ctx, s.ID, number)
		switch {
		case digest.KindOf(err) == digest.NotFound && err != nil, err == nil && number == 0 && issue.State != digest.Draft:
		case err != nil:
			return nil, err
		default:
			found = append(found, InSeries{Series: s, Issue: issue})
		}
	}
	return found, nil
}

// seriesWith gives the series that ref means: the one that it names, or the only one that
// has an issue with its number. Several are an error of kind Invalid that names them.
func (d *Desk) seriesWith(ctx context.Context, ref Ref) (digest.Series, error) {
	if ref.Series != "" || ref.Number == 0 {
		return d.Series(ctx, ref.Series)
	}
	all, err := d.store.SeriesList(ctx)
	if err != nil || len(all) < 2 {
		if err == nil {
			return d.Series(ctx, "")
		}
		return digest.Series{}, err
	}
	found, err := d.Numbered(ctx, ref.Number)
	if err != nil {
		return digest.Series{}, err
	}
	switch len(found) {
	case 0:
		return digest.Series{}, digest.Fail(digest.NotFound, "", "no series has an issue %d", ref.Number).Offer(digest.Act{Do: digest.ListIssues})
	case 1:
		return found[0].Series, nil
	}
	var names []string
	var shows []digest.Act
	for _, f := range found {
		names = append(names, f.Series.Slug)
		shows = append(shows, digest.Act{Do: digest.ShowIssue, Series: f.Series.Slug, Issue: ref.Number})
	}
	return digest.Series{}, digest.Fail(digest.Invalid, "Name one of these series.", "several series have an issue %d: %s", ref.Number, strings.Join(names, ", ")).Offer(shows...)
}

// ByID gives an issue whole.
func (d *Desk) ByID(ctx context.Context, id int64) (digest.Issue, error) {
	return d.store.IssueByID(ctx, id)
}

// oneDraft refuses to choose between two drafts: an issue that was approved can be open
// again beside the next one.
func (d *Desk) oneDraft(ctx context.Context, series digest.Series, slug string) error {
	all, err := d.store.Issues(ctx, series.ID, newestLookedAt)
	if err != nil {
		return err
	}
	var names []string
	var shows []digest.Act
	for _, issue := range slices.Backward(all) {
		if issue.State == digest.Draft {
			names = append(names, fmt.Sprintf("issue %d (%s)", issue.Number, issue.Title))
			shows = append(shows, digest.Act{Do: digest.ShowIssue, Series: slug, Issue: issue.Number})
		}
	}
	if len(names) < 2 {
		return nil
	}
	return digest.Fail(digest.Invalid, "Name one by its number.", "several issues are drafts: %s", strings.Join(names, ", ")).Offer(shows...)
}

// Issues lists a series' issues, newest first.
func (d *Desk) Issues(ctx context.Context, slug string, limit int) ([]digest.Issue, error) {
	series, err := d.Series(ctx, slug)
	if err != nil {
		return nil, err
	}
	return d.store.Issues(ctx, series.ID, limit)
}

// Meant gives the issue that ref numbers, else the only one in one of some states.
func (d *Desk) Meant(ctx context.Context, ref Ref, states ...digest.IssueState) (digest.Issue, error) {
	if ref.Number == 0 {
		return d.only(ctx, ref.Series, states...)
	}
	issue, _, err := d.Issue(ctx, ref)
	return issue, err
}

// Newest gives the newest issue that is in one of some states.
func (d *Desk) Newest(ctx context.Context, slug string, states ...digest.IssueState) (digest.Issue, error) {
	all, err := d.Issues(ctx, slug, newestLookedAt)
	if err != nil {
		return digest.Issue{}, err
	}
	for _, issue := range all {
		if slices.Contains(states, issue.State) {
			full, _, err := d.Issue(ctx, Ref{Series: slug, Number: issue.Number})
			return full, err
		}
	}
	var words []string
	for _, s := range states {
		words = append(words, s.Is())
	}
	return digest.Issue{}, digest.Fail(digest.NotFound, "", "no issue is %s", strings.Join(words, " or ")).Offer(digest.Act{Do: digest.ListIssues, Series: slug})
}

// only gives the one issue that is in one of some states. Several are an error of
// kind Invalid that lists them: a command is not to guess what goes out.
func (d *Desk) only(ctx context.Context, slug string, states ...digest.IssueState) (digest.Issue, error) {
	all, err := d.Issues(ctx, slug, newestLookedAt)
	if err != nil {
		return digest.Issue{}, err
	}
	var names []string
	for _, issue := range all {
		if slices.Contains(states, issue.State) {
			names = append(names, fmt.Sprintf("%d is %s", issue.Number, issue.State.Is()))
		}
	}
	if len(names) > 1 {
		return digest.Issue{}, digest.Fail(digest.Invalid, "Name one by its number.", "several issues can be meant: %s", strings.Join(names, ", "))
	}
	return d.Newest(ctx, slug, states...)
}

// newestLookedAt is how many of the newest issues [Desk.Newest] looks at.
const newestLookedAt = 100

// DraftAt gives a draft whole: the one that ref names, of its Version if that is
// set. The error is of kind Conflict when it is no draft, or another by now.
func (d *Desk) DraftAt(ctx context.Context, ref Ref) (digest.Issue, error) {
	issue, _, err := d.draft(ctx, ref)
	return issue, err
}

// draft gives an issue that must be a draft, of ref's Version if that is set.
func (d *Desk) draft(ctx context.Context, ref Ref) (digest.Issue, digest.Series, error) {
	issue, series, err := d.Issue(ctx, ref)
	if err != nil {
		if ref.Number == 0 && digest.KindOf(err) == digest.NotFound && series.ID != 0 {
			err = digest.Fail(digest.NotFound, "", "there is no draft yet").Offer(digest.Act{Do: digest.OpenDraft, Series: ref.Series})
		}
		return issue, series, err
	}
	if issue.State != digest.Draft {
		return issue, series, d.notDraft(ctx, issue)
	}
	if ref.Version > issue.Version {
		return issue, series, neverAt(issue, ref.Version)
	}
	if ref.Version != 0 && ref.Version != issue.Version {
		return issue, series, d.changed(ctx, issue, ref.Version, nil, nil)
	}
	return issue, series, nil
}

// notDraft says that an issue is a draft no more, and who made it what it is.
func (d *Desk) notDraft(ctx context.Context, issue digest.Issue) error {
	history, err := d.store.Revisions(ctx, issue.ID, revisionsLookedAt)
	if err != nil {
		return err
	}
	refused := digest.Fail(digest.Conflict, "", "issue %d is %s and no draft any more", issue.Number, issue.State)
	did, _ := digest.Moved(issue.State)
	if i := slices.IndexFunc(history, func(r digest.Revision) bool { return r.Did == did }); i >= 0 {
		refused = digest.Fail(digest.Conflict, "", "issue %d is %s and no draft any more: %w", issue.Number, issue.State, &digest.Done{Revision: history[i]})
	}
	if issue.State == digest.Approved {
		return refused.Offer(digest.Act{Do: digest.ReopenIssue, Issue: issue.Number})
	}
	if issue.State.Public() {
		refused.Hint = "What readers may have seen is not edited."
	}
	return refused.Offer(digest.Act{Do: digest.OpenDraft})
}

// Window gives what bounds an issue's candidates.
func (d *Desk) Window(ctx context.Context, issue digest.Issue) (CandidateQuery, error) {
	q := CandidateQuery{SeriesID: issue.SeriesID, IssueID: issue.ID, SeenAfter: issue.WindowFrom, SeenUntil: issue.ClosedAt}
	if !issue.WindowFrom.IsZero() {
		return q, nil
	}
	week, err := d.store.CommentsSince(ctx, issue.SeriesID, issue.OpenedAt.Add(-digest.FirstWeek))
	if err != nil {
		return q, err
	}
	posts, err := d.store.PostActivity(ctx, issue.SeriesID, postsLookedAt)
	if err != nil {
		return q, err
	}
	q.Since, q.PostsSince = digest.FirstWindow(issue.OpenedAt, week, posts)
	return q, nil
}

// postsLookedAt is how many of the newest posts a first issue may go back
// through for its thirty comments.
const postsLookedAt = 200

// Candidates gives the comments an issue may pick, by post, then in thread order.
func (d *Desk) Candidates(ctx context.Context, issue digest.Issue) ([]digest.Candidate, error) {
	q, err := d.Window(ctx, issue)
	if err != nil {
		return nil, err
	}
	return d.store.Candidates(ctx, q)
}
