package fetch_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/fetch"
)

// twoHosts serves on 127.0.0.1, which stays private, and at the same port on
// 127.0.0.2, which plays the public one: tests open it as a range.
func twoHosts(t *testing.T) (port string, inner, outer *atomic.Int32) {
	t.Helper()
	inner, outer = new(atomic.Int32), new(atomic.Int32)
	listen := func(addr string, asked *atomic.Int32) (string, error) {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return "", err
		}
		s := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Connection", "close") // so that every request looks the name up
		})}}
		s.Start()
		t.Cleanup(s.Close)
		_, port, err := net.SplitHostPort(l.Addr().String())
		return port, err
	}
	for range 20 {
		p, err := listen("127.0.0.1:0", inner)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = listen("127.0.0.2:"+p, outer); err == nil {
			return p, inner, outer
		}
	}
	t.Fatal("no port is free on both addresses")
	return "", nil, nil
}

func TestWhatIsDialledIsChecked(t *testing.T) {
	port, inner, outer := twoHosts(t)
	names := newNames(t).
		On("public.test", "127.0.0.2").
		On("private.test", "127.0.0.1").
		On("mixed.test", "127.0.0.1 127.0.0.2 ::1 10.0.0.1").
		On("mapped.test", "::ffff:127.0.0.1 64:ff9b::7f00:1").
		On("changing.test", "127.0.0.2", "127.0.0.1", "127.0.0.1", "127.0.0.2")
	c := clientOf(t, fetch.Options{Allow: allow(t, "127.0.0.2/32"), Resolver: names.Resolver()})
	for _, tt := range []struct {
		host    string
		reached bool
	}{
		{"public.test", true}, {"PUBLIC.test.", true}, {"private.test", false}, {"mixed.test", true}, {"mapped.test", false},
		{"changing.test", true}, {"changing.test", false}, {"changing.test", false}, {"changing.test", true},
	} {
		before := outer.Load()
		_, err := get(t, c, "http://"+tt.host+":"+port+"/")
		if tt.reached && err != nil {
			t.Errorf("%s: %v", tt.host, err)
		}
		if !tt.reached {
			wantKind(t, err, digest.Forbidden, "is not a public address")
		}
		if reached := outer.Load() > before; reached != tt.reached {
			t.Errorf("%s: reached %t, want %t", tt.host, reached, tt.reached)
		}
	}
	if n := inner.Load(); n != 0 {
		t.Errorf("the private address was asked %d times", n)
	}
}

func TestNumbersAndNearbyNamesAreNotLookedUp(t *testing.T) {
	names := newNames(t)
	var looked atomic.Int32
	resolver := names.Resolver()
	dial := resolver.Dial
	resolver.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		looked.Add(1)
		return dial(ctx, network, addr)
	}
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{Resolver: resolver}, blog)
	for _, url := range []string{
		"http://2130706433/", "http://0x7f.1/", "http://0x7f000001/", "http://017700000001/", "http://0177.0.0.1/", "http://127.1/",
		"http://127.0.0.01/", "http://127.0.0.1./", "http://localhost/", "http://localhost./", "http://LOCALHOST:80/", "http://a.localhost/",
		"http://printer/", "http://nas.local/", "http://jenkins.internal/", "http://router.lan/", "http://box.home.arpa/",
		"http://169.254.169.254/latest/meta-data/", "http://169.254.169.254./", "http://[::ffff:a9fe:a9fe]/", "http://[fd00:ec2::254]/",
		"http://168.63.129.16/", "http://100.100.100.200/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::1]/", "http://[::ffff:0:7f00:1]/",
		"http://[fe80::1]/", "http://１２７.０.０.１/", "http://①②⑦.0.0.1/", "http://127。0。0。1/", "https://[::]/", "http://0/", "http://0.0.0.0/",
		"http://127.1.2.3/", "http://127.0.0.1:8080/", "http://localhost:8080/", "http://[::1]:8080/", "http://[64:ff9b::7f00:1]/",
	} {
		_, err := get(t, c, url)
		wantKind(t, err, digest.Forbidden, "is not a public address")

		blog.On("/", answer{Status: http.StatusFound, Location: url})
		_, err = get(t, c, blog.URL)
		wantKind(t, err, digest.Forbidden, "is not a public address")
	}
	_, err := get(t, c, "http://blog.test:8080/")
	wantKind(t, err, digest.Forbidden, "at a port other than 80 and 443")
	if acts := digest.ActsOf(err); len(acts) != 1 || acts[0].Name != "blog.test:8080" {
		t.Errorf("it offers %+v", acts)
	}
	if n := looked.Load(); n != 0 {
		t.Errorf("%d names were looked up, want none", n)
	}
}

// A stranger whose feed leads about learns nothing from the words of a failure:
// a name that is unknown and one of the inner network, a closed port of an opened
// range and an address that is refused, are told alike.
func TestFailuresInsideAreAlike(t *testing.T) {
	mute := newBlog(t).On("/", answer{Raw: "SSH-2.0-OpenSSH_9.6 inner\r\n"})
	secure := newTLSBlog(t)
	names := newNames(t).On("inner.test", "10.1.2.3")
	c := clientOf(t, fetch.Options{Allow: allow(t, "127.0.0.0/8"), Resolver: names.Resolver()})
	said := map[string]string{}
	for name, url := range map[string]string{
		"an address that is refused":  "http://10.1.2.3/",
		"a name of a refused address": "http://inner.test/",
		"a name that is unknown":      "http://unknown.test/",
		"a closed port":               "http://" + digesttest.Nobody(t),
		"another service":             mute.URL,
		"a certificate of its own":    secure.URL,
	} {
		_, err := get(t, c, url)
		wantKind(t, err, digest.Forbidden, "")
		if err == nil || strings.Contains(err.Error(), "SSH") {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		host, _, _ := strings.Cut(url[strings.Index(url, "://")+3:], "/")
		host, _, _ = strings.Cut(host, ":")
		said[strings.ReplaceAll(err.Error(), host, "HOST")+" / "+digest.HintOf(err)] += name + "; "
	}
	if len(said) != 1 {
		t.Errorf("told apart: %q", said)
	}
}

func TestRangesAreNotOpenedByTheirNeighbours(t *testing.T) {
	blog := newBlog(t).On("/", answer{})
	for item, reached := range map[string]bool{
		"127.0.0.1/32": true, "127.0.0.0/30": true, "127.0.0.2/32": false, "10.0.0.0/8": false, "::/0": false,
		"127.0.0.1:1": false, "localhost:" + blog.Host()[len("127.0.0.1:"):]: false, blog.Host(): true,
	} {
		_, err := get(t, client(t, fetch.Options{Allow: allow(t, item)}), blog.URL)
		if reached && err != nil {
			t.Errorf("%s is open: %v", item, err)
		}
		if !reached {
			wantKind(t, err, digest.Forbidden, "is not a public address")
		}
	}
}

func TestRedirectsAreCheckedOnEveryHop(t *testing.T) {
	port, inner, outer := twoHosts(t)
	names := newNames(t).On("public.test", "127.0.0.2").On("private.test", "127.0.0.1").On("changing.test", "127.0.0.2", "127.0.0.1")
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{Allow: allow(t, "127.0.0.2/32", blog.Host()), Resolver: names.Resolver()})
	for i, tt := range []struct {
		name    string
		reached bool
	}{{"public.test", true}, {"private.test", false}, {"changing.test", true}, {"changing.test", false}} {
		blog.On("/far", answer{Status: http.StatusFound, Location: "http://" + tt.name + ":" + port + "/"})
		blog.On("/", answer{Status: http.StatusMovedPermanently, Location: "/far"})
		_, err := get(t, c, blog.URL)
		if tt.reached && err != nil {
			t.Errorf("hop %d to %s: %v", i, tt.name, err)
		}
		if !tt.reached {
			wantKind(t, err, digest.Forbidden, "is not a public address")
		}
	}
	if inner.Load() != 0 || outer.Load() != 2 {
		t.Errorf("the private address was asked %d times, the public one %d times; want 0 and 2", inner.Load(), outer.Load())
	}
}
