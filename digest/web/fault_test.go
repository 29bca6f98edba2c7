package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/web"
	"postbag/subscribers/signup"
	"postbag/templates"
)

// faulty is a sign-up service whose sign-ups a test answers.
type faulty struct {
	web.Signup
	see       func(context.Context) // nil looks at nothing
	subscribe func(signup.SubscribeInput) error
}

func (f faulty) Subscribe(ctx context.Context, in signup.SubscribeInput) error {
	if f.see != nil {
		f.see(ctx)
	}
	return f.subscribe(in)
}

// TestAnAddressIsNotLostWhileTheDatabaseIsAway: it stands in the form again, with when to
// try. Nobody is kept waiting for long, on public pages or on the desk.
func TestAnAddressIsNotLostWhileTheDatabaseIsAway(t *testing.T) {
	bounded := 0
	waits := func(ctx context.Context) {
		if most, _, ok := digest.Patience(ctx); ok && most < 10*time.Second {
			bounded++
		}
	}
	s := newSite(t, func(o *web.Options) {
		o.Signup = faulty{Signup: o.Signup, see: waits, subscribe: func(signup.SubscribeInput) error {
			return digest.Fail(digest.Unavailable, "", "secret lock")
		}}
		o.Desk = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { waits(r.Context()) })
	})
	a := s.post("/subscribe", "email", "ann@example.org")
	wantStatus(t, a, http.StatusServiceUnavailable)
	wantText(t, a, `value="ann@example.org"`, templates.NotNow, "</html>")
	if a.header.Get("Retry-After") == "" || strings.Contains(a.body, "secret") || !strings.Contains(s.log.String(), "secret lock") {
		t.Errorf("%v", a.header)
	}
	if s.get("/desk/"); bounded != 2 {
		t.Errorf("%d of 2 requests have somebody who waits", bounded)
	}
}

func TestFaultsBecomePages(t *testing.T) {
	var fault func() error
	s := newSite(t, func(o *web.Options) {
		o.Signup = faulty{Signup: o.Signup, subscribe: func(signup.SubscribeInput) error { return fault() }}
	})
	for _, c := range []struct {
		fault  func() error
		status int
	}{
		{func() error { panic("secret panic") }, 500},
		{func() error { return errors.New("secret failure") }, 500},
		{func() error { return digest.Fail(digest.Unavailable, "", "secret lock") }, 503},
	} {
		fault = c.fault
		a := s.post("/subscribe", "email", "ann@example.org")
		wantStatus(t, a, c.status)
		wantText(t, a, "</html>")
		if strings.Contains(a.body, "secret") {
			t.Errorf("the page tells %s", a.body)
		}
	}
	for _, want := range []string{"secret panic", "secret failure", "secret lock"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("%q was not logged", want)
		}
	}
	wantStatus(t, s.get("/healthz"), http.StatusOK)
}
