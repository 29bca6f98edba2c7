package fetch

import (
	"bufio"
	"bytes"
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

// codingsOf reads Content-Encoding (RFC 9110, 8.4) and gives the codings in the
// order in which they come off: the last one named is the outermost.
func codingsOf(h http.Header) ([]string, error) {
	var codings []string
	for _, name := range strings.Split(strings.Join(h.Values("Content-Encoding"), ","), ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "", "identity", "none", "utf-8": // the last two are common mistakes for "not packed"
		case "gzip", "x-gzip", "deflate", "br":
			codings = append(codings, strings.TrimPrefix(name, "x-"))
		default:
			return nil, errBody(fmt.Sprintf("is packed as %q, which was not asked for", clip(name, 40)))
		}
		if len(codings) > maxCodings {
			return nil, errBody(fmt.Sprintf("is packed more than %d times over", maxCodings))
		}
	}
	slices.Reverse(codings)
	return codings, nil
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
	// RFC 1950, 2.2: method 8, and a header that 31 divides.
	if head[0]&0x0F == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(in)
	}
	return flate.NewReader(in), nil
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
