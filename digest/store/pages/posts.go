package pages

import (
	"time"

	"postbag/digest"
	"postbag/digest/pull/identity"
	"postbag/digest/store/database"
)

// knownPost is what a page's entry is first compared with.
type knownPost struct {
	id        int64
	guid      string
	hash      string
	firstSeen time.Time
	announced int
	given     int64 // a set; see [given]
}

// storedPost is a known post with what tells whether an entry is the same one,
// and has the same words.
type storedPost struct {
	knownPost
	key, urlKey, url, title, author string
	published                       time.Time
	undated                         bool
	body                            digest.Prose
}

// posts stores a page's posts.
func (s *storing) posts() error {
	entries := s.page.Posts
	guids := names(entries, func(p *digest.Post) string { return p.GUID })
	known, err := rows(s, queryKnownPosts(s.dialect), guids, (*knownPost).fields, func(k *knownPost) string { return k.guid })
	if err != nil {
		return err
	}
	var fresh, differing, fuller []digest.Post
	for _, p := range entries {
		switch k := known[p.GUID]; {
		case k == nil:
			fresh = append(fresh, p)
		case s.isPostAsStored(&p, k):
			s.metPost(k)
			if s.page.KeepWords && p.Hash != k.hash {
				fuller = append(fuller, p)
			}
		default:
			differing = append(differing, p)
		}
	}
	if err := s.fullerPosts(fuller, known); err != nil {
		return err
	}
	again, err := s.differingPosts(differing, known)
	if err != nil {
		return err
	}
	return s.unknownPosts(append(fresh, again...))
}

func (k *knownPost) fields() []any {
	return []any{&k.id, &k.guid, &k.hash, &k.firstSeen, &k.announced, &k.given}
}

const knownPostColumns = `id, guid, hash, first_seen, announced, given`

func queryKnownPosts(d database.Dialect) string {
	return `SELECT ` + knownPostColumns + ` FROM posts
		WHERE source_id = $1 AND ` + d.Among("guid", "$2", "TEXT")
}

// isPostAsStored tells that nothing is to be done about a known post.
func (s *storing) isPostAsStored(p *digest.Post, k *knownPost) bool {
	return givenByPost(p)&^given(k.given) == 0 &&
		(s.page.KeepWords || p.Hash == k.hash && (p.Announced == k.announced || p.Announced < 0))
}

// metPost notes that a known post is among the page's.
func (s *storing) metPost(k *knownPost) {
	s.count(k.firstSeen)
	s.stored.PostIDs = append(s.stored.PostIDs, k.id)
}

// fullerPosts takes an export's words of known posts where a feed had given only a poorer
// form of them.
func (s *storing) fullerPosts(entries []digest.Post, known map[string]*knownPost) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]int64, len(entries))
	for i, p := range entries {
		ids[i] = known[p.GUID].id
	}
	byID, err := rows(s, queryStoredPosts(s.dialect), ids, (*storedPost).fields, func(p *storedPost) int64 { return p.id })
	if err != nil {
		return err
	}
	for _, p := range entries {
		k := byID[known[p.GUID].id]
		if s.isAnotherPost(p, k) || !identity.Poorer(k.body, p.Body, p.URL, false) {
			continue
		}
		if err := s.fillPostWords(p, k.id); err != nil {
			return err
		}
	}
	return nil
}

// differingPosts takes over what is new about posts whose GUID is known, and gives
// those that only use the GUID again, under names of their own.
func (s *storing) differingPosts(entries []digest.Post, known map[string]*knownPost) (again []digest.Post, err error) {
	if len(entries) == 0 {
		return nil, nil
	}
	ids, aliases := make([]int64, len(entries)), []string{}
	for i, p := range entries {
		ids[i] = known[p.GUID].id
	}
	byID, err := rows(s, queryStoredPosts(s.dialect), ids, (*storedPost).fields, func(p *storedPost) int64 { return p.id })
	if err != nil {
		return nil, err
	}
	isOther := func(p digest.Post) bool { return s.isAnotherPost(p, byID[known[p.GUID].id]) }
	for _, p := range entries {
		if isOther(p) {
			aliases = append(aliases, identity.Alias(p.GUID, p.Published))
		}
	}
	byAlias, err := rows(s, queryPostsByAlias(s.dialect), aliases, (*storedPost).fields, func(p *storedPost) string { return p.guid })
	if err != nil {
		return nil, err
	}
	for _, p := range entries {
		stored := byID[known[p.GUID].id]
		if isOther(p) {
			p.GUID = identity.Alias(p.GUID, p.Published)
			if stored = byAlias[p.GUID]; stored == nil {
				again = append(again, p)
				continue
			}
		}
		if err := s.knownPost(p, stored); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// unknownPosts stores posts whose GUID is not known: anew, unless their key or
// their address is.
func (s *storing) unknownPosts(entries []digest.Post) error {
	if len(entries) == 0 {
		return nil
	}
	keys := names(entries, func(p *digest.Post) string { return p.Key })
	byKey, err := rows(s, queryPostsByKey(s.dialect), keys, (*storedPost).fields, func(p *storedPost) string { return p.key })
	if err != nil {
		return err
	}
	keys = names(entries, func(p *digest.Post) string { return p.URLKey })
	byURLKey, err := rows(s, queryPostsByURLKey(s.dialect), keys, (*storedPost).fields, func(p *storedPost) string { return p.urlKey })
	if err != nil {
		return err
	}
	met := map[int64]bool{}
	for _, id := range s.stored.PostIDs {
		met[id] = true
	}
	seen := map[string]*storedPost{}
	for _, p := range entries {
		stored := byKey[p.Key]
		if stored != nil && s.isAnotherPost(p, stored) {
			stored = nil
		}
		first := seen[p.Key]
		twice := p.Key != "" && first != nil && !s.isAnotherPost(p, first) || stored != nil && met[stored.id]
		seen[p.Key] = &storedPost{urlKey: p.URLKey, title: p.Title, published: p.Published, body: p.Body}
		if stored == nil {
			stored = byURLKey[p.URLKey]
			// Two posts of one page may link to the same address.
			if stored != nil && (met[stored.id] || identity.UnlikePost(p, stored.post(), s.page.Seen)) {
				stored = nil
			}
		}
		switch {
		case twice:
			continue
		case stored == nil:
			err = s.newPost(p)
		default:
			met[stored.id] = true
			err = s.knownPost(p, stored)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *storedPost) fields() []any {
	return append(p.knownPost.fields(), &p.key, &p.urlKey, &p.url, &p.title, &p.author, &p.published, &p.undated, &p.body)
}

const selectStoredPosts = `SELECT ` + knownPostColumns + `, key, url_key, url, title, author, published, undated, body FROM posts
	WHERE source_id = $1 AND `

func queryStoredPosts(d database.Dialect) string {
	return selectStoredPosts + d.Among("id", "$2", "BIGINT")
}

func queryPostsByAlias(d database.Dialect) string {
	return selectStoredPosts + d.Among("guid", "$2", "TEXT")
}

// Of several with one key the newest is the one that the blog means.
func queryPostsByKey(d database.Dialect) string {
	return selectStoredPosts + `key <> '' AND ` + d.Among("key", "$2", "TEXT") + ` ORDER BY id`
}

func queryPostsByURLKey(d database.Dialect) string {
	return selectStoredPosts + `url_key <> '' AND ` + d.Among("url_key", "$2", "TEXT") + ` ORDER BY id`
}
