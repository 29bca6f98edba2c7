// Package sink is a mail server for measuring those who send: it takes every mail,
// keeps none, counts them, and costs as little as one can. It reads blocks and looks
// only for the ends of lines and for the final dot. It offers PIPELINING (RFC 2920)
// and 8BITMIME (RFC 6152), and answers all that it has read with one write, as that
// RFC asks of servers in section 3.2.
package sink

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
)

// Server is a sink on a free port of this machine. [Start] makes it.
type Server struct {
	ln    net.Listener
	conns conns
	taken atomic.Int64
}

// Start listens on a free port of 127.0.0.1 and serves until [Server.Close].
func Start() (*Server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{ln: ln}
	s.conns.accept(ln, s.serve)
	return s, nil
}

// Addr is where the sink listens, as host:port.
func (s *Server) Addr() string { return s.ln.Addr().String() }

// Taken is how many mails were answered with 250.
func (s *Server) Taken() int { return int(s.taken.Load()) }

// Close ends the sink and its connections, and waits for them.
func (s *Server) Close() error { return s.conns.close(s.ln) }

const (
	blockSize = 64 << 10
	dot       = "\r\n.\r\n"
)

// serve answers one client until it says QUIT or goes.
func (s *Server) serve(c net.Conn) {
	d := dialogue{server: s}
	if _, err := c.Write([]byte("220 sink ESMTP\r\n")); err != nil {
		return
	}
	buf := make([]byte, blockSize)
	have := 0
	for !d.over {
		n, err := c.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		used := d.take(buf[:have])
		if used == 0 && have == len(buf) {
			return // a command as long as the buffer
		}
		have = copy(buf, buf[used:have])
		if len(d.reply) == 0 {
			continue
		}
		if _, err := c.Write(d.reply); err != nil {
			return
		}
		d.reply = d.reply[:0]
	}
}

// dialogue is where one client stands.
type dialogue struct {
	server *Server
	inData bool
	begun  bool   // some of the message has been read
	over   bool   // the client took its leave
	reply  []byte // not written yet
}

// take works off what was read and tells how much of it.
func (d *dialogue) take(read []byte) (used int) {
	for !d.over {
		rest := read[used:]
		n := 0
		if d.inData {
			n = d.message(rest)
		} else if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			n = end + 1
			d.command(rest[:n])
		}
		if n == 0 {
			return used
		}
		used += n
	}
	return used
}

// message skips the text of a message, and answers at its end. The last four bytes
// are read again, for they may be the beginning of the end.
func (d *dialogue) message(rest []byte) int {
	if !d.begun && bytes.HasPrefix(rest, []byte(dot[2:])) {
		d.taken()
		return len(dot) - 2
	}
	end := bytes.Index(rest, []byte(dot))
	if end >= 0 {
		d.taken()
		return end + len(dot)
	}
	n := max(0, len(rest)-len(dot)+1)
	d.begun = d.begun || n > 0
	return n
}

func (d *dialogue) taken() {
	d.inData = false
	d.server.taken.Add(1)
	d.say("250 2.0.0 taken\r\n")
}

func (d *dialogue) command(line []byte) {
	switch strings.ToUpper(string(line[:min(4, len(line))])) {
	case "EHLO":
		d.say("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n")
	case "DATA":
		d.inData, d.begun = true, false
		d.say("354 go on\r\n")
	case "QUIT":
		d.over = true
		d.say("221 2.0.0 bye\r\n")
	default:
		d.say("250 2.0.0 ok\r\n")
	}
}

func (d *dialogue) say(reply string) { d.reply = append(d.reply, reply...) }

// conns are the open connections of a listener.
type conns struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	open map[net.Conn]bool
	shut bool
}

// accept serves each connection in a goroutine of its own until the listener ends.
func (cs *conns) accept(ln net.Listener, serve func(net.Conn)) {
	cs.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if !cs.add(c) {
				return
			}
			cs.wg.Go(func() {
				defer cs.remove(c)
				serve(c)
			})
		}
	})
}

// add notes a connection; it closes it and tells false when all is over.
func (cs *conns) add(c net.Conn) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.shut {
		c.Close()
		return false
	}
	if cs.open == nil {
		cs.open = map[net.Conn]bool{}
	}
	cs.open[c] = true
	return true
}

func (cs *conns) remove(c net.Conn) {
	c.Close()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.open, c)
}

func (cs *conns) close(ln net.Listener) error {
	err := ln.Close()
	cs.mu.Lock()
	cs.shut = true
	for c := range cs.open {
		err = errors.Join(err, c.Close())
	}
	cs.mu.Unlock()
	cs.wg.Wait()
	return err
}
