package near

import (
	"cmp"
	"maps"
	"slices"
)

const (
	// mostHolders is how many texts may share a row of words that tells anything;
	// what more have is boilerplate. Copies of one text count once.
	mostHolders = 32
	// mostCompared is how many earlier texts one is compared with: those that share
	// most rows with it.
	mostCompared = 24
	// mostCopies is how many copies of one text are compared with later ones
	// beside the first.
	mostCopies = 10
)

// Compare compares entries with each other and gives, for each that repeats or
// quotes another or is repeated or quoted, what the others are to it, by time. An
// entry that is given twice counts once.
//
// The work grows with the number of words, not with its square: only texts that
// share eight words in a row, or nearly, are held side by side.
func Compare(entries []Entry) map[Key][]Other {
	all := slices.Clone(entries)
	slices.SortFunc(all, compare)
	all = slices.CompactFunc(all, func(a, b Entry) bool { return a.Key == b.Key })
	p := pool{entries: all, prints: make([][]print, len(all)), holders: map[uint64][]int32{}, copies: map[int][]int{}}
	for i := range all {
		p.add(i)
	}
	found := map[Key][]Other{}
	for i, e := range all {
		for _, l := range links(e, p.prints[i], p.earlier(i), p.isCommon) {
			found[e.Key] = append(found[e.Key], l)
			found[l.Key] = append(found[l.Key], Other{Key: e.Key, Relation: l.Relation, IsLater: true, Published: e.dated(), Title: e.Title})
		}
	}
	return found
}

// pool is entries by time, with what is needed to find those that share words.
type pool struct {
	entries []Entry
	prints  [][]print
	holders map[uint64][]int32 // by print: who has it, a copy of one of them left out
	copies  map[int][]int      // by entry: the first of its later copies
}

func (p *pool) isCommon(hash uint64) bool { return len(p.holders[hash]) > mostHolders }

// add puts the next entry into the pool.
func (p *pool) add(i int) {
	p.prints[i] = p.entries[i].prints()
	original := -1
	for _, o := range p.sharing(i) {
		if isCopy(p.entries[i], p.entries[o]) && (original < 0 || o < original) {
			original = o
		}
	}
	if original >= 0 && len(p.copies[original]) < mostCopies {
		p.copies[original] = append(p.copies[original], i)
	}
	for _, print := range p.prints[i] {
		in := p.holders[print.hash]
		isKnown := len(in) > 0 && in[len(in)-1] == int32(i) || original >= 0 && slices.Contains(in, int32(original))
		if !isKnown && len(in) <= mostHolders {
			p.holders[print.hash] = append(in, int32(i))
		}
	}
}

// sharing gives the entries before one that share most prints with it.
func (p *pool) sharing(i int) []int {
	shared := map[int]int{}
	for _, print := range p.prints[i] {
		if p.isCommon(print.hash) {
			continue
		}
		for _, o := range p.holders[print.hash] {
			if int(o) < i {
				shared[int(o)]++
			}
		}
	}
	all := slices.SortedFunc(maps.Keys(shared), func(a, b int) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a, b))
	})
	return all[:min(len(all), mostCompared)]
}

// earlier gives what an entry is compared with, copies included.
func (p *pool) earlier(i int) (all []Entry) {
	chosen := map[int]bool{}
	for _, o := range p.sharing(i) {
		chosen[o] = true
		for _, c := range p.copies[o] {
			chosen[c] = chosen[c] || c < i
		}
	}
	for _, o := range slices.Sorted(maps.Keys(chosen)) {
		if chosen[o] {
			all = append(all, p.entries[o])
		}
	}
	return all
}
