package mail

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/wneessen/go-mail/smtp"

	"postbag/subscribers/deliver"
)

// TestCutWhileTheMessageIsWritten has the server go away after so many bytes of a
// message of several blocks: before the last block it cannot have the message,
// within the last one it may.
func TestCutWhileTheMessageIsWritten(t *testing.T) {
	msg := "Subject: x\r\n\r\n" + strings.Repeat("word ", 3*blockSize/5+200) + "\r\n"
	size := len(stuff(nil, []byte(msg)))
	last := size - size%blockSize // where the last block begins
	for _, tt := range []struct {
		read int
		want deliver.Class
	}{{20, deliver.Temporary}, {blockSize + 20, deliver.Temporary}, {last, deliver.Ambiguous}, {last + 20, deliver.Ambiguous}, {size - 1, deliver.Ambiguous}} {
		_, err := sendCutAfter(t, tt.read, msg)
		if e, ok := errors.AsType[*deliver.SendError](err); !ok || e.Class != tt.want || !e.Broken {
			t.Errorf("cut after %d of %d bytes: %+v, want the class %s", tt.read, size, e, tt.want)
		}
	}
}

// sendCutAfter sends to a server that reads so much of the message and is gone. The
// pipe has no buffer: what was not read was not written.
func sendCutAfter(t *testing.T, read int, msg string) (deliver.Reply, error) {
	t.Helper()
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		r := bufio.NewReaderSize(theirs, 16)
		io.WriteString(theirs, "220 x\r\n")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if strings.HasPrefix(line, "DATA") {
				io.WriteString(theirs, "354 go\r\n")
				break
			}
			io.WriteString(theirs, "250 ok\r\n")
		}
		io.CopyN(io.Discard, r, int64(read))
	}()
	w := &wire{Conn: ours}
	client, err := smtp.NewClient(w, "x")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Hello("x"); err != nil {
		t.Fatal(err)
	}
	s := &session{client: client, wire: w}
	defer s.Close()
	s.broken = true // there is nobody to take leave of
	return s.Send(t.Context(), deliver.Envelope{From: "a@b.example", To: "c@d.example"}, []byte(msg))
}
