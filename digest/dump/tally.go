package dump

import "fmt"

// Tally counts what a [Reader] met so far.
type Tally struct {
	Posts    int
	Comments int // replies and removed ones included
	Replies  int
	Gone     int // removed, with an entry in their place
	// Deleted are comments of which only the id is left, to be marked if known.
	Deleted int
	Left    []Left
	Broken  Broken
	// Differ are posts whose announced number of comments is not that of the
	// file, at most [MaxDiffer] of them; Differs counts them all.
	Differ  []Difference
	Differs int
}

// MaxDiffer is how many differing counts are told one by one.
const MaxDiffer = 5

// Left counts entries that were left out for one reason.
type Left struct {
	Reason
	N int
}

// String gives "1 draft" or "2 drafts".
func (l Left) String() string {
	if l.N == 1 {
		return "1 " + l.One
	}
	return fmt.Sprintf("%d %s", l.N, l.Many)
}

// Reason names entries that are left out, as a word for one and for many.
type Reason struct{ One, Many string }

// The reasons for leaving an entry out.
var (
	Draft       = Reason{"draft", "drafts"}
	Unpublished = Reason{"unpublished post", "unpublished posts"}
	Protected   = Reason{"post with a password", "posts with a password"}
	MembersPost = Reason{"post for members only", "posts for members only"}
	NoArchive   = Reason{"message that asks not to be kept", "messages that ask not to be kept"}
	NoWords     = Reason{"message without words", "messages without words"}
	PageEntry   = Reason{"page", "pages"}
	Settings    = Reason{"setting", "settings"}
	Template    = Reason{"template", "templates"}
	Attachment  = Reason{"attachment", "attachments"}
	OtherItem   = Reason{"entry of another kind", "entries of other kinds"}
	Elsewhere   = Reason{"comment under what is no published post", "comments under what is no published post"}
	Unapproved  = Reason{"comment that is not approved", "comments that are not approved"}
	Spam        = Reason{"spam comment", "spam comments"}
	Pingback    = Reason{"notice of a link", "notices of links"}
	EmptyThread = Reason{"thread without comments", "threads without comments"}
	OffThread   = Reason{"deleted thread", "deleted threads"}
	Nameless    = Reason{"entry without an id or address", "entries without an id or address"}
	LongPost    = Reason{"post of more than 1 MB", "posts of more than 1 MB"}
	LongComment = Reason{"comment of more than 1 MB", "comments of more than 1 MB"}
)

// Difference is a post whose announced number of comments is not that of the
// file. Files that a platform truncated are known, so it is no fault.
type Difference struct {
	Title            string // the post's, else its id
	Announced, Found int
}

func (t *Tally) leave(why Reason) { t.leaveMany(why, 1) }

func (t *Tally) leaveMany(why Reason, n int) {
	if n == 0 {
		return
	}
	for i := range t.Left {
		if t.Left[i].Reason == why {
			t.Left[i].N += n
			return
		}
	}
	t.Left = append(t.Left, Left{why, n})
}
