package status

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
		"open deliveries":    {queryOpenDeliveries, 0},
		"uncertain":          {queryUncertainDeliveries, 0},
		"active subscribers": {queryActiveSubscribers, 0},
	}
}
