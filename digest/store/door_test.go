package store_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// door is a way to a server that can be shut: what goes through it breaks, and
// nothing more gets in.
type door struct {
	to      string
	mu      sync.Mutex
	in      net.Listener
	at      string
	passing map[net.Conn]bool
	busy    sync.WaitGroup
}

func openDoor(t *testing.T, to string) *door {
	t.Helper()
	d := &door{to: to, at: "127.0.0.1:0", passing: map[net.Conn]bool{}}
	d.open(t)
	t.Cleanup(d.shut)
	return d
}

func (d *door) addr() string { return d.at }

func (d *door) open(t *testing.T) {
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
			d.busy.Go(func() { d.pass(c) })
		}
	})
}

func (d *door) pass(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", d.to)
	if err != nil {
		return
	}
	defer to.Close()
	d.mu.Lock()
	d.passing[from], d.passing[to] = true, true
	d.mu.Unlock()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(from, to) // it breaks when the door is shut
		from.Close()
	})
	_, _ = io.Copy(to, from)
	to.Close()
	back.Wait()
	d.mu.Lock()
	delete(d.passing, from)
	delete(d.passing, to)
	d.mu.Unlock()
}

// shut breaks what goes through and waits until it is broken.
func (d *door) shut() {
	d.mu.Lock()
	d.in.Close()
	for c := range d.passing {
		c.Close()
	}
	d.mu.Unlock()
	d.busy.Wait()
}
