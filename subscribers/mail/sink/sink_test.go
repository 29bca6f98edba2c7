package sink_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"postbag/subscribers/mail/sink"
)

// TestSink sends three mails, cut into pieces of every size, and reads the answers.
func TestSink(t *testing.T) {
	const said = "EHLO me\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n" +
		"Subject: x\r\n\r\n.. dots\r\n.x\r\n.\r\n" +
		"MAIL FROM:<a@example.net>\r\nDATA\r\n.\r\nmail from:<c@example.net>\r\ndata\r\na\r\n.\r\nQUIT\r\n"
	const answers = "220 250- 250- 250- 250 250 250 354 250 250 354 250 250 354 250 221"
	for _, size := range []int{1, 2, 3, 5, 7, 40, len(said)} {
		s, err := sink.Start()
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		for rest := said; rest != ""; rest = rest[min(size, len(rest)):] {
			if _, err := io.WriteString(c, rest[:min(size, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for lines := bufio.NewScanner(c); lines.Scan(); {
			got = append(got, strings.TrimSpace(lines.Text()[:4]))
		}
		if strings.Join(got, " ") != answers || s.Taken() != 3 {
			t.Errorf("in pieces of %d: %v, %d taken", size, got, s.Taken())
		}
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLongMail is longer than what the sink reads at once.
func TestLongMail(t *testing.T) {
	s, err := sink.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	long := strings.Repeat("a line of thirty characters..\r\n", 20_000)
	if _, err := io.WriteString(c, "DATA\r\n"+long+".\r\nQUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); err != nil || s.Taken() != 1 {
		t.Error(s.Taken(), err)
	}
}

// TestLine asks a question over a long line: the answer is late, and nothing is lost.
func TestLine(t *testing.T) {
	const latency = 40 * time.Millisecond
	s, err := sink.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	line, err := sink.Lengthen(s.Addr(), latency)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	c, err := net.Dial("tcp", line.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answers := bufio.NewReader(c)
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := io.WriteString(c, "DATA\r\n"+strings.Repeat("x\r\n", 100_000)+".\r\nQUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := answers.ReadString('\n'); err != nil || time.Since(began) < latency {
		t.Errorf("%v, answered in %v", err, time.Since(began))
	}
	rest, err := io.ReadAll(answers)
	if err != nil || string(rest) != "250 2.0.0 taken\r\n221 2.0.0 bye\r\n" || s.Taken() != 1 {
		t.Errorf("%q, %v", rest, err)
	}
}
