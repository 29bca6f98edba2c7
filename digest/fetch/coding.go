package fetch

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
)

// acceptEncoding lists what readBody can unpack.
const acceptEncoding = "gzip, deflate, br"

// maxCodings bounds how many codings lie around each other.
const maxCodings = 2

// codingsOf reads Content-Encoding (RFC 9110, 8.4) and gives the codings that can be
// unpacked in the order in which they come off: the last one named is the outermost.
// What else is named is no coding but a mistake ("none", "UTF-8", what a store of files
// wrote there), unless the body shows otherwise: unknown is the first such name.
func codingsOf(h http.Header) (codings []string, unknown string, err error) {
	for _, name := range strings.Split(strings.Join(h.Values("Content-Encoding"), ","), ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "", "identity":
		case "gzip", "x-gzip", "deflate", "br":
			codings = append(codings, strings.TrimPrefix(name, "x-"))
		default:
			unknown = cmp.Or(unknown, name)
		}
		if len(codings) > maxCodings {
			return nil, "", errBody(fmt.Sprintf("is packed more than %d times over", maxCodings))
		}
	}
	slices.Reverse(codings)
	return codings, unknown, nil
}

// headSize is how much of a body, or of what a coding gives, tells what it is.
const headSize = 512

// shown gives the coding that a body shows by its first bytes, where another one or
// none is named; "" for none. The name counts where the bytes do not tell, as those
// of brotli.
func shown(named string, head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1F\x8B\x08")): // RFC 1952, 2.3.1
		return "gzip"
	case named == "gzip" && isText(head), named != "" && isMarkup(head):
		return ""
	case named == "" && isZlib(head) && bytes.IndexByte([]byte("\x01\x9C\xDA"), head[1]) >= 0: // the levels in use
		return "deflate"
	}
	return named
}

// isText tells whether a body that begins so is text: no text has control characters.
func isText(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xFE\xFF")) || bytes.HasPrefix(head, []byte("\xFF\xFE")) {
		return true // UTF-16
	}
	return !slices.ContainsFunc(head, func(b byte) bool { return b < ' ' && bytes.IndexByte([]byte("\t\n\f\r\x1B"), b) < 0 })
}

// isMarkup tells whether a body that begins so is a feed or a page.
func isMarkup(head []byte) bool {
	words := bytes.TrimLeft(head, "\xEF\xBB\xBF \t\r\n")
	return len(words) > 0 && bytes.IndexByte([]byte("<{["), words[0]) >= 0 && isText(head)
}

// unpacker reads one coding.
func unpacker(coding string, r io.Reader) (io.Reader, error) {
	switch coding {
	case "gzip":
		return newMembers(r)
	case "br":
		return brotli.NewReader(r), nil
	}
	return inflate(r)
}

// inflate reads "deflate", which is the zlib format (RFC 9110, 8.4.1.2), though
// some servers send the bare stream (RFC 1951) by that name.
func inflate(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(2)
	if len(head) < 2 {
		return nil, err
	}
	if isZlib(head) {
		return zlib.NewReader(in)
	}
	return flate.NewReader(in), nil
}

// isZlib tells whether a body begins as zlib's format does (RFC 1950, 2.2): with method
// 8, in a header that 31 divides.
func isZlib(head []byte) bool {
	return len(head) >= 2 && head[0]&0x0F == 8 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// members reads the members of a gzip body one after the other (RFC 1952, 2.2).
// Bytes after a whole member that begin no other one are filling, as browsers
// see it.
type members struct {
	in *bufio.Reader
	gz *gzip.Reader
}

func newMembers(r io.Reader) (*members, error) {
	in := bufio.NewReader(r)
	gz, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	gz.Multistream(false)
	return &members{in: in, gz: gz}, nil
}

// Read reads on, into the next member at the end of one.
func (m *members) Read(p []byte) (int, error) {
	n, err := m.gz.Read(p)
	if !errors.Is(err, io.EOF) || n > 0 {
		if n > 0 && errors.Is(err, io.EOF) {
			err = nil // comes again with the next call
		}
		return n, err
	}
	if head, _ := m.in.Peek(2); !bytes.Equal(head, []byte{0x1F, 0x8B}) {
		return 0, io.EOF
	}
	if err := m.gz.Reset(m.in); err != nil {
		return 0, err
	}
	m.gz.Multistream(false)
	return 0, nil
}

// clip cuts a foreign string for a message.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
