package web_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/web"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
	"postbag/templates"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// buffer is a log that requests may write to at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// site is the whole public surface over a real database.
type site struct {
	t      *testing.T
	db     *store.DB
	clock  *digesttest.Clock
	log    *buffer
	server *web.Server
	http   *httptest.Server
	client *http.Client
}

// newSite starts a site; change may alter its options.
func newSite(t *testing.T, change ...func(*web.Options)) *site {
	t.Helper()
	s := &site{t: t, clock: digesttest.NewClock(time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)), log: &buffer{}}
	s.db = storetest.Open(t, storetest.Database(t), s.clock)
	set, err := templates.New()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.server.Handler().ServeHTTP(w, r)
	}))
	base := "http://" + s.http.Listener.Addr().String()
	o := web.Options{
		Signup:    signup.New(signup.Options{Store: s.db, Clock: s.clock, Limits: signup.DefaultLimits(), Log: log}),
		Templates: set, Clock: s.clock, BaseURL: base, Log: log,
	}
	for _, c := range change {
		c(&o)
	}
	o.Publisher = newPublisher(t, s.db, set, o.BaseURL, s.clock)
	if s.server, err = web.New(o); err != nil {
		t.Fatal(err)
	}
	s.http.Start()
	t.Cleanup(s.http.Close)
	s.client = s.http.Client()
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request; header holds pairs.
func (s *site) do(method, path, body string, header ...string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.http.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return s.send(r)
}

func (s *site) send(r *http.Request) answer {
	s.t.Helper()
	resp, err := s.client.Do(r)
	return s.read(resp, err)
}

func (s *site) read(resp *http.Response, err error) answer {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: string(body)}
}

// raw sends a request as it is written, for paths that no client would send.
func (s *site) raw(request string) answer {
	s.t.Helper()
	c, err := net.Dial("tcp", s.http.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	return s.read(resp, err)
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.do("GET", path, "")
}

// post sends a form as a page of the site does; fields holds pairs.
func (s *site) post(path string, fields ...string) answer {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return s.do("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"Sec-Fetch-Site", "same-origin", "Origin", s.http.URL)
}

// subscriber reads a subscriber from the database.
func (s *site) subscriber(email string) (found subscribers.Subscriber) {
	s.t.Helper()
	err := s.db.Subscribers(s.t.Context(), roster.Filter{Text: email}, func(sub subscribers.Subscriber) error {
		found = sub
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// mails gives the tokens of the confirmations that wait to be mailed, by
// address, and takes them.
func (s *site) mails() map[string]string {
	s.t.Helper()
	now := s.clock.Now()
	letters, err := s.db.ClaimLetters(s.t.Context(), deliver.LetterClaim{Most: 100, Now: now, Retry: now.Add(time.Hour)})
	if err != nil {
		s.t.Fatal(err)
	}
	tokens := map[string]string{}
	for _, l := range letters {
		tokens[l.Email] = l.Token
		if err := s.db.SettleLetter(s.t.Context(), deliver.LetterResult{LetterID: l.ID, Fence: l.Fence, State: subscribers.Delivered}); err != nil {
			s.t.Fatal(err)
		}
	}
	return tokens
}

// signUp brings an address as far as its confirmation mail.
func (s *site) signUp(email string) (token string) {
	s.t.Helper()
	if a := s.post("/subscribe", "email", email); a.status != http.StatusOK {
		s.t.Fatalf("signing %s up: %d", email, a.status)
	}
	token = s.mails()[email]
	if token == "" {
		s.t.Fatalf("no confirmation for %s", email)
	}
	return token
}

// reader brings an address onto the list.
func (s *site) reader(email string) subscribers.Subscriber {
	s.t.Helper()
	if a := s.post("/confirm/" + s.signUp(email)); a.status != http.StatusOK {
		s.t.Fatalf("confirming %s: %d", email, a.status)
	}
	return s.subscriber(email)
}

func (s *site) wantState(email string, want subscribers.State) {
	s.t.Helper()
	if got := s.subscriber(email).State; got != want {
		s.t.Errorf("%s is %q, want %q", email, got, want)
	}
}

func wantStatus(t *testing.T, a answer, want int) {
	t.Helper()
	if a.status != want {
		t.Errorf("status %d, want %d; body %.200s", a.status, want, a.body)
	}
}

func wantText(t *testing.T, a answer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page does not say %q:\n%s", text, a.body)
		}
	}
}
