package suggest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
)

// quotations adds where others' words stand in a paragraph that begins at an offset:
// between quotation marks, whichever language's, and in lines that begin with ">".
// One that opens a paragraph and is not closed in it goes on in the next, as people do
// who put marks around the whole of an article; carried is what would close it, 0 for
// none. Another that is not closed is none.
func quotations(all []digest.Range, text string, at int, carried rune) ([]digest.Range, rune) {
	if !mayQuote(text) {
		if carried != 0 {
			return append(all, digest.Range{Start: at, End: at + len(text)}), carried
		}
		return all, 0
	}
	open, closing := -1, carried
	if carried != 0 {
		open = 0
	}
	before := ' '
	lineStart := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if lineStart && r == '>' && open < 0 {
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				end = len(text) - i
			}
			all = append(all, digest.Range{Start: at + i, End: at + i + end})
			i, before = i+end, '\n'
			continue
		}
		lineStart = r == '\n' || lineStart && r == ' '
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		switch {
		case open >= 0 && (r == closing || r == '”' && closing == '“') && !(open == 0 && i == 0) && (r != '’' || !unicode.IsLetter(next)):
			all = append(all, digest.Range{Start: at + open, End: at + i + size})
			open, closing = -1, 0
		case open < 0:
			if closing = closedBy(r, before, next); closing != 0 {
				open = i
			}
		}
		before = r
		i += size
	}
	if open < 0 {
		return all, 0
	}
	if strings.TrimSpace(text[:open]) == "" && closing != '’' {
		return append(all, digest.Range{Start: at + open, End: at + len(text)}), closing
	}
	return all, 0
}

// closedBy gives the mark that closes a quotation which a character opens; 0 where it
// opens none.
func closedBy(r, before, next rune) rune {
	opens := !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsSpace(next) && next != utf8.RuneError
	switch r {
	case '“':
		return '”'
	case '„':
		return '“'
	case '«':
		return '»'
	case '»':
		if opens {
			return '«'
		}
	case '”':
		if opens {
			return '”'
		}
	case '"':
		if opens && !strings.ContainsRune(".,!?", before) {
			return '"'
		}
	case '‘':
		if opens {
			return '’'
		}
	case '‚':
		if opens {
			return '‘'
		}
	case '「':
		return '」'
	case '『':
		return '』'
	}
	return 0
}

// mayQuote tells whether there is any mark in a text.
func mayQuote(text string) bool {
	for i := range len(text) {
		switch text[i] {
		case '"', '>', 0xc2, 0xe2, 0xe3:
			return true
		}
	}
	return false
}
