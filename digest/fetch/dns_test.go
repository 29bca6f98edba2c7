package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a name server on loopback with answers that change by script.
type names struct {
	conn net.PacketConn

	mu    sync.Mutex
	names map[string][][]netip.Addr
}

// newNames starts a name server that ends with the test and knows no name.
func newNames(t testing.TB) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn, names: map[string][][]netip.Addr{}}
	var wg sync.WaitGroup
	wg.Go(n.serve)
	t.Cleanup(func() {
		_ = conn.Close()
		wg.Wait()
	})
	return n
}

// On scripts a name: each look-up takes the next of the answers, the last one
// from then on. An answer lists addresses with spaces between.
func (n *names) On(name string, answers ...string) *names {
	var parsed [][]netip.Addr
	for _, answer := range answers {
		var addrs []netip.Addr
		for _, text := range strings.Fields(answer) {
			addrs = append(addrs, netip.MustParseAddr(text))
		}
		parsed = append(parsed, addrs)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[name+"."] = parsed
	return n
}

// Resolver asks this server and no other.
func (n *names) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

func (n *names) serve() {
	buf := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		var query dnsmessage.Message
		if err != nil || query.Unpack(buf[:size]) != nil || len(query.Questions) != 1 {
			continue
		}
		reply := n.reply(query)
		if packed, err := reply.Pack(); err == nil {
			_, _ = n.conn.WriteTo(packed, from) // whoever asked may have gone
		}
	}
}

// reply answers for A and AAAA. A look-up asks for both; the script moves on with
// the A.
func (n *names) reply(query dnsmessage.Message) dnsmessage.Message {
	q := query.Questions[0]
	n.mu.Lock()
	defer n.mu.Unlock()
	out := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true},
		Questions: query.Questions,
	}
	name := strings.ToLower(q.Name.String())
	answers, known := n.names[name]
	if !known {
		out.RCode = dnsmessage.RCodeNameError
		return out
	}
	head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0}
	for _, ip := range answers[0] {
		switch {
		case ip.Is4() && q.Type == dnsmessage.TypeA:
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: ip.As4()}})
		case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	if q.Type == dnsmessage.TypeA && len(answers) > 1 {
		n.names[name] = answers[1:]
	}
	return out
}
