package issues

import (
	"fmt"
	"time"

	"postbag/digest/desk"
	"postbag/digest/reading"
	"postbag/digest/store/database"
)

// OfferedStatements are those of offered.go, for a window and for what is older.
func OfferedStatements(database.Dialect) map[string]string {
	all := map[string]string{"news": queryNews}
	window := desk.CandidateQuery{SeriesID: 1, IssueID: 1, SeenAfter: time.Unix(1, 0)}
	first := desk.CandidateQuery{SeriesID: 1, IssueID: 1, Since: time.Unix(1, 0)}
	for name, w := range map[string]desk.CandidateQuery{"since": window, "first": first} {
		all["open "+name], _ = queryOpen(w)
		all["posts "+name], _ = queryReadingPosts(reading.Query{CandidateQuery: w})
		all["nodes "+name], _ = queryReadingNodes(reading.Query{CandidateQuery: w}, 1)
	}
	older := reading.Query{CandidateQuery: desk.CandidateQuery{SeriesID: 1, IssueID: 1}, Filter: reading.Filter{Older: true}, Posts: 40}
	all["posts older"], _ = queryReadingPosts(older)
	all["nodes older"], _ = queryReadingNodes(older, 1)
	return all
}

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
		"shown":             queryShown,
		"lessons":           queryLessons,
		"taste":             queryTaste,
	}
}
