package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"postbag/digest/web"
	"postbag/subscribers/signup"
)

// watch notes in got where a sign-up comes from.
func watch(real web.Signup, got *signup.SubscribeInput) web.Signup {
	return faulty{Signup: real, subscribe: func(in signup.SubscribeInput) error {
		*got = in
		return nil
	}}
}

func TestWhereASignUpComesFrom(t *testing.T) {
	prefix := netip.MustParsePrefix
	for name, c := range map[string]struct {
		trusted []netip.Prefix
		peer    string
		headers []string
		want    string
	}{
		"direct":           {nil, "192.0.2.7:1234", nil, "192.0.2.7"},
		"direct, lying":    {nil, "192.0.2.7:1234", []string{"198.51.100.1"}, "192.0.2.7"},
		"proxied":          {[]netip.Prefix{prefix("10.0.0.0/8")}, "10.1.2.3:1234", []string{"198.51.100.1"}, "198.51.100.1"},
		"proxied, lying":   {[]netip.Prefix{prefix("10.0.0.0/8")}, "10.1.2.3:1234", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"two proxies":      {[]netip.Prefix{prefix("10.0.0.0/8")}, "10.1.2.3:1234", []string{"203.0.113.9", "198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		"rubbish":          {[]netip.Prefix{prefix("10.0.0.0/8")}, "10.1.2.3:1234", []string{"198.51.100.1, <script>"}, "10.1.2.3"},
		"no header":        {[]netip.Prefix{prefix("10.0.0.0/8")}, "10.1.2.3:1234", nil, "10.1.2.3"},
		"IPv4 in IPv6":     {[]netip.Prefix{prefix("10.0.0.0/8")}, "[::ffff:10.1.2.3]:1234", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"IPv6 with a zone": {nil, "[fe80::1%eth0]:1234", nil, "fe80::1"},
		"socket":           {nil, "@", []string{"198.51.100.1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got signup.SubscribeInput
			s := newSite(t, func(o *web.Options) { o.TrustedProxies, o.Signup = c.trusted, watch(o.Signup, &got) })
			r, err := http.NewRequestWithContext(t.Context(), "POST", "/subscribe", strings.NewReader("email=ann@example.org"))
			if err != nil {
				t.Fatal(err)
			}
			r.RemoteAddr = c.peer
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, h := range c.headers {
				r.Header.Add("X-Forwarded-For", h)
			}
			s.server.Handler().ServeHTTP(httptest.NewRecorder(), r)
			if got.RemoteIP != c.want || got.Email != "ann@example.org" {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}

// TestAProxyThatNobodyNamedIsTold: the operator learns why all readers look like
// one, once, and no reader's address is in the log.
func TestAProxyThatNobodyNamedIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		trusted      []netip.Prefix
		peer, header string
		warned       bool
		says         string
	}{
		"on this machine":     {nil, "127.0.0.1:1234", "198.51.100.1", true, "peer=127.0.0.1"},
		"in a container":      {nil, "172.17.0.1:1234", "198.51.100.1", true, "peer=172.17.0.1"},
		"from anywhere":       {nil, "192.0.2.7:1234", "198.51.100.1", true, "trusted proxies"},
		"trusted":             {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "127.0.0.1:1234", "198.51.100.1", false, ""},
		"another one trusted": {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "127.0.0.1:1234", "198.51.100.1", true, "peer=127.0.0.1"},
		"no proxy":            {nil, "127.0.0.1:1234", "", false, ""},
		"socket":              {nil, "@", "198.51.100.1", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(o *web.Options) { o.TrustedProxies = c.trusted })
			for range 3 {
				r, err := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.RemoteAddr = c.peer
				if c.header != "" {
					r.Header.Set("X-Forwarded-For", c.header)
				}
				s.server.Handler().ServeHTTP(httptest.NewRecorder(), r)
			}
			log, want := s.log.String(), 0
			if c.warned {
				want = 1
			}
			if got := strings.Count(log, "level=WARN"); got != want || !strings.Contains(log, c.says) {
				t.Errorf("%d warnings, want %d with %q:\n%s", got, want, c.says, log)
			}
			if strings.Contains(log, "198.51.100.1") || strings.Contains(log, "192.0.2.7") {
				t.Errorf("the log holds a reader's address:\n%s", log)
			}
		})
	}
}

func TestTheProofNamesTheFormsSite(t *testing.T) {
	var got signup.SubscribeInput
	s := newSite(t, func(o *web.Options) { o.Signup = watch(o.Signup, &got) })
	for origin, want := range map[string]string{
		"https://blog.example": "https://blog.example", "null": s.http.URL + "/", "": s.http.URL + "/",
		"javascript://x": s.http.URL + "/", "https://" + strings.Repeat("a", 300): s.http.URL + "/",
	} {
		s.do("POST", "/subscribe", "email=ann@example.org", "Content-Type", "application/x-www-form-urlencoded", "Origin", origin)
		if got.Page != want {
			t.Errorf("Origin %q: page %q, want %q", origin, got.Page, want)
		}
	}
}
