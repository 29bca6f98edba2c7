package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postbag/digest"
	addresses "postbag/digest/site"
	"postbag/digest/web"
	"postbag/subscribers"
)

// damaged are a token's link as mail programs and filters leave it. What the end of a
// path may be is the test of package site.
func damaged(page, token string) []string {
	return []string{
		"/" + page + "/" + token + ".", "/" + page + "/" + token + ">", "/" + page + "/" + token + "/", "/" + page + "/" + token + ")", "/" + page + "/" + token + ",",
		"/" + page + "/" + token + "%3E", "/" + page + "/" + token + "%22", "/" + page + "/" + token + "%0D%0A", "/" + page + "/%20" + token, "/" + page + "/=3D" + token,
		"/" + page + "/" + token[:9] + "=%0D%0A" + token[9:], "/" + page + "/" + token[:9] + "%20" + token[9:], "/" + page + "/" + token[:9] + "=" + token[9:],
		"/" + strings.ToUpper(page) + "/" + strings.ToUpper(token), "//" + page + "//" + token, "/" + page + "%2f" + token,
	}
}

func TestDamagedLinksWork(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	for _, path := range damaged("unsubscribe", ann.Token) {
		a := s.get(path)
		wantStatus(t, a, http.StatusOK)
		if got := action(t, a); got != "/unsubscribe/"+ann.Token {
			t.Errorf("%s: the button posts to %s", path, got)
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Robots-Tag") == "" {
			t.Errorf("%s has %v", path, a.header)
		}
		s.wantState("ann@example.org", subscribers.Active)
		a = s.do("POST", path, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://mail.example", "Sec-Fetch-Site", "cross-site")
		if a.status != http.StatusOK || a.body != "unsubscribed\n" {
			t.Errorf("one click at %s: %d %q", path, a.status, a.body)
		}
		s.wantState("ann@example.org", subscribers.Unsubscribed)
		wantStatus(t, s.post("/unsubscribe/"+ann.Token+"/undo", "undo", "1"), http.StatusOK)
	}
	for _, path := range damaged("preferences", ann.Token) {
		wantText(t, s.get(path), `action="/preferences/`+ann.Token+`"`)
		wantText(t, s.post(path, "frequency", "monthly"), "Saved.")
	}
	for i, path := range damaged("confirm", strings.Repeat("x", subscribers.TokenLength)) {
		email := string(rune('a'+i)) + "@reader" + string(rune('a'+i)) + ".example"
		s.clock.Move(1e13) // for the limits
		token := s.signUp(email)
		path = strings.Replace(strings.Replace(strings.Replace(path, strings.Repeat("x", 26), token, 1), strings.Repeat("X", 26), strings.ToUpper(token), 1), strings.Repeat("x", 9), token[:9], 1)
		path = strings.Replace(path, strings.Repeat("x", 17), token[9:], 1)
		a := s.get(path)
		wantStatus(t, a, http.StatusOK)
		wantStatus(t, s.post(action(t, a)), http.StatusOK)
		s.wantState(email, subscribers.Active)
	}
	if log := s.log.String(); strings.Contains(log, ann.Token) || strings.Contains(log, strings.ToUpper(ann.Token)) {
		t.Error("the log holds a token")
	}
}

// TestUnknownLinksHaveAWayOn follows it: from a link that leads nowhere to the links
// in the mail, and out.
func TestUnknownLinksHaveAWayOn(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	for _, path := range []string{"/unsubscribe/" + subscribers.NewToken(), "/unsubscribe/", "/preferences/" + ann.Token[:20], "/unsubscribe/" + ann.Token[:13] + "%0A", "/preferences/abc"} {
		a := s.get(path)
		wantStatus(t, a, http.StatusNotFound)
		wantText(t, a, "This link does not work", "newest email", `action="/unsubscribe"`, `href="/">Subscribe`)
	}
	confirm := s.get("/confirm/" + subscribers.NewToken())
	wantStatus(t, confirm, http.StatusNotFound)
	wantText(t, confirm, "This link does not work", `action="/subscribe"`)

	s.clock.Move(1e15)
	asked := s.post("/unsubscribe", "email", " ANN@example.org")
	wantStatus(t, asked, http.StatusOK)
	tokens := s.mails()
	if len(tokens) != 1 || tokens["ann@example.org"] != ann.Token {
		t.Fatalf("mailed %v", tokens)
	}
	s.wantState("ann@example.org", subscribers.Active) // asking alone changes nothing
	wantStatus(t, s.post(action(t, s.get("/unsubscribe/"+tokens["ann@example.org"]))), http.StatusOK)
	s.wantState("ann@example.org", subscribers.Unsubscribed)

	wantText(t, s.get("/unsubscribe"), "Unsubscribe", `action="/unsubscribe"`)
	a := s.post("/unsubscribe", "email", "ann.example.org")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantText(t, a, "That is no email address: there is no “@” in it.", `value="ann.example.org"`)
	if a := s.get("/unsubscribe/" + ann.Token + "/undo"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/unsubscribe/"+ann.Token {
		t.Errorf("the address of the undo button: %d to %q", a.status, a.header.Get("Location"))
	}
	// The button's address undoes, and never unsubscribes, however it was damaged.
	for _, damage := range []string{"./undo", "%3E/undo", "/undo.", "//undo", "/./undo", "%2Fundo", "/un%3Ddo"} {
		wantStatus(t, s.post("/unsubscribe/"+ann.Token+damage, "undo", "1"), http.StatusOK)
		s.wantState("ann@example.org", subscribers.Active)
		wantStatus(t, s.post("/unsubscribe/"+ann.Token+damage, "undo", "1"), http.StatusOK)
		s.wantState("ann@example.org", subscribers.Active)
		s.post("/unsubscribe/" + ann.Token)
		s.wantState("ann@example.org", subscribers.Unsubscribed)
	}
}

func TestAskingForLinksIsAnsweredAlike(t *testing.T) {
	s := newSite(t)
	s.reader("active@example.org")
	s.signUp("pending@example.org")
	left := s.reader("left@example.org")
	s.post("/unsubscribe/" + left.Token)
	s.clock.Move(1e15)
	want := s.post("/unsubscribe", "email", "nobody@example.org")
	wantStatus(t, want, http.StatusOK)
	for _, c := range []struct{ email, trap string }{{"active@example.org", ""}, {"active@example.org", ""}, {"pending@example.org", ""}, {"left@example.org", ""}, {"active@example.org", "https://x.example"}} {
		got := s.post("/unsubscribe", "email", c.email, "website", c.trap)
		if got.status != want.status || got.body != want.body {
			t.Errorf("%s gets another answer: %d\n%s", c.email, got.status, got.body)
		}
	}
	if got := s.mails(); len(got) != 1 || got["active@example.org"] == "" {
		t.Errorf("mailed %v", got)
	}
}

// TestLinksOfATestMail opens every link of a mail that was sent to try it out.
func TestLinksOfATestMail(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	for _, path := range []string{"/unsubscribe/" + subscribers.TestToken, "/preferences/" + subscribers.TestToken, "/unsubscribe/" + strings.ToUpper(subscribers.TestToken) + ".", "/unsubscribe/" + subscribers.TestToken + "/undo"} {
		answers := []answer{s.post(path, "frequency", "monthly", "undo", "1")}
		if !strings.HasSuffix(path, "/undo") {
			answers = append(answers, s.get(path), s.do("POST", path, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded"))
		}
		for _, a := range answers {
			wantStatus(t, a, http.StatusOK)
			wantText(t, a, "This link is from a test", "nothing was changed")
		}
	}
	wantText(t, s.get("/preferences/"+subscribers.TestToken), "the page to change how often it comes")
	s.wantState("ann@example.org", subscribers.Active)
	if got := s.subscriber("ann@example.org"); got != ann {
		t.Errorf("the list changed: %+v", got)
	}
	a := s.get("/issues/1?" + addresses.TestQuery)
	wantStatus(t, a, http.StatusNotFound)
	wantText(t, a, "This link is from a test", "issue 1, which is not published yet")
	s.publish()
	wantText(t, s.get("/issues/1?"+addresses.TestQuery), `<article class="issue"`)
}

// TestTryAgainSaysWhen has every answer that asks to try again say how long to wait,
// to people and to programs.
func TestTryAgainSaysWhen(t *testing.T) {
	busy := digest.Fail(digest.Unavailable, "", "the database stayed locked")
	s := newSite(t, func(o *web.Options) {
		o.Signup = down{o.Signup, busy}
		o.Ready = func(context.Context) error { return errors.New("down") }
	})
	token := subscribers.NewToken()
	for _, a := range []answer{
		s.get("/unsubscribe/" + token), s.get("/preferences/" + token), s.post("/unsubscribe/" + token), s.post("/unsubscribe", "email", "ann@example.org"),
	} {
		wantStatus(t, a, http.StatusServiceUnavailable)
		wantText(t, a, "Try again in a minute.")
		if got := a.header.Get("Retry-After"); got != "60" {
			t.Errorf("Retry-After %q", got)
		}
	}
	a := s.post("/unsubscribe/"+token, "List-Unsubscribe", "One-Click")
	if wantStatus(t, a, http.StatusServiceUnavailable); a.header.Get("Retry-After") != "60" || strings.Contains(a.body, "<") {
		t.Errorf("a mail provider is told %v %q", a.header, a.body)
	}
	if got := s.get("/readyz").header.Get("Retry-After"); got != "60" {
		t.Errorf("a monitor is told %q", got)
	}
	wantText(t, newSite(t).post("/subscribe", "email", "ann@example.org"), "asking again helps tomorrow")
}

// TestABusyDatabaseIsNotWaitedForForEver: the answer comes before the server
// gives up, and tells when to come again.
func TestABusyDatabaseIsNotWaitedForForEver(t *testing.T) {
	s := newSite(t, func(o *web.Options) { o.Signup = slow{o.Signup} })
	s.get("/") // the frame of all pages
	handler := s.server.Handler()
	synctest.Test(t, func(t *testing.T) {
		for _, method := range []string{"GET", "POST"} {
			began, w := time.Now(), httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(method, "/unsubscribe/"+subscribers.NewToken(), nil))
			if took := time.Since(began); took < time.Minute || took > 2*time.Minute {
				t.Errorf("%s was answered after %v", method, took)
			}
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "60" || !strings.Contains(w.Body.String(), "Try again in a minute.") {
				t.Errorf("%s: %d %v\n%s", method, w.Code, w.Header(), w.Body)
			}
		}
	})
	if !strings.Contains(s.log.String(), "a request failed") {
		t.Error("nothing is logged")
	}
}

// slow is a list whose database is busy for as long as it is waited for.
type slow struct{ web.Signup }

func (slow) Lookup(ctx context.Context, _ string) (subscribers.Subscriber, error) {
	<-ctx.Done()
	return subscribers.Subscriber{}, fmt.Errorf("find the subscriber: %w", ctx.Err())
}

func (s slow) Unsubscribe(ctx context.Context, token string) (subscribers.Subscriber, error) {
	return s.Lookup(ctx, token)
}

// down is a list whose database does not answer.
type down struct {
	web.Signup
	err error
}

func (d down) Lookup(context.Context, string) (subscribers.Subscriber, error) {
	return subscribers.Subscriber{}, d.err
}

func (d down) Unsubscribe(context.Context, string) (subscribers.Subscriber, error) {
	return subscribers.Subscriber{}, d.err
}

func (d down) MailLinks(context.Context, string, string) error { return d.err }
