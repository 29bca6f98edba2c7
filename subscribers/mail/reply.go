package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"

	"postbag/subscribers/deliver"
)

// wordsMost is how much of a reply's words is kept, in bytes.
const wordsMost = 4 << 10

var (
	// errCut is a connection that ended before the line end of a reply: what came is no
	// reply (RFC 5321, 4.2).
	errCut = errors.New("the reply ends in the midst of a line")
	// errNoReply is a line that does not begin with a reply code.
	errNoReply = errors.New("no reply code")
)

// lost is a step without an answer that counts, in words that name what was waited for.
type lost struct {
	words string
	cause error
}

func (e *lost) Error() string { return e.words }
func (e *lost) Unwrap() error { return e.cause }

// reply reads a whole reply (RFC 5321, 4.2): each of its lines ends in a line feed. Of
// words without measure the beginning is kept. It gives a [*textproto.Error] where the
// code does not begin with the digits of want.
func (s *session) reply(want int) (code int, words string, err error) {
	var b strings.Builder
	for {
		line, err := s.line()
		if err != nil {
			return 0, "", err
		}
		n, text, more, ok := codeOf(line)
		switch {
		case !ok && code == 0:
			return 0, "", fmt.Errorf("%w: %q", errNoReply, deliver.CleanReply(line))
		case !ok || code != 0 && n != code:
			text, more = line, true // lost among the lines of a reply that has no last one yet
		}
		if code == 0 {
			code = n
		} else if b.Len() < wordsMost {
			b.WriteByte('\n')
		}
		b.WriteString(text[:min(len(text), max(wordsMost-b.Len(), 0))])
		if !more {
			break
		}
	}
	words = b.String()
	for first := code; ; first /= 10 {
		if first == want {
			return code, words, nil
		}
		if first < want {
			return code, words, &textproto.Error{Code: code, Msg: words}
		}
	}
}

// codeOf takes a line of a reply apart: the code, the words, and whether more lines follow.
func codeOf(line string) (code int, words string, more, ok bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, "", false, false
	}
	for i := range 3 {
		if line[i] < '0' || line[i] > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(line[i]-'0')
	}
	if len(line) > 3 {
		words, more = line[4:], line[3] == '-'
	}
	return code, words, more, code >= 100
}

// line reads a line of a reply and cuts what is too long of it.
func (s *session) line() (string, error) {
	var b []byte
	for {
		part, err := s.client.Text.R.ReadSlice('\n')
		b = append(b, part[:min(len(part), max(wordsMost-len(b), 0))]...)
		switch {
		case err == nil:
			return strings.TrimRight(string(b), "\r\n"), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case len(b) > 0 && isEnd(err):
			return "", errCut
		}
		return "", err
	}
}

// isEnd tells whether the other side ended the connection.
func isEnd(err error) bool {
	_, isOp := errors.AsType[*net.OpError](err)
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		isOp && !errors.Is(err, os.ErrDeadlineExceeded)
}

// inWords says why there is no answer to what was asked, which is "MAIL" or "the message",
// within the time that it had. An answer is left as it is.
func inWords(asked string, within time.Duration, err error) error {
	var told string
	_, isReply := errors.AsType[*textproto.Error](err)
	_, isLost := errors.AsType[*lost](err)
	timeout, isNet := errors.AsType[net.Error](err)
	protocol, isProtocol := errors.AsType[textproto.ProtocolError](err)
	switch {
	case err == nil || isReply || isLost:
		return err
	case errors.Is(err, context.Canceled):
		told = "sending was stopped before the server answered " + asked
	case errors.Is(err, errCut):
		told = "the server hung up in the midst of its answer to " + asked
	case errors.Is(err, errNoReply), isProtocol:
		said := strings.TrimPrefix(err.Error(), errNoReply.Error()+": ")
		if isProtocol {
			said = string(protocol)
			if _, quoted, ok := strings.Cut(said, ": "); ok {
				said = quoted
			}
		}
		told = "the server's answer to " + asked + " was no SMTP reply: " + said
	case errors.Is(err, errTalkative):
		told = "the server's answer to " + asked + " has no end"
	case errors.Is(err, os.ErrDeadlineExceeded), isNet && timeout.Timeout():
		told = fmt.Sprintf("no answer to %s within %s", asked, spoken(within))
	case isEnd(err):
		told = "the server hung up before it answered " + asked
	default:
		return err
	}
	return &lost{told, err}
}

// spoken is a time limit in words.
func spoken(d time.Duration) string {
	switch {
	case d == time.Minute:
		return "a minute"
	case d > time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%g seconds", d.Seconds())
}
