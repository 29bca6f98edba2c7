package store

// oftenInLedger gives the statements that run for every message sent.
func oftenInLedger(d dialect) []string {
	return []string{
		querySettle(d),
		queryClaim(d),
	}
}
