package dkim_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"postbag/digest"
	"postbag/subscribers/dkim"
)

var at = time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC)

func key(t testing.TB, selector string, ed bool) dkim.Key {
	t.Helper()
	k, err := dkim.Generate(selector, ed)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signer(t testing.TB, keys ...dkim.Key) *dkim.Signer {
	t.Helper()
	s, err := dkim.NewSigner("example.org", "example.org", keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sign gives a mail with its signatures before it.
func sign(t testing.TB, s *dkim.Signer, mail string) []byte {
	t.Helper()
	var names []string
	head, _, _ := strings.Cut(mail, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if name, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
			names = append(names, name)
		}
	}
	p := s.Plan(names, at)
	out := append(p.Open(nil), mail...)
	if err := p.Seal(out); err != nil {
		t.Fatal(err)
	}
	return out
}

// verify lets code of others check the signatures by the records of the keys.
func verify(t testing.TB, mail []byte, s *dkim.Signer) {
	t.Helper()
	records := map[string]string{}
	for _, k := range s.Keys() {
		text, err := k.Record()
		if err != nil {
			t.Fatal(err)
		}
		records[k.Name(s.Domain())] = text
	}
	all, err := msgauth.VerifyWithOptions(bytes.NewReader(mail), &msgauth.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil },
	})
	if err != nil || len(all) != len(records) {
		t.Fatalf("%d signatures, %v, in\n%s", len(all), err, mail)
	}
	for _, v := range all {
		if v.Err != nil || v.Domain != s.Domain() || !v.Time.Equal(at) {
			t.Fatalf("%+v in\n%s", v, mail)
		}
	}
}

const plain = "From: a@example.org\r\nTo: b@example.com\r\nSubject: Hello\r\n\r\nHello.\r\n"

// TestSignaturesHold of both kinds, alone and together, over bodies and fields whose
// relaxed form differs from what stands in the mail.
func TestSignaturesHold(t *testing.T) {
	both := []dkim.Key{key(t, "one", false), key(t, "two", true)}
	fields := strings.Replace(plain, "Subject: Hello", "subJECT:  \t Hello \t there,\r\n\t  folded  \r\n and on ", 1)
	mails := map[string]string{
		"plain": plain, "odd fields": fields, "no body": strings.TrimSuffix(plain, "Hello.\r\n"),
	}
	for name, body := range map[string]string{
		"empty lines at the end": "a\r\n\r\n \t\r\n\r\n", "nothing but blanks": " \r\n\t\r\n", "blanks": "  a \t b\t\r\n c  d  \r\n",
		"dots": ".\r\n..\r\n.a\r\n", "no line end": "a\r\nb", "empty lines first": "\r\n\r\na\r\n", "a blank line end": "a\r\n ",
	} {
		mails[name] = strings.Replace(plain, "Hello.\r\n", body, 1)
	}
	for name, mail := range mails {
		t.Run(name, func(t *testing.T) {
			for _, s := range []*dkim.Signer{signer(t, both[0]), signer(t, both[1]), signer(t, both...)} {
				signed := sign(t, s, mail)
				verify(t, signed, s)
				if again := sign(t, s, mail); !bytes.Equal(signed, again) {
					t.Errorf("signed once more it is another mail")
				}
			}
		})
	}
}

// TestASecondFromIsFound: nobody can show readers another sender above the signed one.
func TestASecondFromIsFound(t *testing.T) {
	s := signer(t, key(t, "one", false))
	mail := append([]byte("From: eve@example.com\r\n"), sign(t, s, plain)...)
	text, _ := s.Keys()[0].Record()
	all, err := msgauth.VerifyWithOptions(bytes.NewReader(mail), &msgauth.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{text}, nil }})
	if err != nil || len(all) != 1 || all[0].Err == nil {
		t.Errorf("%v, %v: a mail with two From fields passes", all, err)
	}
}

// TestTheFieldIsNarrow, whatever the names.
func TestTheFieldIsNarrow(t *testing.T) {
	domain := strings.Repeat("a", 60) + "." + strings.Repeat("b", 60) + ".example.org"
	s, err := dkim.NewSigner(domain, "example.org", key(t, strings.Repeat("s", 63), false), key(t, "x", true))
	if err != nil {
		t.Fatal(err)
	}
	mail := sign(t, s, strings.Replace(plain, "To:", "List-Unsubscribe-Post: x\r\nList-Unsubscribe: y\r\nList-Id: z\r\nMessage-ID: w\r\nDate: v\r\nTo:", 1))
	verify(t, mail, s)
	for line := range strings.SplitSeq(string(mail), "\r\n") {
		if len(line) > 78 && !strings.Contains(line, domain) {
			t.Errorf("%d characters: %s", len(line), line)
		}
	}
	if !strings.Contains(string(mail), "h=from:from:to:subject:date:message-id:") {
		t.Errorf("what is signed:\n%s", mail)
	}
}

func TestKeysAreReadAgain(t *testing.T) {
	for _, ed := range []bool{false, true} {
		k := key(t, "postbag", ed)
		text, err := k.PEM()
		if err != nil {
			t.Fatal(err)
		}
		again, err := dkim.ParseKey("postbag", text)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := k.Record()
		if got, err := again.Record(); err != nil || got != want || again.Name("example.org") != "postbag._domainkey.example.org" {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	old := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)})
	if k, err := dkim.ParseKey("old", old); err != nil || k.Bits() != 1024 {
		t.Errorf("a key of openssl genrsa: %d bits, %v", k.Bits(), err)
	}
}

func TestKeysThatCannotSign(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	for name, text := range map[string][]byte{
		"nothing": nil, "another text": []byte("Hello."), "a public key": block("PUBLIC KEY", der), "a curve's": block("PRIVATE KEY", der),
		"damaged": block("PRIVATE KEY", der[:20]), "encrypted": block("ENCRYPTED PRIVATE KEY", der), "empty": block("RSA PRIVATE KEY", nil),
	} {
		if _, err := dkim.ParseKey("x", text); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := key(t, "x", true)
	for name, try := range map[string]func() error{
		"a selector with a space": func() error { _, err := dkim.Generate("a b", true); return err },
		"an empty selector":       func() error { _, err := dkim.ParseKey("", nil); return err },
		"a label of a hyphen":     func() error { return dkim.CheckSelector("a.-b") },
		"another's domain":        func() error { _, err := dkim.NewSigner("example.com", "example.org", good); return err },
		"a neighbour's domain":    func() error { return dkim.CheckDomain("a.co.uk", "b.co.uk") },
		"no domain":               func() error { return dkim.CheckDomain("a..b", "a..b") },
		"no key":                  func() error { _, err := dkim.NewSigner("example.org", "example.org"); return err },
		"the same selector twice": func() error { _, err := dkim.NewSigner("example.org", "example.org", good, good); return err },
	} {
		if err := try(); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, of := range [][2]string{{"example.org", "news.example.org"}, {"mail.example.org", "example.org"}, {"bus.localhost", "bus.localhost"}} {
		if err := dkim.CheckDomain(of[0], of[1]); err != nil {
			t.Errorf("%s does not sign for %s: %v", of[0], of[1], err)
		}
	}
}

// FuzzSignature looks for a mail whose signature does not hold.
func FuzzSignature(f *testing.F) {
	s := signer(f, key(f, "one", true))
	for _, body := range []string{"a", " a\t\r\n\r\n", "..", "\r\n \r\n", "a  b\tc"} {
		f.Add("Subject", body)
	}
	f.Fuzz(func(t *testing.T, subject, body string) {
		lines := strings.NewReplacer("\r", "", "\n", "\r\n")
		subject = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r > '~' {
				return '?'
			}
			return r
		}, subject)
		mail := strings.Replace(plain, "Hello\r\n\r\nHello.", subject+"\r\n\r\n"+lines.Replace(body), 1)
		verify(t, sign(t, s, mail), s)
	})
}

func FuzzParseKey(f *testing.F) {
	text, err := key(f, "x", true).PEM()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := dkim.ParseKey("x", []byte(text))
		if err != nil {
			if digest.KindOf(err) != digest.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := k.Record(); err != nil {
			t.Error(err)
		}
	})
}
