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
		"posts by url":       {queryNamed(d, "posts", "url", "DESC"), 2},
		"posts by guid":      {queryNamed(d, "posts", "guid", ""), 2},
		"comments by guid":   {queryNamed(d, "comments", "guid", ""), 2},
		"waiting for post":   {queryWaiting(d, "post_ref"), 2},
		"waiting for parent": {queryWaiting(d, "parent_ref"), 2},
		"waiting by post":    {queryWaiting(d, "post_key"), 2},
		"waiting by parent":  {queryWaiting(d, "parent_key"), 2},
		"stored posts":       {queryStoredPosts(d), 2},
		"posts by key":       {queryPostsByKey(d), 2},
		"posts by url key":   {queryPostsByURLKey(d), 2},
		"posts by ref":       {queryNamed(d, "posts", "ref", ""), 2},
		"posts keyed":        {queryNamed(d, "posts", "key", ""), 2},
		"posts url keyed":    {queryNamed(d, "posts", "url_key", "DESC"), 2},
		"stored comments":    {queryStoredComments(d), 2},
		"comments by alias":  {queryCommentsByAlias(d), 2},
		"comments by key":    {queryCommentsByKey(d), 2},
		"comments keyed":     {queryNamed(d, "comments", "key", ""), 2},
		"deleted":            {queryDeleted(d), 2},
		"mark gone":          {queryMarkGone(d), 3},
		"live of post":       {queryLiveOfPost, 3},
		"live of source":     {queryLive, 4},
		"old versions":       {queryOldVersions, 2},
	}
}
