package pages

import (
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// freshComments stores the page's new comments, parents before their replies so
// that most rows are written once; and ties what was not tied yet and brings its
// references now.
func (s *storing) freshComments(fresh []digest.Comment) error {
	all := append(fresh[:len(fresh):len(fresh)], s.untied...)
	posts, err := s.postsNamed(all)
	if err != nil {
		return err
	}
	parents, err := s.parentsNamed(all)
	if err != nil {
		return err
	}
	for _, part := range generations(parentsFirst(fresh)) {
		for i := range part {
			part[i].PostID, part[i].ParentID = posts.of(part[i]), s.parentOf(part[i], parents)
		}
		if err := s.storeNew(part); err != nil {
			return err
		}
	}
	for _, c := range s.untied {
		if err := s.tieComment(c.ID, posts.of(c), s.parentOf(c, parents)); err != nil {
			return err
		}
	}
	s.untied = nil
	return nil
}

// newCommentColumns are what a new comment is given, and their types.
var newCommentColumns = []string{
	"source_id BIGINT", "guid TEXT", "url TEXT", "post_id BIGINT", "post_ref TEXT", "parent_id BIGINT", "parent_ref TEXT",
	"author TEXT", "author_uri TEXT", "published BIGINT", "undated BIGINT", "updated BIGINT", "first_seen BIGINT", "changed_at BIGINT",
	"gone BIGINT", "gone_reason TEXT", "backfill BIGINT", "hash TEXT", "words BIGINT", "body TEXT",
	"key TEXT", "post_key TEXT", "parent_key TEXT", "gone_by TEXT", "given BIGINT",
}

// valuesOf gives a comment's values for newCommentColumns.
func (s *storing) valuesOf(c *digest.Comment) ([]any, error) {
	body, err := database.JSON(c.Body)
	return []any{
		s.page.SourceID, c.GUID, c.URL, database.OrNull(c.PostID), c.PostRef, database.OrNull(c.ParentID), c.ParentRef,
		c.Author, c.AuthorURI, database.OrTime(c.Published, s.page.Seen).UnixMicro(), c.Undated || c.Published.IsZero(), c.Updated, s.seen, s.page.Seen.UnixMicro(),
		c.Gone, c.GoneReason, c.Backfill, c.Hash, c.Words, body,
		c.Key, c.PostKey, c.ParentKey, string(signOf(*c)), int64(givenByComment(c)),
	}, err
}

const queryNewComment = `
	INSERT INTO comments (source_id, guid, url, post_id, post_ref, parent_id, parent_ref, author, author_uri,
		published, undated, updated, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body,
		key, post_key, parent_key, gone_by, given)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`

// queryNewComments stores many in one go, where each statement is a way to another
// machine.
func queryNewComments(d database.Dialect) string {
	names := columnNames(newCommentColumns)
	return `INSERT INTO comments (` + names + `) SELECT ` + names + ` FROM (` + d.Records("$1", newCommentColumns...) + `) AS r RETURNING guid, id`
}

func columnNames(columns []string) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i], _, _ = strings.Cut(c, " ")
	}
	return strings.Join(names, ", ")
}

// mostNew bounds how many comments one statement stores.
const mostNew = 500

// storeNew stores comments none of which is the parent of another.
func (s *storing) storeNew(all []digest.Comment) error {
	for part := range slices.Chunk(all, mostNew) {
		ids, err := s.insertComments(part)
		if err != nil {
			return err
		}
		for i := range part {
			s.isNew(&part[i], ids[i])
		}
	}
	return nil
}

func (s *storing) insertComments(all []digest.Comment) (ids []int64, err error) {
	ids = make([]int64, len(all))
	records := make([]map[string]any, 0, len(all))
	places := make(map[string]int, len(all))
	for i := range all {
		values, err := s.valuesOf(&all[i])
		if err != nil {
			return nil, err
		}
		if s.dialect.KnowsLastID {
			if ids[i], err = s.Insert(queryNewComment, values...); err != nil {
				return nil, err
			}
			continue
		}
		record := make(map[string]any, len(values))
		for j, v := range database.Bound(values) {
			name, _, _ := strings.Cut(newCommentColumns[j], " ")
			record[name] = v
		}
		records, places[all[i].GUID] = append(records, record), i
	}
	if len(records) == 0 {
		return ids, nil
	}
	packed, err := database.JSONArray(records)
	if err != nil {
		return nil, err
	}
	return ids, s.Each(func(r database.Row) error {
		var guid string
		var id int64
		if err := r.Scan(&guid, &id); err != nil {
			return err
		}
		at, ok := places[guid]
		if !ok {
			return fmt.Errorf("the id %q was stored as another", guid)
		}
		ids[at] = id
		return nil
	}, queryNewComments(s.dialect), packed)
}

// isNew notes that a comment was stored.
func (s *storing) isNew(c *digest.Comment, id int64) {
	s.stored.NewComments++
	s.stored.CommentIDs = append(s.stored.CommentIDs, id)
	s.lateIf(c.Published)
	if c.Gone {
		s.stored.GoneComments++
	}
	s.newComments[c.GUID] = id
	if c.Key != "" {
		s.newCommentKeys[c.Key] = id
	}
	s.changed(blog.KindComment, id)
}

// generations parts comments, parents first, so that each stands in a later part
// than its parent.
func generations(sorted []digest.Comment) (parts [][]digest.Comment) {
	byGUID, byKey := make(map[string]int, len(sorted)), make(map[string]int, len(sorted))
	for i, c := range sorted {
		n := 0 // parts before its own
		if c.ParentRef != "" {
			n = byGUID[c.ParentRef]
		}
		if c.ParentKey != "" {
			n = max(n, byKey[c.ParentKey])
		}
		if n == len(parts) {
			parts = append(parts, make([]digest.Comment, 0, len(sorted)-i))
		}
		parts[n] = append(parts[n], c)
		byGUID[c.GUID], byKey[c.Key] = n+1, n+1
	}
	return parts
}

// parentsFirst orders comments so that each stands after its parent, if the
// parent is among them. Replies that go round in a circle keep their places.
func parentsFirst(comments []digest.Comment) []digest.Comment {
	byGUID, byKey := make(map[string]int, len(comments)), make(map[string]int, len(comments))
	for i, c := range comments {
		byGUID[c.GUID], byKey[c.Key] = i, i
	}
	placed := make([]bool, len(comments))
	out := make([]digest.Comment, 0, len(comments))
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		if p, ok := byGUID[comments[i].ParentRef]; ok && comments[i].ParentRef != "" {
			place(p)
		} else if p, ok := byKey[comments[i].ParentKey]; ok && comments[i].ParentKey != "" {
			place(p)
		}
		out = append(out, comments[i])
	}
	for i := range comments {
		place(i)
	}
	return out
}
