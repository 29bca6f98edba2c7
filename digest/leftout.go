package digest

// LeftOut is why an entry of a feed is not stored.
type LeftOut string

// The reasons to leave an entry out.
const (
	EmptyEntry      LeftOut = "empty"        // it has no words, or neither id nor address
	RepeatedEntry   LeftOut = "repeated"     // it stands twice on the page
	EntryTooMany    LeftOut = "too_many"     // the feed has more than are read of one
	EntryTooLarge   LeftOut = "too_large"    // it is larger than an entry may be
	EntryTooDeep    LeftOut = "too_deep"     // its elements nest too deep
	UnreadableEntry LeftOut = "unreadable"   // it is no entry of the feed's format
	LinkNotice      LeftOut = "link_notice"  // it tells that another page links here
	PlatformNotice  LeftOut = "notice"       // the platform's own words, and nobody's
	BehindPassword  LeftOut = "password"     // its post has a password
	NotApproved     LeftOut = "not_approved" // the blog has not approved it yet
)

// AllLeftOut are the reasons, faults first, in the order in which they are told.
func AllLeftOut() []LeftOut {
	return []LeftOut{EmptyEntry, UnreadableEntry, EntryTooLarge, EntryTooDeep, EntryTooMany, RepeatedEntry,
		LinkNotice, PlatformNotice, BehindPassword, NotApproved}
}

// IsFault tells whether an entry could not be used, though it may have been somebody's
// words; else it is none for readers.
func (r LeftOut) IsFault() bool {
	switch r {
	case RepeatedEntry, LinkNotice, PlatformNotice, BehindPassword, NotApproved:
		return false
	}
	return true
}

// Outs are why how many entries were left out; nil for none.
type Outs map[LeftOut]int

// Add counts one more, and gives the counts.
func (o Outs) Add(reason LeftOut, n int) Outs {
	if n == 0 {
		return o
	}
	if o == nil {
		o = Outs{}
	}
	o[reason] += n
	return o
}

// Plus gives the sums of both.
func (o Outs) Plus(other Outs) Outs {
	var sum Outs
	for _, reason := range AllLeftOut() {
		sum = sum.Add(reason, o[reason]+other[reason])
	}
	return sum
}

// leftOutWords say each reason of one entry and of many.
var leftOutWords = map[LeftOut]struct{ one, many string }{
	EmptyEntry:      {"it is empty", "they are empty"},
	RepeatedEntry:   {"it stands on the page twice", "they stand on the page twice"},
	EntryTooMany:    {"the feed has more than 5,000", "the feed has more than 5,000"},
	EntryTooLarge:   {"it is larger than 1 MB", "they are larger than 1 MB"},
	EntryTooDeep:    {"its elements nest more than 500 deep", "their elements nest more than 500 deep"},
	UnreadableEntry: {"it is none of the feed's format", "they are none of the feed's format"},
	LinkNotice:      {"it is the notice of a link (a pingback), not a comment", "they are notices of links (pingbacks), not comments"},
	PlatformNotice:  {"it is a notice of the platform, not a comment", "they are notices of the platform, not comments"},
	BehindPassword:  {"its post has a password", "their posts have passwords"},
	NotApproved:     {"the blog has not approved it yet", "the blog has not approved them yet"},
}

// Words say the reason why so many entries are left out.
func (r LeftOut) Words(n int) string {
	switch words, known := leftOutWords[r]; {
	case !known:
		return string(r)
	case n == 1:
		return words.one
	default:
		return words.many
	}
}
