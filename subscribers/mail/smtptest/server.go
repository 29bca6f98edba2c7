// Package smtptest is an SMTP server for tests that does on purpose what real
// servers do by accident: turn away, stall, and hang up at the worst moment. It
// speaks line by line on loopback, keeps what it took, and is of no use for
// receiving mail.
package smtptest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// Step is one thing that a client did.
type Step struct {
	// Verb is CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, BODY, RSET, NOOP
	// or QUIT. BODY is the message with its final dot.
	Verb string
	Arg  string // the address of MAIL and RCPT, else the rest of the line
	Conn int    // number of the connection, from 1
	Line string // all that followed the verb
	Nth  int    // how often this connection has seen the verb, from 1
	To   string // of the open transaction
}

// Act is what the server does. The zero Act does what a good server would.
type Act struct {
	Reply string        // in place of the usual reply
	Delay time.Duration // before the reply
	Take  bool          // at BODY: keep the message whatever the reply
	Mute  bool          // no reply
	Cut   bool          // hang up afterwards
	// Read, at DATA: read so many bytes of the message and then hang up.
	Read int
	// Raw is said in place of a reply as it is, without a line end.
	Raw string
	// Unasked is said right after the reply, in one write with it.
	Unasked string
}

// Writing is how replies are written.
type Writing int

// The ways. Replies that are gathered wait until all commands that have come are read
// (RFC 2920, 3.2).
const (
	EachInOneWrite Writing = iota
	ByteByByte
	Gathered
)

// Message is one that the server took.
type Message struct {
	From, To  string
	MessageID string
	Data      []byte // as the client meant it: dots unstuffed
	Conn      int
}

// Server is a running server.
type Server struct {
	Addr string

	script func(Step) Act
	ln     net.Listener
	wg     sync.WaitGroup

	mu    sync.Mutex
	style style
	conns map[net.Conn]bool
	taken []Message
	steps []Step
	count int
}

// style is how a server talks to whoever connects.
type style struct {
	secure *tls.Config
	offer  []string
	writes Writing
}

// Secure makes the server offer STARTTLS to those who connect from now on.
func (s *Server) Secure(c *tls.Config) { s.restyle(func(st *style) { st.secure = c }) }

// Offer sets what EHLO lists beside STARTTLS to those who connect from now on.
func (s *Server) Offer(extensions ...string) {
	s.restyle(func(st *style) { st.offer = extensions })
}

// OfferAlso adds to what EHLO lists.
func (s *Server) OfferAlso(extension string) {
	s.restyle(func(st *style) { st.offer = append(st.offer[:len(st.offer):len(st.offer)], extension) })
}

// Write sets how replies are written to those who connect from now on.
func (s *Server) Write(w Writing) { s.restyle(func(st *style) { st.writes = w }) }

func (s *Server) restyle(change func(*style)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.style)
}

// Start runs a server until the test ends. script may be nil; it is called from
// several goroutines.
func Start(t testing.TB, script func(Step) Act) *Server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if script == nil {
		script = func(Step) Act { return Act{} }
	}
	s := &Server{Addr: ln.Addr().String(), ln: ln, script: script, conns: map[net.Conn]bool{}}
	s.Offer("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES")
	s.wg.Go(s.accept)
	t.Cleanup(s.Stop)
	return s
}

// Stop hangs up on everybody and waits.
func (s *Server) Stop() {
	s.ln.Close()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

// Taken gives the messages so far, in order.
func (s *Server) Taken() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.taken...)
}

// Copies counts the messages by recipient.
func (s *Server) Copies() map[string]int {
	n := map[string]int{}
	for _, m := range s.Taken() {
		n[m.To]++
	}
	return n
}

// Steps counts what clients did by verb.
func (s *Server) Steps(verb string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, st := range s.steps {
		if st.Verb == verb {
			n++
		}
	}
	return n
}

// Lines gives what followed a verb, for each time it came.
func (s *Server) Lines(verb string) (lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.steps {
		if st.Verb == verb {
			lines = append(lines, st.Line)
		}
	}
	return lines
}

func (s *Server) accept() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.count++
		n := s.count
		s.conns[c] = true
		style := s.style
		s.mu.Unlock()
		s.wg.Go(func() {
			defer func() {
				c.Close()
				s.mu.Lock()
				delete(s.conns, c)
				s.mu.Unlock()
			}()
			(&talk{server: s, style: style, conn: c, r: bufio.NewReader(c), number: n, seen: map[string]int{}}).run()
		})
	}
}

// talk is one connection.
type talk struct {
	server   *Server
	style    style
	conn     net.Conn
	r        *bufio.Reader
	number   int
	seen     map[string]int
	line     string
	from, to string
	open     bool   // a MAIL was taken
	waiting  string // replies that are gathered
	secure   bool
}

// step asks the script, acts, and tells whether to go on.
func (t *talk) step(verb, arg, usual string) (ok bool, act Act) {
	act = t.ask(verb, arg)
	return t.say(act, usual), act
}

func (t *talk) ask(verb, arg string) Act {
	t.seen[verb]++
	st := Step{Verb: verb, Arg: arg, Line: t.line, Conn: t.number, Nth: t.seen[verb], To: t.to}
	t.server.mu.Lock()
	t.server.steps = append(t.server.steps, st)
	t.server.mu.Unlock()
	return t.server.script(st)
}

func (t *talk) say(act Act, usual string) bool {
	time.Sleep(act.Delay)
	if act.Raw != "" {
		t.write(act.Raw, act.Cut)
		return !act.Cut
	}
	if act.Reply != "" {
		usual = act.Reply
	}
	if !act.Mute && (act.Reply != "" || !act.Cut) {
		usual += "\r\n"
		if act.Unasked != "" {
			usual += act.Unasked + "\r\n"
		}
		t.write(usual, act.Cut)
	} else if act.Cut {
		t.write("", true)
	}
	return !act.Cut && !strings.HasPrefix(usual, "421")
}

// write says something in the server's way; at the end of a connection at once.
func (t *talk) write(words string, last bool) {
	switch t.style.writes {
	case Gathered:
		if t.waiting += words; last || t.r.Buffered() == 0 {
			io.WriteString(t.conn, t.waiting)
			t.waiting = ""
		}
	case ByteByByte:
		for i := range len(words) {
			io.WriteString(t.conn, words[i:i+1])
		}
	default:
		io.WriteString(t.conn, words)
	}
}

func (t *talk) run() {
	if ok, _ := t.step("CONNECT", "", "220 smtptest ESMTP"); !ok {
		return
	}
	for {
		line, err := t.r.ReadString('\n')
		if err != nil {
			return
		}
		verb, arg, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		t.line = arg
		if !t.command(strings.ToUpper(verb), arg) {
			return
		}
	}
}

func (t *talk) command(verb, arg string) bool {
	switch verb {
	case "EHLO", "HELO":
		ok, _ := t.step("EHLO", arg, t.hello())
		return ok
	case "STARTTLS":
		return t.startTLS()
	case "AUTH":
		ok, _ := t.step("AUTH", arg, "235 2.7.0 welcome")
		return ok
	case "MAIL":
		if t.open {
			ok, _ := t.step("MAIL", address(arg), "503 5.5.1 nested MAIL")
			return ok
		}
		ok, act := t.step("MAIL", address(arg), "250 2.1.0 ok")
		if act.Raw == "" && (act.Reply == "" || act.Reply[0] == '2') {
			t.from, t.open = address(arg), true
		}
		return ok
	case "RCPT":
		if !t.open {
			ok, _ := t.step("RCPT", address(arg), "503 5.5.1 need MAIL")
			return ok
		}
		ok, act := t.step("RCPT", address(arg), "250 2.1.5 ok")
		if act.Raw == "" && (act.Reply == "" || act.Reply[0] == '2') {
			t.to = address(arg)
		}
		return ok
	case "DATA":
		return t.data()
	case "RSET":
		t.from, t.to, t.open = "", "", false
		ok, _ := t.step(verb, arg, "250 2.0.0 ok")
		return ok
	case "NOOP":
		ok, _ := t.step(verb, arg, "250 2.0.0 ok")
		return ok
	case "QUIT":
		t.step(verb, arg, "221 2.0.0 bye")
		return false
	}
	t.write("502 5.5.1 what?\r\n", false)
	return true
}

func (t *talk) hello() string {
	lines := append([]string{"smtptest"}, t.style.offer...)
	if t.style.secure != nil && !t.secure {
		lines = append(lines, "STARTTLS")
	}
	var b strings.Builder
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		b.WriteString("250" + sep + l + "\r\n")
	}
	return strings.TrimSuffix(b.String(), "\r\n")
}

func (t *talk) startTLS() bool {
	ok, act := t.step("STARTTLS", "", "220 2.0.0 go ahead")
	if !ok || act.Reply != "" {
		return ok
	}
	secure := tls.Server(t.conn, t.style.secure)
	if secure.Handshake() != nil {
		return false
	}
	t.conn, t.r, t.secure = secure, bufio.NewReader(secure), true
	return true
}

func (t *talk) data() bool {
	usual := "354 go ahead"
	if t.to == "" {
		usual = "503 5.5.1 no valid recipients"
	}
	ok, act := t.step("DATA", "", usual)
	if act.Reply == "" && t.to == "" {
		return ok
	}
	if act.Read > 0 {
		t.r.Discard(act.Read)
		return false
	}
	if !ok || act.Raw != "" || act.Reply != "" && !strings.HasPrefix(act.Reply, "354") {
		return ok
	}
	var b bytes.Buffer
	for {
		line, err := t.r.ReadBytes('\n')
		if err != nil {
			return false
		}
		if string(line) == ".\r\n" {
			break
		}
		b.Write(bytes.TrimPrefix(line, []byte(".")))
	}
	act = t.ask("BODY", t.to)
	refused := act.Raw != "" || act.Reply != "" && act.Reply[0] != '2' || act.Reply == "" && (act.Mute || act.Cut)
	if act.Take || !refused {
		// Kept before the reply goes out, so that a test that saw the reply sees
		// the message.
		t.keep(b.Bytes())
	}
	t.from, t.to, t.open = "", "", false
	return t.say(act, "250 2.0.0 taken")
}

func (t *talk) keep(data []byte) {
	m := Message{From: t.from, To: t.to, Data: data, Conn: t.number}
	if msg, err := netmail.ReadMessage(bytes.NewReader(data)); err == nil {
		m.MessageID = msg.Header.Get("Message-Id")
	}
	t.server.mu.Lock()
	defer t.server.mu.Unlock()
	t.server.taken = append(t.server.taken, m)
}

// address gives what stands between the angle brackets of MAIL and RCPT.
func address(arg string) string {
	_, rest, _ := strings.Cut(arg, "<")
	a, _, _ := strings.Cut(rest, ">")
	return a
}
