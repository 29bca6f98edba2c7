package main

import (
	"fmt"
	"time"

	"postbag/digest"
)

// healthOf says in words how a feed is. The gravest comes first: what stopped,
// what waits for a person, what fails, what is under way.
func healthOf(f digest.FeedState) string {
	switch {
	case f.Stopped && !f.GoneSince.IsZero():
		return "stopped: the blog says the feed is gone for good"
	case f.Stopped:
		return "stopped"
	case f.Suspect != "":
		return fmt.Sprintf("waits for you: %s; to store it all the same: postbag pull --source %d --accept", f.Suspect, f.SourceID)
	case f.LastError != "" || f.Failures > 0:
		return failing(f)
	case f.MovedTo != "":
		return fmt.Sprintf("is moving to %s: %s from there so far", f.MovedTo, plural(f.MovedPolls, "good answer"))
	case f.LastSuccess.IsZero():
		return "not pulled yet"
	case !f.CatchUp.IsZero():
		return "well; older pages are still missing"
	}
	return "well"
}

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

// troubled tells whether a feed's health is something to look at.
func troubled(f digest.FeedState) bool {
	return f.Stopped || f.Suspect != "" || f.LastError != "" || f.Failures > 0
}

// sourceHealth is the health of a source in words: that of the first feed in
// trouble, else of the first that is not merely well.
func sourceHealth(feeds []digest.FeedState) string {
	if len(feeds) == 0 {
		return "has no feeds; it came from an import"
	}
	health := "well"
	for _, f := range feeds {
		words := healthOf(f)
		if troubled(f) {
			return string(f.Kind) + ": " + words
		}
		if health == "well" && words != "well" {
			health = words
		}
	}
	return health
}
