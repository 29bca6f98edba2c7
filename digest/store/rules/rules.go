// Package rules writes rules of the domain as SQL conditions, so that every
// statement that needs one has it from here. Each stands behind the name of a
// table and a dot, or alone.
package rules

import (
	"strings"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/subscribers"
)

// Counts, of issues, tells of those whose picks are used and whose window is closed
// to others.
const Counts = "state <> '" + string(digest.Cancelled) + "'"

// Present, of comments, tells of those that are there for readers, and Gone of those
// that were removed.
const (
	Present = "gone = 0"
	Gone    = "gone = 1"
)

// Followed, of sources, tells of those that are followed, and Left of those that
// were. FollowedSources are the ids of the former.
const (
	Followed        = "removed = 0"
	Left            = "removed = 1"
	FollowedSources = "(SELECT id FROM sources WHERE " + Followed + ")"
)

// NextDraft, of issues, tells of the draft that a series' next issue is made of. One
// that was approved before and is open again is none.
const NextDraft = "state = '" + string(digest.Draft) + "' AND closed_at IS NULL"

// The conditions made of lists of states.
var (
	// Listed, of comments, tells of those that count on their post's list.
	Listed = "gone_by IN (" + Words(digest.ListedSigns()) + ")"
	// Public, of issues, tells of those that readers can see.
	Public = state(digest.PublicStates())
	// Waiting, of issues, tells of those that wait for the moment they go out.
	Waiting = state(digest.WaitingStates())
	// Unpublished, of issues, tells of those that are still to be published.
	Unpublished = state(digest.UnpublishedStates())
	// Stands, of issues, tells of those that came to be, or still may: their numbers
	// are taken.
	Stands = "state NOT IN (" + Words(digest.UnusedStates()) + ")"
	// InFlight, of issues, tells of those of which a server may be hearing.
	InFlight = state(digest.InFlightStates())
	// Mailing, of issues, tells of those that are being mailed.
	Mailing = state(digest.MailingStates())
	// Mailable, of subscribers, tells who may be mailed an issue.
	Mailable = state(subscribers.MailableStates())
	// OnList, of subscribers, tells who may be mailed or may confirm yet, and HasLeft who
	// left.
	OnList  = state(subscribers.ListedStates())
	HasLeft = state(subscribers.LeftStates())
	// Endable, of tasks, tells of those whose end may still be told.
	Endable = state(beside.EndableStates())
	// Open, of deliveries, tells of rows to which something still happens by itself.
	Open = state(subscribers.OpenStates())
	// MayBeOurs, of deliveries, tells of rows that were refused for what may be our own
	// fault.
	MayBeOurs = "cause IN (" + Words(subscribers.OursCauses()) + ")"
	// MayBeKnown, of deliveries, tells of those and of refused addresses.
	MayBeKnown = "cause IN (" + Words(subscribers.UnknownCauses()) + ")"
	// Unbegun, of deliveries, tells of open rows that no server is hearing of.
	Unbegun = state(subscribers.UnbegunStates())
	// Taken, of deliveries and letters, tells of those that a worker has taken.
	Taken = state(subscribers.TakenStates())
	// TakesLateAnswer tells of deliveries to which the news that the server accepted
	// the message may still come, from a worker that lost them.
	TakesLateAnswer = Either("deliveries.state", subscribers.LateAnswerStates()) + " AND " + Either("deliveries.cause", subscribers.LateAnswerCauses())
)

// inDoubt, of deliveries, tells of rows whose message a server may have from a try that
// nobody has decided about.
var inDoubt = "(unanswered > 0 OR cause = '" + string(subscribers.WorkerLost) + "' AND attempts > 0)"

// NotSent gives, in SQL, the state and the cause of a row of deliveries that is not sent
// any more for a cause: it is cancelled, or left to a person where a server may have the
// message from an earlier try.
func NotSent(why subscribers.Cause) (state, cause string) {
	return "CASE WHEN " + inDoubt + " THEN 'uncertain' ELSE 'cancelled' END",
		"CASE WHEN " + inDoubt + " THEN CASE WHEN cause = '" + string(subscribers.WorkerLost) + "' THEN cause ELSE '" + string(subscribers.NoAnswer) + "' END ELSE '" + string(why) + "' END"
}

func state[T ~string](states []T) string { return "state IN (" + Words(states) + ")" }

// Either tells that a column is one of a few words. SQLite makes a table of the words after
// an IN each time it runs the statement.
func Either[T ~string](column string, words []T) string {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = column + " = '" + string(w) + "'"
	}
	return "(" + strings.Join(terms, " OR ") + ")"
}

// WorkerLost tells of the rows of a table whose worker has ended, or is the
// one that a parameter names.
func WorkerLost(table, worker string) string {
	return `NOT EXISTS (
		SELECT 1 FROM workers w WHERE w.id = ` + table + `.worker_id AND w.id <> ` + worker + ` AND w.ended_at IS NULL)`
}

// Words gives words of the domain, which hold no quotation mark, as SQL writes a
// list of them.
func Words[T ~string](words []T) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + string(w) + "'"
	}
	return strings.Join(quoted, ", ")
}
