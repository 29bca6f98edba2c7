package ledger

import (
	"postbag/digest/store/database"
)

// Prepared gives the statements that run for every message sent.
func Prepared(d database.Dialect) []string {
	return []string{
		querySettle(d),
		queryBegin(d),
		queryClaim(d),
	}
}
