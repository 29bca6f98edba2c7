package near

import "slices"

// links tells what an entry is to earlier ones, which come by time. A post never
// is a copy of a comment: it quotes it. What shares no other prints with it than
// common ones is left out.
func links(e Entry, prints []print, earlier []Entry, isCommon func(hash uint64) bool) (all []Other) {
	taken := quoted{entry: e, claimed: make([]bool, len(e.words))}
	for _, p := range prints {
		if !isCommon(p.hash) {
			taken.telling = append(taken.telling, p.at)
		}
	}
	for _, o := range earlier {
		isQuoted := taken.from(o.Text)
		l := Other{Key: o.Key, Relation: Quote, Published: o.dated(), Title: o.Title}
		if copied := isCopy(e, o); copied && (o.IsPost || !e.IsPost) {
			l.Relation = Copy
		} else if !copied && !isQuoted {
			continue
		}
		all = append(all, l)
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
