package ledger

import (
	"postbag/digest/store/database"
)

// Often gives the statements that run for every message sent.
func Often(d database.Dialect) []string {
	return []string{
		querySettle(d),
		queryBegin(d),
		queryClaim(d),
	}
}
