package deliver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/sink"
	"postbag/subscribers/message"
)

func newSink(t testing.TB) *sink.Server {
	s, err := sink.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
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
// go-mail with no ledger at all. Run it with -benchtime 5000x or so; `postbag bench
// deliver` measures more, in processes of their own.
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
	sender := deliver.New(deliver.Options{Ledger: ledger, Transport: transport(b, "smtp://"+s.Addr(), ""), Clock: digest.SystemClock{}})
	b.ResetTimer()
	sum, err := sender.Run(b.Context(), deliver.Job{
		Mailing: subscribers.Mailing{IssueID: id, Begun: time.Now(), Domain: "example.net"}, From: from("bus@example.net"), Compose: templateComposer,
	})
	if err != nil || !sum.Finished || s.Taken() != b.N {
		b.Fatalf("%+v, %v, %d taken", sum, err, s.Taken())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

func benchGoMail(b *testing.B) {
	s := newSink(b)
	issue := issueOf21KB()
	host, port, _ := strings.Cut(s.Addr(), ":")
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
	if s.Taken() != b.N {
		b.Errorf("%d taken of %d", s.Taken(), b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
