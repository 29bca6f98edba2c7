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
		"letters taken":    {queryLettersTaken, 0},
		"free letters":     {queryFreeLetters, 1},
		"lost letters":     {queryLostLetters, 2},
		"claim letters":    {queryClaimLetters(d), 3},
		"begin letter":     {queryBeginLetter, 2},
		"sign-ups":         {querySignups, 5},
		"pending before":   {queryPendingBefore, 1},
		"spent sign-ups":   {querySpentSignups, 1},
		"pale sign-ups":    {queryPaleSignups, 1},
		"subscriber state": {querySubscriberState, 1},
	}
}
