package store

import (
	"maps"
	"slices"

	"postbag/digest"
)

// postsNamed finds the posts that comments name by GUID or by URL; a GUID goes
// before a URL.
func (s *storing) postsNamed(comments []digest.Comment) (map[string]int64, error) {
	refs := map[string]bool{}
	for _, c := range comments {
		refs[c.PostRef] = true
	}
	byURL, err := s.named(queryPostsByURL(s.dialect), refs)
	if err != nil {
		return nil, err
	}
	byGUID, err := s.named(queryPostsByGUID(s.dialect), refs)
	maps.Copy(byURL, byGUID)
	return byURL, err
}

// parentsNamed finds the stored comments that comments name as their parents.
func (s *storing) parentsNamed(comments []digest.Comment) (map[string]int64, error) {
	refs := map[string]bool{}
	for _, c := range comments {
		refs[c.ParentRef] = true
	}
	return s.named(queryCommentsByGUID(s.dialect), refs)
}

// named runs a query that gives names and ids. The empty name is nobody's.
func (s *storing) named(query string, refs map[string]bool) (map[string]int64, error) {
	delete(refs, "")
	found := make(map[string]int64, len(refs))
	if len(refs) == 0 {
		return found, nil
	}
	all, err := list(slices.Sorted(maps.Keys(refs)))
	if err != nil {
		return nil, err
	}
	err = s.each(func(r row) error {
		var name string
		var id int64
		err := r.scan(&name, &id)
		found[name] = id
		return err
	}, query, s.page.SourceID, all)
	return found, err
}

func queryPostsByURL(d dialect) string {
	return `SELECT url, id FROM posts WHERE source_id = $1 AND ` + d.among("url", "$2", "TEXT") + ` ORDER BY id DESC`
}

func queryPostsByGUID(d dialect) string {
	return `SELECT guid, id FROM posts WHERE source_id = $1 AND ` + d.among("guid", "$2", "TEXT")
}

func queryCommentsByGUID(d dialect) string {
	return `SELECT guid, id FROM comments WHERE source_id = $1 AND ` + d.among("guid", "$2", "TEXT")
}

// tieWaiting ties stored comments to what they waited for and this page brought.
func (s *storing) tieWaiting() error {
	tied, err := s.tie(queryWaitingPost(s.dialect), `UPDATE comments SET post_id = $1 WHERE id = $2`, s.newPosts)
	if err != nil {
		return err
	}
	for id := range tied {
		s.changed(kindComment, id)
	}
	_, err = s.tie(queryWaitingParent(s.dialect), `UPDATE comments SET parent_id = $1 WHERE id = $2`, s.newComments)
	return err
}

func queryWaitingPost(d dialect) string {
	return `SELECT id, post_ref FROM comments
		WHERE source_id = $1 AND post_id IS NULL AND post_ref <> ''
			AND ` + d.among("post_ref", "$2", "TEXT")
}

// A comment that names itself as its parent never finds it.
func queryWaitingParent(d dialect) string {
	return `SELECT id, parent_ref FROM comments
		WHERE source_id = $1 AND parent_id IS NULL AND parent_ref <> '' AND parent_ref <> guid
			AND ` + d.among("parent_ref", "$2", "TEXT")
}

// tie ties the comments that wait for what arrived, and gives which to what.
func (s *storing) tie(waiting, update string, arrived map[string]int64) (ties map[int64]int64, err error) {
	if len(arrived) == 0 {
		return nil, nil
	}
	all, err := list(slices.Sorted(maps.Keys(arrived)))
	if err != nil {
		return nil, err
	}
	ties = map[int64]int64{}
	err = s.each(func(r row) error {
		var id int64
		var name string
		err := r.scan(&id, &name)
		ties[id] = arrived[name]
		return err
	}, waiting, s.page.SourceID, all)
	if err != nil {
		return nil, err
	}
	for id, to := range ties {
		if _, err := s.exec(update, to, id); err != nil {
			return nil, err
		}
	}
	return ties, nil
}
