package sink

import (
	"net"
	"time"
)

// Line is a long line to a server: what is said arrives half its latency later, in
// either direction, however much it is. [Lengthen] makes it.
type Line struct {
	ln    net.Listener
	conns conns
	to    string
	half  time.Duration
}

// Lengthen listens on a free port of 127.0.0.1 and passes all on to a server there,
// so that a question and its answer take the latency longer than without.
func Lengthen(to string, latency time.Duration) (*Line, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &Line{ln: ln, to: to, half: latency / 2}
	l.conns.accept(ln, l.serve)
	return l, nil
}

// Addr is where the line begins, as host:port.
func (l *Line) Addr() string { return l.ln.Addr().String() }

// Close ends the line and its connections, and waits for them.
func (l *Line) Close() error { return l.conns.close(l.ln) }

func (l *Line) serve(client net.Conn) {
	server, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	if !l.conns.add(server) {
		return
	}
	defer l.conns.remove(server)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.carry(client, server)
	}()
	l.carry(server, client)
	client.Close() // ends the other direction
	<-done
}

// parcel is what was read at once, and when it arrives.
type parcel struct {
	at    time.Time
	bytes []byte
}

// underWay bounds the parcels of one direction; with more than that, reading waits.
const underWay = 1 << 10

// carry passes on what from says, later, until one of them is gone.
func (l *Line) carry(from, to net.Conn) {
	parcels := make(chan parcel, underWay)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for p := range parcels {
			time.Sleep(time.Until(p.at))
			if _, err := to.Write(p.bytes); err != nil {
				from.Close() // ends the reading
				break
			}
		}
		for range parcels { // so that the reading never waits
		}
	}()
	buf := make([]byte, blockSize)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			parcels <- parcel{time.Now().Add(l.half), append([]byte(nil), buf[:n]...)}
		}
		if err != nil {
			break
		}
	}
	close(parcels)
	<-done
	if c, ok := to.(*net.TCPConn); ok {
		_ = c.CloseWrite() // it may be gone already
	}
}
