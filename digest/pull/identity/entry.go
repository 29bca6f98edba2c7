package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
)

// OtherComment tells that a comment is not the stored one, though it has its id or key:
// its text and its time, by more than a minute, are others, and so is its author or its
// key; and it does not have the same place on a page. Seen is when the comment was read.
func OtherComment(c, stored digest.Comment, seen time.Time) bool {
	return !c.Gone && (c.Author != stored.Author || differ(c.Key, stored.Key)) && Apart(c.Published, stored.DatedAt(), seen, time.Minute) &&
		(c.URL != stored.URL || !strings.Contains(c.URL, "#")) && c.Body.Text() != stored.Body.Text()
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
	return !published.IsZero() && !other.IsZero() && published.Before(seen) && published.Sub(other).Abs() > most
}

// differ tells that two names are there and differ.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// Alias gives the id under which a post is stored whose own was another's before.
func Alias(id string, published time.Time) string {
	return fmt.Sprintf("%s@%d", id, published.Unix())
}

// Names are the ids under which a comment may be stored whose own is another's, too, so
// that it is known again wherever it stands on a page, and whatever stands beside it.
type Names struct {
	// Moment is made of its author and its time of publication: an edit leaves it as it
	// was. Of a comment whose date is missing, or is that of a day, it is Words.
	Moment string
	// Words is made of its text, too: an edit makes another comment of it.
	Words string
}

// NamesOf gives a comment's names beside an id.
func NamesOf(id string, c digest.Comment) Names {
	at := c.DatedAt().UTC()
	hour, minute, second := at.Clock()
	words := id + "@" + digestOf(c.Author, at.Format(time.RFC3339), c.Body.Text())
	if at.IsZero() || hour+minute+second == 0 {
		return Names{words, words}
	}
	return Names{fmt.Sprintf("%s@%d-%s", id, at.Unix(), digestOf(c.Author)[:8]), words}
}

// digestOf is a fingerprint of texts.
func digestOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:20]
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
