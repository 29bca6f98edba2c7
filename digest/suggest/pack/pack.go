// Package pack holds what the rules of suggestions know of a language: some words and
// phrases of each kind that they look for, and its commonest small words, by which a
// text's language is told. There are packs for English, German, French, Spanish and
// Dutch. They are data: which word makes which reason is for package suggest to say.
package pack

import (
	"strings"
	"sync"
	"unicode"
)

// Class is what a word may tell; a word may be of several.
type Class uint32

// The classes.
const (
	I       Class = 1 << iota // the writer, alone, as who acts
	Me                        // the writer, as who is acted on
	My                        // what is the writer's
	We                        // the writer and others
	You                       // who is spoken to
	Past                      // a verb of the past, or one that makes it
	Being                     // a verb that says what somebody is or does
	Life                      // life and work
	View                      // a verb of holding a view
	Because                   // gives a ground, or sets against
	Should                    // says what is to be done
	Has                       // after such a one, is not about what is to be done
	Feel                      // a feeling
	Insult                    // said of a person, an attack
	Event                     // what is made known
	Soon                      // when it comes
	Told                      // that it is made known
	Will                      // that it is to be
	Number                    // from two on
	Source                    // where others' words and figures stand
	Opener                    // begins an answer
	Differs                   // contradicts
	Pronoun                   // stands for what was named before
	Day                       // of days and months, which have capitals
	Not                       // denies
	Role                      // an office that somebody has
	Accuse                    // a deed that somebody may be accused of
	Anyone                    // whoever may answer a question
	Small                     // one of the commonest words
	Common                    // one that is in many texts, and tells nothing of what they are about
)

var classNames = map[string]Class{
	"i": I, "me": Me, "my": My, "we": We, "you": You, "past": Past, "being": Being, "life": Life, "view": View, "because": Because,
	"should": Should, "has": Has, "feel": Feel, "insult": Insult, "event": Event, "soon": Soon, "told": Told, "will": Will, "number": Number,
	"source": Source, "opener": Opener, "differs": Differs, "pronoun": Pronoun, "day": Day, "not": Not, "role": Role,
	"accuse": Accuse, "anyone": Anyone, "small": Small, "common": Common,
}

// Hash is how a word in lower case is known: FNV-1a over its bytes, an apostrophe being
// the plain one.
type Hash uint32

// NoHash is the hash of no letters.
const NoHash Hash = 2166136261

// Add adds a byte to a word.
func (h Hash) Add(b byte) Hash { return (h ^ Hash(b)) * 16777619 }

// HashOf gives the hash of a word in lower case.
func HashOf(lower string) Hash {
	h := NoHash
	for i := range len(lower) {
		h = h.Add(lower[i])
	}
	return h
}

// Phrase is a row of words.
type Phrase struct {
	Rest  []Hash // after the first
	Class Class
}

// Pack is what is known of one language.
type Pack struct {
	Tag string // BCP 47, the language alone
	// Elides tells that an apostrophe parts two words, as in French.
	Elides bool
	// Capitals tells that all nouns begin with a capital, so that one tells no name.
	Capitals bool
	// Ends tell a verb of the past by its end, as "ed" in English, in words of five
	// letters and more that begin small; but for those in NotPast.
	Ends   []string
	Around [][2]string // the same by how it begins and ends
	// EventEnds are what compounds end in that are of the class Event.
	EventEnds []string
	words     map[Hash]Class
	phrases   map[Hash][]Phrase
	notPast   map[Hash]bool
}

// Class gives what a word may tell.
func (p *Pack) Class(h Hash) Class { return p.words[h] }

// Phrases gives the phrases that begin with a word.
func (p *Pack) Phrases(h Hash) []Phrase { return p.phrases[h] }

// IsEvent tells whether a compound is of the class Event by its end.
func (p *Pack) IsEvent(word string) bool {
	const short = 10
	if len(p.EventEnds) == 0 || len(word) < short {
		return false
	}
	for _, end := range p.EventEnds {
		if strings.HasSuffix(word, end) && len(word) > len(end) {
			return true
		}
	}
	return false
}

// IsPast tells whether a word in lower case has the end of a verb of the past.
func (p *Pack) IsPast(lower string, h Hash) bool {
	if len(lower) < 5 || p.notPast[h] || p.words[h]&(Small|Life) != 0 {
		return false
	}
	for _, end := range p.Ends {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	for _, a := range p.Around {
		if strings.HasPrefix(lower, a[0]) && strings.HasSuffix(lower, a[1]) {
			return true
		}
	}
	return false
}

// For gives the pack of a language by its tag, as "de-AT"; nil where there is none.
func For(tag string) *Pack {
	tag = strings.ToLower(tag)
	if i := strings.IndexFunc(tag, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		tag = tag[:i]
	}
	for _, p := range all().packs {
		if p.Tag == tag {
			return p
		}
	}
	return nil
}

// Guess gives the pack of the language that a text is in, by the hashes of its first
// words: the one most of whose small words are among them. Where that is not plain it
// is the one given, which may be nil; where the text has hardly a small word of that
// either, there is none.
func Guess(words []Hash, given *Pack) *Pack {
	a := all()
	var hits [len(texts)]int
	for _, w := range words {
		of := a.small[w]
		for i := 0; of != 0; i, of = i+1, of>>1 {
			hits[i] += int(of & 1)
		}
	}
	best, second, own := 0, 0, 0
	var found *Pack
	for i, p := range a.packs {
		switch n := hits[i]; {
		case n > best:
			best, second, found = n, best, p
		case n > second:
			second = n
		}
		if p == given {
			own = hits[i]
		}
	}
	switch {
	case len(words) < fewWords:
		return given
	case found != given && best >= 3 && 6*best >= len(words) && 2*best >= 3*max(own, 1) && best > second:
		return found
	case given != nil && len(words) >= 4*fewWords && 20*own < len(words):
		return nil
	}
	return given
}

// fewWords tell no language.
const fewWords = 6

type registry struct {
	packs []*Pack
	small map[Hash]uint8 // in which packs a word is a small one, a bit each
}

var texts = [...]struct {
	pack Pack
	text string
}{
	{Pack{Tag: "en", Ends: []string{"ed"}}, english},
	{Pack{Tag: "de", Capitals: true, Ends: []string{"te", "ten", "ierte"}, Around: [][2]string{{"ge", "t"}, {"ge", "en"}}, EventEnds: []string{"sitzung", "versammlung", "schließung", "verhandlung"}}, german},
	{Pack{Tag: "fr", Elides: true, Ends: []string{"ais", "ait", "aient", "é", "ée", "és", "ées"}}, french},
	{Pack{Tag: "es", Ends: []string{"aba", "aban", "ábamos", "ía", "ían", "íamos", "aron", "ieron", "é", "ó", "ado", "ido"}}, spanish},
	{Pack{Tag: "nl", Ends: []string{"de", "den"}, Around: [][2]string{{"ge", "d"}, {"ge", "t"}, {"ge", "en"}}, EventEnds: []string{"vergadering", "bijeenkomst", "avond", "overleg"}}, dutch},
}

var all = sync.OnceValue(func() registry {
	a := registry{small: map[Hash]uint8{}}
	for n, t := range texts {
		p := t.pack
		p.words, p.phrases, p.notPast = map[Hash]Class{}, map[Hash][]Phrase{}, map[Hash]bool{}
		class, isNotPast := Class(0), false
		for word := range strings.FieldsSeq(t.text) {
			if name, isName := strings.CutSuffix(word, ":"); isName {
				isNotPast = name == "notpast"
				class = classNames[name]
				continue
			}
			parts := strings.FieldsFunc(word, func(r rune) bool { return r == '_' || r == '-' })
			first := HashOf(parts[0])
			switch {
			case isNotPast:
				p.notPast[first] = true
			case len(parts) == 1:
				p.words[first] |= class
			default:
				phrase := Phrase{Class: class}
				for _, rest := range parts[1:] {
					phrase.Rest = append(phrase.Rest, HashOf(rest))
				}
				p.phrases[first] = append(p.phrases[first], phrase)
			}
			if class == Small {
				a.small[first] |= 1 << n
			}
		}
		a.packs = append(a.packs, &p)
	}
	return a
})
