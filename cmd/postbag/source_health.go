package main

import (
	"fmt"

	"postbag/digest"
	"postbag/digest/blogs"
)

// healthOf says in words how a feed is, with the command that lets go on what waits.
func healthOf(f digest.FeedState) string {
	words := blogs.HealthOf(f)
	if f.Suspect != "" && !f.Stopped {
		words += fmt.Sprintf("; to store it all the same: postbag pull --source %d --accept", f.SourceID)
	}
	return words
}

// sourceHealth is the health of a source in words.
func sourceHealth(feeds []digest.FeedState) string { return blogs.Sum(feeds, healthOf).Health }
