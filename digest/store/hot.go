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
		queryPostsByURL(db.dialect),
		queryPostsByGUID(db.dialect),
		queryCommentsByGUID(db.dialect),
		queryWaitingPost(db.dialect),
		queryWaitingParent(db.dialect),
		querySettle(db.dialect),
		queryClaim(db.dialect),
		queryAddSubscriber,
		queryAddConsent,
		querySubscriberState,
	}
}
