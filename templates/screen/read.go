package screen

import (
	"html/template"
	"strconv"

	"postbag/digest"
	"postbag/digest/markup"
)

// Read is the screen on which comments are read and decided of.
type Read struct {
	Heading1 string // the post's title, or what else is read
	Counted  string // "27 left of 31, in thread order"
	OnBlog   string // the post's address, "" for none
	Note     string // a sentence on what is shown; "" for none
	Notes    []string

	Offered *Link // the suggestions of all posts; nil where there are none
	// Begin is where a long thread begins that the page leaves the beginning out of, else "".
	Begin string

	Posts     []ReadPost
	PostsLeft string // "112 left of 310"
	Newer     string // address of the page of posts before; "" for none
	Older     string // of that after
	Filter    ReadFilter
	Next      *Link // the next post with something left
	Prev      *Link

	List ReadList
	Rail ReadRail
	News ReadNews
	// Place is where this place is kept; it is sent once the page is there.
	Place string
	View  string // what the address says of this page, for forms
	// Again is the page's own address while reasons are still being worked out, else "".
	Again string
}

// Heading names the screen.
func (r Read) Heading() (name, title string) { return "read", "Read: " + r.Heading1 }

// ReadPost is a post in the list.
type ReadPost struct {
	ID      int64
	Title   string
	Address string
	Left    string // "27 left of 31"
	Here    bool
}

// Element is the id of its count on the page.
func (p ReadPost) Element() string { return "left-" + strconv.FormatInt(p.ID, 10) }

// ReadFilter is the form of filters.
type ReadFilter struct {
	Action                             string
	Post                               string // the post that stays chosen; "" for none
	Undecided, Suggested, Named, Older bool
	Words, Replies                     []Option
	Search                             string
	SearchAt                           string // where the search is sent; the address without a query
	Series                             string
	Clear                              string // where a search, or a single thread, ends
	ClearSays                          string
}

// ReadList is a page of comments.
type ReadList struct {
	Items []ReadItem
	More  string // address of what follows; "" for none
	// MorePart is where it is asked for a page that is there.
	MorePart string
	Empty    string // a sentence where there is nothing
	// Onward is where to go from there.
	Onward *Link
}

// ReadItem is a comment.
type ReadItem struct {
	ID      int64
	Author  string
	When    string
	Stamp   string // the same for a machine; "" for none
	Extent  string // "153 words"
	Post    string // its post's title, where the page is not one post's
	PostAt  string // and where that is read
	Reasons []ReadReason
	Notes   []string
	Body    digest.Prose
	Marks   []markup.Mark // the words that its reasons rest on
	Begins  string        // its first words
	Whole   string        // the address where it is whole; "" where it is here
	Depth   int
	Parent  *ReadParent
	State   digest.CommentState
	By      string // "Ann skipped it a minute ago"
	Kept    string // "Kept for later in issue 6"; "" else
	Used    string // "Used in issue 6"; "" else
	Copy    string // "Near copy of what Anonymous wrote on Mon 27 Jun"; "" else
	CopyAt  string
	Copies  string // "2 near copies below"; "" else
	OnBlog  string
	Thread  string // address of what hangs together with it
	Trim    string // address of its trimming
	Act     string // where decisions are sent; "" where nothing can be decided
	View    string
	Next    int64 // the comment that follows it, 0 for none
}

// ReadReason is why a comment may be worth a look, or a caution.
type ReadReason struct {
	Words   string
	Caution bool
}

// ReadParent is what a reply answers.
type ReadParent struct {
	ID      int64
	Author  string
	Begins  string
	Address string // of the chain, whole
	Chain   string // where it is asked for a page that is there
}

// Element is its id on the page.
func (i ReadItem) Element() string { return "c" + strconv.FormatInt(i.ID, 10) }

// Words are the comment's words as HTML, of which nothing comes from the writer but text
// and addresses.
func (i ReadItem) Words() template.HTML {
	return markup.Look{Rel: markup.ReaderRel + " noreferrer", Ours: "ours", Apart: true, Marks: i.Marks}.HTML(i.Body)
}

// Picked, Skipped and Maybe tell what was decided.
func (i ReadItem) Picked() bool  { return i.State == digest.CommentPicked }
func (i ReadItem) Skipped() bool { return i.State == digest.CommentSkipped }
func (i ReadItem) Maybe() bool   { return i.State == digest.CommentMaybe }
func (i ReadItem) Gone() bool    { return i.State == digest.CommentGone }

// Indent is how far it is set in: small, and never far.
func (i ReadItem) Indent() int { return min(i.Depth, 3) }

// ReadRail is the issue as it stands.
type ReadRail struct {
	Rows    []ReadRow
	Extent  string // "4 picks, about 3 minutes, 14 KB of 95 in the mail"
	Size    int    // KB
	Most    int    // KB
	Heavy   bool   // the mail is large
	Arrange string
	Move    string // where moves are sent; "" where nothing can be moved
	Undo    string
	Undoes  string // what it would take back, in words; "" for nothing
	Version int64
	Last    int64
	View    string
}

// ReadRow is a row of the issue.
type ReadRow struct {
	Block   int64
	Number  int // of a pick; 0 for a heading or text
	Begins  string
	Address string // where it is read; "" for none
	// Up and Down are the blocks that it comes to stand before, 0 for the end; CanUp
	// and CanDown whether it moves at all.
	Up, Down       int64
	CanUp, CanDown bool
	Problem        string
}

// ReadNews is what came since the page was made.
type ReadNews struct {
	Ask      string // address
	Comments int
	Show     string // the page anew
	Done     []string
	Seen     int64
	Last     int64
}

// Chain is what a reply answers, from the beginning.
type Chain struct{ Items []ReadItem }
