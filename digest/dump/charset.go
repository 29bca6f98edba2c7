package dump

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var declared = regexp.MustCompile(`^[^<]{0,16}<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// decode gives a file in UTF-8, without a byte order mark, and with U+FFFD for
// bytes that are no characters. Its character set is told by the byte order mark,
// else by the XML declaration (RFC 7303, 3.2), else guessed from the head.
func decode(file io.Reader, head []byte) io.Reader {
	return transform.NewReader(file, encodingOf(head).NewDecoder())
}

func encodingOf(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return unicode.UTF8BOM
	case bytes.HasPrefix(head, []byte("\xFE\xFF")), bytes.HasPrefix(head, []byte("\x00<\x00")):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("<\x00?\x00")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	if m := declared.FindSubmatch(head[:min(len(head), 1024)]); m != nil {
		// A declaration that can be read as ASCII is not that of UTF-16.
		if e, name := charset.Lookup(string(m[1])); e != nil && name != "utf-8" && !strings.HasPrefix(name, "utf-16") {
			return e
		} else if e != nil {
			return unicode.UTF8
		}
	}
	// The head may end within a character.
	for cut := 0; cut < utf8.UTFMax; cut++ {
		if utf8.Valid(head[:max(0, len(head)-cut)]) {
			return unicode.UTF8
		}
	}
	e, _ := charset.Lookup("windows-1252")
	return e
}
