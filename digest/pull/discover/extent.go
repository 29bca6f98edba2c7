package discover

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

// Extent is how much the first page of a feed tells: what it lists, and what it says
// there is.
type Extent struct {
	Listed int // entries on the page
	Total  int // entries that the whole feed has, -1 when it does not say
	// Oldest and Newest are of the page's entries; zero when none gives a date.
	Oldest, Newest time.Time
	More           bool // further pages with older entries follow
	Whole          bool // the page holds every entry there is
	// Comments is how many comments posts say they have, -1 when none says so; of a feed
	// of posts only.
	Comments int
}

// extentOf measures a page.
func extentOf(d *feed.Document) Extent {
	e := Extent{Listed: d.Entries(), Total: d.TotalResults, More: d.NextURL != "", Comments: -1}
	e.Whole = d.Complete || !e.More && e.Total == e.Listed
	for _, p := range d.Posts {
		e.date(p.Published)
		if p.Announced >= 0 {
			e.Comments = max(e.Comments, 0) + p.Announced
		}
	}
	for _, c := range d.Comments {
		e.date(c.Published)
	}
	return e
}

func (e *Extent) date(t time.Time) {
	if t.IsZero() {
		return
	}
	if e.Oldest.IsZero() || t.Before(e.Oldest) {
		e.Oldest = t
	}
	if t.After(e.Newest) {
		e.Newest = t
	}
}

// say words an extent: "Its feed of posts lists 25 of 412, from 3 March 2026 to 9 May
// 2026; the older ones are on further pages".
func (e Extent) say(of string) string {
	if e.Listed == 0 {
		return "Its feed of " + of + " is empty so far"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Its feed of %s lists %s", of, counted(e.Listed))
	if e.Total > e.Listed {
		fmt.Fprintf(&b, " of %s", counted(e.Total))
	}
	if from, to := day(e.Oldest), day(e.Newest); from == to && from != "" {
		b.WriteString(", all of " + from)
	} else if from != "" {
		b.WriteString(", from " + from + " to " + to)
	}
	switch {
	case e.More:
		b.WriteString("; the older ones are on further pages")
	case e.Whole:
		b.WriteString("; that is all there are")
	default:
		b.WriteString("; it says nothing of older ones")
	}
	return b.String()
}

// counted writes a number with commas between its thousands.
func counted(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006")
}

// Look says what [Finder.Add] would follow, and stores nothing. A blog that is followed
// already is an error of kind Conflict.
func (f *Finder) Look(ctx context.Context, rawURL string, opts Options) (Found, error) {
	found, err := f.Discover(ctx, rawURL, opts)
	if err != nil {
		return Found{}, err
	}
	return found, f.attach(ctx, &found)
}

// Says tells in sentences without full stops what was found: where posts and comments
// come from, how many there are, and how far back they go. Notices are left out.
func (f Found) Says() (says []string) {
	has := map[digest.FeedKind]bool{}
	for _, x := range f.Feeds {
		has[x.Kind] = true
	}
	if has[digest.PostsFeed] {
		says = append(says, f.Posts.say("posts"))
	} else if !f.Attached {
		says = append(says, "No feed of its posts was found")
	}
	switch {
	case has[digest.CommentsFeed]:
		says = append(says, f.Comments.say("comments"))
	case f.Silent:
		says = append(says, "Its comments do not come by feed")
	case f.Posts.Comments > 0:
		says = append(says, fmt.Sprintf("Its comments are read post by post; the posts listed say that they have %s", counted(f.Posts.Comments)))
	default:
		says = append(says, "Its comments are read post by post")
	}
	return says
}
