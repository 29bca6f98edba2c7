package pages

import (
	"maps"
	"slices"

	"postbag/digest"
	"postbag/digest/store/database"
)

// postNames are posts by the names that comments have for them.
type postNames map[string]int64

// of gives a comment's post, 0 while it is unknown.
func (n postNames) of(c digest.Comment) int64 {
	if id := n[c.PostRef]; id != 0 {
		return id
	}
	return n[c.PostKey]
}

// postsNamed finds the posts that comments name. A GUID goes before a key, a key
// before an address, and that before any other name.
func (s *storing) postsNamed(comments []digest.Comment) (postNames, error) {
	refs := map[string]bool{}
	for _, c := range comments {
		refs[c.PostRef], refs[c.PostKey] = true, true
	}
	return s.firstNamed(refs, queryPostsByGUID(s.dialect), queryPostsKeyed(s.dialect), queryPostsURLKeyed(s.dialect),
		queryPostsByURL(s.dialect), queryPostsByRef(s.dialect))
}

// parentNames are comments by GUID and by key.
type parentNames struct{ guids, keys map[string]int64 }

// parentsNamed finds the stored comments that comments name as their parents.
func (s *storing) parentsNamed(comments []digest.Comment) (parents parentNames, err error) {
	refs, keys := map[string]bool{}, map[string]bool{}
	for _, c := range comments {
		refs[c.ParentRef], keys[c.ParentKey] = true, true
	}
	if parents.guids, err = s.firstNamed(refs, queryCommentsByGUID(s.dialect)); err != nil {
		return parents, err
	}
	parents.keys, err = s.firstNamed(keys, queryCommentsKeyed(s.dialect))
	return parents, err
}

// parentOf gives a comment's parent among those stored before and by this page,
// 0 while it is unknown.
func (s *storing) parentOf(c digest.Comment, stored parentNames) int64 {
	for _, id := range []int64{stored.guids[c.ParentRef], s.newComments[c.ParentRef],
		stored.keys[c.ParentKey], s.newCommentKeys[c.ParentKey]} {
		if id != 0 {
			return id
		}
	}
	return 0
}

// firstNamed runs queries that give names and ids, one after the other for the
// names that are not found yet. The empty name is nobody's.
func (s *storing) firstNamed(refs map[string]bool, queries ...string) (map[string]int64, error) {
	delete(refs, "")
	found := make(map[string]int64, len(refs))
	for _, query := range queries {
		if len(refs) == 0 {
			break
		}
		all, err := database.JSONArray(slices.Sorted(maps.Keys(refs)))
		if err != nil {
			return nil, err
		}
		err = s.Each(func(r database.Row) error {
			var name string
			var id int64
			err := r.Scan(&name, &id)
			found[name] = id
			delete(refs, name)
			return err
		}, query, s.page.SourceID, all)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func queryPostsByGUID(d database.Dialect) string {
	return `SELECT guid, id FROM posts WHERE source_id = $1 AND ` + d.Among("guid", "$2", "TEXT")
}

func queryPostsKeyed(d database.Dialect) string {
	return `SELECT key, id FROM posts WHERE source_id = $1 AND key <> '' AND ` + d.Among("key", "$2", "TEXT") + ` ORDER BY id`
}

func queryPostsURLKeyed(d database.Dialect) string {
	return `SELECT url_key, id FROM posts WHERE source_id = $1 AND url_key <> '' AND ` + d.Among("url_key", "$2", "TEXT") + ` ORDER BY id DESC`
}

func queryPostsByURL(d database.Dialect) string {
	return `SELECT url, id FROM posts WHERE source_id = $1 AND ` + d.Among("url", "$2", "TEXT") + ` ORDER BY id DESC`
}

func queryPostsByRef(d database.Dialect) string {
	return `SELECT ref, id FROM posts WHERE source_id = $1 AND ref <> '' AND ` + d.Among("ref", "$2", "TEXT") + ` ORDER BY id`
}

func queryCommentsByGUID(d database.Dialect) string {
	return `SELECT guid, id FROM comments WHERE source_id = $1 AND ` + d.Among("guid", "$2", "TEXT")
}

func queryCommentsKeyed(d database.Dialect) string {
	return `SELECT key, id FROM comments WHERE source_id = $1 AND key <> '' AND ` + d.Among("key", "$2", "TEXT") + ` ORDER BY id`
}

// arrived notes what comments may have waited for: a post, by each of its names.
func (s *storing) arrived(p digest.Post, id int64) {
	for _, name := range []string{p.Key, p.URLKey, p.URL, p.Ref} {
		if name != "" && s.newPosts[name] == 0 {
			s.newPosts[name] = id
		}
	}
	s.newPosts[p.GUID] = id
}

// tieComment ties a stored comment to what it waits for, 0 for what is unknown.
func (s *storing) tieComment(id, post, parent int64) error {
	if post != 0 {
		if _, err := s.Exec(tiePost, post, id); err != nil {
			return err
		}
	}
	if parent == 0 || parent == id {
		return nil
	}
	_, err := s.Exec(tieParent, parent, id)
	return err
}

const (
	tiePost   = `UPDATE comments SET post_id = $1 WHERE id = $2 AND post_id IS NULL`
	tieParent = `UPDATE comments SET parent_id = $1 WHERE id = $2 AND parent_id IS NULL`
)

// tieWaiting ties stored comments to what they waited for and this page brought.
func (s *storing) tieWaiting() error {
	for _, waiting := range []string{queryWaitingPost(s.dialect), queryWaitingPostKey(s.dialect)} {
		if err := s.tie(waiting, s.newPosts, func(id, to int64) error { return s.tieComment(id, to, 0) }); err != nil {
			return err
		}
	}
	parent := func(id, to int64) error { return s.tieComment(id, 0, to) }
	if err := s.tie(queryWaitingParent(s.dialect), s.newComments, parent); err != nil {
		return err
	}
	return s.tie(queryWaitingParentKey(s.dialect), s.newCommentKeys, parent)
}

func queryWaitingPost(d database.Dialect) string {
	return `SELECT id, post_ref FROM comments
		WHERE source_id = $1 AND post_id IS NULL AND post_ref <> ''
			AND ` + d.Among("post_ref", "$2", "TEXT")
}

func queryWaitingPostKey(d database.Dialect) string {
	return `SELECT id, post_key FROM comments
		WHERE source_id = $1 AND post_id IS NULL AND post_key <> ''
			AND ` + d.Among("post_key", "$2", "TEXT")
}

// A comment that names itself as its parent never finds it.
func queryWaitingParent(d database.Dialect) string {
	return `SELECT id, parent_ref FROM comments
		WHERE source_id = $1 AND parent_id IS NULL AND parent_ref <> '' AND parent_ref <> guid
			AND ` + d.Among("parent_ref", "$2", "TEXT")
}

func queryWaitingParentKey(d database.Dialect) string {
	return `SELECT id, parent_key FROM comments
		WHERE source_id = $1 AND parent_id IS NULL AND parent_key <> '' AND parent_key <> key
			AND ` + d.Among("parent_key", "$2", "TEXT")
}

// tie ties the comments that wait for what arrived.
func (s *storing) tie(waiting string, arrived map[string]int64, to func(id, to int64) error) error {
	if len(arrived) == 0 {
		return nil
	}
	all, err := database.JSONArray(slices.Sorted(maps.Keys(arrived)))
	if err != nil {
		return err
	}
	ties := map[int64]int64{}
	err = s.Each(func(r database.Row) error {
		var id int64
		var name string
		err := r.Scan(&id, &name)
		ties[id] = arrived[name]
		return err
	}, waiting, s.page.SourceID, all)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(ties)) {
		if err := to(id, ties[id]); err != nil {
			return err
		}
	}
	return nil
}
