package suggest

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/suggest/pack"
)

// The bounds of the rules, in words.
const (
	lengthFrom  = 12 // where a comment begins to be one
	lengthFull  = 80
	lengthLong  = 300
	lengthCurve = 0.75
	lengthTail  = 1500.0 // how slowly the worth of length falls after that
	rateFrom    = 50     // rates in shorter texts are counted as if they had so many
	shortStory  = 8
	curt        = 9 // fewer can hardly stand alone as an answer
	cry         = 3
	grunt       = 3
	shortGround = 12
	roomFrom    = 25
	longAnswer  = 25
	leansUpTo   = 40  // up to here a comment that leans on its thread leans wholly
	leansNever  = 140 // and from here on not at all
	longAverage = 32  // words of a sentence, on average
	longPara    = 220 // words of a paragraph
	mostThings  = 24
	reach       = 12 // between the writer and a word of life for both to belong together
	snippet     = 46 // characters of a comment that a reason quotes
)

// finding is what one rule found in a text.
type finding struct {
	value  float64
	ranges []digest.Range
	shown  bool // it is worth a line
}

// rate makes of hits in a text of so many words a value from 0 to 1, which is a half
// at so many hits in a hundred words.
func rate(hits float64, words int, half float64) float64 {
	r := 100 * hits / float64(max(words, rateFrom))
	return r / (r + half)
}

// lengthValue is 0 at 12 words, 1 from 80 to 300, and falls slowly.
func lengthValue(words int) float64 {
	switch {
	case words <= lengthFrom:
		return 0
	case words < lengthFull:
		return math.Pow(float64(words-lengthFrom)/(lengthFull-lengthFrom), lengthCurve)
	case words <= lengthLong:
		return 1
	}
	return 1 / (1 + float64(words-lengthLong)/lengthTail)
}

// told gives the sentences that are no questions.
func (t *reading) told(yield func(sentence) bool) {
	for _, s := range t.sentences {
		if !s.question && !yield(s) {
			return
		}
	}
}

func (t *reading) rangeOf(from, to int) digest.Range {
	return digest.Range{Start: int(t.tokens[from].start), End: int(t.tokens[to-1].end)}
}

// clause gives the range of a token and what follows it in its clause, at most so many
// words.
func (t *reading) clause(from, until, most int) digest.Range {
	to := from + 1
	for to < until && to < from+most && t.tokens[to].is(own) {
		between := t.text[t.tokens[to-1].end:t.tokens[to].start]
		if to > from+2 && strings.ContainsAny(between, ",;:()–—") || strings.ContainsAny(between, ".!?\n") {
			break
		}
		to++
	}
	return t.rangeOf(from, to)
}

// has tells whether one of some tokens is of a class and the writer's.
func (t *reading) has(from, to int, c pack.Class) bool {
	for _, w := range t.tokens[max(0, from):min(max(0, to), len(t.tokens))] {
		if w.class&c != 0 && w.is(own) {
			return true
		}
	}
	return false
}

// isPast tells whether a token is a verb of the past.
func (t *reading) isPast(n int) bool {
	w := t.tokens[n]
	if w.class&pack.Past != 0 {
		return true
	}
	if w.is(capital) && !w.is(begins) || !w.is(long) || w.is(figure) {
		return false
	}
	return t.pack.IsPast(strings.ToLower(t.text[w.start:w.end]), w.hash)
}

func (t *reading) past(from, to int) bool {
	for n := max(0, from); n < min(to, len(t.tokens)); n++ {
		if t.isPast(n) {
			return true
		}
	}
	return false
}

// firstHand finds where the writer tells what they did or saw, near words of life and
// work. Questions and views tell nothing.
func (t *reading) firstHand() (f finding) {
	hits := 0.0
	for s := range t.told {
		best, at := t.testifiesAt(s)
		if hits += best; best > 0 {
			f.ranges = append(f.ranges, t.clause(at, s.to, 12))
		}
	}
	f.value = rate(hits, t.words, 1)
	f.shown = hits >= 0.75 && t.words >= shortStory
	return f
}

// testimony is how far a sentence tells what its writer did.
func (t *reading) testimony(s sentence) float64 {
	best, _ := t.testifiesAt(s)
	return best
}

func (t *reading) testifiesAt(s sentence) (best float64, at int) {
	for n := s.from; n < s.to; n++ {
		w := t.tokens[n]
		if w.class&(pack.I|pack.Me|pack.My|pack.We) == 0 || !w.is(own) {
			continue
		}
		if hit := t.testifies(s, n); hit > best {
			best, at = hit, n
		}
	}
	return best, at
}

// testifies is how far a sentence tells what its writer did, as said by one of its first
// persons.
func (t *reading) testifies(s sentence, n int) float64 {
	c := t.tokens[n].class
	near := t.has(max(s.from, n-reach), min(s.to, n+reach+1), pack.Life)
	if c&pack.My != 0 && c&(pack.I|pack.We) == 0 {
		if t.has(n+1, min(s.to, n+4), pack.Life) && t.past(s.from, s.to) {
			return 0.8
		}
		return 0
	}
	if c&pack.Me != 0 && c&pack.I == 0 {
		if near && (t.past(max(s.from, n-3), n) || t.pack.Tag != "en" && t.past(n+1, min(s.to, n+3))) {
			return 0.6
		}
		return 0
	}
	if n+1 < s.to && t.tokens[n+1].hash == hashEver {
		return 0 // "the best that I ever had" tells of something else
	}
	after := n + 1
	for after < min(s.to, n+5) && t.tokens[after].class&(pack.I|pack.We|pack.My) == 0 {
		after++
	}
	if c&pack.I != 0 {
		for m := n + 1; m < min(s.to, n+4); m++ {
			if t.tokens[m].class&pack.View != 0 {
				return 0
			}
			if t.isPast(m) {
				break
			}
		}
	}
	past := t.past(n, after) || t.pack.Tag != "en" && t.past(max(s.from, n-2), n)
	switch {
	case c&pack.I == 0 && past && near:
		return 0.75
	case c&pack.I == 0:
		return 0
	case past && near && t.has(n+1, min(s.to, n+4), pack.Feel):
		return 0.4
	case past && near:
		return 1
	case past:
		return 0.4
	case t.has(n, min(s.to, n+3), pack.Being) && t.has(n+1, min(s.to, n+8), pack.Life) && !t.has(n+1, min(s.to, n+4), pack.Feel):
		return 0.8
	}
	return 0
}

// concrete finds figures, names and abbreviations; lower tells which words are written
// small elsewhere.
func (t *reading) concrete(lower *bits) (f finding) {
	if t.unspaced && t.pack == nil {
		return t.figures()
	}
	// Beyond so many things nothing is more concrete.
	var known [mostThings]pack.Hash
	seen, weight := known[:0], 0.0
	add := func(from, to int, counts float64) {
		if len(seen) == mostThings || slices.Contains(seen, t.tokens[from].hash) {
			return
		}
		seen = append(seen, t.tokens[from].hash)
		weight += counts
		if f.ranges == nil {
			f.ranges = make([]digest.Range, 0, 4)
		}
		f.ranges = append(f.ranges, t.rangeOf(from, to))
	}
	nouns := t.pack != nil && t.pack.Capitals
	for _, s := range t.sentences {
		caps := 0
		for n := s.from; n < s.to; n++ {
			if t.tokens[n].is(capped | long) {
				caps++
			}
		}
		shouted := 2*caps > s.to-s.from && s.to-s.from > 3 || caps > 1 && t.isShouted()
		for n := s.from; n < s.to; n++ {
			w := t.tokens[n]
			if !w.is(own) || w.is(link) {
				continue
			}
			end := n + 1
			for end < s.to && end < n+4 && t.tokens[end].is(own|capital|adjoins) && t.isName(end, lower, shouted) {
				end++
			}
			switch {
			case w.is(figure), w.class&pack.Number != 0:
				to := n + 1
				for to < s.to && t.text[t.tokens[to-1].end:t.tokens[to].start] == "-" {
					to++ // "forty-one", "ten-year"
				}
				if to < s.to && t.tokens[to].is(own|adjoins) && t.tokens[to].class&(pack.Small|pack.Past) == 0 && (t.tokens[to].class&pack.Common == 0 || t.tokens[to].class&pack.Life != 0) {
					to++
				}
				// "At ten" says less than "ten buses" and "10".
				add(n, to, 1-0.5*btof(!w.is(figure) && to == n+1))
				n = to - 1
			case !w.is(capital) || shouted, w.is(capped) && w.class&(pack.Not|pack.Small|pack.Common) != 0:
			case w.is(capped) && w.end-w.start <= 6 && w.class == 0,
				t.isName(n, lower, shouted) && (!w.is(begins) || end > n+1) && (!nouns || end > n+1 && !w.is(begins)):
				add(n, end, 1)
				n = end - 1
			}
		}
	}
	f.value = rate(weight, t.words, 5)
	f.shown = weight >= 2 && f.value >= 0.3 && t.words >= tooShort
	return f
}

// isName tells whether a word with a capital reads as part of a name.
func (t *reading) isName(n int, lower *bits, shouted bool) bool {
	w := t.tokens[n]
	const never = pack.Day | pack.I | pack.My | pack.We | pack.You | pack.Small | pack.Opener | pack.Pronoun | pack.Past | pack.Feel | pack.Because
	return w.is(capital) && !shouted && w.class&never == 0 && w.end-w.start > 1 && !lower.has(w.hash)
}

// figures finds the figures of a text in a script without spaces or capitals.
func (t *reading) figures() (f finding) {
	for i, w := range t.tokens {
		if w.is(own|figure) && !w.is(link) {
			f.ranges = append(f.ranges, t.rangeOf(i, i+1))
		}
	}
	f.value = rate(float64(len(f.ranges)), t.words, 5)
	f.shown = len(f.ranges) >= 2 && f.value >= 0.3
	return f
}

// hits finds the sentences in which a class of words stands, and what follows that.
func (t *reading) hits(c pack.Class, half float64, least int, fits func(s sentence, n int) bool) (f finding) {
	hits := 0
	for _, s := range t.sentences {
		for n := s.from; n < s.to; n++ {
			if w := t.tokens[n]; w.class&c != 0 && w.is(own) && (fits == nil || fits(s, n)) {
				hits++
				f.ranges = append(f.ranges, t.clause(n, s.to, 9))
				break
			}
		}
	}
	f.value = rate(float64(hits), t.words, half)
	f.shown = hits > 0 && t.words >= least
	return f
}

func (t *reading) argues() finding {
	return t.hits(pack.Because, 1.5, shortGround, func(s sentence, n int) bool {
		if t.tokens[n].hash == hashPues && n == s.from {
			return false // there it only takes a breath
		}
		if n > s.from && t.tokens[n-1].hash == hashAs {
			return false // "as though" is a likeness
		}
		return n+1 < s.to && !s.question && t.testimony(s) < 0.75 // "because it rained" in a story is no argument
	})
}

func (t *reading) proposes() finding {
	return t.hits(pack.Should, 1, shortGround, func(s sentence, n int) bool {
		if h := t.tokens[n].hash; (h == hashEt || h == hashY) && n > s.from {
			return false // "et si", "y si" within a sentence is a condition
		}
		for _, w := range t.tokens[max(s.from, n-4):n] {
			if isSupposing(w.hash) {
				return false // "if it should", "how it should be", "I see why we should"
			}
		}
		return !t.has(max(s.from, n-2), n, pack.Not) && !t.has(n+1, min(s.to, n+4), pack.Has) && !t.has(n+1, min(s.to, n+5), pack.Feel|pack.Insult) && s.to-s.from >= 4
	})
}

func (t *reading) feeling() finding {
	return t.hits(pack.Feel, 1.2, cry, func(s sentence, n int) bool {
		for _, w := range t.tokens[max(s.from, n-2):n] {
			if w.class&pack.Not != 0 && !isNever(w.hash) {
				return false // "did not cry"; but "never so afraid", "never been ashamed"
			}
		}
		return true
	})
}

// news finds sentences that tell of something that is to come, or was just made known:
// two of what, when, and how that is known.
func (t *reading) news() (f finding) {
	hits := 0.0
	for s := range t.told {
		event, soon, told, will := -1, -1, -1, -1
		for n := s.from; n < s.to; n++ {
			w := t.tokens[n]
			if !w.is(own) {
				continue
			}
			if event < 0 && w.class&pack.Event != 0 {
				event = n
			}
			if soon < 0 && (w.class&pack.Soon != 0 || t.isDate(s, n)) {
				soon = n
			}
			if told < 0 && w.class&pack.Told != 0 {
				told = n
			}
			if will < 0 && w.class&pack.Will != 0 {
				will = n
			}
		}
		if event < 0 && (soon < 0 || told < 0) || soon < 0 && told < 0 && will < 0 {
			continue
		}
		at := s.to
		for _, n := range []int{event, soon, told, will} {
			if n >= 0 {
				at = min(at, n)
			}
		}
		f.ranges = append(f.ranges, t.clause(at, s.to, 12))
		if event >= 0 && soon >= 0 && max(told, will) >= 0 {
			hits++
		} else {
			hits += 0.6
		}
	}
	f.value = rate(hits, t.words, 1)
	f.shown = hits > 0 && t.words >= shortStory
	return f
}

// isDate tells whether a day or a month has a figure beside it, as in "Thursday the 9th",
// and no year, as what is past has.
func (t *reading) isDate(s sentence, n int) bool {
	const beside, yearDigits = 2, 4
	w := t.tokens[n]
	if w.class&pack.Day == 0 || !w.is(own) {
		return false
	}
	hasDay := false
	for m := max(s.from, n-beside); m < min(s.to, n+beside+1); m++ {
		if f := t.tokens[m]; f.is(own | figure) {
			if last := t.text[f.end-1]; f.end-f.start >= yearDigits && '0' <= last && last <= '9' {
				return false
			}
			hasDay = true
		}
	}
	return hasDay
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// asksRoom finds a question to anybody, or at the end of a comment of some length.
func (t *reading) asksRoom() (f finding) {
	const toAnyone = 15
	if t.words < toAnyone {
		return f
	}
	for _, s := range t.sentences {
		if s.question && s.own && t.has(s.from, s.to, pack.Anyone) {
			return finding{1, []digest.Range{{Start: int(s.start), End: int(s.end)}}, true}
		}
	}
	if t.words < roomFrom {
		return f
	}
	for n, back := len(t.sentences)-1, 0; n >= 0 && back < 2; n, back = n-1, back+1 {
		s := t.sentences[n]
		if s.question && s.own {
			return finding{1, []digest.Range{{Start: int(s.start), End: int(s.end)}}, true}
		}
		if s.to-s.from > 5 { // a signature or thanks may follow
			break
		}
	}
	return f
}

// source finds addresses of the web and where others' words and figures are named.
func (t *reading) source() finding {
	f := t.hits(pack.Source, 0.8, shortStory, func(s sentence, n int) bool {
		return !t.tokens[n].is(link) && !s.question && !t.has(s.from, s.to, pack.Should) // that a report should be made is none
	})
	if len(t.links) > 0 {
		f.value = max(f.value, 0.8)
		f.ranges = append(f.ranges, t.links...)
		f.shown = t.words >= shortStory
	}
	return f
}

func (t *reading) otherwise() finding {
	f := t.hits(pack.Differs, 0.5, shortGround, nil)
	if !f.shown {
		f.value = 0
	}
	return f
}

// asks gives the question that a comment wants to have answered: it is short and asks,
// or asks at its end.
func (t *reading) asks() (q digest.Range, ok bool) {
	const short = 60
	for n := len(t.sentences) - 1; n >= 0; n-- {
		if s := t.sentences[n]; s.question && s.own && (t.words <= short || n >= len(t.sentences)-2) {
			return digest.Range{Start: int(s.start), End: int(s.end)}, true
		}
	}
	return q, false
}

// leans finds what shows that a comment cannot be understood without the one that it
// answers.
func (t *reading) leans(isReply bool) (f finding) {
	first := -1
	for i, s := range t.sentences {
		if s.own {
			first = i
			break
		}
	}
	if first < 0 || (t.pack == nil || first > 0) && !isReply {
		return f
	}
	s := t.sentences[first]
	w := t.tokens[s.from]
	base := 0.0
	switch {
	case w.class&pack.Opener != 0 && t.isCurt(s), s.start > 0 && t.text[s.start-1] == '@':
		base = 1
	case isReply && w.class&(pack.Pronoun|pack.You) != 0:
		base = 0.8
	case isReply && t.has(s.from, min(s.to, s.from+4), pack.Pronoun):
		base = 0.7
	case isReply && (t.has(s.from, s.to, pack.You) || t.words < roomFrom && t.has(0, len(t.tokens), pack.You)):
		base = 0.7
	case first > 0 && t.quoted > 0:
		base = 0.6 // it answers what it quotes
	}
	if !isReply {
		base *= 0.7
	}
	at := t.clause(s.from, s.to, 6)
	if t.words <= grunt {
		base = 1
	}
	if isReply && t.words < curt {
		base = max(base, 0.6)
	}
	f.value = base * min(1, max(0, float64(leansNever-t.words)/(leansNever-leansUpTo)))
	f.ranges = []digest.Range{at}
	f.shown = f.value >= 0.55
	return f
}

// isCurt tells whether a sentence is short, or a sign of it stands after one of its
// first words: "No, …" answers somebody, "No bus came" does not.
func (t *reading) isCurt(s sentence) bool {
	const few, first, all = 6, 3, 15
	if s.to-s.from <= few && t.words <= all {
		return true
	}
	for n := s.from; n < min(s.from+first, len(t.tokens)-1); n++ {
		if strings.ContainsAny(t.text[t.tokens[n].end:t.tokens[n+1].start], ",;:.!?…–—-") {
			return true
		}
	}
	return false
}

// borrowed finds that most of a text is quoted.
func (t *reading) borrowed(quoted []digest.Range) (f finding) {
	all := t.words + t.quoted
	if all == 0 {
		return f
	}
	share := float64(t.quoted) / float64(all)
	f.value = min(1, max(0, (share-0.35)/0.3))
	f.shown = share > 0.5
	f.ranges = quoted
	return f
}

// quarrels finds attacks on another writer.
func (t *reading) quarrels(isReply bool) (f finding) {
	hits := 0.0
	for _, s := range t.sentences {
		for n := s.from; n < s.to; n++ {
			if w := t.tokens[n]; w.class&pack.Insult == 0 || !w.is(own) {
				continue
			}
			f.ranges = append(f.ranges, t.clause(n, s.to, 5))
			if t.has(s.from, s.to, pack.You) {
				hits++
			} else {
				hits += 0.4
				if isReply {
					hits += 0.2
				}
			}
		}
	}
	f.value = min(1, hits*math.Sqrt(60/float64(max(60, t.words))))
	f.shown = f.value >= 0.6
	return f
}

// shouts finds capitals and rows of exclamation marks.
func (t *reading) shouts() (f finding) {
	share := float64(t.capitals) / float64(max(t.words, 5))
	f.value = min(1, 2.5*share+0.2*float64(t.cries))
	f.shown = t.isShouted() || t.cries >= 3
	if !f.shown {
		f.value *= 0.5
		return f
	}
	for n, w := range t.tokens {
		if w.is(own | capped | long) {
			f.ranges = joined(f.ranges, t.rangeOf(n, n+1))
		}
	}
	return f
}

// joined adds a range, as part of the last where only a little is between.
func joined(all []digest.Range, r digest.Range) []digest.Range {
	if last := len(all) - 1; last >= 0 && r.Start-all[last].End <= 2 {
		all[last].End = r.End
		return all
	}
	return append(all, r)
}

// hard finds sentences and paragraphs without end.
func (t *reading) hard() (f finding) {
	const fair = 40
	if t.words < fair {
		return f
	}
	average, n := 0.0, 0
	for _, s := range t.sentences {
		n += btoi(t.tokens[s.from].is(own))
	}
	if !t.phrased {
		average = float64(t.words) / float64(max(1, n))
	}
	f.value = min(1, max(0, (average-longAverage+12)/24, float64(t.longest-longPara)/100+0.5*btof(t.longest > longPara)))
	f.shown = average > longAverage || t.longest > longPara
	if !f.shown {
		f.value *= 0.5
	}
	if f.shown {
		var longest sentence
		for _, s := range t.sentences {
			if t.tokens[s.from].is(own) && s.to-s.from > longest.to-longest.from {
				longest = s
			}
		}
		if longest.to > 0 {
			f.ranges = []digest.Range{{Start: int(longest.start), End: int(longest.end)}}
		}
	}
	return f
}

func btof(b bool) float64 { return float64(btoi(b)) }

// quote gives what stands in a range on one line, in quotation marks, cut where it is
// long.
func (t *reading) quote(r digest.Range) string {
	return "“" + shortened(t.text[r.Start:r.End]) + "”"
}

var plainMarks = strings.NewReplacer("“", "‘", "”", "’", "\"", "")

func shortened(text string) string {
	line := strings.Join(strings.Fields(text), " ")
	if strings.ContainsAny(line, "“”\"") {
		line = plainMarks.Replace(line)
	}
	if utf8.RuneCountInString(line) <= snippet {
		return line
	}
	runes := []rune(line[:byteOf(line, snippet)])
	if !prose.IsUnspaced(runes[snippet-1]) {
		for i := snippet - 1; i > snippet/2; i-- {
			if runes[i] == ' ' {
				runes = runes[:i]
				break
			}
		}
	}
	return strings.TrimRight(string(runes), " ,;:–—-") + "…"
}

// byteOf gives where a character of a text begins.
func byteOf(text string, character int) int {
	for i := range text {
		if character == 0 {
			return i
		}
		character--
	}
	return len(text)
}

// listed gives what stands in a few ranges, in a row.
func (t *reading) listed(ranges []digest.Range, most int) string {
	var all []string
	for _, r := range ranges[:min(len(ranges), most)] {
		all = append(all, shortened(t.text[r.Start:r.End]))
	}
	return strings.Join(all, ", ")
}
