package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
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

func tooLarge(limit int64) error {
	if limit < 1<<20 {
		return errBody(fmt.Sprintf("is larger than %d bytes", limit))
	}
	return errBody(fmt.Sprintf("is larger than %d MB", limit>>20))
}

// readBody reads a whole body within the limits, unpacking it. The limits hold
// for what every coding gives, also for one that another coding is around. Which
// codings these are the bytes tell, where they can, and else the header.
func readBody(resp *http.Response, l Limits) ([]byte, error) {
	codings, unknown, err := codingsOf(resp.Header)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > l.Wire {
		return nil, tooLarge(l.Wire)
	}
	wire := &meter{r: resp.Body, max: l.Wire}
	last := bufio.NewReader(wire)
	for layers := 0; ; layers++ {
		head, _ := last.Peek(headSize) // its error comes again
		named := ""
		if len(codings) > 0 {
			named, codings = codings[0], codings[1:]
		}
		coding := ""
		if layers < maxCodings {
			coding = shown(named, head)
		}
		switch {
		case coding != "":
		case named != "":
			layers--
			continue // named, but not there
		case unknown != "" && !isText(head):
			return nil, errBody(fmt.Sprintf("is packed as %q, which was not asked for", clip(unknown, 40)))
		default:
			return readLast(last, wire, l)
		}
		r, err := unpacker(coding, last)
		if err != nil {
			return nil, wire.cause(err)
		}
		last = bufio.NewReader(&meter{r: r, max: l.Unpacked, wire: wire, ratio: l.Ratio})
	}
}

// readLast reads what is not packed any more.
func readLast(r io.Reader, wire *meter, l Limits) ([]byte, error) {
	body, err := io.ReadAll(&meter{r: r, max: l.Unpacked})
	if err != nil {
		return nil, wire.cause(err)
	}
	return body, nil
}

// meter counts what passes and stops at a limit.
type meter struct {
	r      io.Reader
	n, max int64
	wire   *meter // what this was unpacked from, nil for the wire itself
	ratio  int64
	err    error // what ended it
}

// Read reads on, and fails once more than a limit came, and ever after.
func (m *meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	switch {
	case m.n > m.max:
		n, err = 0, tooLarge(m.max)
	case m.wire != nil && m.n > ratioFrom && m.n/m.ratio > m.wire.n:
		n, err = 0, errBody("unpacks to more than a feed can hold")
	}
	if err != nil {
		m.err = err
	}
	return n, err
}

// cause tells what ended the reading of a body: a limit, the connection, or an
// archive that is damaged.
func (m *meter) cause(err error) error {
	switch {
	case isBody(err):
		return err
	case m.err != nil && !errors.Is(m.err, io.EOF):
		return m.err // the wire's own trouble, however the unpacker words it
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return errBody("is damaged: it cannot be unpacked")
}
