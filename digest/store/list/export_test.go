package list

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
		"stale notices":    {queryStaleNotices, 1},
		"claim notices":    {queryClaimNotices(d), 3},
		"sign-ups":         {querySignups, 5},
		"pending before":   {queryPendingBefore, 1},
		"spent sign-ups":   {querySpentSignups, 1},
		"pale sign-ups":    {queryPaleSignups, 1},
		"subscriber state": {querySubscriberState, 1},
	}
}
