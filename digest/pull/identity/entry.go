package identity

import (
	"fmt"
	"strings"
	"time"

	"postbag/digest"
)

// OtherComment tells that a comment is not the stored one, though it has its id or key:
// its text, its permalink and its time, by more than a minute, are others, and so is its
// author or its key. Seen is when the comment was read.
func OtherComment(c, stored digest.Comment, seen time.Time) bool {
	return !c.Gone && (c.Author != stored.Author || differ(c.Key, stored.Key)) && Apart(c.Published, stored.Published, seen, time.Minute) &&
		differ(c.URL, stored.URL) && c.Body.Text() != stored.Body.Text()
}

// OtherPost tells so of a post: its title, its text, its address and its time, by more
// than a day, are others.
func OtherPost(p, stored digest.Post, seen time.Time) bool {
	return differ(p.URLKey, stored.URLKey) && UnlikePost(p, stored, seen)
}

// UnlikePost tells that a post has neither title, nor words, nor time of the stored
// one. A post without words tells too little: exports of comments alone know of the pages
// that these are under no more than that they were there.
func UnlikePost(p, stored digest.Post, seen time.Time) bool {
	return p.Title != stored.Title && Apart(p.Published, stored.Published, seen, 24*time.Hour) && differ(p.Body.Text(), stored.Body.Text())
}

// Apart tells that two times of publication differ by more than so much. A time
// that is missing, or is when the entry was seen, tells nothing.
func Apart(published, other, seen time.Time, most time.Duration) bool {
	return !published.IsZero() && published.Before(seen) && published.Sub(other).Abs() > most
}

// differ tells that two names are there and differ.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// Alias gives the id under which an entry is stored whose own was another's before.
func Alias(id string, published time.Time) string {
	return fmt.Sprintf("%s@%d", id, published.Unix())
}

// The sorts of id, the less lasting first.
const (
	derived = iota // made of the entry's words
	address        // its permalink, because the feed gives it no id
	given          // by the feed
)

func sortOf(id, url string) int {
	switch {
	case strings.HasPrefix(id, "hash:"):
		return derived
	case id == url:
		return address
	}
	return given
}

// TakesID tells whether an entry that was found by its key takes the id that it has
// now: one that lasts as long as the stored one, and of an export, which may be older
// than what is stored, only one that lasts longer.
func TakesID(id, url, stored, storedURL string, export bool) bool {
	now, before := sortOf(id, url), sortOf(stored, storedURL)
	if export {
		return now > before
	}
	return now > derived && now >= before
}
