// Package browsertest gives tests a headless browser. Only tests import it.
package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"postbag/digest/digesttest"
)

// sharedVariable gives the address, ws://…, of a browser that runs already and that the
// tests of all packages share: to start one takes some seconds of a processor. .ci/run
// starts it.
const sharedVariable = "POSTBAG_TEST_CHROMIUM"

// Name is a host's name that stands for 127.0.0.1 in the browser.
const Name = "digest.example"

// patience is how long a test may need a tab.
const patience = 10 * time.Minute

// Start gives a browser until the test ends, or skips the test where there is none.
func Start(t testing.TB) context.Context {
	t.Helper()
	program := digesttest.Chromium(t)
	var ctx context.Context
	var cancel context.CancelFunc
	if address := os.Getenv(sharedVariable); address != "" {
		ctx, cancel = remote.NewAllocator(context.Background(), address)
	} else {
		ctx, cancel = chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.WSURLReadTimeout(2*time.Minute), chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
			// Without this a key that is pressed before a page was first painted is lost.
			chromedp.Flag("allow-pre-commit-input", true),
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("host-resolver-rules", "MAP "+Name+" 127.0.0.1"), chromedp.UserDataDir(t.TempDir()))...)
	}
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	t.Cleanup(func() { // waits for a browser of its own to end, so that its folder can go
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log("end the browser:", err)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("start the browser:", err)
	}
	return ctx
}

// Tab opens a tab of a browser, with cookies of its own, until the test ends. It behaves
// as if it were in front, whatever other tabs there are.
func Tab(t testing.TB, browser context.Context) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("open a tab:", err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal("open a tab:", err)
	}
	return ctx
}
