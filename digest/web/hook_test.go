package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/web"
)

// hooks answers with an error by the provider's name, and tells how much it got.
type hooks struct {
	bytes  int
	header http.Header
}

func (h *hooks) Admit(provider, _ string) error {
	switch provider {
	case "nobody":
		return digest.Fail(digest.NotFound, "", "there is no such provider")
	case "guesser":
		return digest.Fail(digest.TooMany, "", "too often")
	}
	return nil
}

func (h *hooks) Receive(_ context.Context, provider, _ string, header http.Header, body []byte) error {
	h.bytes, h.header = len(body), header
	switch provider {
	case "forger":
		return digest.Fail(digest.Forbidden, "", "secret reason")
	case "stammerer":
		return digest.Fail(digest.Invalid, "", "secret reason")
	case "away":
		return fmt.Errorf("store: %w", digest.Fail(digest.Unavailable, "", "the database is away"))
	case "broken":
		return fmt.Errorf("secret reason")
	}
	return nil
}

// TestHooks looks at what a provider is answered: a status, and nothing else.
func TestHooks(t *testing.T) {
	h := &hooks{}
	s := newSite(t, func(o *web.Options) { o.Hooks = h })
	for provider, status := range map[string]int{
		"ses": 200, "nobody": 404, "guesser": 429, "forger": 401, "stammerer": 400, "away": 503, "broken": 503,
	} {
		a := s.do("POST", "/hooks/"+provider, `{"email":"ada@reader.example"}`, "Content-Type", "text/plain; charset=UTF-8", "X-Of-Theirs", "yes")
		if a.status != status || len(a.body) > 30 || strings.Contains(a.body, "secret") || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q %v", provider, a.status, a.body, a.header)
		}
		if again := a.header.Get("Retry-After") != ""; again != (status == 503 || status == 429) {
			t.Errorf("%s: Retry-After is %q", provider, a.header.Get("Retry-After"))
		}
	}
	if a := s.do("POST", "/hooks/ses", strings.Repeat("x", 1<<20)); a.status != 200 || h.bytes != 1<<20 {
		t.Errorf("a megabyte: %d, %d bytes", a.status, h.bytes)
	}
	h.bytes = 0
	if a := s.do("POST", "/hooks/ses", strings.Repeat("x", 1<<20+1)); a.status != http.StatusRequestEntityTooLarge || h.bytes != 0 {
		t.Errorf("more than a megabyte: %d, %d bytes", a.status, h.bytes)
	}
	for _, path := range []string{"/hooks/ses/", "/hooks/", "/hooks", "/hooks/ses/more", "/hooks/%2e%2e"} {
		if a := s.do("POST", path, ""); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := s.get("/hooks/ses"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", a.status)
	}
	if a := s.do("POST", "/hooks/ses", "", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); a.status != http.StatusForbidden {
		t.Errorf("a page of another site: %d", a.status)
	}
	if log := s.log.String(); !strings.Contains(log, "POST /hooks/{provider}") || strings.Contains(log, "ada@") {
		t.Errorf("the log says %s", log)
	}
	if a := newSite(t).do("POST", "/hooks/ses", ""); a.status != 404 {
		t.Errorf("without a provider: %d", a.status)
	}
}
