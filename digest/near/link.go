package near

import "slices"

// linker tells what entries are to earlier ones, one after the other.
type linker struct {
	pool    *pool
	counter *counter
	index   index
	telling []int32 // where prints begin that not everybody has
	claimed []bool  // which words of the entry are an earlier one's
	runs    []run
}

// links tells what an entry is to earlier ones. A post never is a copy of a comment: it
// quotes it. What shares no other prints with it than common ones is left out.
func (l *linker) links(i int) (all []Other) {
	e := l.pool.entries[i]
	l.telling = l.telling[:0]
	for n, o := range l.pool.earlier(i, l.counter) {
		if n == 0 {
			l.begin(i)
		}
		earlier := l.pool.entries[o]
		isQuoted := l.quotes(e.Text, int(o))
		other := Other{Key: earlier.Key, Relation: Quote, Published: earlier.dated(), Title: earlier.Title}
		if copied := isCopy(e, earlier); copied && (earlier.IsPost || !e.IsPost) {
			other.Relation = Copy
		} else if !copied && !isQuoted {
			continue
		}
		all = append(all, other)
	}
	return all
}

// begin makes the linker ready for an entry.
func (l *linker) begin(i int) {
	for _, p := range l.pool.prints[i] {
		if !l.pool.isCommon(p.id) {
			l.telling = append(l.telling, p.at)
		}
	}
	l.index.of(l.pool.rows[i])
	l.claimed = slices.Grow(l.claimed[:0], len(l.pool.entries[i].words))[:len(l.pool.entries[i].words)]
	clear(l.claimed)
}

// quotes tells whether the entry quotes an earlier one, with words that no text before it had,
// and claims them.
func (l *linker) quotes(later Text, o int) (found bool) {
	l.runs = l.index.runs(l.runs[:0], later, l.pool.entries[o].Text, l.pool.rows[o])
	for _, r := range l.runs {
		if !l.tells(r) {
			continue
		}
		for at := r.at; at < r.at+r.n; at++ {
			n := 0
			for at+n < r.at+r.n && !l.claimed[at+n] {
				n++
			}
			if n == 0 {
				continue
			}
			from := r.from + at - r.at
			if l.pool.isQuoted(o, span{from, from + n}) {
				found = true
				for w := at; w < at+n; w++ {
					l.claimed[w] = true
				}
			}
			at += n
		}
	}
	return found
}

// tells whether a run has a print that not everybody has.
func (l *linker) tells(r run) bool {
	i, _ := slices.BinarySearch(l.telling, int32(r.at))
	return i < len(l.telling) && int(l.telling[i])+printWords <= r.at+r.n
}
