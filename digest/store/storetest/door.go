package storetest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Door is a way to a server that can be shut: what goes through it breaks, and
// nothing more gets in.
type Door struct {
	to string

	mu      sync.Mutex
	in      net.Listener
	at      string
	passing map[net.Conn]bool

	gate sync.RWMutex // locked while nothing goes through
	busy sync.WaitGroup
}

// OpenDoor opens a door to the server of an address, and gives the address that
// leads through it. It is shut when the test ends.
func OpenDoor(t testing.TB, dsn string) (d *Door, through string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	d = &Door{to: u.Host, at: "127.0.0.1:0", passing: map[net.Conn]bool{}}
	d.Open(t)
	t.Cleanup(d.Shut)
	u.Host = d.at
	return d, u.String()
}

// Open opens the door, anew after [Door.Shut] and at the same address.
func (d *Door) Open(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", d.at)
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	d.in, d.at = l, l.Addr().String()
	d.mu.Unlock()
	d.busy.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			d.busy.Go(func() { d.pass(l, c) })
		}
	})
}

// pass lets one connection through the door while it is open.
func (d *Door) pass(l net.Listener, from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", d.to)
	if err != nil {
		return
	}
	defer to.Close()
	d.mu.Lock()
	if d.in != l {
		d.mu.Unlock()
		return
	}
	d.passing[from], d.passing[to] = true, true
	d.mu.Unlock()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(gated{from, d}, to) // it breaks when the door is shut
		from.Close()
	})
	_, _ = io.Copy(gated{to, d}, from)
	to.Close()
	back.Wait()
	d.mu.Lock()
	delete(d.passing, from)
	delete(d.passing, to)
	d.mu.Unlock()
}

// Hold keeps all that goes through from arriving, as a server that is suspended does,
// until the test lets go, or ends. Connections are still taken.
func (d *Door) Hold(t testing.TB) (letGo func()) {
	d.gate.Lock()
	letGo = sync.OnceFunc(d.gate.Unlock)
	t.Cleanup(letGo)
	return letGo
}

// gated is one side of a connection through the door.
type gated struct {
	net.Conn
	door *Door
}

func (g gated) Write(p []byte) (int, error) {
	g.door.gate.RLock()
	defer g.door.gate.RUnlock()
	return g.Conn.Write(p)
}

// ReadFrom hides the connection's own, which would go past the gate.
func (g gated) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{g}, r)
}

// Shut breaks what goes through and waits until it is broken.
func (d *Door) Shut() {
	d.mu.Lock()
	if d.in != nil {
		d.in.Close()
	}
	d.in = nil
	for c := range d.passing {
		c.Close()
	}
	d.mu.Unlock()
	d.busy.Wait()
}

// Knocked waits until somebody comes to a door that is shut, and lets nobody through.
func (d *Door) Knocked(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", d.at)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.(*net.TCPListener).SetDeadline(time.Now().Add(serverTime)); err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal("nobody came: ", err)
	}
	c.Close()
}
