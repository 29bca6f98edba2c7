package blog

import (
	"postbag/digest/store/database"
)

// Statements are those that run often, with the number of their parameters.
func Statements(d database.Dialect) map[string]struct {
	SQL  string
	Args int
} {
	return map[string]struct {
		SQL  string
		Args int
	}{
		"versions":          {queryVersions, 2},
		"source of posts":   {querySourceOfPosts(d), 1},
		"newest listings":   {selectListings + " WHERE p.source_id = $1 ORDER BY p.published DESC, p.id DESC LIMIT $2", 2},
		"listings after":    {selectListings + " WHERE p.source_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3", 3},
		"listings of posts": {selectListings + " WHERE p.source_id = $1 AND " + d.Among("p.id", "$2", "BIGINT") + " ORDER BY p.published DESC, p.id DESC LIMIT $3", 3},
		"followed":          {QueryFollowed, 1},
		"newest comments":   {SelectListed + " ORDER BY c.published DESC, c.id DESC LIMIT $1", 1},
		"newest of source":  {SelectListed + " WHERE c.source_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2", 2},
		"newest of post":    {SelectListed + " WHERE c.post_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2", 2},
	}
}
