package account_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

const (
	word  = "otter lamp gravel nine"
	owner = "ann@desk.example"
	home  = "192.0.2.7" // where the owner sits
)

var noon = time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)

// door is a service over a real database.
type door struct {
	*account.Service
	t     *testing.T
	db    *store.DB
	clock *digesttest.Clock
}

// newDoor has passwords hashed cheaply; costlyDoor as they are for editors.
func newDoor(t *testing.T) *door {
	t.Helper()
	return openDoor(t, (*account.Service).HashCheaply)
}

func costlyDoor(t *testing.T) *door {
	t.Helper()
	return openDoor(t, func(*account.Service) {})
}

func openDoor(t *testing.T, change func(*account.Service)) *door {
	t.Helper()
	d := &door{t: t, clock: digesttest.NewClock(noon)}
	d.db = storetest.Open(t, storetest.Database(t), d.clock)
	d.Service = account.New(account.Options{Store: d.db, Clock: d.clock, URL: "https://desk.example"})
	change(d.Service)
	e, err := d.Add(t.Context(), storetest.Tester, owner, "Ann", digest.OwnerRole)
	if err == nil {
		err = d.SetPassword(t.Context(), storetest.Tester, e.ID, word)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// try tries a password, and gives the kind of what came of it; -1 for in.
func (d *door) try(email, password, from string) digest.Kind {
	d.t.Helper()
	_, err := d.Password(d.t.Context(), email, password, account.From{IP: from})
	if err == nil {
		return -1
	}
	return digest.KindOf(err)
}

const in digest.Kind = -1

// TestHammeringDoesNotLockTheOwnerOut: wrong passwords from one place, from many, and
// from the owner's own network.
func TestHammeringDoesNotLockTheOwnerOut(t *testing.T) {
	elsewhere := func(n int) string { return fmt.Sprintf("198.51.%d.9", n) }
	for _, c := range []struct {
		name   string
		known  bool // the owner was signed in from home before
		from   func(n int) string
		email  func(n int) string
		tries  int
		stops  bool        // the attacker is stopped
		wants  digest.Kind // what the right password gets from home
		linkIn bool
	}{
		{"one machine elsewhere", true, func(int) string { return elsewhere(1) }, func(int) string { return owner }, 40, true, in, true},
		{"many machines elsewhere", true, elsewhere, func(int) string { return owner }, 60, true, in, true},
		{"many machines, and the owner's place is new", false, elsewhere, func(int) string { return owner }, 60, true, digest.TooMany, true},
		{"a machine beside the owner's", true, func(int) string { return "192.0.2.200" }, func(int) string { return owner }, 20, true, digest.TooMany, true},
		{"many addresses from one machine", true, func(int) string { return elsewhere(1) }, func(n int) string { return fmt.Sprintf("x%d@desk.example", n) }, 60, true, in, true},
		{"a proxy that nobody trusts", true, func(int) string { return "127.0.0.1" }, func(int) string { return owner }, 20, true, in, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(t)
			if c.known && d.try(owner, word, home) != in {
				t.Fatal("not in at first")
			}
			stopped := false
			for n := range c.tries {
				switch kind := d.try(c.email(n), "a wrong password", c.from(n)); kind {
				case digest.Forbidden:
				case digest.TooMany:
					stopped = true
				default:
					t.Fatalf("a wrong password gets %d", kind)
				}
			}
			if stopped != c.stops {
				t.Errorf("stopped: %v", stopped)
			}
			if stopped && c.email(0) == owner && d.try(owner, word, c.from(0)) == in && c.from(0) != home {
				t.Error("who was stopped gets in by guessing right")
			}
			if kind := d.try(owner, word, home); kind != c.wants {
				t.Errorf("the owner at home gets %d, want %d", kind, c.wants)
			}
			// A link by mail works whatever was tried, also for who was refused.
			if err := d.MailLink(t.Context(), owner, home); err != nil {
				t.Fatal(err)
			}
			if token := d.mailed(); token == "" {
				t.Error("no link is mailed")
			} else if _, err := d.Enter(t.Context(), token, home); err != nil {
				t.Error(err)
			}
			d.clock.Move(61 * time.Minute)
			if kind := d.try(owner, word, home); kind != in {
				t.Errorf("an hour later the owner gets %d", kind)
			}
		})
	}
}

// TestAKnownBrowserIsCountedApart: strangers come from the owner's own place, which is
// the same for all.
func TestAKnownBrowserIsCountedApart(t *testing.T) {
	for name, place := range map[string]string{"this machine": "127.0.0.1", "one network": home} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t)
			bo, err := d.Add(t.Context(), storetest.Tester, "bo@desk.example", "Bo", digest.EditorRole)
			if err != nil {
				t.Fatal(err)
			}
			device := func(id int64) string {
				made, err := d.Device(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				return made
			}
			kind := func(password, device string) digest.Kind {
				_, err := d.Password(t.Context(), owner, password, account.From{IP: place, Device: device})
				if err == nil {
					return in
				}
				return digest.KindOf(err)
			}
			hers, other, bos := device(1), device(1), device(bo.ID)
			for range 12 {
				kind("a wrong password", "")
			}
			forged := hers[:len(hers)-3] + "AAA"
			longer := strings.Replace(hers, ".1", ".9", 1)
			for _, no := range []string{"", "x", "1.2.3.4", forged, longer, bos, strings.Repeat("1.", 3000), "1" + hers} {
				if got := kind(word, no); got != digest.TooMany {
					t.Errorf("a stranger by %.60q gets %d", no, got)
				}
			}
			if got := kind(word, hers); got != in {
				t.Errorf("the owner's browser gets %d", got)
			}
			// Its own mistakes are limited, and are nobody else's.
			wrong := 0
			for range 12 {
				if kind("a wrong password", hers) == digest.Forbidden {
					wrong++
				}
			}
			if most := account.DefaultLimits().PerAccountNetwork; wrong != most || kind(word, hers) != digest.TooMany {
				t.Errorf("%d wrong passwords in one browser, and not %d", wrong, most)
			}
			if got := kind(word, other); got != in {
				t.Errorf("another browser of the owner gets %d", got)
			}
			d.clock.Move(61 * time.Minute)
			for range 15 {
				kind("a wrong password", other)
			}
			if got := kind(word, ""); got != in {
				t.Errorf("a stranger pays for a known browser: %d", got)
			}

			// What ends the epoch makes strangers of all browsers.
			lockedOut := func(what, device string) {
				t.Helper()
				d.clock.Move(61 * time.Minute)
				for range 12 {
					kind("a wrong password", "")
				}
				if got := kind(word, device); got != digest.TooMany {
					t.Errorf("%s: an older browser gets %d", what, got)
				}
			}
			ann, err := d.Editor(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.EndSessions(t.Context(), ann); err != nil {
				t.Fatal(err)
			}
			lockedOut("signed out everywhere", hers)
			newer := device(1)
			if err := d.SetPassword(t.Context(), storetest.Tester, 1, word); err != nil {
				t.Fatal(err)
			}
			lockedOut("a new password", newer)
			newest := device(1)
			d.clock.Move(account.DeviceLife)
			lockedOut("a year later", newest)
		})
	}
}

// mailed gives the token of the newest letter, "" for none.
func (d *door) mailed() (token string) {
	d.t.Helper()
	letters, err := d.db.ClaimLetters(d.t.Context(), deliver.LetterClaim{Most: 100, Now: d.clock.Now(), Retry: d.clock.Now()})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range letters {
		token = l.Token
		if err := d.db.SettleLetter(d.t.Context(), deliver.LetterResult{LetterID: l.ID, Fence: l.Fence, State: subscribers.Delivered}); err != nil {
			d.t.Fatal(err)
		}
	}
	return token
}

// TestAMailboxIsNotFilledWithLinks, and whoever asks for them cannot keep its owner from
// having a good one.
func TestAMailboxIsNotFilledWithLinks(t *testing.T) {
	d := newDoor(t)
	if d.try(owner, word, home) != in {
		t.Fatal("not in")
	}
	mails, last := 0, ""
	for n := range 120 { // an hour, from everywhere
		if err := d.MailLink(t.Context(), owner, fmt.Sprintf("198.51.%d.9", n)); err != nil {
			t.Fatal(err)
		}
		if token := d.mailed(); token != "" {
			mails, last = mails+1, token
		}
		if e, err := d.Entrance(t.Context(), last); err != nil || e.Expires.Sub(d.clock.Now()) < 9*time.Minute {
			t.Fatalf("after %d there is no good link: %v", n, err)
		}
		d.clock.Move(30 * time.Second)
	}
	if mails != 12 {
		t.Errorf("%d mails in an hour", mails)
	}
	if err := d.MailLink(t.Context(), owner, home); err != nil || d.mailed() == "" {
		t.Errorf("the owner gets none: %v", err)
	}
	for n := range 30 {
		if err := d.MailLink(t.Context(), fmt.Sprintf("x%d@desk.example", n), "203.0.113.9"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.MailLink(t.Context(), owner, "203.0.113.9"); err != nil || d.mailed() != "" {
		t.Errorf("one network asks for ever: %v", err)
	}
}

// TestUnknownAddressesCostTheSame: the same answer, and about the same time.
func TestUnknownAddressesCostTheSame(t *testing.T) {
	d := newDoor(t)
	times := map[string]time.Duration{}
	for round := range 8 {
		for _, email := range []string{owner, "nobody@desk.example"} {
			began := time.Now()
			_, err := d.Password(t.Context(), email, "a wrong password", account.From{IP: fmt.Sprintf("198.51.%d.9", round)})
			if err == nil || err.Error() != "this address and this password do not belong together" {
				t.Fatal(err)
			}
			if took := time.Since(began); times[email] == 0 || took < times[email] {
				times[email] = took
			}
		}
	}
	if a, b := times[owner], times["nobody@desk.example"]; a > 3*b || b > 3*a {
		t.Errorf("known %s, unknown %s", a, b)
	}
}

func TestPasswords(t *testing.T) {
	for password, want := range map[string]string{
		"":                            "has 0 characters",
		"short":                       "has 5 characters",
		"Password123":                 "one of the first",
		"aaaaaaaaaaaaaaa":             "one of the first",
		"1234567890":                  "one of the first",
		owner:                         "your own name or address",
		strings.Repeat("long ", 300):  "longer than",
		"a\xff\xfe not really a text": "is no text",
		word:                          "",
		"пароль из слов":              "",
		"密码密码一二三四五六":                  "",
	} {
		err := account.CheckPassword(password, owner, "Ann of the desk")
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || digest.KindOf(err) != digest.Invalid || account.FieldOf(err) != account.PasswordField) {
			t.Errorf("%.20q: %v, want %q", password, err, want)
		}
	}
	d := costlyDoor(t)
	e, err := d.ByEmail(t.Context(), "Ann@DESK.example")
	if err != nil || !strings.HasPrefix(e.Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(e.Password, err)
	}
	// The same letters typed another way, and a hash of other parameters.
	if err := d.SetPassword(t.Context(), storetest.Tester, e.ID, "déjà vu déjà vu"); err != nil {
		t.Fatal(err)
	}
	if d.try(owner, "déjà vu déjà vu", home) != in {
		t.Error("a password typed by combining accents is another")
	}
	const other = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxMjM0$"
	if err := d.db.SetPassword(t.Context(), storetest.Tester, e.ID, other); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Password(t.Context(), owner, word, account.From{IP: home}); err == nil {
		t.Error("a broken hash lets in")
	}
}

// TestHashingIsBounded: many at once are told to come again, and none waits for ever.
func TestHashingIsBounded(t *testing.T) {
	d := costlyDoor(t)
	var mu sync.Mutex
	kinds := map[digest.Kind]int{}
	var all sync.WaitGroup
	for n := range 80 {
		all.Go(func() {
			kind := d.try(fmt.Sprintf("x%d@desk.example", n), "a wrong password", fmt.Sprintf("10.0.%d.1", n))
			mu.Lock()
			defer mu.Unlock()
			kinds[kind]++
		})
	}
	all.Wait()
	if kinds[digest.Forbidden]+kinds[digest.Unavailable] != 80 || kinds[digest.Forbidden] == 0 {
		t.Errorf("%v", kinds)
	}
	if d.try(owner, word, home) != in {
		t.Error("nobody gets in afterwards")
	}
}

func TestPasskeysNeedAnAddressWithAName(t *testing.T) {
	for address, want := range map[string]bool{
		"https://desk.example": true, "https://desk.example:8443/letter": true, "http://localhost:8080": true, "http://desk.localhost": true,
		"http://desk.example": false, "https://192.0.2.1": false, "http://127.0.0.1:8080": false, "https://[::1]": false, "": false,
	} {
		if got := account.New(account.Options{URL: address}).HasPasskeys(); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestSweepKeepsWhatIsOfUse(t *testing.T) {
	d := newDoor(t)
	if d.try(owner, word, home) != in {
		t.Fatal("not in")
	}
	for range 8 {
		d.try(owner, "a wrong password", "198.51.100.9")
	}
	d.clock.Move(2 * time.Hour)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The network is known still: what strangers try does not count there.
	for n := range 60 {
		d.try(owner, "a wrong password", fmt.Sprintf("198.51.%d.9", n))
	}
	if kind := d.try(owner, word, home); kind != in {
		t.Errorf("after the sweep the owner gets %d", kind)
	}
	d.clock.Move(account.KnownLife + time.Hour)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Audit(t.Context(), digest.AuditFilter{}); err != nil || len(all) == 0 {
		t.Error(all, err)
	}
	d.clock.Move(digest.AuditKept)
	if err := d.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Audit(t.Context(), digest.AuditFilter{}); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}
