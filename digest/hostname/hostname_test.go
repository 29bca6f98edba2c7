package hostname_test

import (
	"net/url"
	"testing"

	"postbag/digest/hostname"
)

func TestNormal(t *testing.T) {
	for name, want := range map[string]string{
		"Blog.Example":          "blog.example",
		"blog.example.":         "blog.example",
		"Bücher.example":        "xn--bcher-kva.example",
		"BÜCHER.example.":       "xn--bcher-kva.example",
		"bu\u0308cher.example":  "xn--bcher-kva.example", // not composed
		"127.0.0.1":             "127.0.0.1",
		"0:0::1":                "::1",
		"[::1]":                 "::1",
		"xn--a.example":         "xn--a.example",
		"a\u00ad\u2028.example": "",
		"":                      "",
	} {
		if got := hostname.Normal(name); got != want {
			t.Errorf("%q is written %q, not %q", name, got, want)
		}
		if got := hostname.Normal(hostname.Normal(name)); got != want {
			t.Errorf("%q is written %q the second time", name, got)
		}
	}
}

func TestValid(t *testing.T) {
	for name, want := range map[string]bool{
		"blog.example": true, "a_b.example": true, "127.0.0.1": true, "::1": true,
		"": false, "fe80::1%eth0": false, "a b": false, "blog.example..": false, "a$b.example": false,
	} {
		if got := hostname.Valid(hostname.Normal(name)); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestWithPort(t *testing.T) {
	for address, want := range map[string]string{
		"https://Blog.Example:443/a":   "blog.example",
		"HTTPS://blog.example:443/":    "blog.example",
		"http://blog.example:443/":     "blog.example:443",
		"http://blog.example.:80":      "blog.example",
		"https://[0::1]/":              "[::1]",
		"https://[::1]:8443/":          "[::1]:8443",
		"https://bücher.example:8443/": "xn--bcher-kva.example:8443",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostname.WithPort(u); got != want {
			t.Errorf("%s is on %q, not %q", address, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	for address, want := range map[string]string{
		"https://Blog.Example:8443/a": "blog.example", "https://[::1]:80/": "::1", "mailto:a@b.example": "", "%": "", "": "",
	} {
		if got := hostname.Of(address); got != want {
			t.Errorf("%q is on %q, not %q", address, got, want)
		}
	}
}

func TestSite(t *testing.T) {
	for name, want := range map[string]string{"WWW.Blog.Example": "blog.example", "blog.example": "blog.example", "wwwblog.example": "wwwblog.example"} {
		if got := hostname.Site(name); got != want {
			t.Errorf("%q is the site %q, not %q", name, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
	for name, want := range map[string]bool{"disqus.com": true, "a.disqus.com": true, "notdisqus.com": false, "com": false} {
		if got := hostname.Within(name, "disqus.com"); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestLoopback(t *testing.T) {
	for name, want := range map[string]bool{
		"localhost": true, "Mail.LOCALHOST.": true, "127.1.2.3": true, "::1": true, "::ffff:127.0.0.1": true,
		"mail.example": false, "10.0.0.1": false, "0.0.0.0": false, "": false,
	} {
		if got := hostname.Loopback(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
