package pages

import (
	"fmt"
	"strings"
	"time"

	"postbag/digest"
)

// aliasOf gives the name under which an entry is stored whose GUID was another's
// before.
func aliasOf(guid string, published time.Time) string {
	return fmt.Sprintf("%s@%d", guid, published.Unix())
}

// apart tells that two times of publication differ by more than so much. A time
// that is missing, or is when the entry was seen, tells nothing.
func (s *storing) apart(published, other time.Time, most time.Duration) bool {
	if published.IsZero() || !published.Before(s.page.Seen) {
		return false
	}
	return published.Sub(other).Abs() > most
}

// isAnother tells that a comment is not the stored one, though it has its name:
// nothing else of it is the same, but that both writers may be called Anonymous.
func (s *storing) isAnother(c digest.Comment, k *storedComment) bool {
	return !c.Gone && (c.Author != k.author || differ(c.Key, k.key)) && s.apart(c.Published, k.published, time.Minute) &&
		differ(c.URL, k.url) && c.Body.Text() != k.body.Text()
}

// isAnotherPost tells so of a post.
func (s *storing) isAnotherPost(p digest.Post, k *storedPost) bool {
	return differ(p.URLKey, k.urlKey) && s.isUnlike(p, k)
}

// isUnlike tells that a post has neither title, nor words, nor time of the stored
// one.
func (s *storing) isUnlike(p digest.Post, k *storedPost) bool {
	return p.Title != k.title && s.apart(p.Published, k.published, 24*time.Hour) && p.Body.Text() != k.body.Text()
}

// differ tells that two names are there and differ.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// The sorts of GUID, the less lasting first.
const (
	derivedGUID = iota // made of the entry's words
	addressGUID        // its permalink, because the feed gives it no id
	givenGUID          // an id of the feed's
)

func sortOf(guid, url string) int {
	switch {
	case strings.HasPrefix(guid, "hash:"):
		return derivedGUID
	case guid == url:
		return addressGUID
	}
	return givenGUID
}

// takesGUID tells whether an entry that was found by its key takes the GUID that
// it has now.
func (s *storing) takesGUID(guid, url, stored, storedURL string) bool {
	now, before := sortOf(guid, url), sortOf(stored, storedURL)
	if s.page.KeepWords {
		return now > before
	}
	return now > derivedGUID && now >= before
}
