package pages

import (
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// Prepared gives the statements that run for every page pulled.
func Prepared(d database.Dialect) []string {
	return append(queryPostNames(d),
		blog.QueryFollowed,
		queryClosedForSource,
		queryKnownPosts(d),
		queryNewPost,
		queryKnownComments(d),
		queryNewComment,
		queryPostsByKey(d),
		queryPostsByURLKey(d),
		queryCommentsByKey(d),
		queryNamed(d, "comments", "guid", ""),
		queryNamed(d, "comments", "key", ""),
		queryWaiting(d, "post_ref"),
		queryWaiting(d, "post_key"),
		queryWaiting(d, "parent_ref"),
		queryWaiting(d, "parent_key"))
}
