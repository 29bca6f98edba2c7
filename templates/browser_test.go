package templates_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"postbag/digest/digesttest/browsertest"
	"postbag/templates"
)

var shots = flag.String("shots", "", "a folder to write pictures of every page and mail to")

// browser gives a tab of a headless browser, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	return browsertest.Tab(t, browsertest.Start(t))
}

func viewport(width int64) chromedp.Action[chromedp.Void] {
	if width < 500 {
		return chromedp.EmulateViewport(width, 900, chromedp.EmulateMobile)
	}
	return chromedp.EmulateViewport(width, 900)
}

// serve gives every rendering an address on loopback, under the policy that the
// pages are made for.
func serve(t *testing.T) (base string, names []string) {
	t.Helper()
	set := newSet(t)
	all, other := renderings(t, set), persianPages(t)
	for _, name := range []string{"home", "issue", "archive", "lost", "unsubscribe"} {
		all["persian-"+name] = other[name]
	}
	all["mail-persian"], all["mail-persian-confirm"] = other["mail-issue"], other["mail-confirm"]
	mux := http.NewServeMux()
	for name, doc := range all {
		names = append(names, name)
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(name, "mail-") {
				w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'")
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, doc)
		})
	}
	assets := func(w http.ResponseWriter, r *http.Request) {
		asset, ok := set.Asset(r.PathValue("name"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", asset.ContentType)
		_, _ = w.Write(asset.Body)
	}
	mux.HandleFunc("GET /assets/{name}", assets)
	mux.HandleFunc("GET /below/assets/{name}", assets)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, names
}

// No page and no mail scrolls sideways, however narrow the screen and whatever
// the words (UX: 320 px).
func TestNothingScrollsSideways(t *testing.T) {
	ctx := browser(t)
	base, names := serve(t)
	for _, name := range names {
		if err := chromedp.Do(ctx, chromedp.Navigate(base+"/"+name)); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{320, 375, 700, 1280} {
			if err := chromedp.Do(ctx, viewport(width)); err != nil {
				t.Fatal(err)
			}
			over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
			if err != nil {
				t.Fatal(err)
			}
			font, err := chromedp.Run(ctx, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("h1")).fontFamily`))
			if err != nil {
				t.Fatal(err)
			}
			if over > 0 {
				t.Errorf("%s at %d px is %d px too wide", name, width, over)
			}
			if !strings.Contains(font, "Georgia") {
				t.Errorf("%s has no style: h1 is set in %s", name, font)
			}
		}
	}
}

// smallTargets finds what can be pressed and is less than so many pixels high or
// wide: fields, buttons, choices, and links but for those in running text, beside
// which their paragraph has words.
const smallTargets = `[...document.querySelectorAll("a[href], button, input:not([type=radio]), select, .choice")]
	.filter(e => !e.closest(".trap"))
	.filter(e => {
		if (e.tagName != "A") return true;
		const block = e.closest("p, li, h1, h2, h3, td, div, nav, body").cloneNode(true);
		block.querySelectorAll("a").forEach(a => a.remove());
		return !/[\p{L}\p{N}]/u.test(block.textContent);
	})
	.filter(e => { const r = e.getBoundingClientRect(); return r.height < %[1]v || r.width < %[1]v; })
	.map(e => e.outerHTML)`

// Links and buttons outside of running text can be hit: 24 px, or 44 px on
// phones, high and wide (WCAG 2.5.8, 2.5.5).
func TestTargetsAreLargeEnough(t *testing.T) {
	ctx := browser(t)
	base, names := serve(t)
	for _, name := range names {
		if strings.HasPrefix(name, "mail-") {
			continue
		}
		for width, least := range map[int64]float64{375: 43.9, 1280: 23.9} {
			if err := chromedp.Do(ctx, viewport(width), chromedp.Navigate(base+"/"+name)); err != nil {
				t.Fatal(err)
			}
			small, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf(smallTargets, least)))
			if err != nil {
				t.Fatal(err)
			}
			if len(small) > 0 {
				t.Errorf("%s at %d px: %s", name, width, strings.Join(small, "\n"))
			}
		}
	}
}

// Shots writes pictures for people to look at: go test -run Shots -shots DIR.
func TestShots(t *testing.T) {
	if *shots == "" {
		return // pictures are made only when asked for
	}
	ctx := browser(t)
	base, names := serve(t)
	for _, name := range names {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{375, 1280} {
				media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
				err := chromedp.Do(ctx, viewport(width), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
					_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media)
					return err
				}), chromedp.Navigate(base+"/"+name))
				if err != nil {
					t.Fatal(err)
				}
				png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%s-%d.png", name, scheme, width)), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// renderings gives every page and mail as HTML, by name; some of them twice, with
// full and with empty or hostile views.
func renderings(t testing.TB, set *templates.Set) map[string]string {
	t.Helper()
	all := map[string]string{}
	put := func(name string, doc []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = string(doc)
	}
	mail := func(name string, m templates.MailText, err error) {
		t.Helper()
		put("mail-"+name, []byte(m.HTML), err)
	}
	m, err := set.IssueMail(issue(), links)
	mail("issue", m, err)
	m, err = set.IssueMail(bare(), templates.Links{Issue: links.Issue, Feed: links.Feed})
	mail("bare", m, err)
	m, err = set.IssueMail(hostile(), links)
	mail("hostile", m, err)
	m, err = set.ConfirmMail(confirmView)
	mail("confirm", m, err)
	m, err = set.SignInMail(doorView)
	mail("sign-in", m, err)
	m, err = set.InvitationMail(invitationView)
	mail("invitation", m, err)
	m, err = set.ReminderMail(reminderView)
	mail("reminder", m, err)
	m, err = set.ReminderMail(templates.ReminderView{})
	mail("reminder-empty", m, err)
	m, err = set.LinksMail(linksView)
	mail("links", m, err)
	m, err = set.LinksMail(templates.LinksView{Unsubscribe: links.Unsubscribe, Preferences: links.Preferences})
	mail("links-empty", m, err)
	m, err = set.ConfirmMail(templates.ConfirmView{ConfirmURL: confirmView.ConfirmURL})
	mail("confirm-empty", m, err)

	entry, err := templates.EntryOf(issue())
	if err != nil {
		t.Fatal(err)
	}
	older := entry
	older.Number, older.Title, older.Year, older.Date, older.Preheader = 7, "Pick of the Week 7", "2015", "Sunday 20 December 2015", "Nobody tells you about the moths."
	newer := entry
	newer.Number, newer.Title, newer.Date = 9, "Pick of the Week 9", "Thursday 7 July 2016"
	empty := templates.Site{Base: "https://post.example/below"}
	doc, err := set.Home(templates.HomePage{Site: site, Latest: issue(), TakeDown: links.TakeDown})
	put("home", doc, err)
	doc, err = set.Home(templates.HomePage{Site: site, Form: templates.Form{Email: "ellen@example", Error: templates.EmailError("ellen@example", `The domain after the "@" has no dot.`)}, Latest: issue()})
	put("home-error", doc, err)
	doc, err = set.Home(templates.HomePage{Site: empty})
	put("home-empty", doc, err)
	doc, err = set.IssuePage(templates.IssuePage{Site: site, Issue: issue(), Published: at(30, 17, 0), Updated: at(30, 18, 0), Previous: &older, Next: &newer, TakeDown: links.TakeDown})
	put("issue", doc, err)
	doc, err = set.IssuePage(templates.IssuePage{Site: empty, Issue: bare()})
	put("issue-bare", doc, err)
	doc, err = set.IssuePage(templates.IssuePage{Site: site, Issue: hostile(), Published: at(30, 17, 0)})
	put("issue-hostile", doc, err)
	doc, err = set.Archive(templates.ArchivePage{Site: site, Issues: []templates.IssueEntry{entry, older}})
	put("archive", doc, err)
	doc, err = set.Archive(templates.ArchivePage{Site: empty})
	put("archive-empty", doc, err)
	for name, p := range readerPages() {
		doc, err = set.Page(site, p)
		put(name, doc, err)
	}
	for name, p := range map[string]templates.ReaderPage{
		"message-empty":      templates.Message(0),
		"confirmed-empty":    templates.ConfirmedPage{Preferences: "/below/preferences/x"},
		"unsubscribed-empty": templates.UnsubscribedPage{Email: "el…@example.org", Undo: "/below/unsubscribe/x"},
		"lost-empty":         templates.LeavePage{Lost: true},
		"test-empty":         templates.TestPage{For: "the page to unsubscribe"},
	} {
		doc, err = set.Page(empty, p)
		put(name, doc, err)
	}
	return all
}

// readerPages are the pages made for one reader, by name.
func readerPages() map[string]templates.ReaderPage {
	return map[string]templates.ReaderPage{
		"subscribed":       templates.SubscribedPage{},
		"confirm":          templates.ConfirmPage{Email: "el…@example.org", Action: "/confirm/x"},
		"confirmed":        templates.ConfirmedPage{Preferences: "/preferences/x"},
		"expired":          templates.ConfirmExpiredPage{},
		"confirm-lost":     templates.ConfirmExpiredPage{Unknown: true},
		"lost":             templates.LeavePage{Lost: true},
		"leave":            templates.LeavePage{},
		"leave-error":      templates.LeavePage{Form: templates.Form{Email: "ellen@example", Error: templates.EmailError("ellen@example", `The domain after the "@" has no dot.`)}},
		"mailed":           templates.LinksMailedPage{},
		"test":             templates.TestPage{For: "the page to unsubscribe"},
		"unsubscribe":      templates.UnsubscribePage{Email: "el…@example.org", Action: "/unsubscribe/x", Preferences: "/preferences/x"},
		"unsubscribed":     templates.UnsubscribedPage{Email: "el…@example.org", Undo: "/unsubscribe/x"},
		"preferences":      templates.PreferencesPage{Email: "el…@example.org", Action: "/preferences/x", Frequency: "monthly", Subscribed: true, Saved: true, Unsubscribe: "/unsubscribe/x"},
		"preferences-left": templates.PreferencesPage{Email: "el…@example.org"},
		"message":          templates.Message(http.StatusNotFound),
	}
}
