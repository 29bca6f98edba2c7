package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

// formAction finds where the form of a page posts to.
var formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

func action(t *testing.T, a answer) string {
	t.Helper()
	m := formAction.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no form on the page:\n%s", a.body)
	}
	return m[1]
}

func TestAReadersWholeStory(t *testing.T) {
	s := newSite(t)
	const ann = "ann@example.org"
	if got := action(t, s.get("/")); got != "/subscribe" {
		t.Errorf("the front page's form posts to %s", got)
	}
	a := s.post("/subscribe", "email", " Ann@Example.ORG ", "website", "")
	wantStatus(t, a, http.StatusOK)
	s.wantState(ann, subscribers.Pending)
	token := s.mails()["Ann@example.org"]

	page := s.get("/confirm/" + token)
	wantStatus(t, page, http.StatusOK)
	if strings.Contains(page.body, "Ann@example.org") {
		t.Error("the page shows the whole address")
	}
	s.wantState(ann, subscribers.Pending)
	done := s.post(action(t, page))
	wantStatus(t, done, http.StatusOK)
	s.wantState(ann, subscribers.Active)
	sub := s.subscriber(ann)
	wantText(t, done, "/preferences/"+sub.Token)

	page = s.get("/preferences/" + sub.Token)
	saved := s.post(action(t, page), "frequency", "monthly")
	wantStatus(t, saved, http.StatusOK)
	wantText(t, saved, "Saved", "/unsubscribe/"+sub.Token)
	if got := s.subscriber(ann).Frequency; got != subscribers.Monthly {
		t.Errorf("the frequency is %s", got)
	}

	page = s.get("/unsubscribe/" + sub.Token)
	wantStatus(t, page, http.StatusOK)
	s.wantState(ann, subscribers.Active)
	left := s.post(action(t, page))
	wantStatus(t, left, http.StatusOK)
	s.wantState(ann, subscribers.Unsubscribed)

	back := s.post(action(t, left), "undo", "1")
	wantStatus(t, back, http.StatusOK)
	s.wantState(ann, subscribers.Active)
	if got := s.subscriber(ann); got.Frequency != subscribers.Monthly || got.Token != sub.Token {
		t.Errorf("came back as %+v", got)
	}
}

func TestConfirmationLinksUsedTwiceLateOrAfterLeaving(t *testing.T) {
	s := newSite(t)
	used := s.signUp("ann@example.org")
	s.post("/confirm/" + used)
	wantText(t, s.get("/confirm/"+used), "already")
	again := s.post("/confirm/" + used)
	wantStatus(t, again, http.StatusOK)
	s.wantState("ann@example.org", subscribers.Active)

	s.post("/unsubscribe/" + s.subscriber("ann@example.org").Token)
	wantStatus(t, s.post("/confirm/"+used), http.StatusGone)
	s.wantState("ann@example.org", subscribers.Unsubscribed)

	late := s.signUp("bob@example.org")
	s.clock.Move(7*24*time.Hour + time.Second)
	for _, a := range []answer{s.get("/confirm/" + late), s.post("/confirm/" + late)} {
		wantStatus(t, a, http.StatusGone)
		wantText(t, a, `action="/subscribe"`)
	}
	s.wantState("bob@example.org", subscribers.Pending)
	if token := s.signUp("bob@example.org"); token == late {
		t.Error("the old link was mailed again")
	}
}

func TestSafeMethodsChangeNothing(t *testing.T) {
	s := newSite(t)
	pending := s.signUp("ann@example.org")
	bob := s.reader("bob@example.org")
	for _, path := range []string{
		"/subscribe?email=cy@example.org", "/confirm/" + pending, "/unsubscribe/" + bob.Token,
		"/unsubscribe/" + bob.Token + "?List-Unsubscribe=One-Click", "/unsubscribe/" + bob.Token + "/undo",
		"/preferences/" + bob.Token + "?frequency=monthly",
	} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "PUT", "DELETE", "PATCH"} {
			a := s.do(method, path, "List-Unsubscribe=One-Click&frequency=monthly&email=cy@example.org", "Content-Type", "application/x-www-form-urlencoded")
			if a.status >= 500 {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
		}
	}
	s.wantState("ann@example.org", subscribers.Pending)
	s.wantState("bob@example.org", subscribers.Active)
	if got := s.subscriber("bob@example.org").Frequency; got != subscribers.Every {
		t.Errorf("bob's frequency is %s", got)
	}
	if got := s.subscriber("cy@example.org"); got.ID != 0 {
		t.Errorf("a link signed up %+v", got)
	}
}

func TestForgedTokensSayNothing(t *testing.T) {
	s := newSite(t)
	s.reader("ann@example.org")
	first := map[string]string{} // of confirmations and of the others
	for name, token := range map[string]string{
		"random":       subscribers.NewToken(),
		"too short":    "abc",
		"too long":     strings.Repeat("a", 300),
		"bad alphabet": strings.Repeat("1", subscribers.TokenLength),
		"not ASCII":    "%C3%A4" + strings.Repeat("a", 20),
		"not UTF-8":    "%ff" + strings.Repeat("a", 25),
		"a quote":      "%27%20OR%201=1--aaaaaaaaaaaaaaa",
	} {
		for _, path := range []string{"/confirm/" + token, "/unsubscribe/" + token, "/preferences/" + token, "/unsubscribe/" + token + "/undo"} {
			answers := []answer{s.post(path, "frequency", "monthly")}
			if !strings.HasSuffix(path, "/undo") {
				answers = append(answers, s.get(path))
			}
			for _, a := range answers {
				wantStatus(t, a, http.StatusNotFound)
				kind := strings.Split(path, "/")[1]
				if kind == "preferences" {
					kind = "unsubscribe"
				}
				if first[kind] == "" {
					first[kind] = a.body
				}
				if a.body != first[kind] {
					t.Errorf("%s: %s tells something:\n%s", name, path, a.body)
				}
			}
		}
		a := s.post("/unsubscribe/"+token, "List-Unsubscribe", "One-Click")
		wantStatus(t, a, http.StatusNotFound)
	}
	s.wantState("ann@example.org", subscribers.Active)
}

func TestSignUpsAreAnsweredAlike(t *testing.T) {
	s := newSite(t)
	s.reader("active@example.org")
	s.signUp("pending@example.org")
	left := s.reader("left@example.org")
	s.post("/unsubscribe/" + left.Token)
	s.signUp("limited@example.org")
	want := s.post("/subscribe", "email", "new@example.org")
	wantStatus(t, want, http.StatusOK)
	for _, email := range []string{"active@example.org", "pending@example.org", "left@example.org", "limited@example.org", "limited@example.org"} {
		got := s.post("/subscribe", "email", email)
		if got.status != want.status || got.body != want.body || got.header.Get("Content-Length") != want.header.Get("Content-Length") {
			t.Errorf("%s gets another answer: %d\n%s", email, got.status, got.body)
		}
	}
	s.mails()
	trapped := s.post("/subscribe", "email", "machine@example.org", "website", "https://example.com")
	if trapped.status != want.status || trapped.body != want.body {
		t.Errorf("a machine gets another answer: %d", trapped.status)
	}
	if s.subscriber("machine@example.org").ID != 0 || len(s.mails()) != 0 {
		t.Error("a machine was signed up")
	}
}

func TestAMistypedAddressIsShownAgain(t *testing.T) {
	s := newSite(t)
	a := s.post("/subscribe", "email", `ann@example"><script>`)
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantText(t, a, `value="ann@example&#34;&gt;&lt;script&gt;"`, "email-error")
	if strings.Contains(a.body, "<script") {
		t.Error("what was typed became markup")
	}
	a = s.post("/subscribe", "email", "ann.example.org")
	wantText(t, a, "That is no email address: there is no “@” in it. Write it like name@example.org.", `value="ann.example.org"`)
	a = s.post("/subscribe")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantText(t, a, "The email address is missing.")
	wantStatus(t, s.post("/subscribe", "email", strings.Repeat("a", 5000)), http.StatusUnprocessableEntity)
}

func TestOneClickUnsubscribe(t *testing.T) {
	const multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
	for name, c := range map[string]struct{ kind, body string }{
		"urlencoded": {"application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"},
		"multipart":  {"multipart/form-data; boundary=b", multipart},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			ann := s.reader("ann@example.org")
			for range 2 {
				for _, header := range [][]string{nil, {"Origin", "https://mail.example.com", "Sec-Fetch-Site", "cross-site"}} {
					a := s.do("POST", "/unsubscribe/"+ann.Token, c.body, append(header, "Content-Type", c.kind)...)
					wantStatus(t, a, http.StatusOK)
					if a.header.Get("Content-Type") != "text/plain; charset=utf-8" || len(a.body) > 100 || a.header.Get("Set-Cookie") != "" {
						t.Errorf("answered %v %q", a.header, a.body)
					}
					s.wantState("ann@example.org", subscribers.Unsubscribed)
				}
			}
		})
	}
}

func TestABodyThatCannotBeReadIsNoReasonToGoOnMailing(t *testing.T) {
	for _, kind := range []string{"", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"} {
		s := newSite(t)
		ann := s.reader("ann@example.org")
		wantStatus(t, s.do("POST", "/unsubscribe/"+ann.Token, "%zz", "Content-Type", kind), http.StatusOK)
		s.wantState("ann@example.org", subscribers.Unsubscribed)
	}
}

func TestTokensMayComeInCapitals(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	wantStatus(t, s.post("/unsubscribe/"+strings.ToUpper(ann.Token)), http.StatusOK)
	s.wantState("ann@example.org", subscribers.Unsubscribed)
}

func TestPreferencesTakeOnlyWhatExists(t *testing.T) {
	s := newSite(t)
	ann := s.reader("ann@example.org")
	a := s.post("/preferences/"+ann.Token, "frequency", "hourly")
	wantStatus(t, a, http.StatusUnprocessableEntity)
	wantText(t, a, "That choice is not offered", "Nothing was changed")
	if strings.Contains(a.body, "fault is ours") {
		t.Error("the page takes the blame")
	}
	wantStatus(t, s.post("/preferences/"+ann.Token), http.StatusUnprocessableEntity)
	if got := s.subscriber("ann@example.org").Frequency; got != subscribers.Every {
		t.Errorf("the frequency is %s", got)
	}
}

func TestWhoBouncedIsNotBroughtBackByTheLink(t *testing.T) {
	s := newSite(t)
	list := roster.New(roster.Options{Store: s.db, Clock: s.clock})
	if _, err := list.Import(t.Context(), storetest.Tester, strings.NewReader("email,state\nann@example.org,bounced\n"), roster.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	ann := s.subscriber("ann@example.org")
	wantStatus(t, s.get("/unsubscribe/"+ann.Token), http.StatusOK)
	wantStatus(t, s.post("/unsubscribe/"+ann.Token+"/undo", "undo", "1"), http.StatusOK)
	s.wantState("ann@example.org", subscribers.Bounced)
}
