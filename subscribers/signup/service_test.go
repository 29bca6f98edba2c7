package signup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/signup"
)

// recorder is a store that notes what it is asked and answers as told. How the
// rows behave is the real store's test.
type recorder struct {
	calls    []string
	request  signup.Request
	links    signup.LinksRequest
	consent  subscribers.Consent
	at       time.Time
	before   [2]time.Time
	queued   bool
	err      error
	answered subscribers.Subscriber
}

func (r *recorder) note(format string, args ...any) {
	r.calls = append(r.calls, fmt.Sprintf(format, args...))
}

func (r *recorder) Request(_ context.Context, q signup.Request) (bool, error) {
	r.note("request")
	r.request = q
	return r.queued, r.err
}

func (r *recorder) RequestLinks(_ context.Context, q signup.LinksRequest) (bool, error) {
	r.note("links")
	r.links = q
	return r.queued, r.err
}

func (r *recorder) Confirmation(context.Context, string) (signup.Confirmation, error) {
	r.note("confirmation")
	return signup.Confirmation{}, r.err
}

func (r *recorder) Confirm(_ context.Context, _ string, c subscribers.Consent) (subscribers.Subscriber, error) {
	r.note("confirm")
	r.consent = c
	return r.answered, r.err
}

func (r *recorder) ByToken(context.Context, string) (subscribers.Subscriber, error) {
	r.note("by token")
	return r.answered, r.err
}

func (r *recorder) Unsubscribe(_ context.Context, _ string, at time.Time) (subscribers.Subscriber, error) {
	r.note("unsubscribe")
	r.at = at
	return r.answered, r.err
}

func (r *recorder) Return(_ context.Context, _ string, c subscribers.Consent) (subscribers.Subscriber, error) {
	r.note("return")
	r.consent = c
	return r.answered, r.err
}

func (r *recorder) SetFrequency(_ context.Context, _ string, f subscribers.Frequency) (subscribers.Subscriber, error) {
	r.note("frequency %s", f)
	return r.answered, r.err
}

func (r *recorder) Sweep(_ context.Context, pending, records time.Time) (int, error) {
	r.note("sweep")
	r.before = [2]time.Time{pending, records}
	return 3, r.err
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

type still struct{}

func (still) Now() time.Time                                   { return noon }
func (still) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func newService(log *bytes.Buffer) (*signup.Service, *recorder) {
	store := &recorder{}
	return signup.New(signup.Options{
		Store: store, Clock: still{}, Limits: signup.DefaultLimits(), Wording: func(context.Context) string { return "One mail a week." },
		Log: slog.New(slog.NewTextHandler(log, nil)),
	}), store
}

func TestSubscribeAnswersAlikeAndLogsNoAddress(t *testing.T) {
	var logged bytes.Buffer
	s, store := newService(&logged)
	for _, store.queued = range []bool{true, false} {
		in := signup.SubscribeInput{Email: " A.Nn+news@GMail.com ", RemoteIP: "192.0.2.77", Page: "https://example.org/"}
		if err := s.Subscribe(t.Context(), in); err != nil {
			t.Fatalf("queued %v: %v", store.queued, err)
		}
		got := store.request
		if got.Email != "A.Nn+news@gmail.com" || got.Key != "a.nn+news@gmail.com" || got.Mailbox != "ann@gmail.com" || got.Network != "192.0.2.0/24" {
			t.Errorf("asked for %+v", got)
		}
		if len(got.Token) != subscribers.TokenLength || len(got.Confirm) != subscribers.TokenLength || got.Token == got.Confirm {
			t.Errorf("tokens %q, %q", got.Token, got.Confirm)
		}
		if want := (subscribers.Consent{At: noon, IP: "192.0.2.77", Page: "https://example.org/", Wording: "One mail a week."}); got.Consent != want {
			t.Errorf("consent %+v", got.Consent)
		}
		if !got.Expires.Equal(noon.AddDate(0, 0, 7)) || got.Limits != signup.DefaultLimits() {
			t.Errorf("expires %s, limits %+v", got.Expires, got.Limits)
		}
	}
	if strings.Contains(strings.ToLower(logged.String()), "gmail") || logged.Len() == 0 {
		t.Errorf("logged %s", logged.String())
	}
}

// TestWhatTheServerCannotTakeIsToldAtOnce, before anything is stored.
func TestWhatTheServerCannotTakeIsToldAtOnce(t *testing.T) {
	store := &recorder{}
	s := signup.New(signup.Options{Store: store, Clock: still{}, Takes: func(email string) error {
		if email == "jürgen@xn--bcher-kva.example" {
			return digest.Fail(digest.Invalid, "Use another.", "it cannot be written to")
		}
		return nil
	}})
	if err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: "jürgen@bücher.example"}); digest.KindOf(err) != digest.Invalid || store.request.Email != "" {
		t.Errorf("%v, asked for %+v", err, store.request)
	}
	if err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: "juergen@bücher.example"}); err != nil || store.request.Email != "juergen@xn--bcher-kva.example" {
		t.Errorf("%v, asked for %+v", err, store.request)
	}
}

func TestARefusedSignUpSaysWhyInTheLog(t *testing.T) {
	var logged bytes.Buffer
	s, store := newService(&logged)
	for _, c := range []struct {
		queued bool
		says   bool
	}{{true, false}, {false, true}} {
		logged.Reset()
		store.queued = c.queued
		if err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: "ann@example.org", RemoteIP: "192.0.2.77"}); err != nil {
			t.Fatal(err)
		}
		if got := logged.String(); strings.Contains(got, "a limit holds it back") != c.says || strings.Contains(got, "ann") || strings.Contains(got, "192.0.2") {
			t.Errorf("queued %v: logged %s", c.queued, got)
		}
	}
}

func TestThisMachineIsNoNetwork(t *testing.T) {
	s, store := newService(new(bytes.Buffer))
	for ip, want := range map[string]string{
		"": "", "127.0.0.1": "", "127.8.9.1": "", "::1": "", "::ffff:127.0.0.1": "",
		"192.0.2.77": "192.0.2.0/24", "2001:db8:1:2::3": "2001:db8:1::/48", "10.1.2.3": "10.1.2.0/24",
	} {
		if err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: "ann@example.org", RemoteIP: ip}); err != nil {
			t.Fatal(err)
		}
		if store.request.Network != want || store.request.Consent.IP != ip {
			t.Errorf("%q: network %q, want %q; proof %+v", ip, store.request.Network, want, store.request.Consent)
		}
	}
}

func TestOnlyAMalformedAddressIsRefused(t *testing.T) {
	s, store := newService(new(bytes.Buffer))
	for _, email := range []string{"", "ann", "ann@example", "ann@[192.0.2.1]", "a\r\nb@example.org", "ann@example.org, bob@example.org"} {
		err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: email})
		if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%q: %v (hint %q)", email, err, digest.HintOf(err))
		}
	}
	if len(store.calls) != 0 {
		t.Errorf("the store was asked: %v", store.calls)
	}
	store.err = errors.New("disk full")
	if err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: "ann@example.org"}); !errors.Is(err, store.err) || digest.KindOf(err) != digest.Internal {
		t.Errorf("a fault of the store: %v", err)
	}
}

func TestLinksThatCannotBeNeverReachTheStore(t *testing.T) {
	s, store := newService(new(bytes.Buffer))
	for _, token := range []string{"", "x", strings.Repeat("a", 25), strings.Repeat("a", 27), strings.Repeat("1", 26), strings.Repeat("ä", 13), "../../../../../../etc/passw", strings.Repeat("a", 25) + "\x00"} {
		for name, err := range use(t.Context(), s, token) {
			if digest.KindOf(err) != digest.NotFound {
				t.Errorf("%s of %q: %v", name, token, err)
			}
		}
	}
	if len(store.calls) != 0 {
		t.Errorf("the store was asked: %v", store.calls)
	}
}

func TestLinksPassTheStoresAnswerOn(t *testing.T) {
	s, store := newService(new(bytes.Buffer))
	token := subscribers.NewToken()
	for name, err := range use(t.Context(), s, token) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !store.at.Equal(noon) {
		t.Errorf("left at %s", store.at)
	}
	if _, err := s.Confirm(t.Context(), token, "192.0.2.1", "/confirm"); err != nil {
		t.Fatal(err)
	}
	if want := (subscribers.Consent{At: noon, IP: "192.0.2.1", Page: "/confirm", Wording: "One mail a week."}); store.consent != want {
		t.Errorf("consent %+v", store.consent)
	}
	if _, err := s.Undo(t.Context(), token, "192.0.2.1", "/undo"); err != nil {
		t.Fatal(err)
	}
	if store.consent.Wording == "One mail a week." || store.consent.Wording == "" {
		t.Errorf("undoing is recorded as %q", store.consent.Wording)
	}
	store.err = digest.Fail(digest.Conflict, "", "ran out")
	for name, err := range use(t.Context(), s, token) {
		if !errors.Is(err, store.err) || digest.KindOf(err) != digest.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// use tries everything that takes the token of a link.
func use(ctx context.Context, s *signup.Service, token string) map[string]error {
	errs := map[string]error{}
	_, errs["confirmation"] = s.Confirmation(ctx, token)
	_, errs["confirm"] = s.Confirm(ctx, token, "", "")
	_, errs["lookup"] = s.Lookup(ctx, token)
	_, errs["unsubscribe"] = s.Unsubscribe(ctx, token)
	_, errs["undo"] = s.Undo(ctx, token, "", "")
	_, errs["frequency"] = s.SetFrequency(ctx, token, subscribers.Monthly)
	return errs
}

func TestOnlyFrequenciesThatExistAreSet(t *testing.T) {
	s, store := newService(new(bytes.Buffer))
	if _, err := s.SetFrequency(t.Context(), subscribers.NewToken(), "hourly"); digest.KindOf(err) != digest.Invalid {
		t.Errorf("got %v", err)
	}
	if len(store.calls) != 0 {
		t.Errorf("the store was asked: %v", store.calls)
	}
}

func TestSweepTakesThoseWhoDidNotConfirmInTwoWeeks(t *testing.T) {
	s, store := newService(new(bytes.Buffer))
	n, err := s.Sweep(t.Context())
	if n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if want := [2]time.Time{noon.AddDate(0, 0, -14), noon.AddDate(0, 0, -1)}; store.before != want {
		t.Errorf("before %v, want %v", store.before, want)
	}
}

func TestAConfirmationExpiresUnlessUsed(t *testing.T) {
	fresh := signup.Confirmation{ExpiresAt: noon}
	used := signup.Confirmation{ExpiresAt: noon, UsedAt: noon.Add(-time.Hour)}
	if fresh.Expired(noon.Add(-time.Second)) || !fresh.Expired(noon) || used.Expired(noon.Add(time.Hour)) {
		t.Error("wrong at the edge")
	}
}

func TestWithoutOptionsThereAreLimitsAndAProof(t *testing.T) {
	store := &recorder{}
	s := signup.New(signup.Options{Store: store, Clock: still{}})
	if err := s.Subscribe(t.Context(), signup.SubscribeInput{Email: "ann@example.org"}); err != nil {
		t.Fatal(err)
	}
	if store.request.Consent.Wording != signup.DefaultWording {
		t.Errorf("recorded %q", store.request.Consent.Wording)
	}
	if store.request.Limits != signup.DefaultLimits() {
		t.Errorf("limits %+v", store.request.Limits)
	}
}

func TestLinksAreAskedForAlikeAndTheLogHasNoAddress(t *testing.T) {
	var logged bytes.Buffer
	s, store := newService(&logged)
	for _, store.queued = range []bool{true, false} {
		if err := s.MailLinks(t.Context(), " A.Nn+news@GMail.com ", "192.0.2.77"); err != nil {
			t.Fatalf("queued %v: %v", store.queued, err)
		}
		want := signup.LinksRequest{Key: "a.nn+news@gmail.com", Mailbox: "ann@gmail.com", Network: "192.0.2.0/24", At: noon, Limits: signup.DefaultLimits()}
		if store.links != want {
			t.Errorf("asked for %+v, want %+v", store.links, want)
		}
	}
	if strings.Contains(strings.ToLower(logged.String()), "gmail") || logged.Len() == 0 {
		t.Errorf("logged %s", logged.String())
	}
	store.calls = nil
	if err := s.MailLinks(t.Context(), "ann@example", ""); digest.KindOf(err) != digest.Invalid || len(store.calls) != 0 {
		t.Errorf("a mistyped address: %v, the store was asked %v", err, store.calls)
	}
	store.err = errors.New("disk full")
	if err := s.MailLinks(t.Context(), "ann@example.org", ""); !errors.Is(err, store.err) {
		t.Errorf("a fault of the store: %v", err)
	}
}
