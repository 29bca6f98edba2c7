package issues

import (
	"fmt"

	"postbag/digest/store/database"
)

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"candidates":        queryCandidates(d),
		"nodes since":       queryNodesSince,
		"nodes first":       queryNodesFirst,
		"nodes under posts": queryNodesFirst + " UNION " + queryNodesUnderPosts,
		"comments since":    queryCommentsSince,
		"picked in":         queryPickedIn(d),
		"nodes kept":        queryNodesFirst + " UNION " + fmt.Sprintf(queryNodesKept, "$3"),
		"decisions":         queryDecisions(d),
		"ancestry":          queryAncestry(d),
	}
}
