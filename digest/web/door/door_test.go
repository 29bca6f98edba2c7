package door_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/digesttest"
	"postbag/digest/site"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/door"
	"postbag/digest/web/frame"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/templates/screen"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

const word = "otter lamp gravel nine"

// house is a desk whose door is the real one.
type house struct {
	*testing.T
	db       *store.DB
	clock    *digesttest.Clock
	accounts *account.Service
	routes   []frame.Route
	base     string
	handler  http.Handler
	got      []url.Values // what was posted to the probe
}

// probe is an area with a form.
type probe struct {
	*frame.Frame
	h *house
}

func (p probe) Routes() []frame.Route {
	return []frame.Route{
		frame.Get(site.DeskHome, func(w http.ResponseWriter, r *http.Request) error {
			return p.Show(w, r, screen.Problem{Title: "Home", Text: "Welcome " + frame.Editor(r).Email})
		}),
		frame.Post(site.SettingsPage, func(w http.ResponseWriter, r *http.Request) error {
			form, err := frame.ReadForm(r)
			if err != nil {
				return err
			}
			p.h.got = append(p.h.got, form.Values)
			return p.Back(w, r, p.Site().Path(site.DeskHome), "Saved.")
		}),
	}
}

// open opens a desk at a base address; "" for one of this machine.
func open(t *testing.T, base string) *house {
	t.Helper()
	h := &house{T: t, clock: digesttest.NewClock(desktest.Start)}
	h.db = storetest.Open(t, storetest.Database(t), h.clock)
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.handler.ServeHTTP(w, r) })}}
	server.Start()
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	h.base = "http://localhost:" + port
	at := site.Site{Base: h.base}
	if base != "" {
		at.Base = base
	}
	h.accounts, h.handler = h.desk(at)
	return h
}

// desk makes one more process of the desk on the same database.
func (h *house) desk(at site.Site) (*account.Service, http.Handler) {
	h.Helper()
	accounts := account.New(account.Options{Store: h.db, Clock: h.clock, URL: at.Base})
	screens, err := screen.New()
	if err != nil {
		h.Fatal(err)
	}
	entry := door.New(door.Options{Accounts: accounts, Site: at, AfterSetUp: at.Path(site.DeskHome), Client: func(r *http.Request) string {
		if from := r.Header.Get("X-From"); from != "" {
			return from
		}
		return "127.0.0.1"
	}})
	handler, err := deskweb.New(deskweb.Options{
		Site: at, Screens: screens, Clock: h.clock, Who: entry.Who, SignIn: entry.SignIn, Around: entry.Around,
		Areas: func(f *frame.Frame) []deskweb.Area {
			h.routes = append(entry.In(f).Routes(), probe{f, h}.Routes()...)
			return []deskweb.Area{entry, probe{f, h}}
		},
		Publication: func(context.Context) string { return "The Night Bus" },
	})
	if err != nil {
		h.Fatal(err)
	}
	return accounts, handler
}

// editor adds an editor with a password.
func (h *house) editor(email string, role digest.Role) digest.Editor {
	h.Helper()
	e, err := h.accounts.Add(h.Context(), storetest.Tester, email, "Ann", role)
	if err == nil {
		err = h.accounts.SetPassword(h.Context(), storetest.Tester, e.ID, word)
	}
	if err != nil {
		h.Fatal(err)
	}
	return e
}

// link prints a link for an editor.
func (h *house) link(email string) string {
	h.Helper()
	a, err := h.accounts.ByEmail(h.Context(), email)
	if err != nil {
		h.Fatal(err)
	}
	token, _, err := h.accounts.PrintLink(h.Context(), storetest.Tester, a)
	if err != nil {
		h.Fatal(err)
	}
	return site.Entrance.With(token)
}

// browser is somebody's, without script.
type browser struct {
	h *house
	http.Client
	from string
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	return &browser{h: h, Client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.h.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.h.Context(), method, b.h.base+path, body)
	if err != nil {
		b.h.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("X-From", b.from)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.Do(r)
	if err != nil {
		b.h.Fatal(err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(all)}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, fields ...string) answer {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

func (b *browser) signIn(email, password string) answer {
	return b.post(string(site.SignIn), "email", email, "password", password)
}

// in tells whether somebody is signed in.
func (b *browser) in() bool { return b.get("/desk/").status == http.StatusOK }

func wants(t *testing.T, what string, a answer, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: %d, want %d\n%.1500s", what, a.status, status, a.body)
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("%s does not say %q:\n%.3000s", what, w, a.body)
		}
	}
}

// TestNobodyGetsInWithoutASession asks for every address by every method.
func TestNobodyGetsInWithoutASession(t *testing.T) {
	h := open(t, "")
	nobody := h.browser()
	isOpen := map[string]bool{}
	for _, r := range h.routes {
		isOpen[r.Method+" "+string(r.Page)] = r.Open
	}
	for _, r := range h.routes {
		path := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(string(r.Page), "1")
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"} {
			if isOpen[method+" "+string(r.Page)] || method == "HEAD" && isOpen["GET "+string(r.Page)] {
				continue
			}
			a := nobody.do(method, path, url.Values{"x": {"y"}})
			switch {
			case a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/desk/sign-in"):
			case a.status == http.StatusUnauthorized:
			default:
				t.Errorf("%s %s: %d %s", method, path, a.status, a.header.Get("Location"))
			}
		}
	}
	if len(h.got) != 0 {
		t.Error("something was done")
	}
	h.editor("ben@desk.example", digest.EditorRole)
	ben := h.browser()
	ben.signIn("ben@desk.example", word)
	for _, r := range h.routes {
		if r.Owner {
			wants(t, string(r.Page), ben.do(r.Method, regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(string(r.Page), "1"), url.Values{"x": {"y"}}), http.StatusForbidden, "Only owners may do this.")
		}
	}
}

func TestCookie(t *testing.T) {
	for base, want := range map[string]string{
		"http://localhost:8080":           "postbag_desk=; Path=/; HttpOnly; SameSite=Lax",
		"https://news.example.org":        "__Host-postbag_desk=; Path=/; HttpOnly; Secure; SameSite=Lax",
		"https://news.example.org/letter": "__Secure-postbag_desk=; Path=/letter/; HttpOnly; Secure; SameSite=Lax",
	} {
		h := open(t, base)
		h.editor("ann@desk.example", digest.OwnerRole)
		a := h.browser().signIn("ann@desk.example", word)
		var got string
		for _, c := range a.header.Values("Set-Cookie") {
			if strings.Contains(c, "postbag_desk") {
				got = regexp.MustCompile(`=[^;]+; Path`).ReplaceAllString(c, "=; Path")
				got = regexp.MustCompile(` Expires=[^;]+; Max-Age=\d+;`).ReplaceAllString(got, "")
			}
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", base, got, want)
		}
	}
}

func TestATokenThatSomebodyPlantedIsNotTheSession(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	ann := h.browser()
	at, _ := url.Parse(h.base)
	ann.Jar.SetCookies(at, []*http.Cookie{{Name: "postbag_desk", Value: "planted", Path: "/"}})
	ann.signIn("ann@desk.example", word)
	first := session(ann.Jar.Cookies(at))
	ann.signIn("ann@desk.example", word)
	second := session(ann.Jar.Cookies(at))
	if first == "planted" || first == second || !ann.in() {
		t.Errorf("%q, %q", first, second)
	}
	thief := h.browser()
	for _, token := range []string{"planted", first, ""} {
		thief.Jar.SetCookies(at, []*http.Cookie{{Name: "postbag_desk", Value: token, Path: "/"}})
		if thief.in() {
			t.Errorf("%q opens the desk", token)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	in := func() *browser {
		b := h.browser()
		b.signIn("ann@desk.example", word)
		if !b.in() {
			t.Fatal("not signed in")
		}
		return b
	}
	for _, c := range []struct {
		name string
		do   func(here, there *browser)
		want [2]bool
	}{
		{"out here", func(here, _ *browser) { here.post(string(site.SignOut)) }, [2]bool{false, true}},
		{"out everywhere", func(here, _ *browser) { here.post(string(site.AccountSessions)) }, [2]bool{false, false}},
		{"a new password", func(here, _ *browser) {
			here.post(string(site.AccountPassword), "present-password", word, "password", "another long word")
			here.post(string(site.AccountPassword), "present-password", "another long word", "password", word)
		}, [2]bool{true, false}},
		{"idle", func(here, _ *browser) {
			for range 6 {
				h.clock.Move(account.SessionIdle - time.Hour)
				here.get("/desk/")
				break
			}
			h.clock.Move(2 * time.Hour)
		}, [2]bool{true, false}},
		{"after a month", func(here, there *browser) {
			for range 31 {
				h.clock.Move(24 * time.Hour)
				here.get("/desk/")
				there.get("/desk/")
			}
		}, [2]bool{false, false}},
	} {
		here, there := in(), in()
		c.do(here, there)
		if got := [2]bool{here.in(), there.in()}; got != c.want {
			t.Errorf("%s: here and there %v, want %v", c.name, got, c.want)
		}
	}
}

// TestAnOpenBrowserIsNotEnough to take an account over: what signs in is changed by who
// has just signed in, or knows the present password.
func TestAnOpenBrowserIsNotEnough(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	ann, bo := h.browser(), h.browser()
	ann.signIn("ann@desk.example", word)
	h.clock.Move(account.RecentLife)
	wants(t, "the page", ann.get(string(site.Account)), http.StatusOK, "The present password", "To add or remove a passkey, sign out here")
	wants(t, "no present one", ann.post(string(site.AccountPassword), "password", "another long word"), http.StatusForbidden, "do not belong together")
	wants(t, "a passkey", ann.get(string(site.AccountPasskeys)), http.StatusForbidden, "just signed in")
	wants(t, "a passkey", ann.post(string(site.AccountPasskeys), "response", "{}", "sealed", "x"), http.StatusForbidden, "just signed in")
	wants(t, "a passkey", ann.post(site.AccountPasskey.With(1), "remove", "yes"), http.StatusForbidden, "just signed in")

	at, _ := url.Parse(h.base)
	copied := session(ann.Jar.Cookies(at))
	wants(t, "with the present one", ann.post(string(site.AccountPassword), "present-password", word, "password", "another long word"), http.StatusSeeOther)
	thief := h.browser()
	thief.Jar.SetCookies(at, []*http.Cookie{{Name: "postbag_desk", Value: copied, Path: "/"}})
	if !ann.in() || thief.in() || session(ann.Jar.Cookies(at)) == copied {
		t.Errorf("after the change: here %v, by a copied cookie %v", ann.in(), thief.in())
	}

	// A session of somebody else is none of one's business.
	h.editor("bo@desk.example", digest.EditorRole)
	bo.signIn("bo@desk.example", word)
	all, err := h.accounts.Sessions(t.Context(), 1)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	wants(t, "ann's session", bo.post(string(site.AccountSessions), "session", strconv.FormatInt(all[0].ID, 10)), http.StatusNotFound, "no such session of yours")
	if !ann.in() {
		t.Error("bo signed ann out")
	}
}

// session gives the session's token.
func session(all []*http.Cookie) string {
	for _, c := range all {
		if c.Name == "postbag_desk" {
			return c.Value
		}
	}
	return ""
}

// TestStrangersDoNotLockTheOwnersBrowserOut hammers from where the owner is, too.
func TestStrangersDoNotLockTheOwnersBrowserOut(t *testing.T) {
	h := open(t, "https://news.example.org")
	h.editor("ann@desk.example", digest.OwnerRole)
	got := h.browser().signIn("ann@desk.example", word)
	var known *http.Cookie
	for _, c := range (&http.Response{Header: got.header}).Cookies() {
		if c.Name == "__Host-postbag_known" {
			known = c
		}
	}
	if known == nil || !known.HttpOnly || !known.Secure || known.SameSite != http.SameSiteStrictMode || known.MaxAge != 365*24*3600 {
		t.Fatalf("%+v", known)
	}
	for range 20 {
		h.browser().signIn("ann@desk.example", "a wrong password")
	}
	try := func(cookie string) int {
		return h.browser().do(http.MethodPost, string(site.SignIn), url.Values{"email": {"ann@desk.example"}, "password": {word}}, "Cookie", cookie).status
	}
	if a, b, c := try("x=y"), try(known.Name+"=1.AAAA.9999999999.AAAA"), try(known.Name+"="+known.Value); a != http.StatusTooManyRequests || b != a || c != http.StatusSeeOther {
		t.Errorf("a stranger gets %d, a forger %d, the owner's browser %d", a, b, c)
	}
	if a := h.browser().do(http.MethodGet, "/desk/", nil, "Cookie", known.Name+"="+known.Value); a.status == http.StatusOK {
		t.Error("the cookie opens the desk")
	}
}

// TestAnOlderSetUpLink says that there is a newer one.
func TestAnOlderSetUpLink(t *testing.T) {
	h := open(t, "")
	older, err := h.accounts.SetUpToken(t.Context())
	if err == nil {
		_, err = h.accounts.SetUpToken(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []answer{h.browser().get(site.Entrance.With(older)), h.browser().post(site.Entrance.With(older), "email", "ann@desk.example", "password", word)} {
		wants(t, "the older link", a, http.StatusConflict, "replaced by a newer one", "A newer link was printed when Postbag was started again; look there.")
	}
}

func TestLinks(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	good := h.link("ann@desk.example")
	scanner, ann := h.browser(), h.browser()
	for range 3 {
		wants(t, "opened", scanner.get(good), http.StatusOK, "signs you in as", "ann@desk.example")
		scanner.do(http.MethodHead, good, nil)
	}
	if scanner.in() {
		t.Error("opening a link signs in")
	}
	if a := ann.post(good); a.status != http.StatusSeeOther || !ann.in() {
		t.Errorf("pressed: %d", a.status)
	}
	used := h.browser()
	wants(t, "used", used.post(good), http.StatusConflict, "This link was used already", "Sign in")
	wants(t, "used", used.get(good), http.StatusConflict, "This link was used already")
	late := h.link("ann@desk.example")
	h.clock.Move(account.PrintedLife + time.Second)
	wants(t, "late", used.post(late), http.StatusConflict, "This link has run out")
	for _, forged := range []string{"aaaaaaaaaaaaaaaaaaaaaaaaaa", "1", "AAAA", strings.Repeat("x", 3000)} {
		wants(t, "forged", used.post(site.Entrance.With(forged)), http.StatusNotFound, "stands for nothing")
		wants(t, "forged", used.get(site.Entrance.With(forged)), http.StatusNotFound, "stands for nothing")
	}
	if used.in() {
		t.Error("somebody is in")
	}
}

// TestAMailedLink reads the letter that is queued.
func TestAMailedLink(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	b := h.browser()
	known := b.post(string(site.SignInMail), "email", "ann@desk.example")
	unknown := b.post(string(site.SignInMail), "email", "bob@desk.example")
	if strings.ReplaceAll(known.body, "ann@", "bob@") != unknown.body || known.status != unknown.status {
		t.Error("the answer tells who is an editor")
	}
	wants(t, "no address", b.post(string(site.SignInMail), "email", "ann at desk"), http.StatusUnprocessableEntity, `value="ann at desk"`, "field-email-mistake")
	letters, err := h.db.ClaimLetters(t.Context(), deliver.LetterClaim{Most: 10, Now: h.clock.Now(), Retry: h.clock.Now()})
	if err != nil || len(letters) != 1 || letters[0].Kind != subscribers.SignInLetter {
		t.Fatal(letters, err)
	}
	if b.post(site.Entrance.With(letters[0].Token)); !b.in() {
		t.Error("the mailed link does not open")
	}
}

// TestWhatWasTypedIsNotLost: in a form that was sent when the session had ended.
func TestWhatWasTypedIsNotLost(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	const intro = "An <b>introduction</b> of several words & more."
	ann := h.browser()
	refused := ann.do(http.MethodPost, "/desk/settings?series=s", url.Values{"intro": {intro}, "version": {"7"}, "password": {"not kept at all"}}, "Referer", h.base+"/desk/readers/?q=x")
	wants(t, "refused", refused, http.StatusUnauthorized, "Your session has ended.")
	if strings.Contains(refused.body, "not kept at all") {
		t.Error("a password is kept")
	}
	kept := hidden(t, refused.body, "kept")
	wrong := ann.post(string(site.SignIn), "email", "ann@desk.example", "password", "wrong", "kept", kept)
	if wants(t, "wrong", wrong, http.StatusForbidden, "do not belong together"); hidden(t, wrong.body, "kept") != kept {
		t.Error("it is lost by a wrong password")
	}
	again := ann.post(string(site.SignIn), "email", "ann@desk.example", "password", word, "kept", kept)
	wants(t, "signed in", again, http.StatusOK, "You are signed in again", `action="/desk/settings?series=s"`, `href="/desk/readers/?q=x"`, "An &lt;b&gt;introduction")
	if len(h.got) != 0 {
		t.Error("it is sent without the person's button")
	}
	ann.post("/desk/settings?series=s", "intro", hidden(t, again.body, "intro"), "version", hidden(t, again.body, "version"))
	if len(h.got) != 1 || h.got[0].Get("intro") != intro || h.got[0].Get("version") != "7" {
		t.Errorf("%v", h.got)
	}
	part := h.browser().do(http.MethodPost, "/desk/settings", url.Values{"intro": {intro}}, "HX-Request", "true")
	if wants(t, "by script", part, http.StatusUnauthorized, "Your session has ended"); part.header.Get("HX-Retarget") != "#problems" {
		t.Errorf("%v", part.header)
	}
	large := h.browser().post("/desk/settings", "intro", strings.Repeat("x", 70<<10))
	wants(t, "large", large, http.StatusUnauthorized, "Not all of what you sent could be kept.")
}

func hidden(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("there is no field %s in\n%.2000s", name, body)
	}
	return strings.NewReplacer("&#34;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#39;", "'", "&#43;", "+").Replace(m[1])
}

// TestLeadsOnToOurOwnPagesOnly has addresses that lead elsewhere.
func TestLeadsOnToOurOwnPagesOnly(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	for next, want := range map[string]string{
		"/desk/readers/?x=1": "/desk/readers/?x=1", "": "/desk/", "https://evil.example/desk/": "/desk/", "//evil.example/desk/": "/desk/", "/desk/../confirm": "/desk/",
		"/desk/sign-out": "/desk/", "/unsubscribe/x": "/desk/", "/\\evil.example/desk/": "/desk/", "javascript:alert(1)": "/desk/", "/desk//evil": "/desk/", "/desk/\r\nx": "/desk/",
	} {
		a := h.browser().post(string(site.SignIn), "email", "ann@desk.example", "password", word, "next", next)
		if got := a.header.Get("Location"); got != want {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	evil := h.browser().post(string(site.SignIn), "email", "ann@desk.example", "password", word, "kept", `{"to":"https://evil.example/","fields":{"x":["y"]}}`)
	if evil.status != http.StatusSeeOther || strings.Contains(evil.body, "evil") {
		t.Errorf("%d %s", evil.status, evil.body)
	}
	if a := h.browser().get("/desk/readers/?q=a+b"); a.header.Get("Location") != "/desk/sign-in?next=%2Fdesk%2Freaders%2F%3Fq%3Da%2Bb" {
		t.Errorf("%v", a.header)
	}
}

func TestOtherSitesCannotSignIn(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	link := h.link("ann@desk.example")
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		b := h.browser()
		wants(t, "sign in", b.do(http.MethodPost, string(site.SignIn), url.Values{"email": {"ann@desk.example"}, "password": {word}}, headers...), http.StatusForbidden, "another site")
		wants(t, "link", b.do(http.MethodPost, link, url.Values{}, headers...), http.StatusForbidden, "another site")
	}
}

// TestTwoProcessesAreOneDesk: what one knows the other knows.
func TestTwoProcessesAreOneDesk(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	one := h.handler
	_, two := h.desk(site.Site{Base: h.base})
	ann, link := h.browser(), h.link("ann@desk.example")
	ann.post(link)
	h.handler = two
	if !ann.in() {
		t.Error("the other process does not know the session")
	}
	wants(t, "the link again", h.browser().post(link), http.StatusConflict)
	ann.post(string(site.SignOut))
	h.handler = one
	if ann.in() {
		t.Error("signed out at one, and in at the other")
	}
}

// TestInvitation: an owner invites, the person accepts, the owner removes.
func TestInvitation(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	ann, bo := h.browser(), h.browser()
	ann.signIn("ann@desk.example", word)
	wants(t, "a bad address", ann.post(string(site.EditorsPage), "email", "bo at desk", "name", "Bo", "role", "editor"), http.StatusUnprocessableEntity, `value="bo at desk"`, `value="Bo"`)
	wants(t, "known", ann.post(string(site.EditorsPage), "email", "ann@desk.example", "role", "editor"), http.StatusConflict, "is an editor already")
	ann.post(string(site.EditorsPage), "email", "bo@desk.example", "name", "Bo", "role", "editor")
	letters, err := h.db.ClaimLetters(t.Context(), deliver.LetterClaim{Most: 10, Now: h.clock.Now(), Retry: h.clock.Now()})
	if err != nil || len(letters) != 1 {
		t.Fatal(letters, err)
	}
	link := site.Entrance.With(letters[0].Token)
	wants(t, "opened", bo.get(link), http.StatusOK, "Come to the desk", "bo@desk.example", `value="Bo"`)
	wants(t, "too short", bo.post(link, "name", "Bo B", "password", "short"), http.StatusUnprocessableEntity, "has 5 characters", `value="Bo B"`)
	bo.post(link, "name", "Bo B", "password", word)
	wants(t, "in", bo.get(string(site.Account)), http.StatusOK, "bo@desk.example", "Bo B")
	wants(t, "again", h.browser().post(link, "name", "X", "password", word), http.StatusConflict, "used already")
	all, err := h.accounts.Editors(t.Context())
	if err != nil || len(all) != 2 || all[1].Role != digest.EditorRole {
		t.Fatal(all, err)
	}
	wants(t, "the last owner", ann.post(site.EditorPage.With(all[0].ID), "remove", "yes"), http.StatusConflict, "is the only owner and cannot be removed")
	ann.post(site.EditorPage.With(all[1].ID), "remove", "yes")
	if bo.in() {
		t.Error("who was removed is in")
	}
	wants(t, "who did what", ann.get(string(site.AuditPage)), http.StatusOK, "removed the editor bo@desk.example", "invited the editor", "signed in as")
	wants(t, "filtered", ann.get(string(site.AuditPage)+"?what=editor-removed"), http.StatusOK, "removed the editor bo@desk.example")
	wants(t, "a bad date", ann.get(string(site.AuditPage)+"?since=yesterday"), http.StatusUnprocessableEntity, "Write a date")
}

// TestDoorInABrowser sets the desk up with a passkey, signs in by it, and looks at
// every page, in both schemes and two widths.
func TestDoorInABrowser(t *testing.T) {
	b := desktest.NewBrowser(t)
	h := open(t, "")
	token, err := h.accounts.SetUpToken(t.Context())
	if err != nil || token == "" {
		t.Fatal(token, err)
	}
	tab := b.TabAt(t, h.base, "", 1280)
	look := func(name string) {
		t.Helper()
		tab.Clean(name)
		tab.Shot(name)
	}
	desktest.Call(tab, webauthn.Enable, webauthn.EnableParams{})
	desktest.Call(tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	tab.Open(h.base + site.Entrance.With(token))
	look("door-setup")
	const go_ = `document.querySelector("[data-passkey-go]").click()`
	desktest.Eval[any](tab, go_+`; 1`)
	tab.Until(`document.querySelector("[data-passkey-said]").textContent !== ""`)
	desktest.Eval[any](tab, `document.getElementById("field-name").value = "Ines"; document.getElementById("field-email").value = "ines@desk.example"; `+go_+`; 1`)
	tab.Until(`document.body.textContent.includes("Welcome ines@desk.example")`)
	tab.Open(h.base + string(site.Account))
	look("door-account")
	desktest.Eval[any](tab, `[...document.querySelectorAll("button")].find(b => b.textContent === "Sign out here").click(); 1`)
	tab.Until(`document.querySelector("h1").textContent === "Sign in"`)
	look("door-signin")
	desktest.Eval[any](tab, `document.querySelector("form[data-passkey] button").click(); 1`)
	tab.Until(`document.body.textContent.includes("Welcome ines@desk.example")`)
	sessions, err := h.accounts.Sessions(t.Context(), 1)
	if err != nil || len(sessions) != 1 || sessions[0].Via != account.ByPasskey {
		t.Errorf("%v, %v", sessions, err)
	}
	ann, _ := h.accounts.Editor(t.Context(), 1)
	if err := h.accounts.Invite(t.Context(), ann, "bo@desk.example", "Bo", digest.EditorRole); err != nil {
		t.Fatal(err)
	}
	h.editor("mona@desk.example", digest.OwnerRole)
	tab.Open(h.base + string(site.EditorsPage))
	look("door-editors")
	tab.Open(h.base + string(site.AuditPage))
	look("door-audit")
	tab.Open(h.base + h.link("mona@desk.example"))
	look("door-link")

	phone := tab
	for _, as := range desktest.Looks()[1:] {
		tab = b.TabAt(t, h.base, "", as.Width)
		tab.Dark(as.Dark)
		tab.Open(h.base + string(site.SignIn))
		look(fmt.Sprint("door-signin-", as))
		tab.Open(h.base + h.link("mona@desk.example"))
		desktest.Eval[any](tab, `document.querySelector("main form").submit(); 1`)
		tab.Until(`document.body.textContent.includes("Welcome mona@desk.example")`)
		for name, page := range map[string]site.Page{"account": site.Account, "editors": site.EditorsPage, "audit": site.AuditPage} {
			tab.Open(h.base + string(page))
			look(fmt.Sprint("door-", name, "-", as))
		}
	}
	tab = phone
}

// TestAPasskeyOfAnotherDeskOpensNothing posts answers that no question belongs to.
func TestAPasskeyOfAnotherDeskOpensNothing(t *testing.T) {
	h := open(t, "")
	h.editor("ann@desk.example", digest.OwnerRole)
	b := h.browser()
	q := b.get(string(site.SignInPasskey))
	wants(t, "the question", q, http.StatusOK, `"challenge"`, `"sealed"`)
	sealed := regexp.MustCompile(`"sealed":"([^"]+)"`).FindStringSubmatch(q.body)[1]
	for _, c := range [][2]string{{"", ""}, {"{}", sealed}, {"{}", "x.y"}, {`{"id":"AA","rawId":"AA","type":"public-key","response":{}}`, sealed}, {strings.Repeat("x", 40<<10), sealed}} {
		wants(t, "an answer", b.post(string(site.SignInPasskey), "response", c[0], "sealed", c[1]), http.StatusForbidden, "does not open the desk")
	}
	h.clock.Move(6 * time.Minute)
	wants(t, "late", b.post(string(site.SignInPasskey), "response", "{}", "sealed", sealed), http.StatusForbidden, "took too long")
	if b.in() || bytes.Contains([]byte(q.body), []byte("ann@desk.example")) {
		t.Error("somebody is in, or the question names somebody")
	}
}
