package issues

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
		"candidates":        {queryCandidates(d), 1},
		"nodes since":       {queryNodesSince, 2},
		"nodes first":       {queryNodesFirst, 2},
		"nodes under posts": {queryNodesFirst + " UNION " + queryNodesUnderPosts, 3},
		"comments since":    {queryCommentsSince, 2},
		"picked in":         {queryPickedIn(d), 3},
	}
}
