package publish

import (
	"context"

	"postbag/digest"
)

// Store is what publishing asks of the database.
type Store interface {
	// Publication gives the installation's own settings.
	Publication(ctx context.Context) (digest.Publication, error)
	// SeriesList gives all series, by id.
	SeriesList(ctx context.Context) ([]digest.Series, error)
	// PublicIssues gives a series' public issues, newest number first, with
	// Frozen set and Blocks left out; at most limit, from the given number
	// downwards (0: from the newest).
	PublicIssues(ctx context.Context, seriesID int64, from, limit int) ([]digest.Issue, error)
	// PublicIssue gives one public issue; else an error of kind NotFound.
	PublicIssue(ctx context.Context, seriesID int64, number int) (digest.Issue, error)
	// WithdrawnIssues gives the numbers of a series' issues that were public and are
	// withdrawn.
	WithdrawnIssues(ctx context.Context, seriesID int64) ([]int, error)
	// Generation is a number that grows whenever anything that readers can see
	// changes; it is cheap to ask.
	Generation(ctx context.Context) (int64, error)
}
