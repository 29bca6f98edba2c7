package message_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"

	"postbag/subscribers/message"
)

// large is an issue of the size that the peers were measured with.
func large() message.Message {
	m := digestMessage()
	line := "It was past two when the last bus came down the hill, and the driver — Inés — said nothing at all.\n"
	m.Text = strings.Repeat(line, 60) + m.Text
	m.HTML = strings.Repeat(`<p style="margin:0 0 16px">`+strings.TrimSpace(line)+"</p>\n", 100) + m.HTML
	return m
}

func BenchmarkCompose(b *testing.B) {
	m := large()
	b.Run("template", func(b *testing.B) {
		tmpl, err := message.NewTemplate(m, mark)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			raw, err := tmpl.For(message.Reader{To: m.To, Name: m.ToName, MessageID: fmt.Sprintf("%032x@example.org", i), Token: token})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(raw)))
		}
	})
	b.Run("fresh", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := message.Compose(m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-mail", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			msg := gomail.NewMsg()
			if err := msg.From(m.From); err != nil {
				b.Fatal(err)
			}
			if err := msg.To(m.To); err != nil {
				b.Fatal(err)
			}
			msg.Subject(m.Subject)
			msg.SetBodyString(gomail.TypeTextPlain, m.Text)
			msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
			var buf bytes.Buffer
			if _, err := msg.WriteTo(&buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}
