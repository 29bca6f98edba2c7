package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/fetch"
	"postbag/digest/pull/discover"
	"postbag/digest/schedule"
)

// sourceCmd groups the commands about blogs.
type sourceCmd struct {
	Add  sourceAddCmd  `cmd:"" help:"Follow a blog: its home page, a post or a feed will do."`
	List sourceListCmd `cmd:"" help:"List the blogs that are followed, and how they are."`
	Show sourceShowCmd `cmd:"" help:"Show all that is known of one blog: its feeds, and what is stored of it."`
	Set  sourceSetCmd  `cmd:"" help:"Change a blog's name, addresses or platform; what is stored of it stays."`

	Remove sourceRemoveCmd `cmd:"" help:"Stop following a blog; what is stored of it stays."`
}

// fetcher is the guarded client, which says who asks and where to complain.
func (p *Program) fetcher(s *Settings, base string) (*fetch.Client, error) {
	allow, err := s.allow()
	if err != nil {
		return nil, err
	}
	return fetch.New(fetch.Options{
		UserAgent: fmt.Sprintf("Postbag/%s (+%s)", version(), base),
		Allow:     allow, Clock: p.Clock,
	}), nil
}

// firstSeries is the series that the first blog brings with it.
func firstSeries(now time.Time) digest.Series {
	return digest.Series{
		Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
		Schedule: digest.DefaultSeriesSchedule, Zone: operatorZone(), NextNumber: 1, Deadline: digest.Hold, CreatedAt: now,
	}
}

// feedFlags name what of a blog need not be found.
type feedFlags struct {
	Posts          string `help:"The address of the feed of its posts." placeholder:"ADDRESS"`
	Comments       string `help:"The address of the feed of all its comments." placeholder:"ADDRESS"`
	CommentsOfPost string `help:"Where the comments of one post are, such as {url}feed/ or https://talk.example/feed?uri={path}; {id} is the post's number." placeholder:"PATTERN"`
	Platform       string `help:"What it runs on, whatever its feeds say: ${platforms}." placeholder:"NAME"`
	Name           string `help:"What to call it, instead of its own title." placeholder:"NAME"`
}

// platformNames lists the platforms for help.
func platformNames() string {
	var names []string
	for _, p := range digest.Platforms() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

func (f feedFlags) options() discover.Options {
	return discover.Options{
		Posts: f.Posts, Comments: f.Comments, CommentsPattern: f.CommentsOfPost,
		Platform: digest.Platform(f.Platform), Name: f.Name,
	}
}

type sourceAddCmd struct {
	URL string `arg:"" optional:"" help:"Any address of the blog; it may be left out beside --posts or --comments."`
	feedFlags
	Series []string `help:"The short name of a series that it feeds; the first one unless given. May be repeated." placeholder:"NAME"`
	DryRun bool     `help:"Say what would be followed, and follow nothing."`
}

// Run adds a blog.
func (c sourceAddCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if c.URL == "" && c.Posts == "" && c.Comments == "" {
		return digest.Fail(digest.Invalid, "Any page of it will do: postbag source add https://your-blog.example", "the blog's address is missing")
	}
	if err := discover.CheckAddress(c.URL, c.options()); err != nil {
		return err
	}
	if c.DryRun {
		return p.trial(ctx, s, func(a *app) error {
			found, err := discover.New(a.pulling(nil, nil)).Look(ctx, c.URL, c.options())
			if err != nil {
				return theirs(err)
			}
			p.printLook(found)
			return nil
		})
	}
	return p.begin(ctx, s, func(a *app) error {
		found, err := discover.New(a.pulling(nil, nil)).Add(ctx, p.by(), c.URL, firstSeries(p.Clock.Now()), c.options(), c.Series...)
		if err != nil {
			return theirs(err)
		}
		p.printFound(found)
		return a.printPlan(ctx, found.Source.ID)
	})
}

// printLook says what a blog would be followed through.
func (p *Program) printLook(found discover.Found) {
	for _, n := range found.Notices {
		fmt.Fprintln(p.Stdout, sentence(noticeLine(n)))
	}
	fmt.Fprintf(p.Stdout, "%q (%s) can be followed:\n", printable(found.Source.Name), found.Source.Platform)
	p.printFeeds(found)
	fmt.Fprintln(p.Stdout, "Nothing was stored.")
}

// printFeeds lists where posts and comments come from, and how many there are.
func (p *Program) printFeeds(found discover.Found) {
	for _, f := range found.Feeds {
		fmt.Fprintf(p.Stdout, "  %-9s %s\n", f.Kind, printable(f.URL))
	}
	if pattern := found.Source.CommentsPattern; pattern != "" {
		fmt.Fprintf(p.Stdout, "  %-9s %s\n", "of a post", printable(pattern))
	}
	for _, says := range found.Says() {
		fmt.Fprintln(p.Stdout, says+".")
	}
}

// printFound says what a blog is followed through, and what to do where its
// comments do not come.
func (p *Program) printFound(found discover.Found) {
	for _, n := range found.Notices {
		fmt.Fprintln(p.Stdout, sentence(noticeLine(n)))
	}
	src, how := found.Source, "Following"
	if found.Attached {
		how = "It was imported already. Following now"
	}
	fmt.Fprintf(p.Stdout, "%s %q (%s) as source %d.\n", how, printable(src.Name), src.Platform, src.ID)
	p.printFeeds(found)
	if !slices.ContainsFunc(found.Feeds, func(f digest.FeedState) bool { return f.Kind == digest.PostsFeed }) && !found.Attached {
		fmt.Fprintf(p.Stdout, "If it has a feed of its posts, name it:\n  postbag source set %d --posts ADDRESS\n", src.ID)
	}
	if found.Silent {
		fmt.Fprintf(p.Stdout, "Its comments can come otherwise: from an export of Blogger, WordPress or Disqus (postbag import FILE), or from feeds that they have elsewhere:\n"+
			"  postbag source set %[1]d --comments ADDRESS\n  postbag source set %[1]d --comments-of-post PATTERN\n", src.ID)
	}
}

// sentence begins with a capital letter.
func sentence(s string) string {
	for i, r := range s {
		return s[:i] + string(unicode.ToUpper(r)) + s[i+utf8.RuneLen(r):]
	}
	return s
}

// printPlan says what a blog that was added feeds, and when that goes out.
func (a *app) printPlan(ctx context.Context, sourceID int64) error {
	all, err := a.read.SeriesList(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		of, err := a.desk.SourcesOf(ctx, s.ID)
		if err != nil {
			return err
		}
		if !slices.Contains(of, sourceID) {
			continue
		}
		plan, err := schedule.Parse(s.Schedule, s.Zone)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.p.Stdout, "It feeds %q, which goes out %s (%s). Change that with: postbag series set\n", printable(s.Name), plan.Describe(), s.Zone)
	}
	_, err = fmt.Fprintln(a.p.Stdout, "Next: postbag pull")
	return err
}
