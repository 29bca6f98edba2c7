package pages

import (
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// Prepared gives the statements that run for every page pulled.
func Prepared(d database.Dialect) []string {
	return []string{
		blog.QueryFollowed,
		queryClosedForSource,
		queryKnownPosts(d),
		queryNewPost,
		queryKnownComments(d),
		queryNewComment,
		queryPostsByKey(d),
		queryPostsByURLKey(d),
		queryCommentsByKey(d),
		queryPostsByURL(d),
		queryPostsByGUID(d),
		queryPostsKeyed(d),
		queryPostsURLKeyed(d),
		queryPostsByRef(d),
		queryCommentsByGUID(d),
		queryCommentsKeyed(d),
		queryWaitingPost(d),
		queryWaitingPostKey(d),
		queryWaitingParent(d),
		queryWaitingParentKey(d),
	}
}
