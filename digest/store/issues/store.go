// Package issues keeps issues, their blocks and the candidates of drafts.
package issues

import "postbag/digest/store/database"

// Store keeps issues.
type Store struct{ *database.DB }
