// Package publication keeps the installation's own settings, its series, and the
// hold on sending.
package publication

import "postbag/digest/store/database"

// Store keeps the publication.
type Store struct{ *database.DB }
