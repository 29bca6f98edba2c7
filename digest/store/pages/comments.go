package pages

import (
	"time"

	"postbag/digest"
	"postbag/digest/pull/identity"
	"postbag/digest/store/database"
)

// knownComment is what a page's entry is first compared with.
type knownComment struct {
	id        int64
	guid      string
	hash      string
	firstSeen time.Time
	state     int64 // what it was given, and whether it is there
}

// What state tells beside the set of what was given.
const (
	isMarkedGone = 1 << 32 // it has left a marker in its place
	isFoundGone  = 1 << 33 // it has left nothing
)

func (k *knownComment) given() given { return given(k.state & (isMarkedGone - 1)) }

func (k *knownComment) isGone() bool { return k.state&(isMarkedGone|isFoundGone) != 0 }

func (k *knownComment) isMarked() bool { return k.state&isMarkedGone != 0 }

// storedComment is a known comment with what tells whether an entry is the same
// one, and has the same words.
type storedComment struct {
	knownComment
	key, url, author string
	postID, parentID int64 // 0 while unknown
	words            int
	published        time.Time
	body             digest.Prose
}

// comments stores a page's comments.
func (s *storing) comments() error {
	entries := s.page.Comments
	if len(entries) == 0 {
		return nil
	}
	guids := names(entries, func(c *digest.Comment) string { return c.GUID })
	known, err := rows(s, queryKnownComments(s.dialect), guids, (*knownComment).fields, func(k *knownComment) string { return k.guid })
	if err != nil {
		return err
	}
	s.stored.CommentIDs = make([]int64, 0, len(entries))
	fresh := make([]digest.Comment, 0, len(entries)-len(known))
	var differing, fuller []digest.Comment
	for _, c := range entries {
		switch k := known[c.GUID]; {
		case k == nil:
			fresh = append(fresh, c)
		case s.isAsStored(&c, k):
			s.metComment(k)
			if s.page.KeepWords && c.Hash != k.hash && !c.Gone && !k.isGone() {
				fuller = append(fuller, c)
			}
		default:
			differing = append(differing, c)
		}
	}
	if err := s.fuller(fuller, known); err != nil {
		return err
	}
	again, err := s.differing(differing, known)
	if err != nil {
		return err
	}
	return s.unknown(append(fresh, again...))
}

func (k *knownComment) fields() []any { return []any{&k.id, &k.guid, &k.hash, &k.firstSeen, &k.state} }

const knownCommentColumns = `id, guid, hash, first_seen,
	CASE gone WHEN 0 THEN given ELSE given + CASE gone_by WHEN '` + string(digest.ByMarker) + `' THEN 4294967296 ELSE 8589934592 END END`

func queryKnownComments(d database.Dialect) string {
	return `SELECT ` + knownCommentColumns + ` FROM comments
		WHERE source_id = $1 AND ` + d.Among("guid", "$2", "TEXT")
}

// isAsStored tells that nothing is to be done about a known comment.
func (s *storing) isAsStored(c *digest.Comment, k *knownComment) bool {
	switch {
	case s.filledBy(c, k.given()) != 0:
		return false
	case c.Gone:
		return !tellsMore(c, k)
	case s.page.KeepWords:
		return true
	}
	return !k.isGone() && c.Hash == k.hash
}

// tellsMore tells whether an entry that is gone says more than is known: of a
// comment that is there, or by a marker of one that was only found to be gone.
func tellsMore(c *digest.Comment, k *knownComment) bool {
	return !k.isGone() || !k.isMarked() && signOf(*c) == digest.ByMarker
}

// metComment notes that a known comment is among the page's.
func (s *storing) metComment(k *knownComment) {
	s.count(k.firstSeen)
	s.stored.CommentIDs = append(s.stored.CommentIDs, k.id)
}

// fuller takes an export's words of known comments where a feed had given only a poorer
// form of them.
func (s *storing) fuller(entries []digest.Comment, known map[string]*knownComment) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]int64, len(entries))
	for i, c := range entries {
		ids[i] = known[c.GUID].id
	}
	byID, err := rows(s, queryStoredComments(s.dialect), ids, (*storedComment).fields, func(c *storedComment) int64 { return c.id })
	if err != nil {
		return err
	}
	for _, c := range entries {
		k := byID[known[c.GUID].id]
		if k.words == 0 || s.isAnother(c, k) || !identity.Poorer(k.body, c.Body, c.URL, false) {
			continue
		}
		if err := s.changeComment(c, k); err != nil {
			return err
		}
	}
	return nil
}

// differing takes over what is new about comments whose GUID is known, and gives
// those that only use the GUID again, under names of their own.
func (s *storing) differing(entries []digest.Comment, known map[string]*knownComment) (again []digest.Comment, err error) {
	if len(entries) == 0 {
		return nil, nil
	}
	ids, aliases := make([]int64, len(entries)), []string{}
	for i, c := range entries {
		ids[i] = known[c.GUID].id
	}
	byID, err := rows(s, queryStoredComments(s.dialect), ids, (*storedComment).fields, func(c *storedComment) int64 { return c.id })
	if err != nil {
		return nil, err
	}
	for _, c := range entries {
		if identity.Apart(c.Published, byID[known[c.GUID].id].published, s.page.Seen, time.Minute) {
			aliases = append(aliases, identity.Alias(c.GUID, c.Published))
		}
	}
	byAlias, err := rows(s, queryCommentsByAlias(s.dialect), aliases, (*storedComment).fields, func(c *storedComment) string { return c.guid })
	if err != nil {
		return nil, err
	}
	for _, c := range entries {
		stored := byID[known[c.GUID].id]
		if identity.Apart(c.Published, stored.published, s.page.Seen, time.Minute) {
			alias := identity.Alias(c.GUID, c.Published)
			if other := byAlias[alias]; other != nil {
				c.GUID, stored = alias, other
			} else if s.isAnother(c, stored) {
				c.GUID = alias
				again = append(again, c)
				continue
			}
		}
		if err := s.knownComment(c, stored); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// unknown stores comments whose GUID is not known: anew, unless their key is.
func (s *storing) unknown(entries []digest.Comment) error {
	if len(entries)+len(s.untied) == 0 {
		return nil
	}
	keys := names(entries, func(c *digest.Comment) string { return c.Key })
	byKey, err := rows(s, queryCommentsByKey(s.dialect), keys, (*storedComment).fields, func(c *storedComment) string { return c.key })
	if err != nil {
		return err
	}
	met := map[int64]bool{}
	if len(byKey) > 0 {
		for _, id := range s.stored.CommentIDs {
			met[id] = true
		}
	}
	fresh := entries[:0] // it takes the entries' place
	for _, c := range entries {
		stored := byKey[c.Key]
		switch {
		case c.Key == "" || stored == nil || s.isAnother(c, stored):
			fresh = append(fresh, c)
		case met[stored.id]: // the page has it twice
		default:
			met[stored.id] = true
			if err := s.knownComment(c, stored); err != nil {
				return err
			}
		}
	}
	return s.freshComments(s.firstOfKey(fresh))
}

// firstOfKey leaves out comments that the page has twice, under two GUIDs. What it
// gives takes the place of what it is given.
func (s *storing) firstOfKey(entries []digest.Comment) []digest.Comment {
	seen := make(map[string]int, len(entries)) // places in out
	out := entries[:0]
	for _, c := range entries {
		if c.Key != "" {
			if at, twice := seen[c.Key]; twice && !s.isAnother(c, asStored(&out[at])) {
				continue
			}
			seen[c.Key] = len(out)
		}
		out = append(out, c)
	}
	return out
}

// asStored gives a new comment as isAnother looks at a stored one.
func asStored(c *digest.Comment) *storedComment {
	return &storedComment{url: c.URL, author: c.Author, published: c.Published, body: c.Body}
}

func (c *storedComment) fields() []any {
	return append(c.knownComment.fields(), &c.key, &c.url, &c.author, &c.postID, &c.parentID, &c.words, &c.published, &c.body)
}

const selectStoredComments = `SELECT ` + knownCommentColumns + `, key, url, author,
	COALESCE(post_id, 0), COALESCE(parent_id, 0), words, published, body FROM comments
	WHERE source_id = $1 AND `

func queryStoredComments(d database.Dialect) string {
	return selectStoredComments + d.Among("id", "$2", "BIGINT")
}

func queryCommentsByAlias(d database.Dialect) string {
	return selectStoredComments + d.Among("guid", "$2", "TEXT")
}

// Of several with one key the newest is the one that the blog means.
func queryCommentsByKey(d database.Dialect) string {
	return selectStoredComments + `key <> '' AND ` + d.Among("key", "$2", "TEXT") + ` ORDER BY id`
}
