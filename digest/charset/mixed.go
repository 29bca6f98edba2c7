package charset

import (
	"bytes"
	uni "unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// mender reads the bytes that are no UTF-8, in a text that otherwise is, as Windows-1252,
// as where old entries of a Western blog were never converted. Few of them stand in a row
// there, among ASCII. What may be a torn character of UTF-8 stays as it is.
type mender struct {
	last byte // that was read before
}

// newMender gives what puts a text right, judged by its beginning: nothing for one that is
// not Western.
func newMender(text []byte) transform.Transformer {
	if !isWestern(text) {
		return transform.Nop
	}
	return &mender{}
}

func (m *mender) Reset() { m.last = 0 }

// Transform copies all else.
func (m *mender) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		rest := src[nSrc:]
		n := bytes.IndexFunc(rest, func(r rune) bool { return r == utf8.RuneError })
		if n < 0 {
			n = len(rest)
		}
		if n > 0 {
			n = copy(dst[nDst:], rest[:n])
			if n == 0 {
				return nDst, nSrc, transform.ErrShortDst
			}
			nDst, nSrc, m.last = nDst+n, nSrc+n, rest[n-1]
			continue
		}
		if !utf8.FullRune(rest) && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		run := faults(rest)
		if nSrc+run == len(src) && run <= latinRun && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if len(dst)-nDst < utf8.UTFMax*latinRun {
			return nDst, nSrc, transform.ErrShortDst
		}
		if run == 0 || m.last >= utf8.RuneSelf || run == len(rest) || rest[run] >= utf8.RuneSelf || !isLatin(rest[:run]) {
			_, size := utf8.DecodeRune(rest) // U+FFFD itself has more than one byte
			nDst += copy(dst[nDst:], rest[:size])
			nSrc, m.last = nSrc+size, rest[size-1]
			continue
		}
		for _, b := range rest[:run] {
			nDst += utf8.EncodeRune(dst[nDst:], charmap.Windows1252.DecodeByte(b))
		}
		nSrc, m.last = nSrc+run, rest[run-1]
	}
	return nDst, nSrc, nil
}

// faults counts the bytes that are no UTF-8 at the beginning of a text, up to one more than
// stand in a row in a Latin alphabet.
func faults(text []byte) int {
	n := 0
	for n < len(text) && n <= latinRun {
		if r, size := utf8.DecodeRune(text[n:]); r != utf8.RuneError || size != 1 {
			break
		}
		n++
	}
	return n
}

// isLatin tells whether bytes that are no UTF-8 are letters or signs of Windows-1252, and no
// part of a character of UTF-8 that was torn.
func isLatin(run []byte) bool {
	if len(run) > latinRun {
		return false
	}
	torn := true // it may be one
	for i, b := range run {
		if b == 0xFF || charmap.Windows1252.DecodeByte(b) == utf8.RuneError {
			return false
		}
		torn = torn && (i == 0 || b&0xC0 == 0x80)
	}
	if len(run) == 1 { // most letters of Western Europe begin with these in UTF-8
		return run[0] != 0xC2 && run[0] != 0xC3
	}
	quote := string(run) == "\xAB\xA0" || string(run) == "\xA0\xBB" // with a space, as in French
	return !torn || quote
}

// isWestern tells whether the letters beyond ASCII of a text are those of Western Europe,
// but for some.
func isWestern(text []byte) bool {
	own, others := 0, 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case r < utf8.RuneSelf || r == utf8.RuneError || !uni.IsLetter(r):
		case charmapHas(r):
			own++
		default:
			others++
		}
	}
	return others*10 <= own
}

// charmapHas tells whether Windows-1252 has a character.
func charmapHas(r rune) bool {
	_, ok := charmap.Windows1252.EncodeRune(r)
	return ok
}
