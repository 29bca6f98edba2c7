package ledger

import "postbag/digest/store/database"

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"settle":          querySettle(&d, nil),
		"claim":           queryClaim(&d),
		"not beginnable":  queryNotBeginnable(&d),
		"not begun":       queryNotBegun(&d),
		"release":         queryRelease(&d),
		"ahead":           queryAhead,
		"recover":         queryRecover(&d),
		"stranded":        queryStranded(&d),
		"next try":        queryNextTry,
		"any open":        queryAnyOpen,
		"freeze audience": queryFreezeAudience(true, false),
		"editors first":   queryFreezeAudience(true, true),
		"counts":          queryCounts,
		"failed back":     queriesTakeBack[0],
		"queued back":     queriesTakeBack[1],
		"deferred back":   queriesTakeBack[2],
	}
}
