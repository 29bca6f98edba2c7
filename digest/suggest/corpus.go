package suggest

import (
	"math"
	"slices"

	"postbag/digest"
	"postbag/digest/suggest/pack"
)

// slots is how many words are told apart in what is counted of all texts together; two
// that share a slot count as one, which does little harm.
const slots = 1 << 17

func slotOf(h pack.Hash) uint32 { return uint32(h^h>>15) % slots }

// bits marks words.
type bits [slots / 64]uint64

func (b *bits) set(h pack.Hash)      { s := slotOf(h); b[s/64] |= 1 << (s % 64) }
func (b *bits) has(h pack.Hash) bool { s := slotOf(h); return b[s/64]>>(s%64)&1 == 1 }

// corpus is what is counted of all texts together.
type corpus struct {
	small bits // words that somebody writes with a small letter
	texts int
	in    [slots]uint16 // in how many texts a word stands
	last  [slots]int32  // the last text that was counted for it
}

// add counts the words of a text.
func (c *corpus) add(t *reading, terms []pack.Hash) {
	c.texts++
	for _, w := range t.tokens {
		if w.flags&(capital|figure|link) == 0 {
			c.small.set(w.hash)
		}
	}
	for _, h := range terms {
		if s := slotOf(h); c.last[s] != int32(c.texts) && c.in[s] < math.MaxUint16 {
			c.last[s] = int32(c.texts)
			c.in[s]++
		}
	}
}

// join adds what is counted of other texts.
func (c *corpus) join(other *corpus) {
	c.texts += other.texts
	for i, word := range other.small {
		c.small[i] |= word
	}
	for i, n := range other.in {
		c.in[i] += min(n, math.MaxUint16-c.in[i])
	}
}

// rarity is how much a word tells: 0 where it stands in more than one text of eight.
func (c *corpus) rarity(h pack.Hash) float64 {
	in := max(1, int(c.in[slotOf(h)]))
	if 8*in > c.texts+16 {
		return 0
	}
	return math.Log(float64(c.texts+2) / float64(in))
}

// termsOf gives the words of a text that tell what it is about, each once and sorted: of
// scripts without spaces each two characters.
func (b *reader) termsOf(t *reading) []pack.Hash {
	b.terms = b.terms[:0]
	for n := range t.tokens {
		if h, ok := t.term(n); ok {
			b.terms = append(b.terms, h)
		}
	}
	slices.Sort(b.terms)
	return slices.Clone(slices.Compact(b.terms))
}

// term gives the word that a token stands for in what its text is about.
func (t *reading) term(n int) (h pack.Hash, ok bool) {
	const never = pack.Small | pack.I | pack.My | pack.We | pack.You | pack.Past | pack.View | pack.Because | pack.Pronoun | pack.Not | pack.Common
	w := t.tokens[n]
	switch {
	case w.class&never != 0, w.is(link):
		return 0, false
	case w.is(long):
		return w.hash, true
	case t.unspaced && n+1 < len(t.tokens) && t.tokens[n+1].start == w.end:
		return w.hash*31 + t.tokens[n+1].hash, true
	}
	return 0, false
}

// subject is what a post is about.
type subject struct {
	terms map[pack.Hash]bool
	title string
}

// onPost finds the rare words that a comment shares with its post.
func (t *reading) onPost(of subject, c *corpus) (f finding) {
	if len(of.terms) == 0 {
		return f
	}
	var seen []pack.Hash
	for n := range t.tokens {
		h, ok := t.term(n)
		if !ok || !t.tokens[n].is(own) || !of.terms[h] || slices.Contains(seen, h) {
			continue
		}
		if !c.isRare(h) {
			continue
		}
		seen = append(seen, h)
		f.ranges = joined(f.ranges, t.rangeOf(n, n+1))
	}
	const enough = 0.75 // more of the post's words are no better
	f.value = min(enough, rate(float64(len(seen)), t.words, 4))
	f.shown = len(seen) >= 2 && t.words >= shortStory
	return f
}

// isRare tells whether a word stands in few texts: at most one of ten, and on small
// blogs three.
func (c *corpus) isRare(h pack.Hash) bool { return int(c.in[slotOf(h)]) <= max(3, c.texts/10) }

// vector is what a text is about, to be compared: the weights of its terms, together 1
// by their squares.
type vector struct {
	terms   []pack.Hash // sorted
	weights []float64
}

func (c *corpus) vector(terms []pack.Hash) (v vector) {
	sum := 0.0
	for _, h := range terms {
		if w := c.rarity(h); w > 0 {
			v.terms, v.weights = append(v.terms, h), append(v.weights, w)
			sum += w * w
		}
	}
	norm := math.Sqrt(sum)
	for i := range v.weights {
		v.weights[i] /= norm
	}
	return v
}

// likeness is how much two texts are about the same, from 0 to 1: the cosine of their
// vectors.
func likeness(a, b vector) (sum float64) {
	for i, j := 0, 0; i < len(a.terms) && j < len(b.terms); {
		switch {
		case a.terms[i] < b.terms[j]:
			i++
		case a.terms[i] > b.terms[j]:
			j++
		default:
			sum += a.weights[i] * b.weights[j]
			i++
			j++
		}
	}
	return sum
}

// foreign gives where others' words stand.
func (t *reading) foreign() (all []digest.Range) {
	last := -2
	for n, w := range t.tokens {
		if w.is(own) {
			continue
		}
		if last == n-1 {
			all[len(all)-1].End = int(w.end)
		} else {
			all = append(all, t.rangeOf(n, n+1))
		}
		last = n
	}
	return all
}
