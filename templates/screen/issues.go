package screen

// Issues lists the issues of a series.
type Issues struct {
	Series  []Link // to choose from, where there are several
	Begin   *Link  // where no blog is followed yet
	Current []CurrentIssue
	Past    []PastRow
	Older   string // where the list goes on
}

// Heading names the screen.
func (Issues) Heading() (name, title string) { return "issues", "Issues" }

// Issue is an issue that readers saw, and what became of it.
type Issue struct {
	Title, Sentence string
	Public          string // where readers find it; "" where they do not
	Facts           []Fact
	Moves           []Fact // when, and who did what
	Refusals        []Refusal
	Settle          []Link // what can be decided about all of them
	ByDomain        string // where its mails are summed up by receiving domain; "" where they are
	Domains         []DomainRow
	Returned        []ReturnedRow // what came back of its mails after they were taken
	History         string        // address
	Withdraw        string        // address; "" where it cannot be
}

// Heading names the screen.
func (i Issue) Heading() (name, title string) { return "issue", i.Title }

// Refusal is a mail that did not arrive, or may not have.
type Refusal struct {
	Email, Address, State, Words string
	Settle                       []Link // what can be decided about it
}

// DomainRow sums up an issue's mails to one receiving domain.
type DomainRow struct {
	Domain                                                                                  string
	Mails, Sent, Deferred, Refused, Doubtful, Waiting, Left, Withdrawn, Bounced, Complained int
	Words                                                                                   string // the most frequent answer
}
