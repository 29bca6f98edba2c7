package ledger

import (
	"postbag/digest/store/database"
	"postbag/digest/store/onwire"
)

// Prepared gives the statements that run for every message sent.
func Prepared(d database.Dialect) []string {
	return []string{
		onwire.QuerySave,
		querySettle(&d, nil),
		querySettle(&d, taken),
		queryStands,
		queryNotBeginnable(&d),
		queryClaim(&d),
	}
}
