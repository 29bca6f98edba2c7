package screen

// Sources lists the blogs that are followed.
type Sources struct {
	Blogs       []BlogRow
	New, Import string // addresses
	Task        Task   // the import of an export, if one ran of late
}

// Heading names the screen.
func (Sources) Heading() (name, title string) { return "sources", "Sources" }

// BlogRow is a blog in the list.
type BlogRow struct {
	Name, Address string // of its page here
	Home          string // its own address
	Platform      string
	Health        string // a sentence
	Trouble       bool
	Last, Next    string // when it answered well last, and is asked next
	Now           string // what is being done to it; may be empty
}

// Source is one blog.
type Source struct {
	BlogRow
	Task     Task
	Followed string // since when
	Series   string // what it feeds
	Feeds    []FeedRow
	Pattern  string // where the comments of one post are
	Facts    []Fact
	Posts    []ListingRow
	// Addresses of what can be done.
	Pull, Settings, Remove string
	NoFeeds                bool
	Suspect                string // why a page waits for the editor; "" when none does
	History                string // what the button for the whole history says
}

// Heading names the screen.
func (s Source) Heading() (name, title string) { return "source", s.Name }

// FeedRow is a feed of a blog.
type FeedRow struct {
	Kind, Address, Health string
	Trouble               bool
	Last, Asked, Next     string
	LeftOut               []string
}

// ListingRow is a post with how many of its comments are here.
type ListingRow struct{ Title, Address, Date, Announced, Stored, Read string }

// Fact is a name and what it is.
type Fact struct{ Name, Value string }

// SourceNew is the form for a blog to follow, and what was found there.
type SourceNew struct {
	Action    string
	Fields    []Field // of the address, and of what need not be found
	Known     []Field
	Open      bool // Known is open
	Mistakes  []Field
	Choices   []Choice // feeds to choose from, where it is not clear which is meant
	ChoicesOf string
	Found     *FoundBlog
}

// Heading names the screen.
func (SourceNew) Heading() (name, title string) { return "sourcenew", "Follow a blog" }

// Choice is a feed to choose.
type Choice struct{ Kind, Address, Title string }

// FoundBlog is what was found behind an address.
type FoundBlog struct {
	Name, Home, Platform string
	Feeds                []Fact
	Says                 []string
	Notices              []Notice
	Hidden               []Field // what the button sends
	Series               []Tick  // that it may feed; none where there is only one
	Silent               bool
}

// Notice is something odd, with what can be done.
type Notice struct {
	Text string
	Acts []Link
}

// SourceSettings is the form of a blog's settings.
type SourceSettings struct {
	Name, Action, Back string
	Fields             []Field
	Was                []Hidden // what they show
	Mistakes           []Field
}

// Heading names the screen.
func (s SourceSettings) Heading() (name, title string) {
	return "sourcesettings", "Settings of " + s.Name
}

// Consequence is a page that says what will happen, with the button that does it.
type Consequence struct {
	Title    string
	Lines    []string
	Action   string
	Button   string
	Danger   bool
	Hidden   []Field
	Fields   []Field
	Mistakes []Field
	Back     Link
}

// Heading names the screen.
func (c Consequence) Heading() (name, title string) { return "consequence", c.Title }

// ExportImport is the form for an export of a blog.
type ExportImport struct {
	Action, Back string
	Fields       []Field
	Mistakes     []Field
	Most         string // how large a file may be
	Task         Task
}

// Heading names the screen.
func (ExportImport) Heading() (name, title string) { return "exportimport", "Import an export" }
