//go:build !race

package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"postbag/digest/digesttest/browsertest"
	"postbag/subscribers"
)

// newBrowser gives a tab of a browser, or skips the test when there is none.
func newBrowser(t *testing.T) tab {
	t.Helper()
	return tab{t, browsertest.Tab(t, browsertest.Start(t))}
}

// tab is a page of a browser under a test's control.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b tab) open(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(address))
}

// press presses a button, waits for the page that follows, and wants a heading
// on it.
func (b tab) press(button chromedp.CSS, heading string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(button)); err != nil {
		b.t.Fatal(err)
	}
	if got := evaluate[string](b, `document.querySelector("h1").textContent`); got != heading {
		b.t.Errorf("the page says %q, want %q", got, heading)
	}
}

func evaluate[T any](b tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func TestInABrowserAReaderComesAndGoes(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t)
	const ann = "ann@example.org"
	const button = `main form button[type="submit"]`
	b.open(s.http.URL + "/")
	b.do(chromedp.SendKeys(chromedp.CSS("#email"), ann))
	b.press("form.signup button", "Look in your mail")
	s.wantState(ann, subscribers.Pending)

	b.open(s.http.URL + "/confirm/" + s.mails()[ann])
	b.do(chromedp.Sleep(300 * time.Millisecond))
	s.wantState(ann, subscribers.Pending) // no script presses the button
	b.press(button, "You are subscribed")
	s.wantState(ann, subscribers.Active)

	token := s.subscriber(ann).Token
	b.open(s.http.URL + "/preferences/" + token)
	b.do(chromedp.Click(chromedp.CSS("#monthly")))
	b.press(button, "How often")
	if got := s.subscriber(ann).Frequency; got != subscribers.Monthly {
		t.Errorf("the frequency is %s", got)
	}
	b.open(s.http.URL + "/unsubscribe/" + token)
	b.press(button, "You are unsubscribed")
	s.wantState(ann, subscribers.Unsubscribed)
	b.press(button, "You are subscribed")
	s.wantState(ann, subscribers.Active)
}

// Without TLS, and on another name than localhost, a browser sends no
// Sec-Fetch-Site: all that says where a form stands is its Origin.
func TestInABrowserTheButtonsWorkWithoutTLS(t *testing.T) {
	b := newBrowser(t)
	s := newSite(t)
	address := strings.Replace(s.http.URL, "127.0.0.1", browsertest.Name, 1)
	b.open(address + "/confirm/" + s.signUp("ann@example.org"))
	b.press(`main form button[type="submit"]`, "You are subscribed")
	s.wantState("ann@example.org", subscribers.Active)
}
