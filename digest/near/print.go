package near

import "slices"

const (
	// printWords in a row make a print, and of so many neighbouring rows one is
	// kept. Together they say in how many shared words a shared print is sure.
	printWords = 5
	window     = 4
	sure       = printWords + window - 1

	// ordinaryRunes is how long the words of a row are together that are no mere
	// "one of the best of".
	ordinaryRunes = 4 * printWords

	// shortText is how many words a text has, of which a near copy may share one
	// print alone.
	shortText = 20

	// printBits is how much of a hash is kept: among a hundred million prints one
	// more in three million is met by chance, and what it leads to is read.
	printBits = 48
)

// Print is one of the numbers that a text can be found again by.
type Print struct {
	Hash int64 // of 48 bits
	// Suffices tells that another text may have this print alone of all, and yet
	// repeat this one or quote it: it is a print of a short text, of a sentence of
	// under twelve words, or one that comes again. Twelve words in a row have two
	// prints.
	Suffices bool
	at       int // the word it begins with
}

// Prints gives the prints of a text, in order; it has none when it is shorter than
// eight words. The same one may come twice.
func (t Text) Prints() (all []Print) {
	if len(t.words) < sure {
		return nil
	}
	rows := t.rows(printWords)
	short := t.shortSentences()
	least := -1
	for end := window; end <= len(rows); end++ {
		if least < end-window {
			least = end - window
			for i := least + 1; i < end; i++ {
				least = t.lesser(rows, least, i)
			}
		} else if next := t.lesser(rows, least, end-1); next == least {
			continue
		} else {
			least = next
		}
		for len(short) > 0 && short[0].to < least+printWords {
			short = short[1:]
		}
		suffices := len(short) > 0 && short[0].from <= least
		all = append(all, Print{Hash: int64(rows[least] & (1<<printBits - 1)), Suffices: suffices, at: least})
	}
	times := make(map[int64]int, len(all))
	for _, p := range all {
		times[p.Hash]++
	}
	for i, p := range all {
		all[i].Suffices = p.Suffices || times[p.Hash] > 1
	}
	return all
}

// shortSentences gives the sentences that may share one print when they are
// quoted; of a short text it is the whole.
func (t Text) shortSentences() []span {
	if t.Length() < shortText {
		return []span{{0, len(t.words)}}
	}
	return slices.DeleteFunc(t.quotable(), func(s span) bool { return t.partsBetween(s.from, s.to) >= quotedRun*wordParts })
}

// lesser gives the lesser of two rows, and of equal ones the later.
func (t Text) lesser(rows []uint64, a, b int) int {
	short := func(at int) bool {
		n := 0
		for _, w := range t.words[at : at+printWords] {
			n += int(w.runes)
		}
		return n < ordinaryRunes
	}
	switch shortA, shortB := short(a), short(b); {
	case shortA != shortB && shortB, shortA == shortB && rows[a] < rows[b]:
		return a
	}
	return b
}

// rows gives the hashes of all rows of n words.
func (t Text) rows(n int) []uint64 {
	if len(t.words) < n {
		return nil
	}
	all := make([]uint64, len(t.words)-n+1)
	for i := range all {
		var h uint64
		for _, w := range t.words[i : i+n] {
			h = mixed(h, w.hash)
		}
		all[i] = h
	}
	return all
}
