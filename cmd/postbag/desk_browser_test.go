//go:build !race

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/webauthn"

	"postbag/digest"
	"postbag/digest/sampleblog"
	"postbag/digest/web/desktest"
)

// deskProgram is the whole program on a port of its own, with nothing in its database
// and the invented blog within its reach.
type deskProgram struct {
	t                *testing.T
	base, blog, link string
	outbox           string
	log              *lockedBuffer
}

func startDesk(t *testing.T) *deskProgram {
	t.Helper()
	blog := httptest.NewServer(sampleblog.New(time.Now()))
	t.Cleanup(blog.Close)
	dir := t.TempDir()
	d := serveDesk(t, filepath.Join(dir, "outbox"), "--db", filepath.Join(dir, "postbag.db"), "--fetch-allow", hostOf(blog.URL))
	d.blog = blog.URL + "/"
	err := until(t.Context(), "the link is printed", func() (bool, error) {
		d.link = regexp.MustCompile(`http://localhost:\d+/desk/\S+/\S+`).FindString(d.log.String())
		return d.link != "", nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, d.log)
	}
	return d
}

// serveDesk runs the whole program on a port of its own until the test ends.
func serveDesk(t *testing.T, outbox string, flags ...string) *deskProgram {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d := &deskProgram{t: t, base: "http://localhost:" + port, outbox: outbox, log: &lockedBuffer{}}
	ctx, cancel := context.WithCancel(context.Background())
	listening, done := make(chan net.Addr, 1), make(chan error, 1)
	p := &Program{
		Args:  append(append([]string{"--smtp", "outbox:" + outbox, "--base-url", d.base}, flags...), "serve"),
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: d.log, Clock: digest.SystemClock{},
		Listener: l, Listening: func(a net.Addr) { listening <- a },
	}
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	select {
	case <-listening:
	case err := <-done:
		done <- nil
		t.Fatalf("serve ended with %v\n%s", err, d.log)
	case <-time.After(patience):
		t.Fatalf("serve did not listen\n%s", d.log)
	}
	return d
}

// press presses the keys of a text, one by one.
func press(tab *desktest.Tab, keys string) {
	tab.T.Helper()
	for _, key := range keys {
		desktest.Call(tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Key: string(key), Text: string(key)})
		desktest.Call(tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: string(key)})
	}
}

// do runs a script that may leave the page.
func do(tab *desktest.Tab, format string, args ...any) {
	tab.T.Helper()
	desktest.Eval[bool](tab, "setTimeout(() => { "+fmt.Sprintf(format, args...)+" }, 0), true")
}

// TestDeskInABrowser works at the desk as a person does: the whole program, a real
// browser, and no more of the network than loopback.
func TestDeskInABrowser(t *testing.T) {
	t.Parallel()
	b := desktest.NewBrowser(t)
	for _, c := range []struct {
		name string
		run  func(t *testing.T, b *desktest.Browser)
	}{
		{"from an empty database to picks", fromAnEmptyDatabase},
		{"every page", everyDeskPage},
		{"an issue by keys", issueByKeys},
		{"an issue by pointer", issueByPointer},
		{"an issue by touch", issueByTouch},
		{"an issue without script", issueWithoutScript},
		{"two editors at once", twoEditors},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, b) })
	}
}

// fromAnEmptyDatabase opens the set-up link of a new installation, makes a passkey, goes
// through the set-up, and picks by keys.
func fromAnEmptyDatabase(t *testing.T, b *desktest.Browser) {
	d := startDesk(t)
	tab := b.TabAt(t, d.base, "", 1280)
	look := func(name string) {
		t.Helper()
		tab.Clean(name)
		tab.Shot("desk-" + name)
	}
	desktest.Call(tab, webauthn.Enable, webauthn.EnableParams{})
	desktest.Call(tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	tab.Open(d.link)
	look("entrance")
	do(tab, `document.getElementById("field-name").value = "Ines"; document.getElementById("field-email").value = "ines@desk.example"; document.querySelector("[data-passkey-go]").click();`)
	tab.Until(`location.pathname === "/desk/setup/blog" && document.readyState === "complete"`)

	do(tab, `document.getElementById("field-address").value = %q; document.querySelector("main form button.main").click();`, d.blog)
	tab.Until(`document.querySelector(".found") !== null && document.readyState === "complete"`)
	look("found")
	do(tab, `document.querySelector(".found form button").click();`)
	tab.Until(`location.pathname === "/desk/setup/series" && document.readyState === "complete"`)
	do(tab, `document.getElementById("field-number").value = "8"; document.querySelector("main form button.main").click();`)
	tab.Until(`location.pathname === "/desk/setup/mail" && document.readyState === "complete"`)
	do(tab, `document.querySelector('form[action$="/test"] button').click();`)
	tab.Until(`document.getElementById("setup-tried").textContent.includes("folder")`)
	if mails, err := os.ReadDir(d.outbox); err != nil || len(mails) != 1 {
		t.Errorf("the outbox holds %v, %v", mails, err)
	}
	do(tab, `document.querySelector('form[action$="/mail"] button').click();`)
	tab.Until(`location.pathname === "/desk/setup/pull" && document.querySelector('form[action$="/begin"]') !== null`)
	look("pulled")
	do(tab, `document.querySelector('form[action$="/begin"] button').click();`)
	tab.Until(`location.pathname === "/desk/issues/8/read" && document.querySelector("[data-item]") !== null && document.readyState === "complete"`)
	look("read")

	// Twenty picks by keys alone: those of this post, then of the next ones.
	presses, picked := 0, 0
	for picked < 20 && presses < 60 {
		left := desktest.Eval[int](tab, `[...document.querySelectorAll('[data-item] [data-key="p"][aria-pressed="false"]')].filter(e => e.checkVisibility()).length`)
		if left == 0 {
			here := desktest.Eval[string](tab, `location.href`)
			press(tab, "]")
			presses++
			tab.Until(fmt.Sprintf(`location.href !== %q && document.readyState === "complete"`, here))
			continue
		}
		press(tab, "p")
		presses, picked = presses+1, picked+1
		tab.Until(fmt.Sprintf(`document.querySelectorAll('[data-item] [data-key="p"][aria-pressed="false"]').length < %d || document.querySelector("#problems .problem") !== null`, left))
	}
	if picked < 20 {
		t.Errorf("%d presses make %d picks", presses, picked)
	}
	t.Logf("%d picks took %d presses", picked, presses)
	tab.Until(`document.querySelector("#problems .problem") === null`)
	look("picked")

	// The link opens the desk no second time.
	other := b.TabAt(t, d.base, "", 375)
	other.Open(d.link)
	if !desktest.Eval[bool](other, `document.querySelector("main form button.main") === null`) {
		t.Error("the set-up link works twice")
	}
	other.Clean("a used set-up link")
}
