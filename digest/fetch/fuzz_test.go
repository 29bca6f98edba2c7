package fetch_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/fetch"
)

func FuzzReadBody(f *testing.F) {
	for _, packing := range packings {
		f.Add(strings.ReplaceAll(packing, "raw-", ""), pack(f, packing, []byte(strings.Repeat("hello ", 50))))
	}
	f.Add("gzip", []byte("\x1f\x8b\x08\x1f\x00\x00\x00\x00\x00\x00"))
	f.Add("br", []byte{0x1b, 0xff, 0xff, 0x01})
	limits := fetch.Limits{Wire: 64 << 10, Unpacked: 2 << 20}
	f.Fuzz(func(t *testing.T, codings string, wire []byte) {
		body, err := fetch.ReadBody(codings, bytes.NewReader(wire), limits)
		switch {
		case err == nil:
			if int64(len(body)) > limits.Unpacked || len(body) > 1<<20 && len(body) > 101*len(wire) {
				t.Errorf("%d bytes unpacked to %d", len(wire), len(body))
			}
		case !fetch.IsBody(err) && !errors.Is(err, io.ErrUnexpectedEOF):
			t.Errorf("error %v is neither about the body nor the connection", err)
		}
		// What we packed ourselves comes out as it was.
		packing := packings[len(wire)%len(packings)]
		if len(wire) > 4<<10 {
			return
		}
		wire = append([]byte("<feed>"), wire...) // which is not packed itself
		packed := pack(t, packing, wire)
		body, err = fetch.ReadBody(strings.ReplaceAll(packing, "raw-", ""), bytes.NewReader(packed), limits)
		if packing != "raw-deflate" && (err != nil || !bytes.Equal(body, wire)) {
			t.Errorf("%d bytes packed as %q: %v, or another body", len(wire), packing, err)
		}
	})
}

func FuzzWaits(f *testing.F) {
	f.Add("120", "max-age=60, private", "Sun, 01 Mar 2026 13:00:00 GMT", "Sun, 01 Mar 2026 12:00:00 GMT")
	f.Add("-1", `no-cache="x", max-age="7"`, "0", "")
	f.Add("Sunday, 01-Mar-26 13:00:00 GMT", "max-age=99999999999999999999", "Mon Mar  2 12:00:00 2026", "x")
	f.Fuzz(func(t *testing.T, retry, control, expires, date string) {
		if d := fetch.ParseRetryAfter(retry, now); d < 0 || d > fetch.MaxWait {
			t.Errorf("Retry-After %q: %v", retry, d)
		}
		h := http.Header{"Cache-Control": {control}, "Expires": {expires}, "Date": {date}}
		if d := fetch.CacheAge(h, now); d < 0 || d > fetch.MaxWait || d%time.Second != 0 {
			t.Errorf("%v: %v", h, d)
		}
	})
}

// FuzzCheckURL asserts that an address is refused or comes in one spelling, and
// that what leads to a private address by its spelling is seen.
func FuzzCheckURL(f *testing.F) {
	for _, s := range []string{
		"http://blog.example/a?b=c#d", "https://[::1]:443/", "http://2130706433/", "http://0x7f.1", "http://ｂücher.example./?ü",
		"HTTP://user:pw@x/", "http://x:080/", "http://[fe80::1%25eth0]/", "http://a.test/\\..\\x", "http://x?\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := fetch.CheckURL(raw)
		if err != nil {
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
				t.Errorf("error %v of kind %d", err, digest.KindOf(err))
			}
			return
		}
		s := u.String()
		again, err := fetch.CheckURL(s)
		if err != nil || again.String() != s {
			t.Fatalf("%q becomes %q, and that %v, %v", raw, s, again, err)
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Hostname() == "" || strings.HasSuffix(u.Hostname(), ".") {
			t.Errorf("%q is taken as %#v", raw, u)
		}
		if strings.ContainsFunc(u.RequestURI(), func(r rune) bool { return r <= ' ' || r >= 0x7F }) {
			t.Errorf("%q is asked for as %q", raw, u.RequestURI())
		}
		if _, err := http.NewRequest(http.MethodGet, s, nil); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		var none fetch.Allow
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && fetch.Private(ip) && !none.Refuses(u) {
			t.Errorf("%q leads to %v", s, ip)
		}
	})
}

// FuzzPrivate asserts that an address is private however it is wrapped, and that
// the dialer's check agrees.
func FuzzPrivate(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1}, uint16(80))
	f.Add([]byte{8, 8, 8, 8}, uint16(443))
	f.Add(netip.MustParseAddr("64:ff9b::7f00:1").AsSlice(), uint16(80))
	f.Add(netip.MustParseAddr("2606:4700::1111").AsSlice(), uint16(25))
	f.Fuzz(func(t *testing.T, raw []byte, port uint16) {
		ip, ok := netip.AddrFromSlice(raw)
		if !ok {
			return
		}
		private := fetch.Private(ip)
		if std := ip.Unmap(); !private && (std.IsLoopback() || std.IsPrivate() || std.IsLinkLocalUnicast() || std.IsMulticast() || std.IsUnspecified()) {
			t.Errorf("%v may be reached", ip)
		}
		if err := (fetch.Allow{}).Control(netip.AddrPortFrom(ip, port)); (err == nil) != (!private && (port == 80 || port == 443)) {
			t.Errorf("%v, port %d: %v", ip, port, err)
		}
		if !ip.Is4() {
			return
		}
		b := ip.As4()
		for _, head := range []string{"::ffff:0:0", "64:ff9b::", "2001:470::5efe:0:0"} {
			wrapped := netip.MustParseAddr(head).As16()
			copy(wrapped[12:], b[:])
			if fetch.Private(netip.AddrFrom16(wrapped)) != private {
				t.Errorf("%v in %s is told apart from %v", ip, head, ip)
			}
		}
		six := netip.MustParseAddr("2002::").As16()
		copy(six[2:], b[:])
		if fetch.Private(netip.AddrFrom16(six)) != private {
			t.Errorf("%v in 2002:: is told apart", ip)
		}
	})
}
