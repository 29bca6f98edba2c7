package mail_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// certificate makes a self-signed certificate for names and addresses, and the
// pool that trusts it.
func certificate(t testing.TB, hosts ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// backend is what an ordinary mail server keeps.
type backend struct {
	mu    sync.Mutex
	mails []string
	user  string // signed in
	plain bool   // only PLAIN or only LOGIN is offered
}

type account struct {
	*backend
	to string
}

func (b *backend) NewSession(*smtp.Conn) (smtp.Session, error) { return &account{backend: b}, nil }

func (a *account) AuthMechanisms() []string {
	if a.plain {
		return []string{sasl.Plain}
	}
	return []string{sasl.Login}
}

func (a *account) check(user, password string) error {
	if password != "right" {
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password"}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.user = user
	return nil
}

func (a *account) Auth(mech string) (sasl.Server, error) {
	if mech == sasl.Plain {
		return sasl.NewPlainServer(func(_, user, password string) error { return a.check(user, password) }), nil
	}
	return &loginServer{check: a.check}, nil
}

// loginServer speaks AUTH LOGIN.
type loginServer struct {
	check func(user, password string) error
	user  string
	step  int
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

func (a *account) Mail(string, *smtp.MailOptions) error { return nil }
func (a *account) Rcpt(to string, _ *smtp.RcptOptions) error {
	a.to = to
	return nil
}
func (a *account) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mails = append(a.mails, a.to+"\n"+string(b))
	return err
}
func (a *account) Reset()        {}
func (a *account) Logout() error { return nil }

// realServer runs emersion's server, with implicit TLS if implicit.
func realServer(t *testing.T, b *backend, config *tls.Config, implicit bool) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(b)
	s.Domain, s.TLSConfig, s.AllowInsecureAuth, s.EnableSMTPUTF8 = "localhost", config, config == nil, true
	addr := ln.Addr().String()
	if implicit {
		ln = tls.NewListener(ln, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(ln)
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return addr
}

func connect(t *testing.T, url, password string, pool *x509.CertPool) (deliver.Conn, error) {
	t.Helper()
	s, err := settings(url, password)
	if err != nil {
		t.Fatal(err)
	}
	if pool != nil {
		s.TLS = &tls.Config{RootCAs: pool}
	}
	return mail.NewTransport(s, "bus.example.org").Connect(t.Context())
}

const evilBody = ".\r\n..\r\nMAIL FROM:<x@y>\r\n.not the end\r\nlast line without an end"

func TestRealServer(t *testing.T) {
	cert, pool := certificate(t, "127.0.0.1")
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	tests := []struct {
		name     string
		scheme   string
		query    string
		config   *tls.Config
		implicit bool
		plain    bool
	}{
		{"clear text to this machine", "smtp", "?tls=none", nil, false, true},
		{"clear text on purpose", "smtp", "?tls=none", nil, false, false},
		{"STARTTLS where offered", "smtp", "", config, false, true},
		{"STARTTLS required", "smtp", "?tls=starttls", config, false, false},
		{"implicit TLS", "smtps", "", config, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &backend{plain: tt.plain}
			addr := realServer(t, b, tt.config, tt.implicit)
			conn, err := connect(t, tt.scheme+"://bus%40example.org@"+addr+tt.query, "right", pool)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if _, err := conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "jürgen@example.org"}, []byte(evilBody)); err != nil {
					t.Fatal(err)
				}
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.user != "bus@example.org" || len(b.mails) != 3 {
				t.Fatalf("user %q, %d mails", b.user, len(b.mails))
			}
			if want := "jürgen@example.org\n" + evilBody + "\r\n"; b.mails[2] != want {
				t.Errorf("arrived as %q", b.mails[2])
			}
		})
	}
}

func TestConnectFailures(t *testing.T) {
	cert, pool := certificate(t, "127.0.0.1")
	other, otherPool := certificate(t, "elsewhere.example")
	secure := func(t *testing.T, c tls.Certificate) string {
		return realServer(t, &backend{plain: true}, &tls.Config{Certificates: []tls.Certificate{c}}, false)
	}
	tests := []struct {
		name  string
		addr  func(t *testing.T) string
		user  string
		query string
		pool  *x509.CertPool
		stage deliver.Stage
		hint  string
	}{
		{"STARTTLS stripped", func(t *testing.T) string { return realServer(t, &backend{plain: true}, nil, false) }, "bus@", "?tls=starttls", pool, deliver.StageTLS, "?tls=none"},
		{"unknown authority", func(t *testing.T) string { return secure(t, cert) }, "bus@", "?tls=starttls", nil, deliver.StageTLS, "certificate"},
		{"wrong name", func(t *testing.T) string { return secure(t, other) }, "bus@", "?tls=starttls", otherPool, deliver.StageTLS, "certificate"},
		{"offered with a bad certificate", func(t *testing.T) string { return secure(t, cert) }, "bus@", "", nil, deliver.StageTLS, "certificate"},
		{"STARTTLS refused after the offer", func(t *testing.T) string {
			s := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "STARTTLS" {
					return smtptest.Act{Reply: "454 4.7.0 not now"}
				}
				return smtptest.Act{}
			})
			s.Secure(&tls.Config{Certificates: []tls.Certificate{cert}})
			return s.Addr
		}, "bus@", "", pool, deliver.StageTLS, "cannot encrypt for now"},
		{"wrong password", func(t *testing.T) string { return secure(t, cert) }, "bus@", "", pool, deliver.StageAuth, "user and password"},
		{"no way to sign in", func(t *testing.T) string { return smtptest.Start(t, nil).Addr }, "bus@", "?tls=none", nil, deliver.StageAuth, "which port"},
		{"a password without TLS", func(t *testing.T) string {
			s := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "AUTH" {
					t.Error("the password is given in clear")
				}
				return smtptest.Act{}
			})
			s.OfferAlso("AUTH PLAIN")
			return s.Addr
		}, "bus@", "", nil, deliver.StageTLS, "?tls=none"},
		{"greeting of 554", func(t *testing.T) string {
			return smtptest.Start(t, func(smtptest.Step) smtptest.Act { return smtptest.Act{Reply: "554 5.7.1 no"} }).Addr
		}, "", "", nil, deliver.StageConnect, "turns this machine away"},
		{"greeting without end", func(t *testing.T) string {
			return smtptest.Start(t, func(smtptest.Step) smtptest.Act {
				return smtptest.Act{Reply: strings.Repeat("220-more\r\n", 200_000)}
			}).Addr
		}, "", "", nil, deliver.StageConnect, "host and port"},
		{"greeting of 421", func(t *testing.T) string {
			return smtptest.Start(t, func(smtptest.Step) smtptest.Act { return smtptest.Act{Reply: "421 too busy"} }).Addr
		}, "", "", nil, deliver.StageConnect, "takes nothing for now"},
		{"EHLO refused for now", func(t *testing.T) string {
			return smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				if st.Verb == "EHLO" || st.Verb == "HELO" {
					return smtptest.Act{Reply: "450 wait"}
				}
				return smtptest.Act{}
			}).Addr
		}, "", "", nil, deliver.StageConnect, "takes nothing for now"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := connect(t, "smtp://"+tt.user+tt.addr(t)+tt.query, "wr0ng-s3cret", tt.pool)
			if err == nil {
				conn.Close()
				t.Fatal("connected")
			}
			e, ok := errors.AsType[*deliver.SendError](err)
			if !ok || e.Stage != tt.stage || e.Class != deliver.SenderSide {
				t.Errorf("error %#v", err)
			}
			if digest.KindOf(err) != digest.Unavailable || !strings.Contains(digest.HintOf(err), tt.hint) {
				t.Errorf("kind %v, hint %q", digest.KindOf(err), digest.HintOf(err))
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v tells the password", err)
			}
		})
	}
}

func TestConnectEndsWithItsContext(t *testing.T) {
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act { return smtptest.Act{Mute: true} })
	s, err := mail.ParseSettings("smtp://" + server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := mail.NewTransport(s, "x.example").Connect(ctx); err == nil {
		t.Error("connected")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("giving up took %v", took)
	}
}

// TestOutcomes checks what one failure of one message is taken for.
func TestOutcomes(t *testing.T) {
	reply := func(verb, words string) func(smtptest.Step) smtptest.Act {
		return func(st smtptest.Step) smtptest.Act {
			if st.Verb == verb {
				return smtptest.Act{Reply: words}
			}
			return smtptest.Act{}
		}
	}
	cut := func(verb string) func(smtptest.Step) smtptest.Act {
		return func(st smtptest.Step) smtptest.Act { return smtptest.Act{Cut: st.Verb == verb} }
	}
	const (
		ambiguous = deliver.Ambiguous
		temporary = deliver.Temporary
		permanent = deliver.Permanent
		sender    = deliver.SenderSide
	)
	tests := []struct {
		name   string
		script func(smtptest.Step) smtptest.Act
		class  deliver.Class
		stage  deliver.Stage
		code   int
		broken bool
	}{
		{"421 at MAIL", reply("MAIL", "421 4.3.2 bye"), sender, deliver.StageMail, 421, true},
		{"cut at MAIL", cut("MAIL"), sender, deliver.StageMail, 0, true},
		{"450 at MAIL", reply("MAIL", "450 4.1.8 who are you"), sender, deliver.StageMail, 450, false},
		{"550 at MAIL", reply("MAIL", "550 not you"), sender, deliver.StageMail, 550, false},
		{"cut at RCPT", cut("RCPT"), sender, deliver.StageRcpt, 0, true},
		{"unknown user", reply("RCPT", "550 5.1.1 unknown"), permanent, deliver.StageRcpt, 550, false},
		{"unknown user, no enhanced code", reply("RCPT", "550 unknown"), permanent, deliver.StageRcpt, 550, false},
		{"sender's address at RCPT", reply("RCPT", "550 5.1.8 bad sender"), sender, deliver.StageRcpt, 550, false},
		{"blocked mailbox is the recipient's", reply("RCPT", "550 5.2.1 mailbox blocked"), permanent, deliver.StageRcpt, 550, false},
		{"greylisted", reply("RCPT", "450 4.2.0 Greylisted"), temporary, deliver.StageRcpt, 450, false},
		{"greylisted under 4.7.1", reply("RCPT", "451 4.7.1 try again later"), temporary, deliver.StageRcpt, 451, false},
		{"greylisted in words only", reply("RCPT", "450 4.7.26 greylisting in action"), temporary, deliver.StageRcpt, 450, false},
		{"full", reply("RCPT", "552 5.2.2 full"), temporary, deliver.StageRcpt, 552, false},
		{"full under 550", reply("RCPT", "550 5.2.2 full"), temporary, deliver.StageRcpt, 550, false},
		{"policy at RCPT", reply("RCPT", "554 5.7.1 relay access denied"), sender, deliver.StageRcpt, 554, false},
		{"block list", reply("RCPT", "550 your host is blocked by us"), sender, deliver.StageRcpt, 550, false},
		{"421 at RCPT", reply("RCPT", "421 4.3.2 bye"), sender, deliver.StageRcpt, 421, true},
		{"554 at DATA", reply("DATA", "554 5.5.1 no valid recipients"), permanent, deliver.StageData, 554, false},
		{"cut at DATA", cut("DATA"), sender, deliver.StageData, 0, true},
		{"cut after the dot", cut("BODY"), ambiguous, deliver.StageBody, 0, true},
		{"nonsense after the dot", reply("BODY", "well, well"), ambiguous, deliver.StageBody, 0, true},
		{"354 after the dot", reply("BODY", "354 more"), ambiguous, deliver.StageBody, 0, true},
		{"451 after the dot", reply("BODY", "451 4.3.0 later"), temporary, deliver.StageBody, 451, false},
		{"552 after the dot", reply("BODY", "552 too much"), temporary, deliver.StageBody, 552, false},
		{"554 after the dot", reply("BODY", "554 5.6.0 no"), permanent, deliver.StageBody, 554, false},
		{"421 after the dot", reply("BODY", "421 4.3.2 bye"), sender, deliver.StageBody, 421, true},
		{"authentication rules", reply("BODY", "550 5.7.26 unauthenticated"), sender, deliver.StageBody, 550, false},
		{"alignment", reply("BODY", "451 4.7.32 not aligned"), sender, deliver.StageBody, 451, false},
		{"throttled", reply("BODY", "454 Throttling failure: Maximum sending rate exceeded."), sender, deliver.StageBody, 454, false},
		{"day's quota", reply("BODY", "550 5.4.5 Daily sending quota exceeded"), sender, deliver.StageBody, 550, false},
		{"unverified", reply("BODY", "554 Message rejected: Email address is not verified."), sender, deliver.StageBody, 554, false},
	}
	eachWay(t, func(t *testing.T, offer []string) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				server := smtptest.Start(t, tt.script)
				server.Offer(offer...)
				conn, err := connect(t, "smtp://"+server.Addr, "", nil)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				_, err = conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
				e, ok := errors.AsType[*deliver.SendError](err)
				if !ok || e.Class != tt.class || e.Stage != tt.stage || e.Code != tt.code || e.Broken != tt.broken {
					t.Fatalf("got %+v", err)
				}
				if e.Code == 0 && e.Err == nil {
					t.Error("no cause")
				}
			})
		}
	})
}

// eachWay runs a test with servers that take commands one by one and in one go.
func eachWay(t *testing.T, test func(t *testing.T, offer []string)) {
	t.Run("one by one", func(t *testing.T) { test(t, []string{"8BITMIME", "ENHANCEDSTATUSCODES"}) })
	t.Run("pipelined", func(t *testing.T) { test(t, []string{"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"}) })
}

// TestServerThatWaitsForAMessageToNobody refuses the reader and asks for the message all
// the same: nothing is sent, and the connection ends.
func TestServerThatWaitsForAMessageToNobody(t *testing.T) {
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		switch st.Verb {
		case "RCPT":
			return smtptest.Act{Reply: "550 5.1.1 no such user"}
		case "DATA":
			return smtptest.Act{Reply: "354 go on"}
		}
		return smtptest.Act{}
	})
	conn, err := connect(t, "smtp://"+server.Addr, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
	e, ok := errors.AsType[*deliver.SendError](err)
	if !ok || e.Class != deliver.Permanent || e.Stage != deliver.StageRcpt || !e.Broken {
		t.Errorf("got %+v", err)
	}
	conn.Close()
	server.Stop()
	if n := len(server.Taken()); n != 0 {
		t.Errorf("%d messages were taken", n)
	}
}

// TestRepliesInPieces sends all answers of a transaction byte by byte, and all in one write.
func TestRepliesInPieces(t *testing.T) {
	for _, pieces := range []bool{true, false} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		say := func(c net.Conn, s string) {
			if !pieces {
				io.WriteString(c, s)
				return
			}
			for i := range len(s) {
				io.WriteString(c, s[i:i+1])
			}
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c, err := ln.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			r := bufio.NewReader(c)
			line := func() string { l, _ := r.ReadString('\n'); return l }
			say(c, "220 x\r\n")
			line()
			say(c, "250-x\r\n250 PIPELINING\r\n")
			lines := func(n int) (ok bool) {
				for ok = true; n > 0 && ok; n-- {
					ok = line() != ""
				}
				return ok
			}
			for lines(3) {
				say(c, "250-2.1.0 first\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n")
				for l := line(); l != ".\r\n" && l != ""; l = line() {
				}
				say(c, "250-2.0.0 taken\r\n250 2.0.0 as 4F7A1\r\n")
			}
		}()
		conn, err := connect(t, "smtp://"+ln.Addr().String(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if r, err := conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n")); err != nil || r.Code != 250 {
				t.Errorf("got %+v, %v", r, err)
			}
		}
		conn.Close()
		ln.Close()
		<-done
	}
}

// TestNoAnswerInWords has servers that give no answer that counts: what is kept says so in
// words, and a reply without its line end decides nothing (RFC 5321, 4.2).
func TestNoAnswerInWords(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	tests := []struct {
		verb, say string // what is said before the server hangs up
		hangUp    bool
		class     deliver.Class
		code      int
		words     string
	}{
		{"MAIL", "", true, deliver.SenderSide, 0, "the server hung up before it answered MAIL"},
		{"RCPT", "", true, deliver.SenderSide, 0, "the server hung up before it answered RCPT"},
		{"DATA", "35\r\n", false, deliver.SenderSide, 0, `the server's answer to DATA was no SMTP reply: "35"`},
		{"RCPT", "550 5.7.1 reje", true, deliver.SenderSide, 0, "the server hung up in the midst of its answer to RCPT"},
		{"RCPT", "550-5.1.1 no\r\n", true, deliver.SenderSide, 0, "the server hung up before it answered RCPT"},
		{"BODY", "", true, deliver.Ambiguous, 0, "the server hung up before it answered the message"},
		{"BODY", "250 2.0", true, deliver.Ambiguous, 0, "the server hung up in the midst of its answer to the message"},
		{"BODY", "550 5.7.1 reje", true, deliver.Ambiguous, 0, "the server hung up in the midst of its answer to the message"},
		{"BODY", "354 more\r\n", false, deliver.Ambiguous, 0, "the server's answer to the message says neither yes nor no: 354 more"},
		{"BODY", "552 5.3.4 " + long + "\r\n", false, deliver.Temporary, 552, ""},
		{"BODY", "554 5.6.0 " + long + "\r\n", false, deliver.Permanent, 554, ""},
		{"RCPT", "550 5.1.1 " + long + "\r\n", false, deliver.Permanent, 550, ""},
		{"RCPT", "550\r\n", false, deliver.Permanent, 550, ""},
		{"RCPT", "550 5.1.1 a bare line feed\n", false, deliver.Permanent, 550, ""},
		{"BODY", strings.Repeat("550-5.6.0 and on\r\n", 100_000), false, deliver.Ambiguous, 0, "the server's answer to the message has no end"},
	}
	eachWay(t, func(t *testing.T, offer []string) {
		for _, tt := range tests {
			t.Run(tt.verb+" "+tt.say[:min(20, len(tt.say))], func(t *testing.T) {
				server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
					if st.Verb != tt.verb {
						return smtptest.Act{}
					}
					return smtptest.Act{Raw: tt.say, Cut: tt.hangUp}
				})
				server.Offer(offer...)
				conn, err := connect(t, "smtp://"+server.Addr, "", nil)
				if err != nil {
					t.Fatal(err)
				}
				_, err = conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
				conn.Close()
				e, ok := errors.AsType[*deliver.SendError](err)
				if !ok || e.Class != tt.class || e.Code != tt.code {
					t.Fatalf("got %+v", err)
				}
				if tt.code == 0 && (e.Err == nil || e.Err.Error() != tt.words) {
					t.Errorf("in words: %v", e.Err)
				}
				if len(e.Text) > 500 {
					t.Errorf("%d characters of words", len(e.Text))
				}
			})
		}
	})
}

// TestPassingTrouble tells a server that takes mail from nobody for the moment
// from one that refuses the sender.
func TestPassingTrouble(t *testing.T) {
	tests := []struct {
		verb, reply string
		passing     bool
	}{
		{"MAIL", "451 local error in processing", true},
		{"MAIL", "452 4.3.1 Insufficient system storage", true},
		{"MAIL", "450 4.3.2 Please try again later", true},
		{"MAIL", "451 4.4.3 Temporary DNS failure", true},
		{"MAIL", "452 4.4.5 Server busy", true},
		{"MAIL", "450 4.1.8 Sender address rejected: Domain not found", true},
		{"MAIL", "450 4.7.1 too much mail from you", true},
		{"MAIL", "421 4.3.2 bye", false},
		{"MAIL", "451 4.7.32 not aligned", false},
		{"MAIL", "454 Throttling failure: Maximum sending rate exceeded.", true},
		{"MAIL", "452 daily sending quota exceeded", true},
		{"MAIL", "550 not you", false},
		{"MAIL", "553 5.1.8 bad sender", false},
		{"RCPT", "451 4.7.32 not aligned", false},
		{"RCPT", "452 4.3.1 Insufficient system storage", false},
	}
	eachWay(t, func(t *testing.T, offer []string) {
		for _, tt := range tests {
			t.Run(tt.verb+" "+tt.reply, func(t *testing.T) {
				server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
					if st.Verb == tt.verb {
						return smtptest.Act{Reply: tt.reply}
					}
					return smtptest.Act{}
				})
				server.Offer(offer...)
				conn, err := connect(t, "smtp://"+server.Addr, "", nil)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				_, err = conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
				e, ok := errors.AsType[*deliver.SendError](err)
				if !ok || e.Passing != tt.passing || e.Passing && (e.Class != deliver.SenderSide || e.Broken) {
					t.Errorf("got %+v", e)
				}
			})
		}
	})
}

// TestBadSenderIsNobodyElsesFault gives a sender that the server cannot take.
func TestBadSenderIsNobodyElsesFault(t *testing.T) {
	server := smtptest.Start(t, nil) // offers no SMTPUTF8
	conn, err := connect(t, "smtp://"+server.Addr, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, from := range []string{"jörg@example.net", "a@example.org> SIZE=1", "nobody", ""} {
		for _, to := range []string{"anna@example.org", "jürgen@example.org"} {
			_, err := conn.Send(t.Context(), deliver.Envelope{From: from, To: to}, []byte("x"))
			e, ok := errors.AsType[*deliver.SendError](err)
			if !ok || e.Class != deliver.SenderSide || e.Stage != deliver.StageMail || e.Broken || e.Passing {
				t.Errorf("from %q to %q: %v", from, to, err)
			}
			if !strings.Contains(digest.HintOf(err), "From address") {
				t.Errorf("from %q: hint %q", from, digest.HintOf(err))
			}
		}
	}
	if n := server.Steps("MAIL"); n != 0 {
		t.Errorf("%d transactions began", n)
	}
}

func TestAConnectionGoesOnAfterARefusal(t *testing.T) {
	n := 0
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		switch st.Verb {
		case "RCPT", "DATA", "BODY":
			if n++; n%2 == 1 {
				return smtptest.Act{Reply: "550 5.1.1 not now"}
			}
		}
		return smtptest.Act{}
	})
	conn, err := connect(t, "smtp://"+server.Addr, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 10 {
		_, err := conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
		if e, ok := errors.AsType[*deliver.SendError](err); err != nil && (!ok || e.Broken || e.Code != 550) {
			t.Fatalf("%v", err)
		}
	}
}

func TestServerThatSaysWhyBeforeTheEnd(t *testing.T) {
	// The server answers in the middle of a large message and hangs up. That
	// answer counts, and nothing is in doubt.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		io.WriteString(c, "220 x\r\n")
		b := make([]byte, 4096)
		for _, r := range []string{"250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"} {
			c.Read(b)
			io.WriteString(c, r)
		}
		c.Read(b)
		io.WriteString(c, "552 5.3.4 far too large\r\n")
	}()
	defer func() { <-done }()
	conn, err := connect(t, "smtp://"+ln.Addr().String(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.Send(t.Context(), deliver.Envelope{From: "a@example.org", To: "b@example.org"}, []byte(strings.Repeat("x\r\n", 5<<20)))
	e, ok := errors.AsType[*deliver.SendError](err)
	if !ok || e.Class == deliver.Ambiguous || !e.Broken {
		t.Errorf("got %v, %+v", err, e)
	}
}

func TestSmuggledEnvelopeNeverReachesTheServer(t *testing.T) {
	server := smtptest.Start(t, nil)
	conn, err := connect(t, "smtp://"+server.Addr, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, to := range []string{"a@example.org> SIZE=1", "a@example.org\r\nDATA", `"a> b"@example.org`, "", "a b@example.org"} {
		_, err := conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: to}, []byte("x"))
		e, ok := errors.AsType[*deliver.SendError](err)
		if !ok || e.Class != deliver.Permanent || e.Broken {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n := server.Steps("MAIL"); n != 0 {
		t.Errorf("%d transactions began", n)
	}
}

// TestTheServersOfferIsRemembered of its last greeting, so that an address that it cannot
// take is refused when somebody types it.
func TestTheServersOfferIsRemembered(t *testing.T) {
	for _, offered := range []bool{false, true} {
		server := smtptest.Start(t, nil)
		if offered {
			server.OfferAlso("SMTPUTF8")
		}
		settings, err := mail.ParseSettings("smtp://" + server.Addr + "?tls=none")
		if err != nil {
			t.Fatal(err)
		}
		transport := mail.NewTransport(settings, "example.org").(*mail.SMTP)
		if transport.LacksUTF8() {
			t.Error("known before the server was asked")
		}
		conn, err := transport.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if transport.LacksUTF8() == offered {
			t.Errorf("offered %v, and remembered otherwise", offered)
		}
	}
}

func TestSMTPUTF8IsAskedForOnlyWhenNeeded(t *testing.T) {
	server := smtptest.Start(t, nil)
	server.OfferAlso("SMTPUTF8")
	conn, err := connect(t, "smtp://"+server.Addr, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, to := range []string{"anna@example.org", "jürgen@example.org"} {
		if _, err := conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: to}, []byte("x\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	lines := server.Lines("MAIL")
	if strings.Contains(lines[0], "SMTPUTF8") || !strings.Contains(lines[1], "SMTPUTF8") {
		t.Errorf("%q", lines)
	}
}

// TestQuotaWithoutWords refuses for the day's quota at every step, by the code
// alone: that is the sender's trouble, and no address is to blame.
func TestQuotaWithoutWords(t *testing.T) {
	for _, verb := range []string{"MAIL", "RCPT", "DATA", "BODY"} {
		server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
			if st.Verb == verb {
				return smtptest.Act{Reply: "550 5.4.5 come back tomorrow"}
			}
			return smtptest.Act{}
		})
		conn, err := connect(t, "smtp://"+server.Addr, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
		if e, ok := errors.AsType[*deliver.SendError](err); !ok || e.Class != deliver.SenderSide {
			t.Errorf("at %s: %+v", verb, e)
		}
		conn.Close()
	}
}

// TestSenderThatIsNotVerified reads what providers say to an address or domain that is
// not verified with them, and what only sounds like it.
func TestSenderThatIsNotVerified(t *testing.T) {
	tests := []struct {
		verb, reply string
		unverified  bool
	}{
		{"BODY", "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: bus@example.org", true},
		{"BODY", "550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.", true},
		{"BODY", "550 5.7.1 The 'From' address you supplied is not a Sender Signature on your account.", true},
		{"MAIL", "550 5.7.1 Domain example.org is not allowed to send: The domain is unverified and requires DNS configuration.", true},
		{"BODY", "550 5.7.1 Unconfigured Sending Domain <example.org>", true},
		{"MAIL", "553 5.7.1 <bus@example.org>: Sender address rejected: not owned by user anna", true},
		{"BODY", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", true},
		{"BODY", "554 5.2.252 SendAsDenied; bus@example.org not allowed to send as news@example.org", true},
		{"RCPT", "550 5.7.1 sender domain not verified", true},
		{"RCPT", "550 5.1.1 Recipient address rejected: unverified address: host said no", false},
		{"BODY", "550 5.7.26 unauthenticated", false},
		{"RCPT", "550 5.7.1 your mail is not welcome here", false},
		{"MAIL", "450 4.1.8 Sender address rejected: Domain not found", false},
	}
	for _, tt := range tests {
		server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
			if st.Verb == tt.verb {
				return smtptest.Act{Reply: tt.reply}
			}
			return smtptest.Act{}
		})
		server.Offer("8BITMIME", "ENHANCEDSTATUSCODES")
		conn, err := connect(t, "smtp://"+server.Addr, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = conn.Send(t.Context(), deliver.Envelope{From: "bus@example.org", To: "anna@example.org"}, []byte("Subject: x\r\n\r\nx\r\n"))
		conn.Close()
		e, ok := errors.AsType[*deliver.SendError](err)
		if !ok || e.Unverified != tt.unverified || tt.unverified && (e.Class != deliver.SenderSide || e.Advice() == "") {
			t.Errorf("%s: %+v", tt.reply, err)
		}
	}
}
