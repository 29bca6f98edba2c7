package near

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/search"
)

// PlainCompare gives what [Compare] gives, by the shortest way to write it: the tests
// compare both. Texts are read anew, too.
func PlainCompare(entries []Entry) map[Key][]Other {
	all := slices.Clone(entries)
	slices.SortStableFunc(all, compare)
	all = slices.CompactFunc(all, func(a, b Entry) bool { return a.Key == b.Key })
	p := plainPool{entries: all, prints: make([][]plainPrint, len(all)), holders: map[uint64][]int{}, copies: map[int][]int{}}
	for i := range all {
		all[i].Text = plainRead(all[i].prose)
		p.add(i)
	}
	found := map[Key][]Other{}
	for i, e := range all {
		for _, l := range p.links(i) {
			found[e.Key] = append(found[e.Key], l)
			found[l.Key] = append(found[l.Key], Other{Key: e.Key, Relation: l.Relation, IsLater: true, Published: e.dated(), Title: e.Title})
		}
	}
	return found
}

func plainRead(p digest.Prose) Text {
	text := p.Text()
	t := Text{prose: p, parts: []int32{0}}
	quoted, addresses, marks := quotedRanges(p), addressesIn(text), p.Marks()
	within := func(all []digest.Range, at int) int {
		return slices.IndexFunc(all, func(r digest.Range) bool { return r.Start <= at && at < r.End })
	}
	inAddress := -1
	for _, w := range search.Words(text, mostWords) {
		if w.IsPictograph() || within(marks, w.Start) >= 0 {
			continue
		}
		if at := within(addresses, w.Start); at >= 0 {
			if at == inAddress {
				last := &t.words[len(t.words)-1]
				last.hash = mixed(last.hash, hashOf([]byte(w.Folded)))
				continue
			}
			inAddress = at
		}
		t.words = append(t.words, word{hash: hashOf([]byte(w.Folded)), start: int32(w.Start), own: within(quoted, w.Start) < 0})
		parts := int32(wordParts)
		if first, _ := utf8.DecodeRuneInString(w.Folded); w.IsCharacter() {
			parts = int32(prose.PartsOf(first))
		}
		t.parts = append(t.parts, t.parts[len(t.parts)-1]+parts)
	}
	var own Text
	length := int32(0)
	for i, w := range t.words {
		if w.own {
			own.words = append(own.words, w)
			length += t.parts[i+1] - t.parts[i]
		}
	}
	if length >= leastFor*wordParts {
		t.own = plainRows(own, rowWords)
		slices.Sort(t.own)
		t.own = slices.Compact(t.own)
	}
	return t
}

func plainRows(t Text, n int) (all []uint64) {
	for i := 0; i+n <= len(t.words); i++ {
		var h uint64
		for _, w := range t.words[i : i+n] {
			h = mixed(h, w.hash)
		}
		all = append(all, h)
	}
	return all
}

type plainPrint struct {
	hash uint64
	at   int
}

func plainPrints(t Text) (all []plainPrint) {
	rows := plainRows(t, printWords)
	for from := 0; from+window <= len(rows); from++ {
		least := from
		for i := from; i < from+window; i++ {
			if rows[i] <= rows[least] {
				least = i
			}
		}
		if p := (plainPrint{rows[least], least}); len(all) == 0 || all[len(all)-1] != p {
			all = append(all, p)
		}
	}
	return all
}

type plainPool struct {
	entries []Entry
	prints  [][]plainPrint
	holders map[uint64][]int
	copies  map[int][]int
}

func (p *plainPool) isCommon(hash uint64) bool { return len(p.holders[hash]) > mostHolders }

func (p *plainPool) add(i int) {
	p.prints[i] = plainPrints(p.entries[i].Text)
	original := -1
	for _, o := range p.sharing(i) {
		if plainIsCopy(p.entries[i], p.entries[o]) && (original < 0 || o < original) {
			original = o
		}
	}
	if original >= 0 && len(p.copies[original]) < mostCopies {
		p.copies[original] = append(p.copies[original], i)
	}
	for _, print := range p.prints[i] {
		in := p.holders[print.hash]
		if !slices.Contains(in, i) && !slices.Contains(in, original) && !p.isCommon(print.hash) {
			p.holders[print.hash] = append(in, i)
		}
	}
}

func (p *plainPool) sharing(i int) []int {
	shared := map[int]int{}
	for _, print := range p.prints[i] {
		if p.isCommon(print.hash) {
			continue
		}
		for _, o := range p.holders[print.hash] {
			if o < i {
				shared[o]++
			}
		}
	}
	all := slices.SortedFunc(maps.Keys(shared), func(a, b int) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a, b))
	})
	return all[:min(len(all), mostCompared)]
}

func (p *plainPool) links(i int) (all []Other) {
	earlier := map[int]bool{}
	for _, o := range p.sharing(i) {
		earlier[o] = true
		for _, c := range p.copies[o] {
			if c < i {
				earlier[c] = true
			}
		}
	}
	e := p.entries[i]
	claimed := make([]bool, len(e.words))
	for _, at := range slices.Sorted(maps.Keys(earlier)) {
		o := p.entries[at]
		isQuoted := false
		for _, r := range plainRuns(e.Text, o.Text) {
			tells := slices.ContainsFunc(p.prints[i], func(x plainPrint) bool {
				return !p.isCommon(x.hash) && r.at <= x.at && x.at+printWords <= r.at+r.n
			})
			for w := 0; tells && w < r.n; w++ {
				n := 0
				for w+n < r.n && !claimed[r.at+w+n] {
					n++
				}
				if n > 0 && plainIsQuoted(o.Text, span{r.from + w, r.from + w + n}) {
					isQuoted = true
					for c := range n {
						claimed[r.at+w+c] = true
					}
				}
				w += n
			}
		}
		l := Other{Key: o.Key, Relation: Quote, Published: o.dated(), Title: o.Title}
		if copied := plainIsCopy(e, o); copied && (o.IsPost || !e.IsPost) {
			l.Relation = Copy
		} else if !copied && !isQuoted {
			continue
		}
		all = append(all, l)
	}
	return all
}

func plainIsQuoted(t Text, of span) bool {
	return t.partsBetween(of.from, of.to) >= quotedRun*wordParts ||
		slices.ContainsFunc(t.quotable(), func(s span) bool { return of.from <= s.from && s.to <= of.to })
}

func plainRuns(later, earlier Text) (all []run) {
	places := map[uint64][]int{}
	for i, h := range plainRows(earlier, printWords) {
		if earlier.words[i].own && len(places[h]) < mostRepeats {
			places[h] = append(places[h], i)
		}
	}
	rows := plainRows(later, printWords)
	for i := 0; i < len(rows); i++ {
		best := run{}
		for _, from := range places[rows[i]] {
			n := 0
			for i+n < len(later.words) && from+n < len(earlier.words) && earlier.words[from+n].own &&
				later.words[i+n].hash == earlier.words[from+n].hash {
				n++
			}
			if n > best.n {
				best = run{at: i, from: from, n: n}
			}
		}
		if best.n > 0 && later.partsBetween(i, i+best.n) >= quotedSentence*wordParts {
			all = append(all, best)
			i += best.n - 1
		}
	}
	return all
}

func plainIsCopy(a, b Entry) bool {
	short, long := a, b
	if len(short.own) > len(long.own) {
		short, long = b, a
	}
	if len(short.own) == 0 {
		return false
	}
	both := 0
	for _, h := range short.own {
		if slices.Contains(long.own, h) {
			both++
		}
	}
	switch {
	case float64(both) >= alike*float64(len(short.own)+len(long.own)-both):
		return true
	case float64(both) < within*float64(len(short.own)), a.answers(&b), b.answers(&a), a.IsPost != b.IsPost:
		return false
	}
	return 2*len(short.own) >= len(long.own) || !short.Published.Before(long.Published)
}
