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
		"recover":         {queryRecover, 6},
		"stranded":        {queryStranded(d), 2},
		"next try":        {queryNextTry, 1},
		"any open":        {queryAnyOpen, 1},
		"freeze audience": {queryFreezeAudience, 2},
		"counts":          {"SELECT state, COUNT(*) FROM deliveries WHERE issue_id = $1 GROUP BY state", 1},
	}
}
