package message_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"

	"postbag/digest/digesttest"
	"postbag/subscribers/dkim"
	"postbag/subscribers/message"
)

func signerOf(t testing.TB, kinds ...string) *dkim.Signer {
	t.Helper()
	var keys []dkim.Key
	for _, kind := range kinds {
		k, err := dkim.Generate(kind, kind == "ed25519")
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	s, err := dkim.NewSigner("example.org", "example.org", keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func recordsOf(t testing.TB, s *dkim.Signer) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, k := range s.Keys() {
		text, err := k.Record()
		if err != nil {
			t.Fatal(err)
		}
		out[k.Name(s.Domain())] = text
	}
	return out
}

// verified checks all signatures of a mail with go-msgauth.
func verified(t testing.TB, raw []byte, s *dkim.Signer) {
	t.Helper()
	records := recordsOf(t, s)
	all, err := msgauth.VerifyWithOptions(bytes.NewReader(raw), &msgauth.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil }})
	if err != nil || len(all) != len(records) {
		t.Fatalf("%d signatures, %v, in\n%s", len(all), err, raw)
	}
	for _, v := range all {
		if v.Err != nil {
			t.Fatalf("%v in\n%s", v.Err, raw)
		}
	}
}

// hostile makes texts that come apart easily: long lines, dots, blanks, marks, and what
// looks encoded already.
func hostile(r *rand.Rand, most int) string {
	bits := []string{".", "..", "\n.\n", " ", "  ", "\t", "\n", "\n\n\n", " \n", "\t\n", "=", "=?utf-8?q?x?=", "ü", "名前", "\u202e", "😀", "From me", "-- \n", `"`, `\`, ",", "<b>", strings.Repeat("x", 80), strings.Repeat("y", 1200), "\r\n", "a", "word"}
	var b strings.Builder
	for range r.IntN(most) {
		b.WriteString(bits[r.IntN(len(bits))])
	}
	return b.String()
}

func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// hostileMessage makes a message and its reader of such texts.
func hostileMessage(r *rand.Rand) message.Message {
	m := digestMessage()
	m.FromName, m.ToName, m.ListName = oneLine(hostile(r, 6)), oneLine(hostile(r, 6)), oneLine(hostile(r, 6))
	m.Subject = "s" + oneLine(hostile(r, 12))
	m.Text = "t" + hostile(r, 30) + mark + hostile(r, 30)
	m.HTML = "<p>" + hostile(r, 30) + mark + hostile(r, 30)
	m.To = []string{"anna@example.com", "o'brien+x=y@example.com", "jürgen@xn--bcher-kva.example", "!#$%&*/=?^_{|}~-@example.org", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + ".example"}[r.IntN(5)]
	m.FeedbackID = "7:pick:digest:example.org"
	return m
}

// TestSignaturesOfHostileMailsHold by the code of two others: each mail of a template, and
// each letter.
func TestSignaturesOfHostileMailsHold(t *testing.T) {
	s := signerOf(t, "rsa", "ed25519")
	r := rand.New(rand.NewPCG(8, 8))
	var all [][]byte
	for range 120 {
		m := hostileMessage(r)
		m.Sign = s
		tmpl, err := message.NewTemplate(m, mark)
		if err != nil {
			t.Fatal(err)
		}
		to := message.Reader{To: m.To, Name: m.ToName, MessageID: m.MessageID, Token: token}
		before := []byte("what stood there before")
		raw, err := tmpl.Append(before, to)
		if err != nil {
			t.Fatal(err)
		}
		raw = raw[len(before):]
		wellFormed(t, raw)
		verified(t, raw, s)
		if again, err := tmpl.For(to); err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("a second try is another mail, %v", err)
		}
		h := strings.Join(strings.Fields(string(raw[:500])), "")
		const want = ";h=from:from:to:subject:date:message-id:reply-to:mime-version:content-type:list-id:list-unsubscribe:list-unsubscribe-post:list-archive:feedback-id;"
		if !strings.Contains(h, want) {
			t.Fatalf("other fields are signed than %s\n%s", want, raw)
		}
		m.HTML, m.Text = "", strings.ReplaceAll(m.Text, mark, "")
		m.ListUnsubscribe, m.OneClick, m.ListID, m.ListArchive, m.ReplyTo = nil, false, "", "", ""
		letter, err := message.Compose(m)
		if err != nil {
			t.Fatal(err)
		}
		verified(t, letter, s)
		all = append(all, raw, letter)
	}
	t.Run("python", func(t *testing.T) {
		digesttest.PythonDKIM.Check(t)
		verifiedByPython(t, all, s)
	})
}

// verifiedByPython checks the mails with Python's dkim, every signature of each.
func verifiedByPython(t *testing.T, mails [][]byte, s *dkim.Signer) {
	t.Helper()
	const program = `
import base64, dkim, json, sys
told = json.load(sys.stdin)
def record(name, timeout=5): return told["records"].get(name.decode().rstrip(".") if isinstance(name, bytes) else name.rstrip("."), "").encode()
bad = 0
for i, mail in enumerate(told["mails"]):
    d = dkim.DKIM(base64.b64decode(mail))
    for idx in range(told["signatures"]):
        if not d.verify(idx=idx, dnsfunc=record):
            bad += 1
            print("mail", i, "signature", idx, "does not hold")
print("bad:", bad)
`
	told, err := json.Marshal(map[string]any{"records": recordsOf(t, s), "mails": mails, "signatures": len(s.Keys())})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, digesttest.Python, "-c", program)
	run.Stdin = bytes.NewReader(told)
	out, err := run.CombinedOutput()
	if err != nil || string(out) != "bad: 0\n" {
		t.Fatalf("%v:\n%s", err, out)
	}
}

// BenchmarkSign compares what a signature costs with the bare signature of a hash and
// with the signers of others, over the same mail.
func BenchmarkSign(b *testing.B) {
	s := signerOf(b, "rsa")
	text, err := s.Keys()[0].PEM()
	if err != nil {
		b.Fatal(err)
	}
	block, _ := pem.Decode(text)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		b.Fatal(err)
	}
	private := parsed.(*rsa.PrivateKey)
	m := large()
	reader := message.Reader{To: m.To, Name: m.ToName, MessageID: m.MessageID, Token: token}
	unsigned, err := message.NewTemplate(m, mark)
	if err != nil {
		b.Fatal(err)
	}
	raw, err := unsigned.For(reader)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		hash := sha256.Sum256(raw)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, hash[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, kinds := range [][]string{{"rsa"}, {"ed25519"}, {"rsa", "ed25519"}} {
		b.Run("postbag "+strings.Join(kinds, "+"), func(b *testing.B) {
			m.Sign = s
			if len(kinds) > 1 || kinds[0] != "rsa" {
				m.Sign = signerOf(b, kinds...)
			}
			tmpl, err := message.NewTemplate(m, mark)
			if err != nil {
				b.Fatal(err)
			}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() { // composes the mail, too
				if buf, err = tmpl.Append(buf[:0], reader); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(buf)), "B/mail")
		})
	}
	b.Run("go-msgauth", func(b *testing.B) {
		o := &msgauth.SignOptions{
			Domain: "example.org", Selector: "rsa", Signer: private, Hash: crypto.SHA256, HeaderCanonicalization: msgauth.CanonicalizationRelaxed, BodyCanonicalization: msgauth.CanonicalizationRelaxed,
			HeaderKeys: []string{"From", "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive"},
		}
		b.ReportAllocs()
		for b.Loop() {
			var out bytes.Buffer
			if err := msgauth.Sign(&out, bytes.NewReader(raw), o); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go-mail", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() { // composes the mail, too: its signer is not to be had by itself
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
			msg.SetDKIM(gomail.NewDKIMSigner("example.org", "rsa", private))
			var out bytes.Buffer
			if _, err := msg.WriteTo(&out); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestSigningCostsLittle beside the arithmetic of the key itself, which nobody can spare:
// it allocates a few times, however long the mail.
func TestSigningCostsLittle(t *testing.T) {
	m := large()
	reader := message.Reader{To: m.To, Name: m.ToName, MessageID: m.MessageID, Token: token}
	count := func(s *dkim.Signer) float64 {
		m.Sign = s
		tmpl, err := message.NewTemplate(m, mark)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 64<<10)
		return testing.AllocsPerRun(20, func() {
			if _, err := tmpl.Append(buf, reader); err != nil {
				t.Fatal(err)
			}
		})
	}
	if without, with := count(nil), count(signerOf(t, "ed25519")); with > without+6 {
		t.Errorf("%v allocations, and %v without a signature", with, without)
	}
}
