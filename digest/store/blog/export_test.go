package blog

import "postbag/digest/store/database"

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"versions":          queryVersions,
		"source of posts":   querySourceOfPosts(d),
		"newest listings":   selectListings + " WHERE p.source_id = $1 ORDER BY p.published DESC, p.id DESC LIMIT $2",
		"listings after":    selectListings + " WHERE p.source_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3",
		"listings of posts": selectListings + " WHERE p.source_id = $1 AND " + d.Among("p.id", "$2", "BIGINT") + " ORDER BY p.published DESC, p.id DESC LIMIT $3",
		"followed":          QueryFollowed,
		"newest comments":   SelectListed + " ORDER BY c.published DESC, c.id DESC LIMIT $1",
		"newest of source":  SelectListed + " WHERE c.source_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2",
		"newest of post":    SelectListed + " WHERE c.post_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2",
	}
}
