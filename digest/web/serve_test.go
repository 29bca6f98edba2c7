package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postbag/digest/web"
	"postbag/subscribers/signup"
)

// serve runs the site's server on a listener of its own.
func serve(t *testing.T, s *site) (addr string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.server.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return l.Addr().String(), func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(time.Minute):
			return errors.New("the server does not stop")
		}
	}
}

func TestHalfOpenConnectionsHoldNobodyUp(t *testing.T) {
	s := newSite(t)
	addr, stop := serve(t, s)
	for i := range 200 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		}
	}
	client := http.Client{Timeout: 20 * time.Second}
	for range 20 {
		resp, err := client.Get("http://" + addr + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\n")
	began := time.Now()
	if err := c.SetReadDeadline(began.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(c).ReadString('\n'); err == nil || time.Since(began) > 30*time.Second {
		t.Errorf("a request that never ends was kept for %s, %v", time.Since(began), err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	s := newSite(t)
	addr, _ := serve(t, s)
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Big", strings.Repeat("a", 64<<10))
	if a := s.send(r); a.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", a.status)
	}
}

func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	s := newSite(t, func(o *web.Options) {
		o.Signup = faulty{Signup: o.Signup, subscribe: func(signup.SubscribeInput) error { close(begun); <-goOn; return nil }}
	})
	addr, stop := serve(t, s)
	answered := make(chan int, 1)
	go func() {
		resp, err := http.PostForm("http://"+addr+"/subscribe", url.Values{"email": {"ann@example.org"}})
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-begun
	time.AfterFunc(200*time.Millisecond, func() { close(goOn) })
	if err := stop(); err != nil {
		t.Error(err)
	}
	if status := <-answered; status != http.StatusOK {
		t.Errorf("the request under way got %d", status)
	}
	if _, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		t.Error("the listener is still open")
	}
}

func TestALostListenerIsAnError(t *testing.T) {
	s := newSite(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.server.Serve(t.Context(), l); err == nil {
		t.Error("no error")
	}
}
