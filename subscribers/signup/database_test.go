package signup_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/signup"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// setClock is set by hand.
type setClock struct{ at time.Time }

func (c *setClock) Now() time.Time                                   { return c.at }
func (c *setClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// desk is a service over a real database, with what it has mailed.
type desk struct {
	*signup.Service
	t     *testing.T
	db    *store.DB
	clock *setClock
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	c := &setClock{at: noon}
	db := storetest.Open(t, storetest.Database(t), c)
	s := signup.New(signup.Options{Store: db, Clock: c, Limits: signup.DefaultLimits()})
	return &desk{Service: s, t: t, db: db, clock: c}
}

func (d *desk) ask(email, ip string) {
	d.t.Helper()
	if err := d.Subscribe(d.t.Context(), signup.SubscribeInput{Email: email, RemoteIP: ip}); err != nil {
		d.t.Fatal(err)
	}
}

// mailed counts the confirmations queued since it was asked last.
func (d *desk) mailed() (n int, last string) {
	d.t.Helper()
	letters, err := d.db.ClaimLetters(d.t.Context(), deliver.LetterClaim{Most: 10_000, Now: d.clock.at, Retry: d.clock.at.Add(time.Minute)})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range letters {
		last = l.Token
		if err := d.db.SettleLetter(d.t.Context(), deliver.LetterResult{LetterID: l.ID, Fence: l.Fence, State: subscribers.Delivered}); err != nil {
			d.t.Fatal(err)
		}
	}
	return len(letters), last
}

func (d *desk) wantMailed(why string, want int) {
	d.t.Helper()
	if got, _ := d.mailed(); got != want {
		d.t.Errorf("%s: %d confirmations, want %d", why, got, want)
	}
}

func TestAMailboxIsNotFlooded(t *testing.T) {
	d := newDesk(t)
	for _, email := range []string{"ann.other@gmail.com", "annother@gmail.com", "annother+1@gmail.com", "A.N.N.other+2@GMAIL.com"} {
		d.ask(email, "")
	}
	d.wantMailed("one mailbox in many spellings", 1)
	for day := range 5 {
		d.clock.at = d.clock.at.Add(25 * time.Hour)
		d.ask("annother@gmail.com", "")
		if _, err := d.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := 0
		if day < 2 {
			want = 1
		}
		d.wantMailed(fmt.Sprintf("day %d", day+2), want)
	}
	d.clock.at = d.clock.at.AddDate(0, 2, 0)
	if _, err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.ask("annother@gmail.com", "")
	d.wantMailed("two months later, swept", 0)
}

// TestOneMailDoesNotCostAnother: the page that says that a mail is on its way is right
// also for whoever confirms, asks for the links, leaves and comes back in one hour.
func TestOneMailDoesNotCostAnother(t *testing.T) {
	d := newDesk(t)
	const ann = "ann@example.org"
	next := func() { d.clock.at = d.clock.at.Add(5 * time.Minute) }
	links := func() {
		t.Helper()
		next()
		if err := d.MailLinks(t.Context(), ann, ""); err != nil {
			t.Fatal(err)
		}
	}
	signUp := func() (confirm string) {
		t.Helper()
		next()
		d.ask(ann, "")
		n, confirm := d.mailed()
		if n != 1 {
			t.Fatalf("%d confirmations, want 1", n)
		}
		return confirm
	}
	confirm := func(token string) subscribers.Subscriber {
		t.Helper()
		next()
		s, err := d.Confirm(t.Context(), token, "", "")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	leave := func(s subscribers.Subscriber) {
		t.Helper()
		next()
		if _, err := d.Unsubscribe(t.Context(), s.Token); err != nil {
			t.Fatal(err)
		}
	}
	s := confirm(signUp())
	links()
	d.wantMailed("the links on the day of the confirmation", 1)
	links()
	d.wantMailed("the links again", 0)
	leave(s)
	s = confirm(signUp())
	leave(s)

	// The limits hold for whoever signs somebody up that has left.
	signUp()
	next()
	d.ask(ann, "")
	d.wantMailed("another while one is unanswered", 0)
	total := 1
	for range 6 {
		d.clock.at = d.clock.at.Add(25 * time.Hour)
		d.ask(ann, "")
		n, _ := d.mailed()
		total += n
	}
	if total != 3 {
		t.Errorf("%d confirmations that nobody answers, want 3", total)
	}
}

func TestStrangersCannotMakeUsSendMuch(t *testing.T) {
	d := newDesk(t)
	for i := range 20 {
		d.ask(fmt.Sprintf("reader%d@host%d.example", i, i), fmt.Sprintf("192.0.2.%d", i))
	}
	d.wantMailed("one network", 10)
	for i := range 80 {
		d.ask(fmt.Sprintf("reader%d@example.org", i), fmt.Sprintf("10.0.%d.1", i))
	}
	d.wantMailed("one domain", 60)
	for i := range 600 {
		d.ask(fmt.Sprintf("reader@host%d.example.net", i), fmt.Sprintf("10.%d.%d.1", 1+i/200, i%200))
	}
	d.wantMailed("everybody", 500-70)
	d.clock.at = d.clock.at.Add(61 * time.Minute)
	d.ask("late@example.org", "192.0.2.1")
	d.wantMailed("an hour later", 1)
}

// TestReadersBehindALocalProxyDoNotShareALimit: the other limits hold for them.
func TestReadersBehindALocalProxyDoNotShareALimit(t *testing.T) {
	d := newDesk(t)
	for i := range 20 {
		d.ask(fmt.Sprintf("reader%d@host%d.example", i, i), "127.0.0.1")
	}
	d.wantMailed("a local proxy", 20)
	for i := range 80 {
		d.ask(fmt.Sprintf("reader%d@example.org", i), "::1")
	}
	d.wantMailed("one domain behind it", 60)
}

func TestWhoDoesNotConfirmIsForgotten(t *testing.T) {
	d := newDesk(t)
	d.ask("ann@example.org", "")
	_, token := d.mailed()
	d.clock.at = d.clock.at.AddDate(0, 0, 13)
	if n, err := d.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("after 13 days %d went, %v", n, err)
	}
	d.clock.at = d.clock.at.AddDate(0, 0, 2)
	if n, err := d.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("after 15 days %d went, %v", n, err)
	}
	if _, err := d.Confirmation(t.Context(), token); digest.KindOf(err) != digest.NotFound {
		t.Errorf("the confirmation is still there: %v", err)
	}
}
