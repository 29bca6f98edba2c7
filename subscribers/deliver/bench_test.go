package deliver_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/message"
)

// sink is a mail server that costs as little as one can: it reads blocks, looks
// for the final dot, and keeps nothing.
type sink struct {
	ln    net.Listener
	wg    sync.WaitGroup
	taken atomic.Int64
}

func newSink(t testing.TB) *sink {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{ln: ln}
	s.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		s.wg.Wait()
	})
	return s
}

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	buf := make([]byte, 64<<10)
	have := 0
	inData := false
	c.Write([]byte("220 sink\r\n"))
	for {
		n, err := c.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		used := 0
		for {
			rest := buf[used:have]
			if inData {
				end := bytes.Index(rest, []byte("\r\n.\r\n"))
				if end < 0 {
					used = max(used, have-4)
					break
				}
				used += end + 5
				inData = false
				s.taken.Add(1)
				c.Write([]byte("250 2.0.0 ok\r\n"))
				continue
			}
			end := bytes.Index(rest, []byte("\r\n"))
			if end < 0 {
				break
			}
			used += end + 2
			switch verb := strings.ToUpper(string(rest[:min(4, end)])); verb {
			case "EHLO":
				c.Write([]byte("250-sink\r\n250 8BITMIME\r\n"))
			case "DATA":
				inData = true
				c.Write([]byte("354 go\r\n"))
			case "QUIT":
				c.Write([]byte("221 bye\r\n"))
				return
			default:
				c.Write([]byte("250 ok\r\n"))
			}
		}
		copy(buf, buf[used:have])
		have -= used
	}
}

const benchMark = "1postbag1token1goes1here11"

// issueOf21KB is as large as the mails that the peers were measured with.
func issueOf21KB() message.Message {
	line := "It was past two when the last bus came down the hill, and the driver — Inés — said nothing at all.\n"
	m := message.Message{
		From: "bus@example.net", FromName: "The Night Bus", Subject: "Pick of the Week 7: what the night bus heard",
		ListUnsubscribe: []string{"https://example.net/unsubscribe/" + benchMark}, OneClick: true,
		ListID: "pick.example.net", Bulk: true, Date: time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC),
		Text: strings.Repeat(line, 60) + "https://example.net/unsubscribe/" + benchMark + "\n",
	}
	m.HTML = "<html><body>" + strings.Repeat("<p style=\"margin:0 0 16px\">"+strings.TrimSpace(line)+"</p>\n", 100) +
		`<a href="https://example.net/unsubscribe/` + benchMark + `">leave</a></body></html>`
	return m
}

func templateComposer(m subscribers.Mailing) (deliver.Composer, error) {
	msg := issueOf21KB()
	msg.Date = m.Begun
	tmpl, err := message.NewTemplate(msg, benchMark)
	return func(dst []byte, d subscribers.Delivery) ([]byte, error) {
		return tmpl.Append(dst, message.Reader{To: d.Email, Name: d.Name, MessageID: m.MessageID([]byte("salt"), d.SubscriberID), Token: d.Token})
	}, err
}

// BenchmarkSend compares mails per second over ten connections to a local sink:
// with the ledger in memory, with the ledger on disk, and by ordinary use of
// go-mail with no ledger at all. Run it with -benchtime 5000x or so.
func BenchmarkSend(b *testing.B) {
	b.Run("memory", func(b *testing.B) {
		benchEngine(b, newLedger(b, b.N), 7)
	})
	b.Run("sqlite", func(b *testing.B) {
		// The database lives where a real one would: on a disk that syncs.
		dir, err := os.MkdirTemp(".", ".bench-*")
		if err != nil {
			b.Fatal(err)
		}
		defer os.RemoveAll(dir)
		db, id := publishedIssue(b, filepath.Join(dir, "postbag.db"), b.N, digest.SystemClock{})
		defer db.Close()
		benchEngine(b, db, id)
	})
	b.Run("go-mail", benchGoMail)
}

func benchEngine(b *testing.B, ledger deliver.Ledger, id int64) {
	s := newSink(b)
	sender := deliver.New(deliver.Options{Ledger: ledger, Transport: transport(b, "smtp://"+s.ln.Addr().String(), ""), Clock: digest.SystemClock{}})
	b.ResetTimer()
	sum, err := sender.Run(b.Context(), deliver.Job{
		Mailing: subscribers.Mailing{IssueID: id, Begun: time.Now(), Domain: "example.net"}, From: from("bus@example.net"), Compose: templateComposer,
	})
	if err != nil || !sum.Finished || int(s.taken.Load()) != b.N {
		b.Fatalf("%+v, %v, %d taken", sum, err, s.taken.Load())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

func benchGoMail(b *testing.B) {
	s := newSink(b)
	issue := issueOf21KB()
	host, port, _ := strings.Cut(s.ln.Addr().String(), ":")
	var number int
	fmt.Sscan(port, &number)
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range 10 {
		wg.Go(func() {
			client, err := gomail.NewClient(host, gomail.WithPort(number), gomail.WithTLSPolicy(gomail.NoTLS))
			if err != nil {
				b.Error(err)
				return
			}
			var msgs []*gomail.Msg
			for i := c; i < b.N; i += 10 {
				m := gomail.NewMsg()
				if err := m.From("bus@example.net"); err != nil {
					b.Error(err)
				}
				if err := m.To(fmt.Sprintf("reader%d@example.org", i)); err != nil {
					b.Error(err)
				}
				m.Subject(issue.Subject)
				m.SetBodyString(gomail.TypeTextPlain, issue.Text)
				m.AddAlternativeString(gomail.TypeTextHTML, issue.HTML)
				msgs = append(msgs, m)
			}
			if len(msgs) > 0 {
				if err := client.DialAndSendWithContext(b.Context(), msgs...); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if int(s.taken.Load()) != b.N {
		b.Errorf("%d taken of %d", s.taken.Load(), b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
