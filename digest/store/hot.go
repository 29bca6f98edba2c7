package store

// hotQueries lists the statements that run for every page pulled and for every
// message sent; they are prepared once.
func (db *DB) hotQueries() []string {
	return []string{
		queryFollowed,
		queryClosedForSource,
		queryKnownPosts(db.dialect),
		queryNewPost,
		queryKnownComments(db.dialect),
		queryNewComment,
		queryPostsByKey(db.dialect),
		queryPostsByURLKey(db.dialect),
		queryCommentsByKey(db.dialect),
		queryPostsByURL(db.dialect),
		queryPostsByGUID(db.dialect),
		queryPostsKeyed(db.dialect),
		queryPostsURLKeyed(db.dialect),
		queryPostsByRef(db.dialect),
		queryCommentsByGUID(db.dialect),
		queryCommentsKeyed(db.dialect),
		queryWaitingPost(db.dialect),
		queryWaitingPostKey(db.dialect),
		queryWaitingParent(db.dialect),
		queryWaitingParentKey(db.dialect),
		querySettle(db.dialect),
		queryBegin(db.dialect),
		queryClaim(db.dialect),
		queryAddSubscriber,
		queryAddConsent,
		querySubscriberState,
	}
}
