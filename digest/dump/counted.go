package dump

import (
	"cmp"
	"slices"

	"postbag/digest/feed"
	"postbag/digest/field"
)

// counted is how many comments a post says it has, -1 while it did not say, and
// how many the file holds.
type counted struct {
	title            string
	announced, found int
}

// announce notes how many comments a post says it has.
func (b *blogger) announce(p feed.PostEntry) {
	key, ok := postNumber(p.ID)
	if !ok || p.Announced < 0 {
		return
	}
	if of := b.of(key); of != nil {
		of.title, of.announced = field.Short(cmp.Or(p.Title, p.ID), 80), p.Announced
	}
}

// found notes a comment of a post.
func (b *blogger) found(key uint64) {
	if of := b.of(key); of != nil {
		of.found++
	}
}

// commented tells whether a comment of a post came before it.
func (b *blogger) commented(key uint64) bool {
	of := b.counted[key]
	return of != nil && of.found > 0
}

// of gives what is counted of a post, nil when too many posts are counted.
func (b *blogger) of(key uint64) *counted {
	of := b.counted[key]
	if of == nil && len(b.counted) < maxRemembered {
		of = &counted{announced: -1}
		b.counted[key] = of
	}
	return of
}

// finish counts the pages without comments, and compares what posts announce with what
// the file held.
func (b *blogger) finish(r *Reader) {
	r.tally.leaveMany(PageEntry, len(b.pages)+b.unread)
	var differing []Difference
	for _, of := range b.counted {
		if of.announced >= 0 && of.announced != of.found {
			differing = append(differing, Difference{Title: of.title, Announced: of.announced, Found: of.found})
		}
	}
	slices.SortFunc(differing, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(b.Announced, a.Announced), cmp.Compare(a.Title, b.Title))
	})
	r.tally.Differs = len(differing)
	r.tally.Differ = differing[:min(len(differing), MaxDiffer)]
}
