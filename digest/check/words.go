package check

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest/lazyregexp"
)

// This file finds in a text what may tell too much of a person, and what readers may
// not know. The rules are such that they can be said in a sentence; all of them only
// ask an editor to look.

// A telephone number has 9 to 15 digits (ITU-T E.164) in groups, and begins with + or 0
// or a bracket: numbers of other things seldom do.
var telephone = lazyregexp.New(`(?:\+|\(\+?|\b0)[0-9(][0-9() ./\x{00a0}-]{6,22}[0-9]`)

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

var date = lazyregexp.New(`^0?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}`)

// isDate tells whether a number begins as the date of a day does.
func isDate(s string) bool { return date.MatchString(s) }

var mailAddress = lazyregexp.New(`[\pL\pN._%+-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}`)

// mailAddresses gives the mail addresses in a text.
func mailAddresses(text string) []string { return unique(mailAddress.FindAllString(text, -1)) }

// An address is a house number and a street, in the order of one of a few languages, or
// a British postcode.
var postAddress = []*lazyregexp.Regexp{
	lazyregexp.New(`\b\d{1,4}[a-zA-Z]?,? (?:\p{Lu}[\pL'’-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Crescent|Terrace|Place|Square|Way|Gardens|Grove|Hill|Boulevard|Blvd|Row|Mews)\b`),
	lazyregexp.New(`\b\p{Lu}[\pL-]*(?:straße|strasse|gasse|weg|platz|allee|straat|laan|gatan|vej|gade|katu|tie|utca) \d{1,4}[a-z]?\b`),
	lazyregexp.New(`\b\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|via|calle|rua|carrer) (?:\pL{1,4} )?\p{Lu}[\pL'’-]+`),
	lazyregexp.New(`\b(?:[Vv]ia|[Cc]alle|[Rr]ua|[Pp]iazza|[Pp]laza) (?:\p{Lu}[\pL'’-]+ ?){1,3},? \d{1,4}\b`),
	lazyregexp.New(`\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b`),
}

// postAddresses gives what reads as the address of a house.
func postAddresses(text string) (all []string) {
	for _, r := range postAddress {
		all = append(all, r.FindAllString(text, -1)...)
	}
	return unique(all)
}

var capitals = lazyregexp.New(`[\pL\pN]+(?:['’&-][\pL\pN]+)*`)

var sentenceEnd = lazyregexp.New(`[.!?…]+["”’»)]*(?:\s|$)|\n`)

// abbreviations gives the words of two to six capitals in a text that readers may not
// know. An ordinary word in capitals is said loudly, and so is a sentence most or all of
// whose words are in capitals.
func abbreviations(text string, known vocabulary) (all []string) {
	for _, line := range sentenceEnd.Split(text, -1) {
		found := capitals.FindAllString(line, -1)
		shouted, long := 0, 0
		for _, w := range found {
			if utf8.RuneCountInString(w) >= 2 && strings.ContainsFunc(w, unicode.IsLetter) {
				long++
				if w == strings.ToUpper(w) && w != strings.ToLower(w) {
					shouted++
				}
			}
		}
		if long >= 2 && shouted == long || long >= 3 && 2*shouted > long {
			continue
		}
		for _, w := range found {
			w = strings.TrimSuffix(bare(w), "s")
			n := utf8.RuneCountInString(w)
			if n < 2 || n > 6 || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsUpper(r) }) ||
				isRoman(w) || slices.Contains(wellKnown, w) || known.knows(strings.ToLower(w)) {
				continue
			}
			all = append(all, w)
		}
	}
	return unique(all)
}

// wellKnown are those that nobody looks up.
var wellKnown = []string{"OK", "UK", "US", "USA", "EU", "UN", "TV", "PC", "ID", "AM", "PM", "CD", "DVD", "PS", "FAQ", "URL", "WWW", "HTTP", "PDF", "SMS", "GPS", "DIY", "CEO", "IT", "AI", "BBC", "NHS", "USB", "LOL", "FYI", "BTW", "IMO", "RSS", "HTML", "WC", "VIP", "UFO", "NASA", "NATO", "COVID", "GB", "KB", "MB", "KM", "CV", "HR", "MP", "PM", "DJ", "XL"}

var roman = lazyregexp.New(`^M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$`)

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
