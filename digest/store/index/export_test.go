package index

import (
	"postbag/digest/store/blog"
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
		"search entries":  {queryCommentEntries(d), 1},
		"search posts":    {queryPostEntries(d), 1},
		"index waits":     {queryIndexWaits, 0},
		"index todo":      {queryClaimTodo, 1},
		"index walk":      {queryWalk("comments"), 2},
		"near links":      {queryNearLinks(d), 2},
		"near comments":   {queryNearComments(d), 1},
		"near posts":      {queryNearPosts(d), 1},
		"near texts":      {queryNearTexts(d), 1},
		"near post texts": {queryNearPostTexts(d), 1},
		"near later":      {queryLaterLinked(d), 1},
		"near waits":      {queryNearWaits, 0},
		"near todo":       {queryClaimNear, 1},
		"near walk":       {queryWalkNear(blog.KindComment), 2},
	}
}
