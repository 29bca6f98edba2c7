package fetch

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Limits bound one answer. A zero field takes its default.
type Limits struct {
	Wire     int64 // bytes of the body as sent, 10 MB
	Unpacked int64 // bytes of the body unpacked, 20 MB
	Ratio    int64 // unpacked to sent, 100; looked at past 1 MB unpacked
}

func (l Limits) withDefaults() Limits {
	if l.Wire <= 0 {
		l.Wire = 10 << 20
	}
	if l.Unpacked <= 0 {
		l.Unpacked = 20 << 20
	}
	if l.Ratio <= 0 {
		l.Ratio = 100
	}
	return l
}

// ratioFrom is the unpacked size from which the ratio is looked at: a short
// repetitive text may well shrink to a hundredth.
const ratioFrom = 1 << 20

// errBody marks what a body may not be; its text is for the person.
type errBody string

func (e errBody) Error() string { return string(e) }

// readBody reads a whole body within the limits, unpacking gzip.
func readBody(resp *http.Response, l Limits) ([]byte, error) {
	wire := &meter{r: resp.Body, max: l.Wire}
	var body io.Reader = wire
	switch coding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		gz, err := gzip.NewReader(wire)
		if err != nil {
			return nil, unpackError(err)
		}
		body = gz
	default:
		return nil, errBody(fmt.Sprintf("is packed as %q, which was not asked for", coding))
	}
	var out []byte
	chunk := make([]byte, 32<<10)
	for {
		n, err := body.Read(chunk)
		out = append(out, chunk[:n]...)
		size := int64(len(out))
		switch {
		case size > l.Unpacked:
			return nil, errBody(fmt.Sprintf("is larger than %d MB", l.Unpacked>>20))
		case size > ratioFrom && size > l.Ratio*wire.n:
			return nil, errBody("unpacks to more than a feed can hold")
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, unpackError(err)
		}
	}
}

// unpackError tells a damaged archive from a broken connection.
func unpackError(err error) error {
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		return errBody("is damaged: it cannot be unpacked")
	}
	return err
}

// meter counts what comes over the wire and stops at a limit.
type meter struct {
	r      io.Reader
	n, max int64
}

// Read reads on, and fails once more than the limit came.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	if m.n > m.max {
		return 0, errBody(fmt.Sprintf("is larger than %d MB", m.max>>20))
	}
	return n, err
}
