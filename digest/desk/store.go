package desk

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/search"
	"postbag/digest/suggest"
	"postbag/subscribers"
)

// Store is what the desk asks of the database.
type Store interface {
	// Publication gives the installation's own settings.
	Publication(ctx context.Context) (digest.Publication, error)
	// MintTagAuthority stores the "host,date" of the publication's tag: URIs, unless
	// one is stored already, and gives the one that is.
	MintTagAuthority(ctx context.Context, authority string) (string, error)
	// SeriesList gives all series, by id.
	SeriesList(ctx context.Context) ([]digest.Series, error)
	// AddSeries stores a new series, which takes comments of some blogs, or of all for
	// none, and gives it with its id. The error is of kind Conflict for a slug that
	// another has, and NotFound for a blog that is not followed.
	AddSeries(ctx context.Context, by digest.Actor, s digest.Series, sources []int64) (digest.Series, error)
	// SourcesOf gives the ids of the blogs that a series takes comments of.
	SourcesOf(ctx context.Context, seriesID int64) ([]int64, error)
	// ChangeSettings stores the fields that are set, and no others, and gives all as
	// they are now. In the same transaction follow changes the series' open draft, if
	// there is one. A NextNumber that is then not above every number that an issue has
	// is an error of kind Conflict.
	ChangeSettings(ctx context.Context, by digest.Actor, seriesID int64, s Settings, at time.Time, follow Follow) (Changed, error)

	// OpenDraft creates the series' next draft for a slot, takes its number and
	// titles it by the series' pattern; if the series has a next draft already it gives
	// that one. Its window begins by [digest.NextWindow]. What a skipped issue just
	// before it had becomes the draft's.
	OpenDraft(ctx context.Context, by digest.Actor, seriesID int64, opened, slot time.Time) (issue digest.Issue, created bool, err error)
	// Issue gives an issue whole; number 0 means the series' newest draft, else
	// its newest issue. Of a number that was used again, after an issue was cancelled
	// or skipped, the one that stands is meant. The error is of kind NotFound.
	Issue(ctx context.Context, seriesID int64, number int) (digest.Issue, error)
	// IssueByID gives the same by the issue's id.
	IssueByID(ctx context.Context, id int64) (digest.Issue, error)
	// Issues lists a series' issues, newest first, with Blocks and Frozen left out.
	Issues(ctx context.Context, seriesID int64, limit int) ([]digest.Issue, error)
	// SaveDraft stores a change of a draft, and the revision with who made it, when,
	// and what it did; an edit's can be undone. The error is of kind Conflict when
	// the issue is no draft any more, or when its Version is not the one stored. It
	// fills in the ids of new blocks and the new Version. The decisions of the revision
	// are stored with it.
	SaveDraft(ctx context.Context, issue *digest.Issue, rev digest.Revision) error
	// Trims gives how comments were trimmed when they were last taken out of a draft of
	// a series, by comment: Kept, Notes, Lifted and PickedHash of a pick. It leaves out
	// those that were not.
	Trims(ctx context.Context, seriesID int64, comments []int64) (map[int64]digest.Block, error)
	// Revisions lists the changes of an issue, the newest first; a limit of 0 is a
	// generous one.
	Revisions(ctx context.Context, issueID int64, limit int) ([]digest.Revision, error)
	// ChangesSince lists the changes of an issue of a series ("" for the only one) after a
	// version, the newest first, and without Before.
	ChangesSince(ctx context.Context, series string, number int, version int64, limit int) ([]digest.Revision, error)
	// Undoable gives the last edit of an issue that can be undone, nil when none can.
	Undoable(ctx context.Context, issueID int64) (*digest.Revision, error)
	// Approve freezes a draft of the given Version: state, Frozen, ApprovedAt, Slot
	// and DueAt are stored together, and with them what it taught, nil for nothing.
	// Conflict as for SaveDraft.
	Approve(ctx context.Context, by digest.Actor, issue *digest.Issue, taught *Lesson) error
	// MoveIssue moves an issue to another state, as [digest.IssueState.To]
	// allows, and stamps the moment; Conflict otherwise. Moving an approved issue
	// back to draft removes its Frozen, and what it taught, as cancelling does; publishing dates it. An issue that is cancelled
	// or skipped leaves its window to the drafts after it, and its number, if it is the
	// newest, to the next one. An issue that is not as it was seen is a Conflict too,
	// which tells what was done since.
	MoveIssue(ctx context.Context, by digest.Actor, issueID int64, to digest.IssueState, at time.Time, seen digest.AsSeen) error
	// Counts gives the mails of an issue by state.
	Counts(ctx context.Context, issueID int64) (subscribers.Counts, error)

	// Decide stores the decisions of a revision for a draft, which keeps its Version,
	// and the revision with them. Whoever decides last of a comment decides. The error
	// is of kind Conflict when the issue is no draft any more.
	Decide(ctx context.Context, issue digest.Issue, rev digest.Revision) error
	// Decisions gives what was decided of comments in a series, by comment.
	Decisions(ctx context.Context, seriesID int64, ids []int64) (map[int64]digest.Decided, error)

	// SaveShown keeps that the editors of a draft had comments before their eyes, and
	// Shown gives all of those. Unknown comments, and an issue that is no draft, change
	// nothing.
	SaveShown(ctx context.Context, issueID int64, comments []int64) error
	Shown(ctx context.Context, issueID int64) ([]int64, error)
	// Taste gives what was learned last before an issue of a series was opened.
	Taste(ctx context.Context, seriesID, before int64) (suggest.Taste, error)
	// RulesOff gives the rules for suggestions that a series does without. SwitchRule
	// switches one, and tells whether that changed anything.
	RulesOff(ctx context.Context, seriesID int64) ([]suggest.Rule, error)
	SwitchRule(ctx context.Context, by digest.Actor, seriesID int64, rule suggest.Rule, on bool) (changed bool, err error)
	// Forget removes what all issues of a series taught, and tells how many did.
	Forget(ctx context.Context, by digest.Actor, seriesID int64) (issues int, err error)
	// Lessons gives what the issues of a series that were opened before one taught, the
	// newest first.
	Lessons(ctx context.Context, seriesID, before int64, limit int) ([]Lesson, error)

	// Candidates gives the comments an issue may pick, by post (newest first),
	// then in thread order: each top-level comment followed by its replies, both
	// by time. Comments that are gone are left out.
	Candidates(ctx context.Context, q CandidateQuery) ([]digest.Candidate, error)
	// Open counts the candidates of an issue, which the query names, that it neither
	// picks nor has decided of.
	Open(ctx context.Context, q CandidateQuery) (int, error)
	// PostActivity gives the newest posts of a series' sources by publication,
	// with the number of their comments that are not gone.
	PostActivity(ctx context.Context, seriesID int64, limit int) ([]digest.PostCount, error)
	// CommentsSince counts a series' comments published at or after a moment
	// that are not gone.
	CommentsSince(ctx context.Context, seriesID int64, since time.Time) (int, error)
	// CandidatesByID gives comments by id, gone ones included, with their posts;
	// unknown ids are left out.
	CandidatesByID(ctx context.Context, ids []int64) ([]digest.Candidate, error)
	// Ancestry gives what orders comments, gone ones too: them, and all that they answer.
	Ancestry(ctx context.Context, ids []int64) ([]compile.Node, error)
	// PickedIn tells which issues of a series, except the given one, picked
	// these comments: comment id to issue number. Cancelled issues do not count.
	PickedIn(ctx context.Context, seriesID, exceptIssue int64, ids []int64) (map[int64]int, error)

	// CommentVersions gives the earlier texts of a comment, newest first. The error is
	// of kind NotFound for an unknown comment.
	CommentVersions(ctx context.Context, commentID int64) ([]digest.CommentVersion, error)
	// Answers gives what blogs said last of some comments, and SaveAnswers keeps it.
	Answers(ctx context.Context, commentIDs []int64) (map[int64]digest.Answer, error)
	SaveAnswers(ctx context.Context, answers []digest.Answer) error

	// Standings gives how the picks of an issue stand on their blogs, by comment.
	Standings(ctx context.Context, issueID int64) (map[int64]digest.Standing, error)
	// AddTerm adds a line to the glossary, unless isThere says of the publication as it
	// is that it has it, and tells whether it did.
	AddTerm(ctx context.Context, by digest.Actor, line string, isThere func(digest.Publication) bool) (added bool, err error)

	// Sources lists the blogs that are followed.
	Sources(ctx context.Context) ([]digest.Source, error)
	// Posts lists posts, newest first.
	Posts(ctx context.Context, f digest.PostFilter) ([]digest.Post, error)
	// NewestPicks gives the picks of a series' issues, of all series for 0, except
	// those of one issue, newest issue first, gone ones left out. Cancelled issues
	// do not count.
	NewestPicks(ctx context.Context, seriesID, exceptIssue int64, limit int) ([]digest.Comment, error)
	// CommentsAround and PostsAround give what was published before a moment and
	// from it on, at most so many each; no comment that is gone.
	CommentsAround(ctx context.Context, at time.Time, each int) ([]digest.Comment, error)
	PostsAround(ctx context.Context, at time.Time, each int) ([]digest.Post, error)
	// WroteBefore gives those of some names under which a comment on a series'
	// blogs was seen by a moment. It is never nil.
	WroteBefore(ctx context.Context, seriesID int64, names []string, until time.Time) ([]string, error)

	// SearchComments and SearchPosts give what matches a query, best first, then
	// newest first. What is gone is found only when the filter asks for it.
	SearchComments(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundComment], error)
	SearchPosts(ctx context.Context, q search.Query, f digest.SearchFilter) (digest.Found[digest.FoundPost], error)
}

// CandidateQuery bounds an issue's candidates. A comment is one when it was
// first seen after SeenAfter and by SeenUntil, and is no backfill from before it; or, for a first
// issue (SeenAfter zero), when it was published at or after Since, or stands
// under a post published at or after PostsSince (zero: no such post). So is what
// was kept for later in an issue of the series before IssueID (zero: nothing).
type CandidateQuery struct {
	SeriesID   int64
	IssueID    int64
	SeenAfter  time.Time
	SeenUntil  time.Time // zero: none is too new
	Since      time.Time
	PostsSince time.Time
	Limit      int // at most so many, 0 for all; the newest posts first
}
