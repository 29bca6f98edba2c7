package near

import (
	"cmp"
	"slices"
)

// Relation is what a later text is to an earlier one.
type Relation string

// The relations.
const (
	Copy  Relation = "copy"  // a near copy
	Quote Relation = "quote" // it quotes the earlier one
)

// Link tells what a text is to an earlier one.
type Link struct {
	Earlier  Key
	Relation Relation
}

// After tells whether an entry is later than another: published after it, or at
// the same time and stored after it; a post comes before comments.
func (e Entry) After(other Entry) bool { return compare(e, other) > 0 }

func compare(a, b Entry) int {
	posts := func(e Entry) int {
		if e.IsPost {
			return 0
		}
		return 1
	}
	return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(posts(a), posts(b)), cmp.Compare(a.ID, b.ID))
}

// Links tells what an entry is to others that are earlier, in their order; others
// that are later are left out. A post never is a copy of a comment: it quotes it.
// What shares no other prints with it than those that everybody has is left out;
// isCommon tells which these are, nil meaning none.
func Links(e Entry, others []Entry, isCommon func(hash int64) bool) (all []Link) {
	others = slices.DeleteFunc(slices.Clone(others), func(o Entry) bool { return !e.After(o) })
	slices.SortFunc(others, compare)
	taken := quoted{entry: e, claimed: make([]bool, len(e.words))}
	for _, p := range e.Prints() {
		if isCommon == nil || !isCommon(p.Hash) {
			taken.telling = append(taken.telling, p.at)
		}
	}
	for _, o := range others {
		isQuoted := taken.from(o.Text)
		switch {
		case IsCopy(e, o) && e.IsPost && !o.IsPost:
			all = append(all, Link{o.Key, Quote})
		case IsCopy(e, o):
			all = append(all, Link{o.Key, Copy})
		case isQuoted:
			all = append(all, Link{o.Key, Quote})
		}
	}
	return all
}

// quoted keeps which words of an entry are an earlier one's.
type quoted struct {
	entry   Entry
	telling []int // where prints begin that not everybody has
	claimed []bool
}

// from tells whether the entry quotes a text, with words that no text before it
// had, and claims them.
func (q quoted) from(earlier Text) (found bool) {
	var sentences []span
	for i, r := range runs(q.entry.Text, earlier) {
		if i == 0 {
			sentences = earlier.quotable()
		}
		if !q.tells(r) {
			continue
		}
		for _, free := range q.free(r) {
			if earlier.isQuoted(span{free.from, free.from + free.n}, sentences) {
				found = true
				for w := free.at; w < free.at+free.n; w++ {
					q.claimed[w] = true
				}
			}
		}
	}
	return found
}

// tells whether a run has a print that not everybody has.
func (q quoted) tells(r run) bool {
	i, _ := slices.BinarySearch(q.telling, r.at)
	return i < len(q.telling) && q.telling[i]+printWords <= r.at+r.n
}

// free gives the pieces of a run that are not claimed.
func (q quoted) free(r run) (all []run) {
	for i := 0; i < r.n; i++ {
		if q.claimed[r.at+i] {
			continue
		}
		from := i
		for i < r.n && !q.claimed[r.at+i] {
			i++
		}
		all = append(all, run{at: r.at + from, from: r.from + from, n: i - from})
	}
	return all
}
