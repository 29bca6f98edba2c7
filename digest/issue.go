package digest

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// IssueState is where an issue stands; the package documentation draws it.
type IssueState string

// The states of an issue.
const (
	Draft     IssueState = "draft"
	Approved  IssueState = "approved"  // frozen, waiting for its moment
	Published IssueState = "published" // on the web and in the feed
	Sending   IssueState = "sending"   // its ledger exists and is being worked off
	Paused    IssueState = "paused"
	Sent      IssueState = "sent" // every row of the ledger is terminal
	Skipped   IssueState = "skipped"
	Cancelled IssueState = "cancelled"
	Withdrawn IssueState = "withdrawn"
)

var issueMoves = map[IssueState][]IssueState{
	Draft:     {Approved, Skipped, Cancelled},
	Approved:  {Draft, Published, Cancelled},
	Published: {Sending, Withdrawn},
	Sending:   {Paused, Sent, Withdrawn},
	Paused:    {Sending, Withdrawn},
	Sent:      {Sending, Withdrawn}, // back when a person sends again what was refused or in doubt
}

// Question is what an issue that is approved or published asks its editor before
// it goes on; AsksNothing when it goes on by itself.
type Question string

// The questions. An issue that asks one goes on when somebody sends it by hand.
const (
	AsksNothing   Question = ""
	AsksLate      Question = "late"      // its moment passed too long ago, see [Issue.IsLate]
	AsksElsewhere Question = "elsewhere" // another copy of the installation may have sent it
)

// Override is what an editor decided to do in spite of an objection.
type Override string

// The objections that can be overridden.
const (
	OverrodeNothing     Override = ""
	OverrodeRemovedPick Override = "removed-pick" // sent although a pick was removed from the blog
)

// PauseCause is why the sending of an issue is paused.
type PauseCause string

// The causes; NotPaused is that of an issue in another state.
const (
	NotPaused    PauseCause = ""
	PauseByHand  PauseCause = "by-hand"
	PauseRefused PauseCause = "refused" // the mail server refuses the sender or every connection
	// PauseUnverified is a refusal because the mail provider has not verified the sender's
	// address or domain.
	PauseUnverified PauseCause = "unverified"
	// PauseUnknown is that most addresses are refused as unknown, which tells more of the
	// server than of them.
	PauseUnknown PauseCause = "unknown"
)

// RefusedCauses lists the causes that are the mail server's.
func RefusedCauses() []PauseCause { return []PauseCause{PauseRefused, PauseUnverified, PauseUnknown} }

// Refused tells whether the mail server is the cause.
func (c PauseCause) Refused() bool { return slices.Contains(RefusedCauses(), c) }

// Advice says what to do before sending goes on, as a sentence without its full stop, or
// is "" where that is not known.
func (c PauseCause) Advice() string {
	switch c {
	case PauseUnknown:
		return "Look whether your mail server takes the readers' domains for its own (mydestination and the like), and whether the provider reports trouble; then let the issue go on, and all who were refused are tried again. If they truly do not exist, let it go on as well: an issue pauses for this once"
	case PauseUnverified:
		return "Verify the sender's address or its domain (the one of --from) with your mail provider; a new account there may mail only to verified addresses until the provider lifts that"
	}
	return ""
}

// Pause is why an issue is paused, with the words that explain it.
type Pause struct {
	Cause  PauseCause
	Detail string // what the mail server said, for a person to read
}

// Waits is what the sending of an issue waits for; the zero value where it goes on.
type Waits struct {
	For   WaitsFor
	Words string    // the limit, such as "5/h", or what the mail server said last
	Until time.Time // when it goes on; zero where nobody knows
}

// WaitsFor is the kind of a wait.
type WaitsFor string

// What the sending of an issue may wait for.
const (
	WaitsForNothing WaitsFor = ""
	WaitsForRate    WaitsFor = "rate"   // the limit in the settings
	WaitsForServer  WaitsFor = "server" // the mail server takes only so much, or nothing
)

// Why says what is waited for, "" for nothing; at writes a moment.
func (w Waits) Why(at func(time.Time) string) (words string) {
	switch w.For {
	case WaitsForRate:
		words = "the limit --rate " + w.Words + " is reached"
	case WaitsForServer:
		words = "the mail server takes no mail"
	default:
		return ""
	}
	if !w.Until.IsZero() {
		words += ", it goes on at " + at(w.Until)
	}
	if w.For == WaitsForServer && w.Words != "" {
		words += "; it said: " + w.Words
	}
	return words
}

// Is says the state in a sentence about one issue: it "is approved", "is a draft".
func (s IssueState) Is() string {
	if s == Draft {
		return "a draft"
	}
	return string(s)
}

// To tells whether an issue in this state may move to the other.
func (s IssueState) To(next IssueState) bool { return slices.Contains(issueMoves[s], next) }

// Public tells whether readers may see an issue in this state.
func (s IssueState) Public() bool { return slices.Contains(PublicStates(), s) }

// PublicStates lists the states in which readers may see an issue.
func PublicStates() []IssueState { return []IssueState{Published, Sending, Paused, Sent} }

// WaitingStates lists the states in which an issue waits for its moment.
func WaitingStates() []IssueState { return []IssueState{Approved, Published} }

// UnusedStates lists the states of an issue that never came to be: no reader saw its
// number, and its window is others'.
func UnusedStates() []IssueState { return []IssueState{Skipped, Cancelled} }

// UnpublishedStates lists the states of an issue that is still to be published.
func UnpublishedStates() []IssueState { return []IssueState{Draft, Approved} }

// MailingStates lists the states of an issue that is being mailed.
func MailingStates() []IssueState { return []IssueState{Sending, Paused} }

// MailedStates lists the states of an issue whose mailing began and was not withdrawn.
func MailedStates() []IssueState { return []IssueState{Sending, Paused, Sent} }

// InFlightStates lists the states of an issue of which a server may be hearing.
func InFlightStates() []IssueState { return []IssueState{Sending, Paused, Withdrawn} }

// ErrWithdrawn is wrapped by the error of an issue whose page was there once.
var ErrWithdrawn = errors.New("was withdrawn")

// Issue is one numbered edition of a series.
type Issue struct {
	ID       int64
	SeriesID int64
	Number   int
	State    IssueState
	Title    string
	Intro    string // Markdown, as the editor wrote it
	// Subject and Preheader are the editor's own for the mail. With "" the subject is
	// the title, and the preheader is made of what the issue says.
	Subject, Preheader string

	OpenedAt time.Time
	// WindowFrom is where its window begins, see [Window]; zero for a series'
	// first issue.
	WindowFrom time.Time
	// ClosedAt is when it was first approved, which closed its window; zero before. A
	// draft that has it was approved and is open again, perhaps beside the next one.
	ClosedAt time.Time
	// Slot is the moment of the schedule that the issue answers for, whenever it
	// goes out; it decides which issue is a month's last.
	Slot  time.Time
	DueAt time.Time // the moment it goes out, if approved by then; zero for none

	ApprovedAt  time.Time
	PublishedAt time.Time
	UpdatedAt   time.Time // of the last change readers can see
	SentAt      time.Time

	Asks     Question
	Overrode Override
	Pause    Pause
	Waits    Waits // of one that is being sent

	Blocks []Block // in order; what a draft is made of
	// MailEnds is the block after which the mail ends, with a link to the rest on the
	// issue's page; 0 where the mail holds the whole issue.
	MailEnds int64
	Frozen   *Frozen // nil until approved
	// Version grows with every saved change; a save of an older version is
	// refused, so two editors cannot overwrite each other unseen. That of a new draft
	// is above those of the issues before it.
	Version int64
	// TitleVersion, IntroVersion, MailVersion and OrderVersion are those that last
	// changed the title, the introduction, the mail's subject or preheader, and the order
	// in which blocks follow each other.
	TitleVersion, IntroVersion, MailVersion, OrderVersion int64
}

// IsLate tells whether the issue's moment passed by more than a time: then the
// editor is asked before it goes out.
func (i Issue) IsLate(now time.Time, after time.Duration) bool {
	return !i.DueAt.IsZero() && now.Sub(i.DueAt) > after
}

// IsUntouched tells whether nobody has put anything into a draft of a series yet: it
// has no rows, no introduction, and the title that it was opened with.
func (i Issue) IsUntouched(of Series) bool {
	return len(i.Blocks) == 0 && i.Intro+i.Subject+i.Preheader == "" && i.Title == of.TitleOf(i.Number)
}

// IsReopened tells whether an issue was approved and is a draft again while a later
// one has its window already.
func (i Issue) IsReopened() bool { return i.State == Draft && !i.ClosedAt.IsZero() }

// Picks counts the picks among the issue's blocks.
func (i Issue) Picks() int { return len(i.Picked()) }

// Picked gives the comments that the issue picks, in order.
func (i Issue) Picked() (comments []int64) {
	for _, b := range i.Blocks {
		if b.Kind == PickBlock {
			comments = append(comments, b.CommentID)
		}
	}
	return comments
}

// RowOf gives the row of a block, counted from 1, or 0 when it is not in the issue.
func (i Issue) RowOf(block int64) int {
	return 1 + slices.IndexFunc(i.Blocks, func(b Block) bool { return b.ID == block })
}

// BlockOf gives a block by its id.
func (i Issue) BlockOf(id int64) (Block, bool) {
	if row := i.RowOf(id); row > 0 {
		return i.Blocks[row-1], true
	}
	return Block{}, false
}

// PickOf gives the block that picks a comment.
func (i Issue) PickOf(comment int64) (Block, bool) {
	for _, b := range i.Blocks {
		if b.Kind == PickBlock && b.CommentID == comment {
			return b, true
		}
	}
	return Block{}, false
}

// BlockKind tells what a block is.
type BlockKind string

// The kinds of block.
const (
	PickBlock    BlockKind = "pick"
	HeadingBlock BlockKind = "heading"
	TextBlock    BlockKind = "text"  // the editor's own words, Markdown
	QuoteBlock   BlockKind = "quote" // words from elsewhere that the editor quotes, with their source
)

// Block is one row of an issue: a pick, a heading, the editor's text, or what the
// editor quotes from elsewhere.
type Block struct {
	ID        int64     `json:"id"` // stays, whatever is moved, and is never used again
	Kind      BlockKind `json:"kind"`
	CommentID int64     `json:"comment_id,omitempty"` // of a pick
	Text      string    `json:"text,omitempty"`       // of a heading or quote (plain) or a text (Markdown)
	// SourceTitle and SourceURL say where the words of a quote stand. The address may
	// be empty: a book has none.
	SourceTitle string  `json:"source_title,omitempty"`
	SourceURL   string  `json:"source_url,omitempty"`
	Kept        []Range `json:"kept,omitempty"` // of a pick: what is kept of the original; empty means all
	// Notes are the editor's own words in brackets, in a pick, by where they stand.
	Notes []Note `json:"notes,omitempty"`
	// Lifted is the line of a pick that stands above its words, zero for none. It is
	// shown while all of it is kept.
	Lifted Range `json:"lifted,omitzero"`
	// Leads tells that the lifted line stands for the whole issue; of one block at most.
	Leads bool `json:"leads,omitempty"`
	// PickedHash is the comment's hash when it was picked or last trimmed; a
	// comment with another hash has changed since.
	PickedHash string `json:"picked_hash,omitempty"`
	// AsPicked is the hash of what the comment had become when an editor decided that
	// its words as picked stand; "" for no such decision. Words that change once
	// more ask anew.
	AsPicked string `json:"as_picked,omitempty"`
	// Overruled is the sign of removal that an editor overruled; nil for none. Another
	// sign asks anew.
	Overruled *Overruling `json:"overruled,omitempty"`
	// Version is that of the issue that last changed what is in the block. Moving it
	// changes its place, and not the block.
	Version int64 `json:"-"`
}

// Overruling is an editor's word that a comment stands, against a sign that it was
// removed.
type Overruling struct {
	Sign GoneBy    `json:"sign"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
}

// IsGone tells whether a picked comment was removed, and no editor overruled that.
func (b Block) IsGone(c Comment) bool {
	return c.Gone && (b.Overruled == nil || b.Overruled.Sign != c.GoneBy)
}

// HasChanged tells whether a picked comment has other words than were picked, and no
// editor has decided which stand.
func (b Block) HasChanged(c Comment) bool {
	return c.Hash != b.PickedHash && (b.AsPicked == "" || b.AsPicked != c.Hash)
}

// Note is words of the editor in a reader's, which are shown in brackets.
type Note struct {
	At   int    `json:"at"`   // a byte of the comment's [Prose.Text]: the note stands before it
	Text string `json:"text"` // without the brackets
}

// IsTrimmed tells whether an editor did anything to a pick's words.
func (b Block) IsTrimmed() bool {
	return len(b.Kept) > 0 || len(b.Notes) > 0 || b.Lifted != Range{}
}

// Frozen is the snapshot that approval makes of an issue: all that its
// renderings need. Nothing is rendered from anything else, so an issue reads
// the same whatever happens to the blog or to the settings later.
type Frozen struct {
	Publication   string `json:"publication"`
	HomeURL       string `json:"home_url"`
	Language      string `json:"language"`
	PostalAddress string `json:"postal_address,omitempty"`
	Zone          string `json:"zone"`
	FeedID        string `json:"feed_id"` // tag: URI of the series' feed
	EntryID       string `json:"entry_id"`
	SeriesSlug    string `json:"series_slug"`
	Place         string `json:"place,omitempty"` // of its series, see [Series.Place]
	SeriesName    string `json:"series_name"`
	Number        int    `json:"number"`
	Title         string `json:"title"`
	Subject       string `json:"subject,omitempty"` // of the mail; "" for the title
	Preheader     string `json:"preheader"`         // of the mail
	// Line is a line of readers' words that stands for the issue in feeds, lists and
	// where it is linked; "" for the preheader.
	Line string `json:"line,omitempty"`
	// Date is the moment of publication, and until then the planned one.
	Date  time.Time `json:"date"`
	Intro Prose     `json:"intro,omitempty"`
	// Separator is what stands between picks; empty in issues that were frozen before
	// there was a choice, for a hairline.
	Separator Separator `json:"separator,omitempty"`

	Blocks []FrozenBlock `json:"blocks"`
	// MailBlocks is how many of the blocks the mail holds; 0 for all. The page and the
	// feed hold all.
	MailBlocks int `json:"mail_blocks,omitempty"`
	Picks      int `json:"picks"`
	Words      int `json:"words"`
	Minutes    int `json:"minutes"` // to read it all
}

// LeftForWeb counts the picks that the mail leaves to the issue's page.
func (f *Frozen) LeftForWeb() (n int) {
	if f.MailBlocks <= 0 || f.MailBlocks >= len(f.Blocks) {
		return 0
	}
	for _, b := range f.Blocks[f.MailBlocks:] {
		if b.Pick != nil {
			n++
		}
	}
	return n
}

// Summary is a line that stands for the issue in feeds and lists.
func (f *Frozen) Summary() string { return cmp.Or(f.Line, f.Preheader) }

// FrozenBlock is a block of a frozen issue; the field of its kind is set.
type FrozenBlock struct {
	Kind    BlockKind  `json:"kind"`
	Heading string     `json:"heading,omitempty"`
	Text    Prose      `json:"text,omitempty"`
	Pick    *Quotation `json:"pick,omitempty"`
	Quote   *Passage   `json:"quote,omitempty"`
}

// Passage is a frozen quote: words from elsewhere, which the editor chose, and no
// reader's pick.
type Passage struct {
	Words Prose  `json:"words"`
	Title string `json:"title"` // of where they stand
	URL   string `json:"url,omitempty"`
}

// Quotation is a frozen pick: the reader's words and where they come from.
type Quotation struct {
	Number    int       `json:"number"` // within the issue, from 1
	CommentID int64     `json:"comment_id"`
	Author    string    `json:"author"`
	Published time.Time `json:"published"`
	URL       string    `json:"url,omitempty"`      // the comment's permalink, else its post's
	PostTitle string    `json:"post_title"`         // never empty: an untitled post is named by its date
	Untitled  bool      `json:"untitled,omitempty"` // PostTitle is no title: the post has none
	PostURL   string    `json:"post_url,omitempty"`
	Words     Prose     `json:"words"`
	Shortened bool      `json:"shortened,omitempty"`
	Lifted    Prose     `json:"lifted,omitempty"`  // one of its lines, to stand above the words
	Context   *Context  `json:"context,omitempty"` // of a reply
}

// Context says what a picked reply replies to.
type Context struct {
	Author string `json:"author"`
	// Quote is the beginning of the parent's words; empty when the parent is
	// the pick just above, or was removed.
	Quote string `json:"quote,omitempty"`
	// Above is the parent's number when it is the pick just above, else 0.
	Above int `json:"above,omitempty"`
}
