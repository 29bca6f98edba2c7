package suggest

import (
	"cmp"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/suggest/pack"
)

// What makes a line to lift, in words.
const (
	lineFrom    = 7
	lineTo      = 18
	mostLines   = 3
	lineEnough  = 0.8
	accuseReach = 8 // words between an accusation and a name
)

// Lines gives at most three sentences of a comment that may be lifted out of it, the best
// first: of 7 to 18 words, that stand alone and say how something feels, or deny it.
// None is a question, a quotation, or begins with a word for what was named before.
func Lines(p digest.Prose, language string) []digest.Range {
	var b reader
	t := b.read(p, pack.For(language))
	if t.pack == nil {
		return nil
	}
	type line struct {
		at    digest.Range
		worth float64
	}
	var all []line
	for n, s := range t.sentences {
		size := s.to - s.from
		first := t.tokens[s.from]
		const leaning = pack.Pronoun | pack.Opener | pack.Because | pack.You | pack.Insult
		if s.question || !s.own || size < lineFrom || size > lineTo || first.class&leaning != 0 || !first.is(capital) && !t.unspaced {
			continue
		}
		if t.has(s.from, s.to, pack.Insult|pack.Source) {
			continue
		}
		worth := 0.0
		for _, c := range []struct {
			class pack.Class
			worth float64
		}{{pack.Feel, 1}, {pack.Not, 0.8}, {pack.I | pack.My, 0.3}, {pack.Pronoun, -0.25}} {
			if t.has(s.from, s.to, c.class) {
				worth += c.worth
			}
		}
		if n == len(t.sentences)-1 {
			worth += 0.1 // a comment's last word
		}
		if worth >= lineEnough {
			all = append(all, line{digest.Range{Start: int(s.start), End: int(s.end)}, worth})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return cmp.Compare(b.worth, a.worth) })
	var out []digest.Range
	for _, l := range all[:min(len(all), mostLines)] {
		out = append(out, l.at)
	}
	return out
}

// Accusations gives where a comment says of somebody whom it names, or of somebody by
// their office, what they may take it to court for. They are to be looked at with care;
// that it is untrue is not said.
func Accusations(p digest.Prose, language string) (all []digest.Range) {
	var b reader
	t := b.read(p, pack.For(language))
	if t.pack == nil {
		return nil
	}
	for _, s := range t.sentences {
		for n := s.from; n < s.to; n++ {
			if t.tokens[n].class&pack.Accuse == 0 {
				continue
			}
			from, to := max(s.from, n-accuseReach), min(s.to, n+accuseReach+1)
			if at, found := t.somebody(from, to); found {
				all = append(all, t.rangeOf(min(at, n), max(at, n)+1))
				break
			}
		}
	}
	return all
}

// somebody finds a person among some tokens: by a title, by two capitals in a row, by a
// capital within a sentence, or by an office.
func (t *reading) somebody(from, to int) (at int, found bool) {
	for n := from; n < to; n++ {
		w := t.tokens[n]
		isCapital := w.is(capital) && !w.is(capped) && w.class&(pack.Day|pack.I|pack.My|pack.We|pack.Small|pack.Life) == 0
		next := n+1 < to && t.tokens[n+1].is(capital|adjoins) && t.tokens[n+1].class&(pack.Day|pack.Life) == 0
		switch {
		case isTitle(w.hash) && n+1 < to && t.tokens[n+1].is(capital),
			isCapital && next && !w.is(figure),
			isCapital && !w.is(begins) && !t.pack.Capitals && w.class == 0,
			w.class&pack.Role != 0 && (n == from || t.tokens[n-1].class&pack.I == 0):
			return n, true
		}
	}
	return 0, false
}

var titles = func() map[pack.Hash]bool {
	of := map[pack.Hash]bool{}
	for title := range strings.FieldsSeq("mr mrs ms dr miss herr frau monsieur madame mme don doña señor señora meneer mevrouw") {
		of[pack.HashOf(title)] = true
	}
	return of
}()

func isTitle(h pack.Hash) bool { return titles[h] }

var yearWords = func() map[pack.Hash]bool {
	of := map[pack.Hash]bool{}
	for word := range strings.FieldsSeq("year years jahr jahre jahren an ans année années año años jaar jaren months monate mois meses maanden old") {
		of[pack.HashOf(word)] = true
	}
	return of
}()

// tellingKinds is of how many kinds what a writer tells of themselves must be, to tell who
// they are to those who know them.
const tellingKinds = 3

// MayTell gives what in a comment may tell who wrote it, to those who know them: their
// office, how many years, where, and what happened to them, three kinds of it together.
// For a community that writes without names nothing weighs more.
func MayTell(p digest.Prose, language string) []digest.Range {
	var b reader
	t := b.read(p, pack.For(language))
	if t.pack == nil {
		return nil
	}
	var lower bits
	for _, w := range t.tokens {
		if w.flags&(capital|figure) == 0 {
			lower.set(w.hash)
		}
	}
	var all []digest.Range
	var office, years, place, life bool
	placed := 0 // where the last name of a place ends: one of two words goes on there
	for s := range t.told {
		if !t.has(s.from, s.to, pack.I|pack.Me|pack.My|pack.We) {
			continue
		}
		for n := s.from; n < s.to; n++ {
			w := t.tokens[n]
			if !w.is(own) {
				continue
			}
			kind := &life
			begin, end := n, n+1
			switch {
			case w.class&pack.Role != 0 && t.isOwnOffice(s, n):
				kind = &office
			case (w.is(figure) || w.class&pack.Number != 0) && (n+1 < s.to && yearWords[t.tokens[n+1].hash] || isYear(t.text[w.start:w.end])):
				kind = &years
				if n+1 < s.to && yearWords[t.tokens[n+1].hash] {
					end++
				}
				for begin > s.from && t.text[t.tokens[begin-1].end:t.tokens[begin].start] == "-" {
					begin-- // "twenty-six years"
				}
			case w.is(capital) && !w.is(begins) && t.isName(n, &lower, t.isShouted()) && w.class&pack.Life == 0 && n > s.from && (isPlaceWord(t.tokens[n-1].hash) || placed == n):
				kind = &place
				placed = end
			case isFate(w.hash):
			default:
				continue
			}
			*kind = true
			all = joined(all, t.rangeOf(begin, end))
		}
	}
	if btoi(office)+btoi(years)+btoi(place)+btoi(life) < tellingKinds || !office && !(years && place) {
		return nil
	}
	return all
}

// isOwnOffice tells whether an office is the writer's: it follows what they are, were or
// work as.
func (t *reading) isOwnOffice(s sentence, n int) bool {
	const near = 6
	for m := n - 1; m >= max(s.from, n-near); m-- {
		w := t.tokens[m]
		if w.class&pack.My != 0 {
			return false // "my manager"
		}
		if w.class&pack.I != 0 || isAs(w.hash) {
			return true
		}
	}
	return false
}

func isYear(text string) bool {
	return len(text) == 4 && (strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20"))
}

func wordSet(words string) func(pack.Hash) bool {
	of := map[pack.Hash]bool{}
	for word := range strings.FieldsSeq(words) {
		of[pack.HashOf(word)] = true
	}
	return func(h pack.Hash) bool { return of[h] }
}

var (
	isAs        = wordSet("as als comme como")
	isSupposing = wordSet("if how why")
	isNever     = wordSet("never nie niemals jamais nunca jamás nooit")
	isPlaceWord = wordSet("in at from near im am aus bei nach en à de chez te uit bij")
	isFate      = wordSet(`only divorced divorce cancer pregnant stroke suspended dismissed tribunal sacked redundant twins adopted wheelchair diagnosis diagnosed
		einzige einziger geschieden krebs schwanger gekündigt entlassen zwillinge rollstuhl diagnose
		seule divorcée divorcé cancer enceinte licenciée licencié jumeaux fauteuil
		única único divorciada divorciado cáncer embarazada despedida despedido gemelos
		enige gescheiden kanker zwanger ontslagen tweeling rolstoel`)
)

// Pairing is what two comments have to do with each other.
type Pairing string

// The pairings.
const (
	AnswersIt Pairing = "answers" // the second answers a question of the first
	SaysSame  Pairing = "same"    // both are about much the same
)

// Pair is two comments that belong together, with the words that show it.
type Pair struct {
	First, Second int64
	Pairing       Pairing
	// InFirst is the question, or the words that both share; InSecond the same words
	// there.
	InFirst, InSecond []digest.Range
}

// muchAlike is from which likeness on two comments are about much the same.
const muchAlike = 0.3

// Pairs gives those of some comments that belong together, such as the picks of an issue:
// an answer with its question, and two that say much the same. They come in the order of
// the comments.
func Pairs(comments []digest.Comment, languages map[int64]string) (pairs []Pair) {
	var b reader
	c := &corpus{}
	readings := make([]reading, len(comments))
	terms := make([][]pack.Hash, len(comments))
	for i, one := range comments {
		readings[i] = b.read(one.Body, pack.For(languages[one.SourceID]))
		terms[i] = b.termsOf(&readings[i])
		c.add(&readings[i], terms[i])
	}
	vectors := make([]vector, len(comments))
	for i := range comments {
		vectors[i] = c.vector(terms[i])
	}
	for i := range comments {
		for j := range comments {
			if i == j {
				continue
			}
			if q, asks := readings[i].asks(); asks && comments[j].ParentID == comments[i].ID && comments[i].ID != 0 {
				pairs = append(pairs, Pair{First: comments[i].ID, Second: comments[j].ID, Pairing: AnswersIt, InFirst: []digest.Range{q}})
				continue
			}
			if i > j || likeness(vectors[i], vectors[j]) < muchAlike {
				continue
			}
			pairs = append(pairs, Pair{comments[i].ID, comments[j].ID, SaysSame, readings[i].shared(terms[j], c), readings[j].shared(terms[i], c)})
		}
	}
	return pairs
}

// shared gives where a text has some terms that tell something.
func (t *reading) shared(terms []pack.Hash, c *corpus) (all []digest.Range) {
	for n := range t.tokens {
		h, ok := t.term(n)
		if _, both := slices.BinarySearch(terms, h); ok && both && c.rarity(h) > 0 {
			all = joined(all, t.rangeOf(n, n+1))
		}
	}
	return all
}

// When a voice is not heard, or often.
const (
	manyComments = 10
	oftenPicked  = 3
	issuesAgo    = 5
)

// Voices tells who is not heard in an issue, and who often was.
type Voices struct {
	Posts     []int64  // with ten comments or more, and no pick
	Often     []string // writers of its picks who were picked thrice in the last five issues
	FirstTime []int64  // comments of writers who never wrote before, not picked
}

// Unheard tells whose voices are missing among the picks of an issue. Earlier are the
// writers of the picks of the issues before it, the newest issue first.
func Unheard(candidates []digest.Candidate, picked map[int64]bool, earlier [][]string, known []string) (v Voices) {
	said, heard := map[int64]int{}, map[int64]bool{}
	times := map[string]int{}
	for _, writers := range earlier[:min(len(earlier), issuesAgo)] {
		for _, w := range writers {
			if name := nameOf(w); name != "" {
				times[name]++
			}
		}
	}
	knows := names(known)
	var posts []int64
	for _, c := range candidates {
		if said[c.PostID]++; said[c.PostID] == manyComments {
			posts = append(posts, c.PostID)
		}
		if picked[c.ID] {
			heard[c.PostID] = true
			if name := fold(c.Author); times[name] >= oftenPicked && !slices.Contains(v.Often, c.Author) {
				v.Often = append(v.Often, c.Author)
			}
		} else if knows != nil && nameOf(c.Author) != "" && !knows[fold(c.Author)] {
			v.FirstTime = append(v.FirstTime, c.ID)
		}
	}
	for _, id := range posts {
		if !heard[id] {
			v.Posts = append(v.Posts, id)
		}
	}
	return v
}
