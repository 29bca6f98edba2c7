package near

import (
	"cmp"
	"slices"
	"sync/atomic"

	"postbag/digest/parallel"
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

	// piece is how many entries a processor takes at a time.
	piece = 64
)

// Compare compares entries with each other and gives, for each that repeats or
// quotes another or is repeated or quoted, what the others are to it, by time. An
// entry that is given twice counts once.
//
// The work grows with the number of words, not with its square: only texts that
// share eight words in a row, or nearly, are held side by side.
func Compare(entries []Entry) map[Key][]Other {
	p := newPool(entries)
	for i := range p.entries {
		p.add(i)
	}
	earlier := make([][]Other, len(p.entries))
	parallel.Each(len(p.entries), piece, func() *linker { return &linker{pool: p, counter: p.counter()} }, func(l *linker, from, to int) {
		for i := from; i < to; i++ {
			earlier[i] = l.links(i)
		}
	})
	found := map[Key][]Other{}
	for i, e := range p.entries {
		for _, l := range earlier[i] {
			found[e.Key] = append(found[e.Key], l)
			found[l.Key] = append(found[l.Key], Other{Key: e.Key, Relation: l.Relation, IsLater: true, Published: e.dated(), Title: e.Title})
		}
	}
	return found
}

// pool is entries by time, with what is needed to find those that share words.
type pool struct {
	entries []*Entry
	rows    [][]uint64 // by entry: its rows of five words
	prints  [][]print
	holders [][]int32       // by shared print: who has it, a copy of one of them left out
	copies  map[int][]int32 // by entry: the first of its later copies
	mine    *counter

	sentences []atomic.Pointer[[]span] // by entry: those that may be quoted, once they are needed
}

// newPool reads what entries are known by.
func newPool(entries []Entry) *pool {
	p := &pool{entries: make([]*Entry, len(entries)), copies: map[int][]int32{}}
	for i := range entries {
		p.entries[i] = &entries[i]
	}
	slices.SortStableFunc(p.entries, func(a, b *Entry) int { return compare(*a, *b) })
	p.entries = slices.CompactFunc(p.entries, func(a, b *Entry) bool { return a.Key == b.Key })
	n := len(p.entries)
	p.sentences = make([]atomic.Pointer[[]span], n)
	p.rows, p.prints = make([][]uint64, n), make([][]print, n)
	hashes := make([][]uint64, n)
	parallel.Do(n, piece, func(i int) {
		p.rows[i] = p.entries[i].rows(printWords)
		p.prints[i], hashes[i] = prints(p.rows[i])
	})
	shared := sharedBy(hashes)
	p.holders = make([][]int32, len(shared))
	parallel.Do(n, piece, func(i int) {
		for k, h := range hashes[i] {
			if id, isShared := shared[h]; isShared {
				p.prints[i][k].id = id
			}
		}
	})
	p.mine = p.counter()
	return p
}

// sharedBy numbers the prints that may stand in more than one place. Most of all prints
// stand in one: which those are is told by two bits for each, of which others may have
// the same. Taking one for shared that is not does no harm.
func sharedBy(hashes [][]uint64) map[uint64]int32 {
	total := 0
	for _, of := range hashes {
		total += len(of)
	}
	size := uint64(64)
	for size < 16*uint64(total) {
		size *= 2
	}
	once, twice := make([]uint64, size/64), make([]uint64, size/64)
	for _, of := range hashes {
		for _, h := range of {
			at, bit := h%size/64, uint64(1)<<(h%64)
			twice[at] |= once[at] & bit
			once[at] |= bit
		}
	}
	shared := map[uint64]int32{}
	for _, of := range hashes {
		for _, h := range of {
			if twice[h%size/64]&(1<<(h%64)) == 0 {
				continue
			}
			if _, isKnown := shared[h]; !isKnown {
				shared[h] = int32(len(shared))
			}
		}
	}
	return shared
}

// isCommon tells whether everybody has a print.
func (p *pool) isCommon(id int32) bool { return id >= 0 && len(p.holders[id]) > mostHolders }

// add puts the next entry into the pool.
func (p *pool) add(i int) {
	original := int32(-1)
	for _, o := range p.sharing(i, p.mine) {
		if (original < 0 || o < original) && isCopy(p.entries[i], p.entries[o]) {
			original = o
		}
	}
	if original >= 0 && len(p.copies[int(original)]) < mostCopies {
		p.copies[int(original)] = append(p.copies[int(original)], int32(i))
	}
	for _, print := range p.prints[i] {
		if print.id < 0 {
			continue
		}
		in := p.holders[print.id]
		isKnown := len(in) > 0 && in[len(in)-1] == int32(i) || original >= 0 && slices.Contains(in, original)
		if !isKnown && len(in) <= mostHolders {
			p.holders[print.id] = append(in, int32(i))
		}
	}
}

// counter counts how many prints an entry shares with each other one.
type counter struct {
	shared []int32
	seen   []int32 // those with which it shares any
}

func (p *pool) counter() *counter { return &counter{shared: make([]int32, len(p.entries))} }

// sharing gives the entries before one that share most prints with it. What it gives is
// the counter's until it counts again.
func (p *pool) sharing(i int, c *counter) []int32 {
	c.seen = c.seen[:0]
	for _, print := range p.prints[i] {
		if print.id < 0 || p.isCommon(print.id) {
			continue
		}
		for _, o := range p.holders[print.id] {
			if int(o) >= i {
				break // the holders come by time
			}
			if c.shared[o] == 0 {
				c.seen = append(c.seen, o)
			}
			c.shared[o]++
		}
	}
	if len(c.seen) > 1 {
		slices.SortFunc(c.seen, func(a, b int32) int {
			return cmp.Or(cmp.Compare(c.shared[b], c.shared[a]), cmp.Compare(a, b))
		})
	}
	for _, o := range c.seen {
		c.shared[o] = 0
	}
	return c.seen[:min(len(c.seen), mostCompared)]
}

// earlier gives what an entry is compared with by time, copies included.
func (p *pool) earlier(i int, c *counter) []int32 {
	all := p.sharing(i, c)
	for _, o := range all[:len(all):len(all)] {
		for _, copied := range p.copies[int(o)] {
			if int(copied) < i {
				all = append(all, copied)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
