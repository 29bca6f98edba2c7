package digest

// Act is one thing that a person can do next, as an error or a page offers it. It
// says what is done and to what; each surface says how: the command line prints a
// command, a page shows a button or a link. Only the fields that the act needs
// are set.
type Act struct {
	Do     Deed
	Series string   // a slug; "" where there is only one series
	Issue  int      // a number; 0 for the present draft
	Rows   []int    // rows of that issue, counted from 1
	Blocks []int64  // their ids
	Source int64    // an id
	Name   string   // of a duty, or the address of a page, a feed or an editor
	Names  []string // of further ones
	// Posts and Comments are addresses of a source's feeds; "ADDRESS" stands for one
	// that the person has to know.
	Posts, Comments string
}

// Deed names what an [Act] does.
type Deed string

// The deeds. Each has its words in [Deed.Label], a command in cmd/postbag, and the
// address of a page in digest/site; a test over [Deeds] keeps it so.
const (
	AddSource      Deed = "add-source"       // follow a blog
	ListSources    Deed = "list-sources"     //
	ShowSource     Deed = "show-source"      // its feeds and what is wrong with them
	ChangeSource   Deed = "change-source"    // its addresses, its platform
	AcceptPage     Deed = "accept-page"      // store a page that looked wrong
	PullNow        Deed = "pull-now"         //
	PullAnyway     Deed = "pull-anyway"      // although the host asks to be left alone
	PullHistory    Deed = "pull-history"     // back to the blog's beginning
	ImportExport   Deed = "import-export"    // a blog's export file
	AllowHost      Deed = "allow-host"       // let a blog live on the operator's own network
	ListPosts      Deed = "list-posts"       //
	ListComments   Deed = "list-comments"    //
	OpenDraft      Deed = "open-draft"       //
	ListIssues     Deed = "list-issues"      //
	ShowIssue      Deed = "show-issue"       // its rows, or the named ones in full
	RemoveRows     Deed = "remove-rows"      // take rows out of a draft
	AcceptRows     Deed = "accept-rows"      // take picks as they read on the blog now
	KeepRows       Deed = "keep-rows"        // keep picks as they were picked, whatever the blog says
	ComparePick    Deed = "compare-pick"     // what was picked beside what the blog says now
	TrimPick       Deed = "trim-pick"        //
	ReadIssue      Deed = "read-issue"       // what can be picked
	ArrangeIssue   Deed = "arrange-issue"    // its title, its words and its order
	CheckIssue     Deed = "check-issue"      // all that is to be fixed or looked at
	AskBlogs       Deed = "ask-blogs"        // whether an issue's picks are still there
	EndMail        Deed = "end-mail"         // after a pick, with the rest on the web
	AddTerm        Deed = "add-term"         // to the glossary
	ReopenIssue    Deed = "reopen-issue"     // take an approval back
	ApproveIssue   Deed = "approve-issue"    //
	PublishIssue   Deed = "publish-issue"    //
	SendIssue      Deed = "send-issue"       //
	SendAnyway     Deed = "send-anyway"      // although a pick was removed
	HoldIssue      Deed = "hold-issue"       // take it back, as far as possible
	PauseIssue     Deed = "pause-issue"      // stop sending
	ResumeIssue    Deed = "resume-issue"     // go on sending
	CancelIssue    Deed = "cancel-issue"     //
	SkipIssue      Deed = "skip-issue"       // let this one's moment pass without an issue
	IssueHistory   Deed = "issue-history"    // who changed a draft, and how
	ListDuties     Deed = "list-duties"      // what is done by itself, and who is at it
	ShowHold       Deed = "show-hold"        // what waits while sending is held
	ReleaseHold    Deed = "release-hold"     // let sending go on
	GiveUpUnsent   Deed = "give-up-unsent"   // release a hold; nothing that waited is sent
	SendUnsent     Deed = "send-unsent"      // release a hold; all that waited goes on
	AddSubscriber  Deed = "add-subscriber"   //
	ImportGoodRows Deed = "import-good-rows" // of a list that has bad ones too
	ImportAsLeft   Deed = "import-as-left"   // a list of people who may not be mailed
	NameColumn     Deed = "name-column"      // say what a column of a list of readers is: "COLUMN=FIELD"
	NameCharset    Deed = "name-charset"     // of a list of readers
	ChangeSeries   Deed = "change-series"    // its schedule, its names, what all series share
	SignInAct      Deed = "sign-in"          //
	ListEditors    Deed = "list-editors"     //
	AddEditor      Deed = "add-editor"       //
	LinkEditor     Deed = "link-editor"      // make a link that signs an editor in
	StartServe     Deed = "start-serve"      // run the pages and the worker
	OtherDatabase  Deed = "other-database"   // work on another database
)

var deedLabels = map[Deed]string{
	AddSource:      "Follow a blog",
	ListSources:    "See the blogs that are followed",
	ShowSource:     "See the blog's feeds",
	ChangeSource:   "Change the blog's settings",
	AcceptPage:     "Store the page all the same",
	PullNow:        "Pull the blog now",
	PullAnyway:     "Pull it all the same",
	PullHistory:    "Pull the blog's history",
	ImportExport:   "Import the blog's export",
	AllowHost:      "Let the host through, in every command that asks it",
	ListPosts:      "See the posts",
	ListComments:   "See the comments",
	OpenDraft:      "Open the next draft",
	ListIssues:     "See the issues",
	ShowIssue:      "Look at the issue",
	RemoveRows:     "Take it out",
	AcceptRows:     "Accept it as it is now",
	KeepRows:       "Keep it as it was picked",
	ComparePick:    "Compare and choose",
	TrimPick:       "Trim it",
	ReadIssue:      "Read the comments",
	ArrangeIssue:   "Arrange the issue",
	CheckIssue:     "See what is to be fixed",
	AskBlogs:       "Ask the blog again",
	EndMail:        "Choose what goes to the web",
	AddTerm:        "Add to the glossary",
	ReopenIssue:    "Take the approval back",
	ApproveIssue:   "Approve it",
	PublishIssue:   "Publish it",
	SendIssue:      "Send it",
	SendAnyway:     "Send it all the same",
	HoldIssue:      "Hold it",
	PauseIssue:     "Stop sending",
	ResumeIssue:    "Go on sending",
	CancelIssue:    "Cancel the issue",
	SkipIssue:      "Let its moment pass without an issue",
	IssueHistory:   "See who changed it",
	ListDuties:     "See what is under way",
	ShowHold:       "See what waits",
	ReleaseHold:    "Let sending go on",
	GiveUpUnsent:   "Send nothing of it again, and look after it yourself",
	SendUnsent:     "Let all of it go on",
	ImportGoodRows: "Leave the bad rows out on purpose",
	AddSubscriber:  "Add readers",
	ImportAsLeft:   "Keep them as people who left",
	NameColumn:     "Say what the column is",
	NameCharset:    "Name the character set",
	ChangeSeries:   "Change the settings",
	SignInAct:      "Sign in",
	ListEditors:    "See the editors",
	AddEditor:      "Add an editor",
	LinkEditor:     "Make a link to sign in",
	StartServe:     "Start the worker",
	OtherDatabase:  "Name another database",
}

// Deeds lists all deeds, in no order.
func Deeds() []Deed {
	all := make([]Deed, 0, len(deedLabels))
	for d := range deedLabels {
		all = append(all, d)
	}
	return all
}

// Label says the deed in words that fit a button and begin a hint.
func (d Deed) Label() string { return deedLabels[d] }

// Actor is who changes something. It is kept with what is changed.
type Actor struct {
	Kind ActorKind `json:"kind"`
	Name string    `json:"name"` // the system's user, the worker's name, or the editor's address
}

// ActorKind tells through what somebody acts.
type ActorKind string

// The kinds of actor.
const (
	ByCommand ActorKind = "command" // somebody at the command line
	ByWorker  ActorKind = "worker"  // the program by itself
	ByEditor  ActorKind = "editor"  // somebody signed in at the desk
	ByVisitor ActorKind = "visitor" // somebody at the desk's door who is not signed in
)

// String names the actor in a sentence.
func (a Actor) String() string {
	switch {
	case a.Kind == ByWorker:
		return "the worker"
	case a.Name == "":
		return "somebody"
	}
	return a.Name
}
