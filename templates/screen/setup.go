package screen

// SetupStep is a step of the set-up in the list of them.
type SetupStep struct {
	Label   string
	Address string // "" where it cannot be gone to yet
	Done    bool
	Here    bool
}

// Setup is what the pages of the set-up share.
type Setup struct {
	Steps []SetupStep
	Post  string // where the page's form goes
	Next  string // the step that follows; "" on the last
	Done  bool   // this step is done
}

// SetupBlog asks for the blog's address, and shows what was found.
type SetupBlog struct {
	Setup
	Address  Field
	Posts    Field // the feeds, for whoever knows them
	Comments Field
	Platform Field
	Name     Field
	Known    bool   // the fields of whoever knows them are open
	Acts     []Link // what can be done where the blog was not taken
	Choices  []SetupChoice
	Found    *SetupFound
	Follow   string // where "Follow it" goes
	Followed []SetupFollowed
}

// SetupChoice is a feed to choose.
type SetupChoice struct{ Title, Kind, Address string }

// SetupFound is a blog that was found.
type SetupFound struct {
	Name, Platform, Language string
	Home                     string
	Says                     []string // sentences
	Notices                  []string // sentences
	Feeds                    []SetupFeed
	Silent                   bool // no comments come
}

// SetupFeed is an address that is asked.
type SetupFeed struct{ Kind, Address string }

// SetupFollowed is a blog that is followed.
type SetupFollowed struct{ Name, Address, Page string }

// Heading names the screen.
func (SetupBlog) Heading() (name, title string) { return "setup-blog", "Your blog" }

// SetupSeries asks for the series.
type SetupSeries struct {
	Setup
	Name, Number, Publication, Zone, Postal Field
	Every                                   []Option
	Weekday, Date, At, Expr                 Field
	ScheduleMistake                         string
	Zones                                   []string
	Words                                   SetupWords
	From                                    string // who sends
	FromMade                                bool
	ReplyTo                                 string
}

// SetupWords is a schedule in words.
type SetupWords struct {
	Sentence string   // "every Sunday at 18:00"
	Next     []string // moments
}

// Heading names the screen.
func (SetupSeries) Heading() (name, title string) { return "setup-series", "The series" }

// Mistakes are the fields with a mistake.
func (s SetupSeries) Mistakes() []Field {
	schedule := Field{Name: "every", Label: "When", Mistake: s.ScheduleMistake}
	return Mistakes(s.Name, s.Number, s.Publication, schedule, s.Zone, s.Postal)
}

// SetupMail shows how mail goes out.
type SetupMail struct {
	Setup
	Outbox, Server, Account, From, ReplyTo, Base string
	FromMade                                     bool
	To                                           string // who gets the test mail
	Test                                         string // where it is asked for
	Tested                                       string // when a test mail was taken; "" for never
	DNS                                          string // where the name system's answers are
	Findings                                     *SetupFindings
}

// SetupFindings are what the name system says.
type SetupFindings struct{ All []SetupFinding }

// SetupFinding is one of them.
type SetupFinding struct {
	Label string // what it is about
	Grade string // good, look, wrong, unknown
	Mark  string // the grade in a word
	Text  string
	// Record is what to publish: its name, type and value; nil for none.
	Record *SetupRecord
}

// SetupRecord is a record of a zone.
type SetupRecord struct{ Name, Type, Value string }

// Heading names the screen.
func (SetupMail) Heading() (name, title string) { return "setup-mail", "Mail" }

// SetupPull shows how the first pull goes.
type SetupPull struct {
	Setup
	Pull SetupPulling
}

// SetupPulling is how far the pull is.
type SetupPulling struct {
	Here    string // this page
	Post    string // where pulling is asked for
	Begin   string // where the first issue is opened
	Blog    string
	Live    bool
	Words   string // how far it is
	Percent int    // -1 where that is not known
	Said    []string
	Problem string
	Hint    string
	Pulled  bool
	Waits   bool // no pull was begun here, and none has been
}

// Heading names the screen.
func (SetupPull) Heading() (name, title string) { return "setup-pull", "The first pull" }
