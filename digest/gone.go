package digest

// A comment is gone when a sign says that its writer or the blog removed it. Its words
// are kept, and nobody is offered them; it is present again when it is listed again.
// Where nothing tells, it stays present: absence from a feed is no sign.

// GoneBy is how a comment was found to be gone.
type GoneBy string

// The signs that a comment is gone.
const (
	ByMarker    GoneBy = "marker"    // the feed or an export says so in its place
	ByTombstone GoneBy = "tombstone" // a deleted-entry element (RFC 6721)
	ByAbsence   GoneBy = "absence"   // it is not in a complete listing of its post's comments
	ByPermalink GoneBy = "permalink" // its page answers 404 or 410, or holds all others and not it
)

// ListedSigns lists the signs of comments that have a place on their post's list,
// and so count among those that the post announces: none, and the marker that stands
// in the place of a removed one.
func ListedSigns() []GoneBy { return []GoneBy{"", ByMarker} }
