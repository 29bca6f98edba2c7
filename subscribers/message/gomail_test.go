package message_test

import (
	"bytes"
	"math/rand/v2"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"

	"postbag/subscribers/message"
)

// plainLine makes a text for a field that nothing has to be taken out of: what is hostile
// in it is what an encoding may trip over.
func plainLine(r *rand.Rand, most int) string {
	bits := []string{"a", "word", "ü", "名前", "😀", "é", "=", "?", "_", `"`, `\`, ",", ";", ":", "<b>", "@", "(c)", "…", ".", "x@y.z", "=20", strings.Repeat("z", 30)}
	var words []string
	for range r.IntN(most) {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			b.WriteString(bits[r.IntN(len(bits))])
		}
		words = append(words, b.String())
	}
	// What looks encoded go-mail lets through as it is; see [TestTextThatLooksEncoded].
	text := strings.Join(words, " ")
	if strings.Contains(text, "=?") {
		text = strings.ReplaceAll(text, "?", "!")
	}
	line := []rune(text)
	return strings.TrimSpace(string(line[:min(len(line), 80)])) // the most of a name
}

// TestSplicedAsGoMailBuilds composes the same content with go-mail and from a template,
// for hostile names, subjects, addresses and texts: read back, both say the same.
func TestSplicedAsGoMailBuilds(t *testing.T) {
	r := rand.New(rand.NewPCG(64, 1))
	for range 300 {
		m := hostileMessage(r)
		m.FromName, m.ToName, m.Subject = plainLine(r, 6), plainLine(r, 6), "s"+plainLine(r, 9)
		m.ListName = ""
		tmpl, err := message.NewTemplate(m, mark)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := tmpl.For(message.Reader{To: m.To, Name: m.ToName, MessageID: m.MessageID, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		theirs := byGoMail(t, m)
		got, want := parse(t, ours), parse(t, theirs)
		if got.text != want.text || got.html != want.html {
			t.Fatalf("texts differ:\n%q\n%q\n%q\n%q", got.text, want.text, got.html, want.html)
		}
		var dec mime.WordDecoder
		for _, name := range []string{"Subject", "Date", "Message-Id", "Mime-Version", "Precedence", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive", "Feedback-Id"} {
			a, err := dec.DecodeHeader(got.header.Get(name))
			if err != nil {
				t.Fatal(err)
			}
			b, err := dec.DecodeHeader(want.header.Get(name))
			if err != nil || strings.Join(strings.Fields(a), " ") != strings.Join(strings.Fields(b), " ") {
				t.Fatalf("%s is %q, and %q by go-mail, %v\n%s\n%s", name, a, b, err, ours[:900], theirs[:900])
			}
		}
		for name, meant := range map[string]netmail.Address{
			"From": {Name: m.FromName, Address: m.From}, "To": {Name: m.ToName, Address: m.To}, "Reply-To": {Address: m.ReplyTo},
		} {
			a, err := got.header.AddressList(name)
			if err != nil || len(a) != 1 || *a[0] != meant {
				t.Fatalf("%s is %v, meant %v, %v in\n%s", name, a, &meant, err, ours)
			}
			// A backslash beside letters beyond ASCII go-mail writes in a way that nobody can
			// read (RFC 2047, 5 (3)).
			if strings.Contains(meant.Name, `\`) && !message.IsASCII(meant.Name) {
				continue
			}
			b, err := want.header.AddressList(name)
			if err != nil || len(b) != 1 || *b[0] != *a[0] {
				t.Fatalf("%s is %v, and %v by go-mail, %v", name, a, b, err)
			}
		}
	}
}

// byGoMail lets go-mail build all of a message.
func byGoMail(t *testing.T, m message.Message) []byte {
	t.Helper()
	put := func(s string) string { return strings.ReplaceAll(s, mark, token) }
	ends := func(s string) string {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(put(s))
		return strings.TrimRight(s, "\n") + "\n"
	}
	// It puts a name between quotation marks as it is, and would lose what it escapes.
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	if err := msg.FromFormat(escaped(m.FromName), m.From); err != nil {
		t.Fatal(err)
	}
	if err := msg.AddToFormat(escaped(m.ToName), m.To); err != nil {
		t.Fatal(err)
	}
	if err := msg.ReplyTo(m.ReplyTo); err != nil {
		t.Fatal(err)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetBulk()
	var ways []string
	for _, way := range m.ListUnsubscribe {
		ways = append(ways, "<"+put(way)+">")
	}
	for name, value := range map[string]string{
		"List-Id": "<" + m.ListID + ">", "List-Unsubscribe": strings.Join(ways, ", "), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"List-Archive": "<" + m.ListArchive + ">", "Feedback-ID": m.FeedbackID,
	} {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, ends(m.Text))
	msg.AddAlternativeString(gomail.TypeTextHTML, ends(m.HTML))
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
