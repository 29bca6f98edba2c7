package pages

import (
	"postbag/digest"
	"postbag/digest/pull/identity"
)

// isAnother tells that a comment is not the stored one, though it has its id.
func (s *storing) isAnother(c digest.Comment, k *storedComment) bool {
	return identity.OtherComment(c, digest.Comment{Author: k.author, Key: k.key, URL: k.url, Published: k.published, Body: k.body}, s.page.Seen)
}

// isAnotherPost tells so of a post.
func (s *storing) isAnotherPost(p digest.Post, k *storedPost) bool {
	return identity.OtherPost(p, k.post(), s.page.Seen)
}

// isUnlike tells that a post found by its key is another one.
func (s *storing) isUnlike(p digest.Post, k *storedPost) bool {
	return identity.UnlikePost(p, k.post(), s.page.Seen)
}

func (k *storedPost) post() digest.Post {
	return digest.Post{Title: k.title, URLKey: k.urlKey, Published: k.published, Body: k.body}
}

// takesGUID tells whether an entry that was found by its key takes the GUID that
// it has now.
func (s *storing) takesGUID(guid, url, stored, storedURL string) bool {
	return identity.TakesID(guid, url, stored, storedURL, s.page.KeepWords)
}
