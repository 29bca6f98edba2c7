package list

import "postbag/digest/store/database"

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"letters taken":    queryLettersTaken,
		"free letters":     queryFreeLetters,
		"lost letters":     queryLostLetters,
		"claim letters":    queryClaimLetters(d),
		"begin letter":     queryBeginLetter,
		"sign-ups":         querySignups,
		"pending before":   queryPendingBefore,
		"spent sign-ups":   querySpentSignups,
		"pale sign-ups":    queryPaleSignups,
		"subscriber state": querySubscriberState,
	}
}
