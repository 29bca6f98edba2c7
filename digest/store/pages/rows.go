package pages

import (
	"postbag/digest"
	"postbag/digest/pull/identity"
	"postbag/digest/store/database"
)

// names gives the names that entries have.
func names[E any](entries []E, name func(*E) string) (all []string) {
	for i := range entries {
		if n := name(&entries[i]); n != "" {
			all = append(all, n)
		}
	}
	return all
}

// each runs a query by a list of names, of the page's source.
func each[N any](s *storing, query string, names []N, scan func(database.Row) error) error {
	if len(names) == 0 {
		return nil
	}
	all, err := database.JSONArray(names)
	if err != nil {
		return err
	}
	return s.Each(scan, query, s.page.SourceID, all)
}

// rows gives the rows of a query by a list of names, by name; of one name the last
// counts.
func rows[R any, N comparable](s *storing, query string, names []N, fields func(*R) []any, by func(*R) N) (map[N]*R, error) {
	found := make(map[N]*R, len(names))
	err := each(s, query, names, func(r database.Row) error {
		row := new(R)
		err := r.Scan(fields(row)...)
		found[by(row)] = row
		return err
	})
	return found, err
}

// isAnother tells that a comment is not the stored one, though it has its id.
func (s *storing) isAnother(c digest.Comment, k *storedComment) bool {
	return identity.OtherComment(c, k.comment(), s.page.Seen)
}

// isAnotherPost tells so of a post.
func (s *storing) isAnotherPost(p digest.Post, k *storedPost) bool {
	return identity.OtherPost(p, k.post(), s.page.Seen)
}

func (k *storedPost) post() digest.Post {
	return digest.Post{Title: k.title, URLKey: k.urlKey, Published: k.published, Body: k.body}
}
