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
		"closed for source":  {queryClosedForSource, 1},
		"known posts":        {queryKnownPosts(d), 2},
		"known comments":     {queryKnownComments(d), 2},
		"posts by url":       {queryPostsByURL(d), 2},
		"posts by guid":      {queryPostsByGUID(d), 2},
		"comments by guid":   {queryCommentsByGUID(d), 2},
		"waiting for post":   {queryWaitingPost(d), 2},
		"waiting for parent": {queryWaitingParent(d), 2},
		"waiting by post":    {queryWaitingPostKey(d), 2},
		"waiting by parent":  {queryWaitingParentKey(d), 2},
		"stored posts":       {queryStoredPosts(d), 2},
		"posts by key":       {queryPostsByKey(d), 2},
		"posts by url key":   {queryPostsByURLKey(d), 2},
		"posts by ref":       {queryPostsByRef(d), 2},
		"posts keyed":        {queryPostsKeyed(d), 2},
		"posts url keyed":    {queryPostsURLKeyed(d), 2},
		"stored comments":    {queryStoredComments(d), 2},
		"comments by alias":  {queryCommentsByAlias(d), 2},
		"comments by key":    {queryCommentsByKey(d), 2},
		"comments keyed":     {queryCommentsKeyed(d), 2},
		"deleted":            {queryDeleted(d), 2},
		"mark gone":          {queryMarkGone(d), 3},
		"live of post":       {queryLiveOfPost, 3},
		"live of source":     {queryLive, 4},
		"versions":           {queryVersions, 2},
		"old versions":       {queryOldVersions, 2},
		"source of posts":    {querySourceOfPosts(d), 1},
		"newest listings":    {selectListings + " WHERE p.source_id = $1 ORDER BY p.published DESC, p.id DESC LIMIT $2", 2},
		"listings after":     {selectListings + " WHERE p.source_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3", 3},
		"listings of posts":  {selectListings + " WHERE p.source_id = $1 AND " + d.Among("p.id", "$2", "BIGINT") + " ORDER BY p.published DESC, p.id DESC LIMIT $3", 3},
		"followed":           {queryFollowed, 1},
		"newest comments":    {SelectListed + " ORDER BY c.published DESC, c.id DESC LIMIT $1", 1},
		"newest of source":   {SelectListed + " WHERE c.source_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2", 2},
		"newest of post":     {SelectListed + " WHERE c.post_id = $1 ORDER BY c.published DESC, c.id DESC LIMIT $2", 2},
	}
}
