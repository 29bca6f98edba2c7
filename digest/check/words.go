package check

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file finds in a text what may tell too much of a person, and what readers may
// not know. The rules are such that they can be said in a sentence; all of them only
// ask an editor to look.

// A telephone number has 9 to 15 digits (ITU-T E.164) in groups, and begins with + or 0
// or a bracket: numbers of other things seldom do.
var telephone = regexp.MustCompile(`(?:\+|\(\+?|\b0)[0-9(][0-9() ./\x{00a0}-]{6,22}[0-9]`)

// telephones gives what reads as a telephone number.
func telephones(text string) (all []string) {
	for _, found := range telephone.FindAllString(text, -1) {
		digits := 0
		for _, r := range found {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits >= 9 && digits <= 15 && !isDate(found) {
			all = append(all, strings.TrimSpace(found))
		}
	}
	return unique(all)
}

var date = regexp.MustCompile(`^0?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}`)

// isDate tells whether a number begins as the date of a day does.
func isDate(s string) bool { return date.MatchString(s) }

var mailAddress = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}`)

// mailAddresses gives the mail addresses in a text.
func mailAddresses(text string) []string { return unique(mailAddress.FindAllString(text, -1)) }

// An address is a house number and a street, in the order of one of a few languages, or
// a British postcode.
var postAddress = []*regexp.Regexp{
	regexp.MustCompile(`\b\d{1,4}[a-zA-Z]?,? (?:\p{Lu}[\pL'’-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Crescent|Terrace|Place|Square|Way|Gardens|Grove|Hill|Boulevard|Blvd|Row|Mews)\b`),
	regexp.MustCompile(`\b\p{Lu}[\pL-]*(?:straße|strasse|gasse|weg|platz|allee|straat|laan|gatan|vej|gade|katu|tie|utca) \d{1,4}[a-z]?\b`),
	regexp.MustCompile(`\b\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|via|calle|rua|carrer) (?:\pL{1,4} )?\p{Lu}[\pL'’-]+`),
	regexp.MustCompile(`\b(?:[Vv]ia|[Cc]alle|[Rr]ua|[Pp]iazza|[Pp]laza) (?:\p{Lu}[\pL'’-]+ ?){1,3},? \d{1,4}\b`),
	regexp.MustCompile(`\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b`),
}

// postAddresses gives what reads as the address of a house.
func postAddresses(text string) (all []string) {
	for _, r := range postAddress {
		all = append(all, r.FindAllString(text, -1)...)
	}
	return unique(all)
}

// word is a word of a text with what is around it.
type word struct {
	text     string
	begins   bool // a sentence, a line, or a quotation
	adjoins  bool // one space parts it from the word before
	isCapped bool
}

var aWord = regexp.MustCompile(`\pL[\pL\pM]*(?:['’.-]\pL[\pL\pM]*)*`)

// wordsOf gives the words of a text.
func wordsOf(text string) (all []word) {
	end := 0
	for _, at := range aWord.FindAllStringIndex(text, -1) {
		w := word{text: text[at[0]:at[1]]}
		between := text[end:at[0]]
		w.adjoins = between == " " && end > 0
		before := strings.TrimRight(text[:at[0]], " \t")
		last, _ := utf8.DecodeLastRuneInString(before)
		w.begins = before == "" || strings.ContainsRune(".!?:…\n\"“”„«»‘(–—*•", last)
		first, size := utf8.DecodeRuneInString(w.text)
		w.isCapped = unicode.IsUpper(first) && strings.ContainsFunc(w.text[size:], unicode.IsLower)
		all, end = append(all, w), at[1]
	}
	return all
}

// lowerWords gives the words that some texts write with a small letter at least once:
// those are no names, wherever they begin a sentence.
func lowerWords(texts []string) map[string]bool {
	lower := map[string]bool{}
	for _, t := range texts {
		for _, w := range wordsOf(t) {
			if first, _ := utf8.DecodeRuneInString(w.text); unicode.IsLower(first) {
				lower[w.text] = true
			}
		}
	}
	return lower
}

// names gives what reads as the name of a person: two or three words side by side that
// begin with a capital, none of which the issue writes small, or one after a title such
// as Mrs. Names of streets, days and the like are left out. A script without capitals
// has none.
func names(text string, lower map[string]bool) (all []string) {
	words := wordsOf(text)
	isPart := func(w word) bool {
		return w.isCapped && !lower[strings.ToLower(w.text)] && !slices.Contains(noPerson, strings.ToLower(w.text))
	}
	for i := 0; i < len(words); i++ {
		if slices.Contains(titles, strings.TrimSuffix(strings.ToLower(words[i].text), ".")) && i+1 < len(words) && isPart(words[i+1]) {
			name := words[i].text + " " + words[i+1].text
			if n := strings.Index(text, words[i].text+". "+words[i+1].text); n >= 0 {
				name = words[i].text + ". " + words[i+1].text
			}
			all = append(all, name)
			i++
			continue
		}
		end := i
		for end < len(words) && isPart(words[end]) && (end == i || words[end].adjoins) {
			end++
		}
		run := words[i:end]
		// A word that begins a sentence has its capital from there.
		if len(run) > 2 && run[0].begins {
			run = run[1:]
		}
		// What goes on in small words that are parts of a place's or a body's name, or in
		// capitals, is none of a person.
		if len(run) >= 2 && len(run) <= 3 && !(end < len(words) && words[end].adjoins && isBody(words[end])) {
			var parts []string
			for _, w := range run {
				parts = append(parts, strings.TrimSuffix(strings.TrimSuffix(w.text, "'s"), "’s"))
			}
			all = append(all, strings.Join(parts, " "))
		}
		i = max(i, end-1)
	}
	return unique(all)
}

// isBody tells whether a word after two capitals makes the three the name of a place or
// a body.
func isBody(w word) bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(first) && (slices.Contains(noPerson, strings.ToLower(w.text)) || isRoman(w.text) && len(w.text) > 1)
}

// titles stand before a name.
var titles = []string{"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "lady", "lord", "herr", "frau", "monsieur", "madame", "mme", "señor", "señora", "signor", "signora", "mevrouw", "meneer"}

// noPerson are words with a capital that are parts of other names.
var noPerson = []string{
	"street", "road", "lane", "avenue", "yard", "house", "hospital", "university", "college", "school", "council", "bank", "park", "station", "union",
	"party", "church", "company", "ltd", "inc", "day", "week", "court", "street's", "bridge", "river", "lake", "mount", "north", "south", "east", "west", "new", "san",
	"saint", "st", "city", "county", "state", "states", "kingdom", "republic", "island", "islands", "valley", "hill", "square", "club", "society", "office", "department",
	"ministry", "government", "parliament", "association", "institute", "foundation", "museum", "library", "hall", "centre", "center", "airport", "hotel", "inn", "pub",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august",
	"september", "october", "november", "december", "christmas", "easter", "bus", "buses", "line", "railway", "road's", "google", "microsoft", "facebook", "twitter",
	"i", "i'm", "i’m", "i've", "i’ve", "i'd", "i’d", "i'll", "i’ll", "anonymous", "god", "english", "british", "american", "european", "french", "german",
}

var capitals = regexp.MustCompile(`[\pL\pN]+(?:['’&-][\pL\pN]+)*`)

var sentenceEnd = regexp.MustCompile(`[.!?]\s|\n`)

// abbreviations gives the words of two to six capitals in a text that readers may not
// know. In a sentence that shouts, where most words are in capitals, there are none.
func abbreviations(text string) (all []string) {
	for _, line := range sentenceEnd.Split(text, -1) {
		found := capitals.FindAllString(line, -1)
		shouted, long := 0, 0
		for _, w := range found {
			if utf8.RuneCountInString(w) >= 2 {
				long++
				if w == strings.ToUpper(w) && w != strings.ToLower(w) {
					shouted++
				}
			}
		}
		if long >= 3 && 2*shouted > long {
			continue
		}
		for _, w := range found {
			w = strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "’s")
			w = strings.TrimSuffix(w, "s")
			n := utf8.RuneCountInString(w)
			if n < 2 || n > 6 || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsUpper(r) }) ||
				isRoman(w) || slices.Contains(wellKnown, w) {
				continue
			}
			all = append(all, w)
		}
	}
	return unique(all)
}

// wellKnown are those that nobody looks up.
var wellKnown = []string{"OK", "UK", "US", "USA", "EU", "UN", "TV", "PC", "ID", "AM", "PM", "CD", "DVD", "PS", "FAQ", "URL", "WWW", "HTTP", "PDF", "SMS", "GPS", "DIY", "CEO", "IT", "AI", "BBC", "NHS", "USB", "LOL", "FYI", "BTW", "IMO", "RSS", "HTML", "WC", "VIP", "UFO", "NASA", "NATO", "COVID", "GB", "KB", "MB", "KM", "CV", "HR", "MP", "PM", "DJ", "XL"}

var roman = regexp.MustCompile(`^M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$`)

func isRoman(s string) bool { return roman.MatchString(s) }

// bracket is what stands in brackets, with the words before it.
type bracket struct{ before, inside string }

// bracketsOf gives what stands in brackets in a text.
func bracketsOf(text string) (all []bracket) {
	const most = 120 // bytes before it
	end := -1
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ')':
			end = i
		case '(':
			if end >= 0 {
				all = append(all, bracket{before: text[max(0, i-most):i], inside: text[i+1 : end]})
			}
		}
	}
	return all
}

// explained tells whether brackets explain an abbreviation: it stands in them after
// words whose first letters make it, or is followed by words in brackets.
func explained(all []bracket, short string) bool {
	for _, b := range all {
		if b.follows(short) && hasWords(b.inside) {
			return true
		}
		if strings.TrimSuffix(b.inside, "s") != short {
			continue
		}
		initials := ""
		for _, w := range wordsOf(b.before) {
			first, _ := utf8.DecodeRuneInString(w.text)
			initials += string(unicode.ToUpper(first))
		}
		if len(initials) >= 2 && strings.HasSuffix(initials, short) || isWithin(initials, short) {
			return true
		}
	}
	return false
}

// follows tells whether an abbreviation stands just before the bracket, also as a
// genitive or a plural.
func (b bracket) follows(short string) bool {
	before := strings.TrimSuffix(strings.TrimSuffix(b.before, " "), "s")
	before = strings.TrimSuffix(strings.TrimSuffix(before, "'"), "’")
	before, found := strings.CutSuffix(before, short)
	last, _ := utf8.DecodeLastRuneInString(before)
	return found && !unicode.IsLetter(last) && !unicode.IsDigit(last)
}

// hasWords tells whether there are enough letters to explain something.
func hasWords(text string) bool {
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		if letters == 4 {
			return true
		}
	}
	return false
}

// isWithin tells whether the letters of an abbreviation come in their order among the
// initials just before it, small words between.
func isWithin(initials, short string) bool {
	const most = 4 // small words
	tail := []rune(initials)
	tail = tail[max(0, len(tail)-utf8.RuneCountInString(short)-most):]
	at := 0
	want := []rune(short)
	for _, r := range tail {
		if at < len(want) && r == want[at] {
			at++
		}
	}
	return at == len(want)
}

func unique(all []string) (out []string) {
	seen := make(map[string]bool, len(all))
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
