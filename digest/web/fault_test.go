package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/web"
	"postbag/subscribers/signup"
)

// faulty is a sign-up service whose sign-ups a test answers.
type faulty struct {
	web.Signup
	subscribe func(signup.SubscribeInput) error
}

func (f faulty) Subscribe(_ context.Context, in signup.SubscribeInput) error { return f.subscribe(in) }

func TestFaultsBecomePages(t *testing.T) {
	var fault func() error
	s := newSite(t, func(o *web.Options) {
		o.Signup = faulty{o.Signup, func(signup.SubscribeInput) error { return fault() }}
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
