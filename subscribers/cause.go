package subscribers

import "slices"

// Cause is what made a delivery or a letter what it is. Decisions rest on it and
// on the state; the words beside it are for people.
type Cause string

// The causes. A row that nothing has happened to has none.
const (
	NoCause        Cause = ""
	Accepted       Cause = "accepted"        // the server took the message
	AddressRefused Cause = "address-refused" // for good
	MailboxFull    Cause = "mailbox-full"
	MessageRefused Cause = "message-refused" // for good
	SenderRefused  Cause = "sender-refused"  // for who we are, or how much we send
	TryLater       Cause = "try-later"       // refused temporarily
	NoConnection   Cause = "no-connection"   // none, or it ended before the whole message was written
	NoAnswer       Cause = "no-answer"       // the whole message was written; no answer came
	WorkerLost     Cause = "worker-lost"     // the process ended while it was sending
	OtherCopy      Cause = "other-copy"      // another copy of the installation may have sent it
	NotSendable    Cause = "not-sendable"    // it could not be composed, or not be given to this server
	Expired        Cause = "expired"         // tried until its time was over
	ReaderLeft     Cause = "reader-left"     // the address may not be mailed any more
	IssueWithdrawn Cause = "issue-withdrawn"
	SaidByHand     Cause = "by-hand" // a person said what became of it
)

// Causes lists all causes, in the order above.
func Causes() []Cause {
	return []Cause{NoCause, Accepted, AddressRefused, MailboxFull, MessageRefused, SenderRefused, TryLater,
		NoConnection, NoAnswer, WorkerLost, OtherCopy, NotSendable, Expired, ReaderLeft, IssueWithdrawn, SaidByHand}
}

// OursCauses lists the causes of refusals that may be our own fault: they say nothing
// sure about the address.
func OursCauses() []Cause { return []Cause{MessageRefused, SenderRefused, NotSendable} }

// UnknownCauses lists the causes of refusals that say nothing sure about the address while
// most addresses are refused.
func UnknownCauses() []Cause { return append(OursCauses(), AddressRefused) }

// MayBeOurs tells whether a refusal may be our own fault.
func (c Cause) MayBeOurs() bool { return slices.Contains(OursCauses(), c) }

// LateAnswerCauses lists the causes of rows that were taken from a process which
// may be alive: its news that the server accepted the message still counts, as
// long as nobody has claimed the row again.
func LateAnswerCauses() []Cause { return []Cause{WorkerLost, OtherCopy} }

// LateAnswerStates lists the states of such rows.
func LateAnswerStates() []DeliveryState { return []DeliveryState{Deferred, Uncertain} }

// Ambiguity says what to do with a message that a server may have accepted
// without our hearing of it (RFC 1047).
type Ambiguity string

// The policies.
const (
	Resend        Ambiguity = "resend" // once more after a minute, same Message-ID and Date
	HoldUncertain Ambiguity = "hold"   // mark it uncertain for a person
)

// InDoubt tells what becomes of a delivery whose message a server may have
// accepted: it is deferred, to be sent once more, or uncertain, for a person to
// decide. unanswered counts the earlier times that its message got no answer:
// after the second, nobody sends it a third time. A worker that was lost says
// nothing about the server, so that alone never makes a delivery uncertain.
func (a Ambiguity) InDoubt(cause Cause, unanswered int) DeliveryState {
	if a == HoldUncertain || cause == NoAnswer && unanswered > 0 {
		return Uncertain
	}
	return Deferred
}
