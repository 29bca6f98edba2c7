package ledger

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
		"settle":          {querySettle(d), 2},
		"claim":           {queryClaim(d), 7},
		"begin":           {queryBegin(d), 3},
		"not begun":       {queryNotBegun(d), 3},
		"release":         {queryRelease, 3},
		"recover":         {queryRecover, 5},
		"stranded":        {queryStranded(d), 2},
		"next try":        {queryNextTry, 1},
		"any open":        {queryAnyOpen, 1},
		"freeze audience": {queryFreezeAudience(true), 1},
		"counts":          {"SELECT state, COUNT(*) FROM deliveries WHERE issue_id = $1 GROUP BY state", 1},
	}
}
