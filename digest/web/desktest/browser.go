package desktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"postbag/digest/digesttest/axe"
	"postbag/digest/digesttest/browsertest"
)

// Browser is a browser, in which each tab has cookies of its own.
type Browser struct {
	ctx context.Context
}

// NewBrowser gives a browser until the test ends, or skips the test where there is none.
func NewBrowser(t *testing.T) *Browser {
	t.Helper()
	return &Browser{ctx: browsertest.Start(t)}
}

// Tab is a page of a browser under a test's control, with cookies of its own.
type Tab struct {
	T      *testing.T
	Ctx    context.Context
	faults *faults
}

type faults struct {
	mu  sync.Mutex
	all []string
}

// Tab opens a tab as somebody ("ann", "ben"), at a width in pixels.
func (b *Browser) Tab(d *Desk, name string, width int64) *Tab {
	d.T.Helper()
	return b.TabAt(d.T, d.Site.Base, name, width)
}

// TabAt opens a tab for a site, whose requests carry a cookie that says who asks;
// name "" for none.
func (b *Browser) TabAt(t *testing.T, base, name string, width int64) *Tab {
	t.Helper()
	ctx := browsertest.Tab(t, b.ctx)
	tab := &Tab{T: t, Ctx: ctx, faults: &faults{}}
	err := chromedp.Listen(ctx, func(ev any) {
		tab.faults.mu.Lock()
		defer tab.faults.mu.Unlock()
		switch e := ev.(type) {
		case *cdpruntime.EventExceptionThrown:
			tab.faults.all = append(tab.faults.all, "exception: "+e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Source == log.EntrySourceSecurity || e.Entry.Source == log.EntrySourceViolation || e.Entry.Source == log.EntrySourceJavascript {
				tab.faults.all = append(tab.faults.all, fmt.Sprintf("%s: %s", e.Entry.Source, e.Entry.Text))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	height := int64(900)
	if width < 500 {
		height = 740
	}
	Call(tab, log.Enable, cdp.Empty{})
	Call(tab, cdpruntime.Enable, cdp.Empty{})
	Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 500})
	if name != "" {
		Call(tab, network.SetCookie, network.SetCookieParams{Name: whoCookie, Value: name, URL: base})
	}
	return tab
}

// Call sends the browser a command of its protocol.
func Call[P, R any](b *Tab, command cdp.Command[P, R], params P) R {
	b.T.Helper()
	r, err := chromedp.Call(b.Ctx, command, params)
	if err != nil {
		b.T.Fatal(err)
	}
	return r
}

// Do runs steps.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	if err := chromedp.Do(b.Ctx, steps...); err != nil {
		b.T.Fatal(err)
	}
}

// Open opens an address.
func (b *Tab) Open(address string) {
	b.T.Helper()
	b.Do(chromedp.Navigate(address))
}

// Eval gives the value of a script in a page.
func Eval[V any](b *Tab, script string) V {
	b.T.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[V](script))
	if err != nil {
		b.T.Fatalf("%s: %v", script, err)
	}
	return v
}

// patience bounds every wait for what comes at once, unless the machine is very busy.
const patience = 2 * time.Minute

// pollEvery is how often a page is asked: seldom enough that it comes to its own work.
const pollEvery = 20 * time.Millisecond

// Until waits until a script in the page gives true, also on the page that follows
// where the one that is there is being left. What the script reads may not be there yet.
func (b *Tab) Until(script string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, patience)
	defer cancel()
	script = `(() => { try { return ` + script + `; } catch (e) { if (e instanceof TypeError) return false; throw e; } })()`
	err := errLeft
	for errors.Is(err, errLeft) {
		err = chromedp.Do(ctx, chromedp.Poll[chromedp.Void](script, chromedp.WithPollingInterval(pollEvery), chromedp.WithPollingTimeout(0)))
		if err != nil && ctx.Err() == nil && isLeft(err) {
			err = errLeft
		}
	}
	if err != nil {
		b.T.Fatalf("it never came to be that %s: %v\n%s", script, err, b.shown())
	}
}

// shown tells what the page says that was done or went wrong, for a test that fails.
func (b *Tab) shown() string {
	ctx, cancel := context.WithTimeout(b.Ctx, 10*time.Second)
	defer cancel()
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + " " + document.readyState + ", focus on " + (document.activeElement && document.activeElement.outerHTML.slice(0, 200)) + ["said", "problems"].map(id => "\n" + id + ": " + (document.getElementById(id) || {textContent: "-"}).textContent.trim()).join("")`))
	if err != nil {
		return err.Error()
	}
	return said
}

// Eventually waits until something holds, for no longer than Until does.
func Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(pollEvery) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to be that %s", what)
		}
	}
}

var errLeft = errors.New("the page was left")

// isLeft tells whether a script ended because its page was left.
func isLeft(err error) bool {
	for _, words := range []string{"navigated or closed", "context was destroyed", "Cannot find context", "context with specified id", "Promise was collected"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// Dark makes the page dark, or light again.
func (b *Tab) Dark(on bool) {
	b.T.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// NoScript switches the page's scripts off; it takes effect with the next page.
func (b *Tab) NoScript() {
	b.T.Helper()
	Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// Clean fails the test where the page has a fault that axe-core finds, scrolls
// sideways, or broke the content security policy.
func (b *Tab) Clean(what string) {
	b.T.Helper()
	b.Fits(what)
	if !Eval[bool](b, `typeof axe === "object"`) {
		Call(b, cdpruntime.Evaluate, cdpruntime.EvaluateParams{Expression: axe.Script})
	}
	found, err := chromedp.Run(b.Ctx, chromedp.Evaluate[string](`(async () => JSON.stringify((await axe.run(document, {resultTypes: ["violations"], iframes: false})).violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))))()`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatal(err)
	}
	var all []string
	if err := json.Unmarshal([]byte(found), &all); err != nil {
		b.T.Fatal(found, err)
	}
	for _, v := range all {
		b.T.Errorf("%s: %s", what, v)
	}
}

// Fits fails the test where the page scrolls sideways or broke the content security
// policy. It takes a small part of the time of Clean.
func (b *Tab) Fits(what string) {
	b.T.Helper()
	if Eval[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		wide := Eval[string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className).join(" ")`)
		b.T.Errorf("%s scrolls sideways: %s", what, wide)
	}
	b.faults.mu.Lock()
	if len(b.faults.all) > 0 {
		b.T.Errorf("%s: %s", what, strings.Join(b.faults.all, "\n"))
		b.faults.all = nil
	}
	b.faults.mu.Unlock()
}

// Look is a way in which a page is looked at.
type Look struct {
	Width int64
	Dark  bool
}

// Looks are those that a test of pages goes through: wide and light, and as narrow as
// phones are and dark. With POSTBAG_TEST_LONG=1, and where pictures are taken, every
// width both light and dark.
func Looks() []Look {
	if os.Getenv("POSTBAG_TEST_LONG") != "1" && os.Getenv("POSTBAG_SHOTS") == "" {
		return []Look{{1280, false}, {320, true}}
	}
	var all []Look
	for _, width := range []int64{1280, 375, 320} {
		all = append(all, Look{width, false}, Look{width, true})
	}
	return all
}

// String names a look in a file's name.
func (l Look) String() string {
	if l.Dark {
		return fmt.Sprint(l.Width, "-dark")
	}
	return fmt.Sprint(l.Width)
}

// In opens a tab for a look.
func (l Look) In(b *Browser, d *Desk, name string) *Tab {
	tab := b.Tab(d, name, l.Width)
	tab.Dark(l.Dark)
	return tab
}

// Shot writes a picture of the window to the folder that POSTBAG_SHOTS names, if it
// names one.
func (b *Tab) Shot(name string) {
	b.T.Helper()
	dir := os.Getenv("POSTBAG_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.Ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		b.T.Error(err)
	}
}
