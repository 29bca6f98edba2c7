package reading

import (
	"net/url"
	"strconv"
	"strings"
)

// View is which page somebody reads, and how: what stands in the address.
type View struct {
	Filter
	All       bool   // what was decided, too; else only what is left
	Suggested bool   // what is most worth a look by the rules comes first
	Offered   bool   // what is suggested for the issue, of all posts, instead of a post's
	Post      int64  // 0 for the first with something left, [NoPost] for comments without one
	After     int64  // the comment after which the page begins, in thread order; 0 for the first
	Posts     int    // page of the list of posts, from 1; 0 for the one that has the post
	Search    string // found comments, instead of a post's
	Thread    int64  // a comment with all that hangs together with it, instead
	Whole     int64  // a long comment that is shown to its end
	Comment   int64  // where on the page reading goes on; 0 for its beginning
}

// NoPost stands for the comments whose post is not known.
const NoPost = -1

// Bounds of what an address may ask for.
const (
	mostSearch = 500 // bytes of a query
	mostPage   = 100_000
)

// Names of the parts of an address.
const (
	filtered  = "f" // the filters were chosen: a box that is not ticked is off
	undecided = "undecided"
	suggested = "suggested"
	offered   = "offered"
	named     = "named"
	words     = "words"
	replies   = "replies"
	older     = "older"
	post      = "post"
	after     = "after"
	posts     = "posts"
	query     = "q"
	thread    = "thread"
	whole     = "whole"
	comment   = "at"
)

// ParseView reads an address's query. What makes no sense there is left out: an address
// is typed by nobody.
func ParseView(v url.Values) View {
	number := func(name string, least, most int64) int64 {
		n, err := strconv.ParseInt(v.Get(name), 10, 64)
		if err != nil || n < least || n > most {
			return 0
		}
		return n
	}
	const anyID = 1<<63 - 1
	view := View{
		All:       v.Get(filtered) != "" && v.Get(undecided) == "",
		Suggested: v.Get(suggested) != "",
		Offered:   v.Get(offered) != "",
		Filter: Filter{
			Named: v.Get(named) != "", Older: v.Get(older) != "",
			Words: int(number(words, 1, 10_000)), Replies: int(number(replies, 1, 10_000)),
		},
		Post: number(post, 1, anyID), Thread: number(thread, 1, anyID), Whole: number(whole, 1, anyID),
		After: number(after, 1, anyID), Comment: number(comment, 1, anyID), Posts: int(number(posts, 1, mostPage)),
		Search: strings.TrimSpace(v.Get(query)),
	}
	if v.Get(post) == "none" {
		view.Post = NoPost
	}
	if len(view.Search) > mostSearch {
		view.Search = strings.ToValidUTF8(view.Search[:mostSearch], "")
	}
	return view
}

// Query writes a view as an address has it; "" is the one that needs nothing said.
func (v View) Query() string {
	q := url.Values{}
	set := func(name string, is bool, value string) {
		if is {
			q.Set(name, value)
		}
	}
	set(filtered, v.All || v.Suggested || v.Named || v.Older || v.Words > 0 || v.Replies > 0, "1")
	set(undecided, q.Has(filtered) && !v.All, "1")
	set(suggested, v.Suggested, "1")
	set(offered, v.Offered, "1")
	set(named, v.Named, "1")
	set(older, v.Older, "1")
	set(words, v.Words > 0, strconv.Itoa(v.Words))
	set(replies, v.Replies > 0, strconv.Itoa(v.Replies))
	set(post, v.Post > 0, strconv.FormatInt(v.Post, 10))
	set(post, v.Post == NoPost, "none")
	set(after, v.After > 0, strconv.FormatInt(v.After, 10))
	set(posts, v.Posts > 0, strconv.Itoa(v.Posts))
	set(query, v.Search != "", v.Search)
	set(thread, v.Thread > 0, strconv.FormatInt(v.Thread, 10))
	set(whole, v.Whole > 0, strconv.FormatInt(v.Whole, 10))
	set(comment, v.Comment > 0, strconv.FormatInt(v.Comment, 10))
	return q.Encode()
}

// At gives the view of a post with the same filters.
func (v View) At(postID int64) View {
	v.Post, v.After, v.Posts, v.Search, v.Thread, v.Whole, v.Offered = postID, 0, 0, "", 0, 0, false
	if postID == 0 {
		v.Post = NoPost
	}
	return v
}
