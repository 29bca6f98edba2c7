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
	undated          bool
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
	having := make(map[string]int, len(entries))
	for i := range entries {
		having[entries[i].GUID]++
	}
	fresh := make([]digest.Comment, 0, len(entries))
	var differing, fuller []digest.Comment
	for _, c := range entries {
		switch k := known[c.GUID]; {
		case having[c.GUID] > 1:
			differing = append(differing, c)
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

// differing takes over what is new about comments whose GUID is known, and gives those
// that only have it in common with another, under names of their own; see
// [identity.Names].
func (s *storing) differing(entries []digest.Comment, known map[string]*knownComment) (again []digest.Comment, err error) {
	if len(entries) == 0 {
		return nil, nil
	}
	n, err := s.nameAll(entries, known)
	if err != nil {
		return nil, err
	}
	for i, c := range entries {
		stored := n.knownAs(i, &c)
		holder := n.holder(c.GUID)
		switch {
		case stored != nil:
		case holder == nil && !n.taken[c.GUID]: // the first of those that share it
			n.taken[c.GUID] = true
			again = append(again, c)
			continue
		case holder == nil, n.shared(c.GUID), s.isAnother(c, holder):
			c.GUID = n.free(i)
			again = append(again, c)
			continue
		default:
			stored = holder
		}
		if s.isAsStored(&c, &stored.knownComment) {
			s.metComment(&stored.knownComment)
		} else if err := s.knownComment(c, stored); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// naming is what is known of comments some of which share a GUID.
type naming struct {
	known  map[string]*knownComment
	byID   map[int64]*storedComment  // the rows that have the GUIDs
	byName map[string]*storedComment // the rows that have the other names
	names  []identity.Names          // of each comment
	having map[string]int            // how many of them have a GUID, or a name
	taken  map[string]bool           // names that new ones took
}

func (s *storing) nameAll(entries []digest.Comment, known map[string]*knownComment) (n naming, err error) {
	n = naming{known: known, names: make([]identity.Names, len(entries)), having: map[string]int{}, taken: map[string]bool{}}
	var ids []int64
	var others []string
	for i, c := range entries {
		n.names[i] = identity.NamesOf(c.GUID, c)
		n.having[c.GUID]++
		n.having[n.names[i].Moment]++
		others = append(others, n.names[i].Moment, n.names[i].Words)
		if k := known[c.GUID]; k != nil {
			ids = append(ids, k.id)
		}
	}
	if n.byID, err = rows(s, queryStoredComments(s.dialect), ids, (*storedComment).fields, func(c *storedComment) int64 { return c.id }); err != nil {
		return n, err
	}
	n.byName, err = rows(s, queryCommentsByAlias(s.dialect), others, (*storedComment).fields, func(c *storedComment) string { return c.guid })
	return n, err
}

// holder gives the row that has a GUID.
func (n *naming) holder(guid string) *storedComment {
	if k := n.known[guid]; k != nil {
		return n.byID[k.id]
	}
	return nil
}

// shared tells that several comments of the page have a GUID.
func (n *naming) shared(guid string) bool { return n.having[guid] > 1 }

// knownAs gives the row of a comment that it is known by beside its GUID: by its words, or
// by its moment, if no other of the page has that, too; and by both under the GUID itself.
// It takes the name that the row has.
func (n *naming) knownAs(i int, c *digest.Comment) *storedComment {
	own := n.names[i]
	one := n.having[own.Moment] == 1
	stored := n.byName[own.Words]
	if m := n.byName[own.Moment]; stored == nil && m != nil && (one || m.body.Text() == c.Body.Text()) {
		stored = m
	}
	if h := n.holder(c.GUID); stored == nil && h != nil {
		theirs := identity.NamesOf(c.GUID, h.comment())
		if theirs.Words == own.Words || one && theirs.Moment == own.Moment {
			stored = h
		}
	}
	if stored != nil {
		c.GUID = stored.guid
	}
	return stored
}

// free gives a new comment a name that no other one has.
func (n *naming) free(i int) string {
	own := n.names[i]
	name := own.Moment
	if n.byName[name] != nil || n.taken[name] {
		name = own.Words
	}
	n.taken[name] = true
	return name
}

// comment gives a stored comment as far as it tells whether another one is it.
func (c *storedComment) comment() digest.Comment {
	return digest.Comment{Author: c.author, Key: c.key, URL: c.url, Published: c.published, Undated: c.undated, Body: c.body}
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
	return append(c.knownComment.fields(), &c.key, &c.url, &c.author, &c.postID, &c.parentID, &c.words, &c.published, &c.undated, &c.body)
}

const selectStoredComments = `SELECT ` + knownCommentColumns + `, key, url, author,
	COALESCE(post_id, 0), COALESCE(parent_id, 0), words, published, undated, body FROM comments
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
