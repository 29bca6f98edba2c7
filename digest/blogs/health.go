package blogs

import (
	"cmp"
	"fmt"
	"time"

	"postbag/digest"
)

// HealthOf says in words how a feed is. The gravest comes first: what stopped,
// what waits for a person, what fails, what is under way.
func HealthOf(f digest.FeedState) string {
	switch {
	case f.Stopped && !f.GoneSince.IsZero():
		return "stopped: the blog says the feed is gone for good"
	case f.Stopped:
		return "stopped"
	case f.Suspect != "":
		return "waits for you: " + f.Suspect
	case f.LastError != "" || f.Failures > 0:
		return failing(f)
	case f.MovedTo != "":
		return fmt.Sprintf("is moving to %s: %s from there so far", f.MovedTo, plural(f.MovedPolls, "good answer", "good answers"))
	case f.LastSuccess.IsZero():
		return "not pulled yet"
	case !f.CatchUp.IsZero():
		return "well; older pages are still missing"
	}
	return well
}

// well is the health of a feed of which there is nothing to say.
const well = "well"

func failing(f digest.FeedState) string {
	since := "failed"
	if !f.FailingSince.IsZero() {
		since = "failing since " + f.FailingSince.UTC().Format(time.DateOnly)
	}
	if f.LastError == "" {
		return since
	}
	return since + ": " + f.LastError
}

// Troubled tells whether a feed's health is something to look at.
func Troubled(f digest.FeedState) bool {
	return f.Stopped || f.Suspect != "" || f.LastError != "" || f.Failures > 0
}

// Summary sums the feeds of a source up.
type Summary struct {
	// Health is that of the first feed in trouble, else of the first that is not merely
	// well; with Trouble it is something to look at.
	Health  string
	Trouble bool
	Feed    digest.FeedState // the feed that Health is of; zero for a source without feeds
	// LastSuccess is the oldest among the feeds, NextPoll the next of one that is asked
	// by the schedule, FailingSince the first; zero for none.
	LastSuccess, NextPoll, FailingSince time.Time
	Stopped                             bool
	// Problem, WaitsForYou and MovingTo are those of the first feed that has one.
	Problem, WaitsForYou, MovingTo string
}

// Sum sums feeds up, in words that healthOf says of each: [HealthOf], or those of a
// surface that adds how to mend it.
func Sum(feeds []digest.FeedState, healthOf func(digest.FeedState) string) Summary {
	s := Summary{Health: "has no feeds; it came from an import"}
	if len(feeds) > 0 {
		s.Health, s.Feed = well, feeds[0]
	}
	for i, f := range feeds {
		words := healthOf(f)
		switch {
		case Troubled(f) && !s.Trouble:
			s.Health, s.Trouble, s.Feed = string(f.Kind)+": "+words, true, f
		case s.Health == well && words != well:
			s.Health, s.Feed = words, f
		}
		if i == 0 || f.LastSuccess.Before(s.LastSuccess) {
			s.LastSuccess = f.LastSuccess
		}
		s.NextPoll = earlier(s.NextPoll, NextTry(f))
		s.FailingSince = earlier(s.FailingSince, f.FailingSince)
		s.Stopped = s.Stopped || f.Stopped
		s.Problem = cmp.Or(s.Problem, f.LastError)
		s.WaitsForYou = cmp.Or(s.WaitsForYou, f.Suspect)
		s.MovingTo = cmp.Or(s.MovingTo, f.MovedTo)
	}
	return s
}

// NextTry is when the schedule asks a feed again, zero for never.
func NextTry(f digest.FeedState) time.Time {
	if f.Stopped {
		return time.Time{}
	}
	return f.NextPoll
}

// earlier gives the earlier of two moments, where zero is none.
func earlier(a, b time.Time) time.Time {
	if b.IsZero() || !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
