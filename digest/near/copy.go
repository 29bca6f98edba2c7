package near

// What makes a near copy. Texts are compared as sets of rows of three words.
const (
	rowWords = 3
	alike    = 0.8 // of the rows that either has, how many both have
	within   = 0.9 // of the shorter's rows, how many the longer has too
	leastFor = 8   // words; shorter texts are alike by chance
)

// isCopy tells whether the shorter of two texts is a near copy of the longer. One
// that stands in the longer whole is none when one of them answers the other,
// when only one is a post, or when the longer is a later and much longer text:
// there it is quoted.
func isCopy(a, b *Entry) bool {
	short, long := a, b
	if len(short.own) > len(long.own) {
		short, long = b, a
	}
	if len(short.own) == 0 {
		return false
	}
	// Where both have less than 0.8 of the shorter's, they have less than 0.8 of all.
	both, enough := common(short.own, long.own, int(alike*float64(len(short.own))))
	switch {
	case !enough:
		return false
	case float64(both) >= alike*float64(len(short.own)+len(long.own)-both):
		return true
	case float64(both) < within*float64(len(short.own)), a.answers(b), b.answers(a), a.IsPost != b.IsPost:
		return false
	}
	return 2*len(short.own) >= len(long.own) || !short.Published.Before(long.Published)
}

func (e *Entry) answers(other *Entry) bool {
	return !other.IsPost && other.ID != 0 && e.Answers == other.ID
}

// common counts what two sorted sets share, as long as that can be as much as is wanted.
func common(short, long []uint64, wanted int) (n int, enough bool) {
	spare := len(short) - wanted // how many may be missing
	for len(short) > 0 && len(long) > 0 {
		switch {
		case short[0] < long[0]:
			short = short[1:]
			if spare--; spare < 0 {
				return n, false
			}
		case short[0] > long[0]:
			long = long[1:]
		default:
			n++
			short, long = short[1:], long[1:]
		}
	}
	return n, true
}

// Size is how much of a text is compared with others to tell near copies: the
// number of different rows of three words that are its writer's own. It is 0 for a
// text that is too short to compare.
func (t Text) Size() int { return len(t.own) }

func (t Text) ownRows() []uint64 {
	words := t.words
	if t.quotes {
		words = nil
		for _, w := range t.words {
			if w.own {
				words = append(words, w)
			}
		}
	}
	if t.ownLength() < leastFor*wordParts || len(words) < rowWords {
		return nil
	}
	return sortedSet(Text{words: words}.rows(rowWords))
}

// ownLength is the length of the writer's own words, in parts.
func (t Text) ownLength() (n int32) {
	for i, w := range t.words {
		if w.own {
			n += t.parts[i+1] - t.parts[i]
		}
	}
	return n
}
