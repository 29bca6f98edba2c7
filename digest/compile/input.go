package compile

import (
	"time"

	"postbag/digest"
)

// Input is all that freezing an issue needs.
type Input struct {
	Issue       digest.Issue
	Series      digest.Series
	Publication digest.Publication
	// Comments holds every picked comment, and the parents of picked replies,
	// by id.
	Comments map[int64]digest.Candidate
	// Date is the moment the issue goes out.
	Date time.Time
	// NoWords lets an issue have no pick: it lists posts alone.
	NoWords bool
}
