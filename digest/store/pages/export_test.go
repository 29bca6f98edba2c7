package pages

import "postbag/digest/store/database"

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"closed for source":  queryClosedForSource,
		"known posts":        queryKnownPosts(d),
		"known comments":     queryKnownComments(d),
		"posts by url":       queryNamed(d, "posts", "url", "DESC"),
		"posts by guid":      queryNamed(d, "posts", "guid", ""),
		"comments by guid":   queryNamed(d, "comments", "guid", ""),
		"waiting for post":   queryWaiting(d, "post_ref"),
		"waiting for parent": queryWaiting(d, "parent_ref"),
		"waiting by post":    queryWaiting(d, "post_key"),
		"waiting by parent":  queryWaiting(d, "parent_key"),
		"stored posts":       queryStoredPosts(d),
		"posts by key":       queryPostsByKey(d),
		"posts by url key":   queryPostsByURLKey(d),
		"posts by ref":       queryNamed(d, "posts", "ref", ""),
		"posts keyed":        queryNamed(d, "posts", "key", ""),
		"posts url keyed":    queryNamed(d, "posts", "url_key", "DESC"),
		"stored comments":    queryStoredComments(d),
		"comments by alias":  queryCommentsByAlias(d),
		"comments by key":    queryCommentsByKey(d),
		"comments keyed":     queryNamed(d, "comments", "key", ""),
		"deleted":            queryDeleted(d),
		"mark gone":          queryMarkGone(d),
		"live of post":       queryLiveOfPost,
		"live of source":     queryLive,
		"old versions":       queryOldVersions,
	}
}
