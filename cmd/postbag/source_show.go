package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"postbag/digest"
	"postbag/digest/blogs"
	"postbag/digest/pull"
)

type sourceShowCmd struct {
	ID    int64 `arg:"" help:"The source's id, as source list shows it."`
	Limit int   `help:"At most so many posts." default:"10"`
	JSON  bool  `name:"json" help:"Print JSON: an array of one."`
}

// shownSource is a source with all that is known of it, in JSON.
type shownSource struct {
	sourceRow
	PostsStored    int            `json:"posts_stored"`
	CommentsStored int            `json:"comments_stored"`
	CommentsGone   int            `json:"comments_gone"`
	WithoutPost    int            `json:"comments_without_post"`
	FeedStates     []feedRow      `json:"feed_states"`
	Posts          []listingOfRow `json:"posts"`
}

// feedRow is a feed of a source in JSON.
type feedRow struct {
	Kind         digest.FeedKind `json:"kind"`
	URL          string          `json:"url"`
	Health       string          `json:"health"`
	LastTry      stamp           `json:"last_try"`
	LastSuccess  stamp           `json:"last_success"`
	NextPoll     stamp           `json:"next_poll"`
	Failures     int             `json:"failures"`
	FailingSince stamp           `json:"failing_since"`
	Problem      string          `json:"problem"`
	GoneSince    stamp           `json:"gone_since"`
	Stopped      bool            `json:"stopped"`
	WaitsForYou  string          `json:"waits_for_you"`
	MovingTo     string          `json:"moving_to"`
	MovedAnswers int             `json:"moved_answers"`
	CatchingUp   stamp           `json:"catching_up"`
	HistoryAt    string          `json:"history_at"`
	LeftOut      digest.Outs     `json:"left_out"` // by reason; null for none
}

// listingOfRow is the state of the comments of one post, in JSON.
type listingOfRow struct {
	PostID      int64  `json:"post_id"`
	URL         string `json:"url"`
	Title       string `json:"title"`
	Published   stamp  `json:"published"`
	CommentsURL string `json:"comments_url"`
	Announced   *int   `json:"comments_announced"` // null when the feed does not say
	Stored      int    `json:"comments_stored"`
	Listed      stamp  `json:"list_read"`
	NextTry     stamp  `json:"next_try"`
	Failures    int    `json:"failures"`
}

// Run shows a source.
func (c sourceShowCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if c.Limit < 0 {
		return digest.Fail(digest.Invalid, "10 is the default.", "--limit must not be negative")
	}
	return p.with(ctx, s, func(a *app) error {
		shown, err := a.shownSource(ctx, c.ID, c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(p, shown)
		}
		_, err = fmt.Fprint(p.Stdout, printable(shown.text()))
		return err
	})
}

func (a *app) shownSource(ctx context.Context, id int64, limit int) (shownSource, error) {
	src, err := a.read.Source(ctx, id)
	if err != nil {
		return shownSource{}, err
	}
	feeds, err := a.read.Feeds(ctx, id)
	if err != nil {
		return shownSource{}, err
	}
	counts, err := a.read.CountSource(ctx, id)
	if err != nil {
		return shownSource{}, err
	}
	shown := shownSource{sourceRow: sourceRowOf(src, feeds), PostsStored: counts.Posts, CommentsStored: counts.Comments,
		CommentsGone: counts.Gone, WithoutPost: counts.Orphans, FeedStates: []feedRow{}, Posts: []listingOfRow{}}
	for _, f := range feeds {
		shown.FeedStates = append(shown.FeedStates, feedRowOf(f))
	}
	if limit == 0 {
		return shown, nil
	}
	posts, err := a.read.Listings(ctx, id, pull.ListingFilter{Limit: limit})
	for _, l := range posts {
		shown.Posts = append(shown.Posts, listingRowOf(l))
	}
	return shown, err
}

func feedRowOf(f digest.FeedState) feedRow {
	return feedRow{
		Kind: f.Kind, URL: f.URL, Health: healthOf(f), LastTry: stamp(f.LastTry), LastSuccess: stamp(f.LastSuccess),
		NextPoll: stamp(blogs.NextTry(f)), Failures: f.Failures, FailingSince: stamp(f.FailingSince), Problem: f.LastError,
		GoneSince: stamp(f.GoneSince), Stopped: f.Stopped, WaitsForYou: f.Suspect, MovingTo: f.MovedTo, MovedAnswers: f.MovedPolls,
		CatchingUp: stamp(f.CatchUp), HistoryAt: f.Older, LeftOut: f.LeftOut,
	}
}

func listingRowOf(l digest.Listing) listingOfRow {
	r := listingOfRow{PostID: l.PostID, URL: l.URL, Title: l.Title, Published: stamp(l.Published), CommentsURL: l.CommentsURL,
		Stored: l.Stored, Listed: stamp(l.ListedAt), NextTry: stamp(l.NextTry), Failures: l.Failures}
	if l.Announced >= 0 {
		r.Announced = &l.Announced
	}
	return r
}

// text is the source for a person.
func (r shownSource) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, source %d (%s)\n%s\nfollowed since %s\n\n", r.Name, r.ID, r.Platform, r.URL, shownAt(r.Added))
	for _, f := range r.FeedStates {
		f.text(&b, r.ID)
	}
	if len(r.FeedStates) == 0 {
		fmt.Fprintf(&b, "no feeds: it came from an import; postbag source set %d --posts ADDRESS --comments ADDRESS follows it\n", r.ID)
	}
	if r.CommentsOfPost != "" {
		fmt.Fprintf(&b, "comments of a post  %s\n", r.CommentsOfPost)
	}
	fmt.Fprintf(&b, "\nstored: %s, %s (%d gone, %d whose post is not known)\n", plural(r.PostsStored, "post"),
		plural(r.CommentsStored, "comment"), r.CommentsGone, r.WithoutPost)
	if len(r.Posts) == 0 {
		return b.String()
	}
	fmt.Fprintln(&b)
	tw := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "POST\tPUBLISHED\tCOMMENTS\tSTORED\tLIST READ\tTITLE\tADDRESS")
	for _, l := range r.Posts {
		announced := "?"
		if l.Announced != nil {
			announced = fmt.Sprint(*l.Announced)
		}
		fmt.Fprintf(tw, "%d\t%s\t%s\t%d\t%s\t%s\t%s\n", l.PostID, shownAt(l.Published), announced, l.Stored, shownAt(l.Listed), cell(l.Title, 50), printable(l.URL))
	}
	tw.Flush()
	return b.String()
}

func (f feedRow) text(b *strings.Builder, sourceID int64) {
	fmt.Fprintf(b, "%s  %s\n  %s\n", f.Kind, f.URL, f.Health)
	fmt.Fprintf(b, "  last answer %s, last asked %s, next %s\n", shownAt(f.LastSuccess), shownAt(f.LastTry), shownAt(f.NextPoll))
	if f.Stopped {
		fmt.Fprintf(b, "  to ask it again: postbag source set %d --%s %s\n", sourceID, f.Kind, f.URL)
	}
	for _, line := range leftOut(f.LeftOut) {
		fmt.Fprintf(b, "  of its newest page %s\n", line)
	}
	if f.HistoryAt != "" {
		fmt.Fprintf(b, "  the pull of its history goes on at %s\n", f.HistoryAt)
	}
}

func shownAt(s stamp) string { return when(time.Time(s)) }
