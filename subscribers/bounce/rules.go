package bounce

import (
	"time"

	"postbag/subscribers"
	"postbag/subscribers/report"
)

// The rules that no setting changes.
const (
	// noSuchMailbox is the status that suppresses an address at once (RFC 3463, 3.2).
	noSuchMailbox = "5.1.1"
	// SoftIssues is how many issues in a row must bounce for a reason that may pass,
	// and SoftDays how many days must lie between the mailings of the first and the
	// last of them.
	SoftIssues = 3
	SoftDays   = 14
	// CleanAfter is how long after a mail was taken no bounce of it may come for the
	// address to count as good again. Servers try for five days.
	CleanAfter = 7 * 24 * time.Hour
	// DefaultHard is how many issues a server must refuse for good, but with another
	// code than 5.1.1.
	DefaultHard = 2
)

// Rules decide when an address is suppressed.
type Rules struct {
	// Hard is how many separate issues must bounce hard, with a code other than 5.1.1;
	// 1 suppresses at the first.
	Hard int
}

// Score is what counts against an address since it was confirmed, or since a mail to it
// arrived: the points, of which a day gives one at the most.
type Score struct {
	Hard int
	Soft int
	// Since is when the mailing of the first soft one in a row began.
	Since time.Time
	// Last is when the last point was given.
	Last time.Time
}

// Standing is where an address stands.
type Standing struct {
	State       subscribers.State
	ConfirmedAt time.Time
	Score
}

// Judge gives where an address stands after an event that was not seen before, and
// whether the event counted:
//
//   - A complaint, or a request to unsubscribe, ends the subscription at once.
//   - A hard bounce with 5.1.1 suppresses the address at once, another one after
//     r.Hard issues.
//   - Soft bounces suppress it after three issues in a row with two weeks between the
//     first and the last.
//   - Everything else counts nothing, and so does a mail of before the address was
//     last confirmed.
//
// A day, in UTC, gives at most one point. An address that is suppressed stays as it
// is, but for one that bounced and whose reader complains: only they can come back.
func (r Rules) Judge(was Standing, e Known) (is Standing, counted bool) {
	is = was
	switch {
	case e.Kind == report.Complaint:
		is.become(subscribers.Complained)
		return is, is.State != was.State
	case e.Kind == report.Unsubscribe:
		is.become(subscribers.Unsubscribed)
		return is, is.State != was.State
	case !e.Kind.Scores() || was.State.Suppressed():
		return is, false
	case e.mailed().Before(was.ConfirmedAt):
		return is, false
	}
	if sameDay := !was.Last.IsZero() && day(e.At) == day(was.Last); !sameDay {
		counted, is.Last = true, e.At
		is.count(e)
	}
	if e.Kind == report.Hard && e.Status == noSuchMailbox || is.Hard >= max(r.Hard, 1) ||
		is.Soft >= SoftIssues && day(e.mailed())-day(is.Since) >= SoftDays {
		is.become(subscribers.Bounced)
	}
	return is, counted || is.State != was.State
}

func (s *Standing) become(next subscribers.State) {
	if s.State.To(next) {
		s.State = next
	}
}

func (s *Score) count(e Known) {
	if e.Kind == report.Hard {
		s.Hard++
		return
	}
	if s.Soft++; s.Soft == 1 {
		s.Since = e.mailed()
	}
}

// day numbers a day in UTC.
func day(at time.Time) int64 { return at.Unix() / (24 * 60 * 60) }
