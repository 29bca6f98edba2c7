package digest

import "time"

// RemindersAhead is how long before a draft's moment its editors are reminded that nobody
// has approved it, the first first. Each is done once for a draft and a moment.
func RemindersAhead() []time.Duration { return []time.Duration{24 * time.Hour, 2 * time.Hour} }

// ReminderLate is how late a reminder may be: after that it is left out, since the next
// one, or the moment itself, is near.
const ReminderLate = time.Hour

// Reply is what an editor can do with a draft by a link of a reminder.
type Reply string

// The replies.
const (
	ReplySend Reply = "send" // approve it as it stands
	ReplySkip Reply = "skip" // let its moment pass without an issue
	ReplyWait Reply = "wait" // give it another day
)

// Replies lists the replies as a reminder offers them.
func Replies() []Reply { return []Reply{ReplySend, ReplySkip, ReplyWait} }

var replyLabels = map[Reply]string{ReplySend: "Send this", ReplySkip: "Skip this week", ReplyWait: "Give me a day"}

// Label is what the link says, and the button of its page.
func (r Reply) Label() string { return replyLabels[r] }

// Reminder is a mail to the editors about a draft that nobody has approved.
type Reminder struct {
	ID      int64
	IssueID int64
	DueAt   time.Time     // the draft's moment, as it was then
	Ahead   time.Duration // how long before that the mail was due
}

// At is when the reminder is due.
func (r Reminder) At() time.Time { return r.DueAt.Add(-r.Ahead) }

// ReminderLink is what an editor's links in a reminder stand for. They are good until the
// draft's moment, and for one reply.
type ReminderLink struct {
	ID int64
	Reminder
	Editor Editor
	Used   time.Time // zero for not yet
	Reply  Reply     // what it was used for
}
