// Package status reads how the whole installation is.
package status

import "postbag/digest/store/database"

// Store reads the status.
type Store struct{ *database.DB }
