package screen

// Send is the screen on which an issue is approved, and watched while it goes out.
type Send struct {
	Title string // the issue's
	Draft *SendDraft
	After *SendAfter // once it is approved
	Inbox Inbox
	Past  []string // what became of the issues before it, a line each
}

// Heading makes it a screen.
func (s Send) Heading() (name, title string) { return "send", "Send" }

// SendDraft is the form that approves a draft.
type SendDraft struct {
	Approve, Save, Test string // where its buttons post to
	Look                string // what a moment leads to that is only chosen
	Version             int
	Next                string // the moment of the first choice
	Mistakes            []Field
	Choices             []Option // when
	At                  Field    // the time of one's own
	Who, Others         string   // who gets it, and who gets nothing
	Subject, First      Field    // of the mail
	WasSubject          string   // what the page showed in them
	WasFirst            string
	Count               int // characters of the first line
	Consequence         string
	ToFix               int // things that stand in its way
	Check               string
	TestTo              string // where a test goes
	Deadline            *SendDeadline
}

// SendDeadline is the form for what happens if nobody approves in time.
type SendDeadline struct {
	Action  string
	Says    string // what happens as it is
	Rule    Field
	AtLeast Field
	Was     []Hidden // what the fields show
	Open    bool     // something is wrong in it
}

// SendAfter is how an issue stands that was approved.
type SendAfter struct {
	Sentence string // what it waits for
	Who      string
	Note     string // a further sentence
	Poll     string // where to look how it stands; "" when nothing more happens
	Every    string // how often, as hx-trigger has it
	Progress *SendProgress
	Acts     []SendAct // buttons of one press
	Seen     []Hidden  // how the issue stands, for every button to send along
	Now      *SendAct  // what cannot be undone, with its consequence
	Doubts   []SendMail
	Refused  []SendMail
	// SettleDoubts and SettleRefused lead to what can be decided about all of them.
	SettleDoubts, SettleRefused []Link
}

// SendProgress counts mails.
type SendProgress struct {
	Done, Total                      int
	Sent, Waiting, Refused, Doubtful int
	Deferred                         int
	Left                             int    // readers who left before theirs was sent
	Time                             string // what it still takes
}

// SendAct is a button.
type SendAct struct {
	Label, Action string
	Note          string // what it leads to
	Main          bool
}

// SendMail is a mail that was not taken, or of which nobody knows.
type SendMail struct {
	To, Why string
	Settle  []Link // what can be decided about it
}

// Inbox is an issue's mail as a list of mails shows it.
type Inbox struct{ From, Time, Subject, First string }
