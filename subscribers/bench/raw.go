package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/message"
)

// sendRaw sends the bytes of one mail again and again: what this machine and this
// server can do at most with as many connections. MAIL, RCPT and DATA go in one write
// (RFC 2920, 3.1), the text in another; each of the two waits for its replies.
func sendRaw(ctx context.Context, t talk, part Part) error {
	text, err := rawText()
	if err != nil {
		return err
	}
	envelope := []byte("MAIL FROM:<" + senderAddress + "> BODY=8BITMIME\r\nRCPT TO:<" + addressOf(1) + ">\r\nDATA\r\n")
	return t.measure(func() (int, error) {
		return share(part, func(begin, step int) (sent int, err error) {
			if begin >= part.Mails {
				return 0, nil
			}
			c, err := dial(ctx, part.Server)
			if err != nil {
				return 0, err
			}
			defer c.Close()
			for i := begin; i < part.Mails; i += step {
				if err := c.ask(envelope, "250", "250", "354"); err != nil {
					return sent, err
				}
				if err := c.ask(text, "250"); err != nil {
					return sent, err
				}
				sent++
			}
			return sent, c.ask([]byte("QUIT\r\n"), "221")
		})
	})
}

// rawText is a finished mail as it goes over the wire (RFC 5321, 4.5.2).
func rawText() ([]byte, error) {
	tmpl, err := message.NewTemplate(issue(time.Now()), mark)
	if err != nil {
		return nil, err
	}
	text, err := tmpl.Append(nil, message.Reader{To: addressOf(1), MessageID: "raw@" + senderDomain, Token: subscribers.NewToken()})
	if err != nil {
		return nil, err
	}
	text = bytes.ReplaceAll(bytes.TrimSuffix(text, []byte("\r\n")), []byte("\r\n."), []byte("\r\n.."))
	return append(text, "\r\n.\r\n"...), nil
}

// rawConn is a connection to a mail server.
type rawConn struct {
	net.Conn
	buf  [4 << 10]byte
	have int
}

// rawTime bounds one question and its answers.
const rawTime = time.Minute

func dial(ctx context.Context, server string) (*rawConn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", server)
	if err != nil {
		return nil, err
	}
	c := &rawConn{Conn: conn}
	if err := first(c.ask(nil, "220"), c.ask([]byte("EHLO "+senderDomain+"\r\n"), "250")); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// ask writes, and reads one reply for each code.
func (c *rawConn) ask(write []byte, codes ...string) error {
	if err := c.SetDeadline(time.Now().Add(rawTime)); err != nil {
		return err
	}
	if _, err := c.Write(write); err != nil {
		return err
	}
	for _, code := range codes {
		if err := c.reply(code); err != nil {
			return err
		}
	}
	return nil
}

// reply reads one reply, of as many lines as it has.
func (c *rawConn) reply(code string) error {
	for {
		end := bytes.IndexByte(c.buf[:c.have], '\n')
		if end < 0 {
			n, err := c.Read(c.buf[c.have:])
			if err != nil {
				return err
			}
			c.have += n
			continue
		}
		line := c.buf[:end+1]
		isLast, isRight := len(line) < 4 || line[3] != '-', bytes.HasPrefix(line, []byte(code))
		if !isRight {
			return fmt.Errorf("the server answered %q", strings.TrimSpace(string(line)))
		}
		c.have = copy(c.buf[:], c.buf[end+1:c.have])
		if isLast {
			return nil
		}
	}
}
