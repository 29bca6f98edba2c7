package pages

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
		"old versions":       {queryOldVersions, 2},
	}
}
