package metrics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/health"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// TestDomains: a domain has its own label after ten mails, twenty have one, and nothing
// that was counted is counted elsewhere later.
func TestDomains(t *testing.T) {
	d := newDomains()
	seen := map[string]int{}
	for range 30 {
		for i := range 25 {
			seen[d.label(fmt.Sprintf("d%02d.example", i), true)]++
		}
	}
	if len(seen) != mostLabels+1 || seen["d00.example"] != 20 || seen["d19.example"] != 20 || seen[otherDomain] != 20*10+5*30 {
		t.Errorf("%v", seen)
	}
	for range 30 { // a mail that is tried again and again is one mail
		if got := newDomains().label("deferred.example", false); got != otherDomain {
			t.Error(got)
		}
	}
	full := newDomains()
	for i := range 2 * mostCounted {
		full.label(fmt.Sprintf("d%d.example", i), true)
	}
	if len(full.waiting) != mostCounted {
		t.Errorf("%d domains are kept", len(full.waiting))
	}
}

func TestDomainOf(t *testing.T) {
	for email, want := range map[string]string{"a@B.example": "b.example", `"a@b"@c.example`: "c.example"} {
		if got := domainOf(email); got != want {
			t.Errorf("%s is of %q", email, got)
		}
	}
}

// failing is a ledger whose exchanges fail as told.
type failing struct {
	deliver.Ledger
	err error
}

func (f failing) Exchange(_ context.Context, x deliver.Exchange) (deliver.Exchanged, error) {
	return deliver.Exchanged{Begun: x.Begin}, f.err
}

func (f failing) Recover(context.Context, deliver.Recovery) (int, error) { return 3, f.err }

// down is a store that is away, or hangs until it is told to stop.
type down struct{ asked, hangs *bool }

func (d down) Figures(ctx context.Context) (f health.Figures, err error) {
	*d.asked = true
	if *d.hangs {
		<-ctx.Done()
	}
	return f, errors.New("away")
}

func samples(t *testing.T, m *Metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, Path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	all := map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[name] = value
	}
	return all
}

// TestResultsAreCountedOnce: what was not stored is not counted, an attempt that was
// handed back is none, and a doubt is one whether or not it is tried again.
func TestResultsAreCountedOnce(t *testing.T) {
	asked, hangs := false, false
	m := New(Options{Store: down{&asked, &hangs}, Clock: digest.SystemClock{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Version: "v1"})
	x := deliver.Exchange{Begin: []subscribers.Delivery{{ID: 1, Email: "a@b.example"}}}
	for i, r := range []struct {
		state subscribers.DeliveryState
		cause subscribers.Cause
	}{
		{subscribers.Delivered, subscribers.Accepted}, {subscribers.Deferred, subscribers.TryLater}, {subscribers.Failed, subscribers.Expired},
		{subscribers.Uncertain, subscribers.NoAnswer}, {subscribers.Deferred, subscribers.NoAnswer}, {subscribers.Queued, subscribers.NoConnection},
	} {
		x.Settle = append(x.Settle, deliver.Result{DeliveryID: int64(i), State: r.state, Outcome: subscribers.Outcome{Cause: r.cause}})
	}
	for _, err := range []error{errors.New("not stored"), nil} {
		l := m.Ledger(failing{err: err})
		if _, got := l.Exchange(t.Context(), x); got != err {
			t.Error(got)
		}
		if n, got := l.Recover(t.Context(), deliver.Recovery{}); n != 3 || got != err {
			t.Error(n, got)
		}
	}
	if want := map[int64]string{1: "b.example"}; !maps.Equal(m.mails.to, want) {
		t.Errorf("on the wire: %v", m.mails.to)
	}
	got := samples(t, m)
	for sample, want := range map[string]string{
		`postbag_mails_settled_total{cause="accepted",result="accepted"}`:        "1",
		`postbag_mails_settled_total{cause="try-later",result="deferred"}`:       "1",
		`postbag_mails_settled_total{cause="expired",result="refused"}`:          "1",
		`postbag_mails_settled_total{cause="no-answer",result="in-doubt"}`:       "2",
		`postbag_mails_settled_total{cause="worker-lost",result="in-doubt"}`:     "3",
		`postbag_mails_settled_total{cause="no-connection",result="deferred"}`:   "0",
		`postbag_receiver_mails_settled_total{domain="other",result="in-doubt"}`: "2",
		`postbag_database_up`: "0",
	} {
		if got[sample] != want {
			t.Errorf("%s is %q, want %s", sample, got[sample], want)
		}
	}
	// A second scrape within a second asks nobody, and one of a database that hangs ends.
	asked = false
	m.figures.till = time.Now().Add(time.Minute)
	if samples(t, m); asked {
		t.Error("it asked again")
	}
	m.figures.till, hangs = time.Time{}, true
	began := time.Now()
	if samples(t, m); !asked || time.Since(began) > 10*scrapeTime {
		t.Errorf("it took %v", time.Since(began))
	}
}
