package prose

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/rivo/uniseg"
)

// piece is text that stays on one line.
type piece struct {
	text   string
	spaces int // before it, where it does not begin a line
}

// pieces cuts text where a line may end: at spaces, beside wide characters, and
// within words that no line could hold, unless they are addresses.
func pieces(text string, limit int) []piece {
	var out []piece
	for word := range strings.FieldsSeq(text) {
		if last := len(out) - 1; last >= 0 && belongs(out[last].text, word) && columnsOf(out[last].text)+1+columnsOf(word) <= limit {
			out[last].text += " " + word
			continue
		}
		out = append(out, fragments(word, 1, limit)...)
	}
	return out
}

// belongs tells whether a word stays with the one before it though a space parts
// them: marks that close and that open, as French sets them off.
func belongs(before, word string) bool {
	return strings.Trim(word, neverFirst) == "" || strings.Trim(before, neverLast) == ""
}

// codePieces cuts a preformatted line, whose spaces stay as they are.
func codePieces(line string, limit int) []piece {
	var out []piece
	for line != "" {
		word := strings.TrimLeft(line, " ")
		spaces := len(line) - len(word)
		word, _, _ = strings.Cut(word, " ")
		out = append(out, fragments(word, spaces, limit)...)
		line = line[spaces+len(word):]
	}
	return out
}

// What never begins and never ends a line: marks that close or open, and vowels that
// are written around the consonant that they are spoken with.
const (
	neverFirst = "、。，．：；！？）」』】〕〉》’”…,.:;!?)]}»›%‰" + "ะาำๅๆฯະາໆ" + "ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
	neverLast  = "（「『【〔〈《‘“([{«‹¿¡" + "เแโใไເແໂໃໄ"
)

// fragments cuts a word, which spaces go before, where a line may end. Whatever the
// limit, that is between what readers see as single characters (Unicode UAX #29),
// and where the rules for lines (UAX #14) have a choice, as they allow.
func fragments(word string, spaces, limit int) (out []piece) {
	if strings.Contains(word, "://") || isASCII(word) && len(word) <= limit {
		return []piece{{word, spaces}}
	}
	var (
		start, good int // of the piece, and the last place to end it
		used        int // columns since start
		sinceGood   int // of them since good
		wasWide     bool
		before      rune
	)
	cut := func(at int) {
		out = append(out, piece{word[start:at], spaces})
		start, spaces = at, 0
	}
	places := linePlaces(word)
	for it := graphemes.FromString(word); it.Next(); {
		character, at := it.Value(), it.Start()
		first, _ := utf8.DecodeRuneInString(character)
		size := columnsOf(character)
		isPlace := at > start && !strings.ContainsRune(neverFirst, first) && !strings.ContainsRune(neverLast, before) && !joinsNext(before)
		if isPlace {
			good, sinceGood = at, 0
		}
		switch {
		case isPlace && places[at] && (size == 2 || wasWide):
			cut(at)
			used = 0
		case used+size > limit && good > start:
			cut(good)
			used = sinceGood
		case used+size > limit && at > start:
			cut(at)
			used = 0
		}
		used += size
		sinceGood += size
		wasWide = size == 2
		before, _ = utf8.DecodeLastRuneInString(character)
	}
	cut(len(word))
	return out
}

// linePlaces gives where UAX #14 lets a line end in a word.
func linePlaces(word string) map[int]bool {
	places := map[int]bool{}
	for rest, state := word, -1; rest != ""; {
		_, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		places[len(word)-len(rest)] = true
	}
	return places
}

// joinsNext tells the signs after which the next consonant is written below:
// Khmer's and Myanmar's.
func joinsNext(r rune) bool { return r == 0x17D2 || r == 0x1039 }

// columnsOf is how wide a text is shown in letters of one width.
func columnsOf(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// isASCII tells whether each character of a text is one byte.
func isASCII(s string) bool { return utf8.RuneCountInString(s) == len(s) }
