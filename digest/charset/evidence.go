package charset

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// western are the character sets that a server or a template names without looking at
// the text. A letter beyond ASCII stands among ASCII in them, so that two bytes that
// are a character of UTF-8 are hardly ever anything else.
var western = []string{"windows-1252", "windows-1254", "iso-8859-15", "macintosh"}

// refutedBy tells that a text is UTF-8, though it is called something else: it has
// more characters of UTF-8 beyond ASCII than places where bytes are none. Of sets whose
// letters may stand so side by side more of them are asked for.
func (s set) refutedBy(text []byte) bool {
	characters, faults := weigh(text)
	if slices.Contains(western, s.name) {
		return characters > faults
	}
	return characters > 2 && characters >= 10*faults
}

// weigh counts the characters of UTF-8 beyond ASCII, and the places where bytes are
// none. A character that the end of the text cuts off is neither.
func weigh(text []byte) (characters, faults int) {
	inFault := false
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			inFault = false
			i++
			continue
		}
		if !utf8.FullRune(text[i:]) {
			break
		}
		size := character(text[i:])
		switch {
		case size > 1:
			inFault = false
			characters++
		case !inFault:
			inFault = true
			faults++
		}
		i += size
	}
	return characters, faults
}

// latinRun is how many letters beyond ASCII a text in a Latin alphabet may have in a
// row. Other alphabets of one byte a letter have more; they are not guessed.
const latinRun = 3

// notUTF8 tells whether a body has bytes beyond ASCII, few in a row, and no
// character of UTF-8 among them. A character that the end of the body cuts off says
// nothing.
func notUTF8(body []byte) bool {
	others, run := false, 0
	for i := 0; i < len(body); i++ {
		if body[i] < utf8.RuneSelf {
			run = 0
			continue
		}
		if !utf8.FullRune(body[i:]) {
			break
		}
		size := character(body[i:])
		if run++; size > 1 || run > latinRun {
			return false
		}
		others = true
	}
	return others
}

// joiner joins characters that were encoded in two halves, as by old databases that
// think in UTF-16 (CESU-8).
type joiner struct{ transform.NopResetter }

// Transform copies all else.
func (joiner) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		n := bytes.IndexByte(src[nSrc:], halved)
		whole := n < 0
		if whole {
			n = len(src) - nSrc
		}
		n = copy(dst[nDst:], src[nSrc:nSrc+n])
		nDst, nSrc = nDst+n, nSrc+n
		rest := src[nSrc:]
		switch {
		case len(rest) == 0:
			return nDst, nSrc, nil
		case whole || rest[0] != halved || len(dst)-nDst < utf8.UTFMax:
			return nDst, nSrc, transform.ErrShortDst
		case len(rest) < halves && !atEOF:
			return nDst, nSrc, transform.ErrShortSrc
		}
		if r, ok := twoHalves(rest); ok {
			nDst += utf8.EncodeRune(dst[nDst:], r)
			nSrc += halves
			continue
		}
		dst[nDst] = rest[0]
		nDst, nSrc = nDst+1, nSrc+1
	}
	return nDst, nSrc, nil
}

const (
	halved = 0xED // begins each half
	halves = 6    // bytes of both
)

// twoHalves reads a character that was encoded in two halves.
func twoHalves(text []byte) (rune, bool) {
	if len(text) < halves || text[0] != halved || text[1]&0xF0 != 0xA0 || text[2]&0xC0 != 0x80 ||
		text[3] != halved || text[4]&0xF0 != 0xB0 || text[5]&0xC0 != 0x80 {
		return 0, false
	}
	half := func(at int) rune { return 0xD000 | rune(text[at]&0x3F)<<6 | rune(text[at+1]&0x3F) }
	return utf16.DecodeRune(half(1), half(4)), true
}

// character gives the size of the character of UTF-8 that a text begins with, which may
// be encoded in two halves; 1 for a byte that is none.
func character(text []byte) int {
	if _, ok := twoHalves(text); ok {
		return halves
	}
	_, size := utf8.DecodeRune(text)
	return size
}

// judged decodes a file by what it is called and by its first bytes beyond ASCII, as
// many as are there.
type judged struct {
	in   *bufio.Reader
	set  set
	text io.Reader // the decoded file, once it is known how to decode it
}

// evidence is how much of a file is looked at, in bytes.
const evidence = 64 << 10

func newJudged(file io.Reader, s set) *judged {
	return &judged{in: bufio.NewReaderSize(file, evidence), set: s}
}

// Read gives ASCII as it is, up to what has to be judged.
func (j *judged) Read(p []byte) (int, error) {
	if j.text != nil {
		return j.text.Read(p)
	}
	seen, err := j.in.Peek(evidence)
	if len(seen) == 0 {
		return 0, err
	}
	plain := seen[:min(len(seen), len(p))]
	if at := bytes.IndexFunc(plain, func(r rune) bool { return r >= utf8.RuneSelf }); at > 0 {
		plain = plain[:at]
	} else if at == 0 || !j.isPlain() {
		j.judge(seen)
		return j.text.Read(p)
	}
	n := copy(p, plain)
	_, err = j.in.Discard(n)
	return n, err
}

// isPlain tells whether the set has ASCII's characters in ASCII's bytes.
func (j *judged) isPlain() bool { return j.set.name != "iso-2022-jp" }

func (j *judged) judge(seen []byte) {
	s := j.set.guessed(seen)
	switch {
	case s.isUTF8(), s.refutedBy(seen):
		j.text = transform.NewReader(j.in, transform.Chain(joiner{}, newMender(seen), unicode.UTF8.NewDecoder()))
	default:
		j.text = transform.NewReader(j.in, s.enc.NewDecoder())
	}
}
