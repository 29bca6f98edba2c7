package status

import "postbag/digest/store/database"

// Statements are those that run often.
func Statements(d database.Dialect) map[string]string {
	return map[string]string{
		"open deliveries":    queryOpenDeliveries,
		"uncertain":          queryUncertainDeliveries,
		"active subscribers": queryActiveSubscribers,
		"oldest due":         queryOldestDue,
		"oldest letter":      queryOldestLetter,
	}
}
