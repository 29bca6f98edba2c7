//go:build !race

package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postbag/digest"
	"postbag/digest/sampleblog"
	"postbag/digest/web/desktest"
)

// draftedDesk is the whole program over the invented blog, pulled, with an empty draft.
type draftedDesk struct {
	*installation
	*deskProgram
}

func newDraftedDesk(t *testing.T) draftedDesk {
	t.Helper()
	blog := httptest.NewServer(sampleblog.New(time.Now()))
	t.Cleanup(blog.Close)
	in := following(t, nil, blog.URL, "--db", filepath.Join(t.TempDir(), "postbag.db"))
	in.must("pull")
	in.must("issue", "draft")
	return draftedDesk{in, serveDesk(t, filepath.Join(in.dir, "outbox"), in.flags...)}
}

// person is an editor at a tab.
type person struct {
	*desktest.Tab
	base    string
	presses int
}

// enter signs a new editor in, by the link that the command prints.
func (d draftedDesk) enter(t *testing.T, b *desktest.Browser, name string, width int64) *person {
	t.Helper()
	p := &person{Tab: b.TabAt(t, d.base, "", width), base: d.base}
	path := regexp.MustCompile(`/desk/\S+`).FindString(d.must("editor", "add", strings.ToLower(name)+"@desk.example", "--name", name))
	p.Open(d.base + path)
	p.click("main form button.main")
	p.until(`!location.pathname.startsWith(%q)`, path)
	return p
}

// until waits until something holds on the page, or on the one that follows; also where
// the page's own scripts are off.
func (p *person) until(format string, args ...any) {
	p.T.Helper()
	script := fmt.Sprintf(format, args...)
	err := until(p.Ctx, script, func() (bool, error) {
		holds, err := chromedp.Run(p.Ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && Boolean(`+script+`)`))
		return err == nil && holds, p.Ctx.Err() // a page that is being left has no answer
	})
	if err != nil {
		p.T.Fatalf("%v; it says %q", err, desktest.Eval[string](p.Tab, `["problems", "said", "news"].map(id => document.getElementById(id)?.textContent || "").join(" ").trim() + " at " + location.href`))
	}
}

// said waits for the page to say what was done.
func (p *person) said(words string) {
	p.T.Helper()
	p.until(`document.getElementById("said")?.textContent.includes(%q)`, words)
}

// key presses keys, one after the other, and counts them: a letter, or one of kb.
func (p *person) key(keys string) {
	p.T.Helper()
	for _, r := range keys {
		k := kb.Keys[r]
		down := input.DispatchKeyEventParams{Type: "rawKeyDown", Key: k.Key, Code: k.Code, WindowsVirtualKeyCode: k.Windows, NativeVirtualKeyCode: k.Native}
		if k.Print {
			down.Type, down.Text, down.UnmodifiedText = "keyDown", k.Text, k.Unmodified
		}
		up := down
		up.Type, up.Text, up.UnmodifiedText = "keyUp", "", ""
		desktest.Call(p.Tab, input.DispatchKeyEvent, down)
		desktest.Call(p.Tab, input.DispatchKeyEvent, up)
		p.presses++
	}
}

// write types words where the focus is; they are not counted.
func (p *person) write(words string) {
	p.T.Helper()
	desktest.Call(p.Tab, input.InsertText, input.InsertTextParams{Text: words})
}

// tabTo presses Tab until the focus is on something.
func (p *person) tabTo(selector string) {
	p.T.Helper()
	for range 40 {
		if desktest.Eval[bool](p.Tab, fmt.Sprintf(`Boolean(document.activeElement && document.activeElement.matches(%q))`, selector)) {
			return
		}
		p.key(kb.Tab)
	}
	p.T.Fatalf("40 presses of Tab do not lead to %s", selector)
}

// click clicks on something as soon as it is visible.
func (p *person) click(selector string) {
	p.T.Helper()
	ctx, cancel := context.WithTimeout(p.Ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		p.T.Fatalf("click %s: %v", selector, err)
	}
}

// unwrapped is a text without its line breaks, as a mail's text is compared.
func unwrapped(s string) string { return strings.Join(strings.Fields(s), " ") }

// begins are the first n characters of a text, to know it by.
func begins(s string, n int) string {
	s = unwrapped(s)
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n])
	}
	return s
}

// readingAt is what the keys act on in Read.
type readingAt struct {
	ID, Words    string
	Picked, More bool
	Sentences    int
}

const readingHere = `(() => {
	const i = keys.here(), all = keys.items();
	if (!i) return {};
	const words = i.querySelector(".words")?.innerText || "";
	return {ID: i.id, Words: words, Picked: i.querySelector('[data-key="p"]')?.getAttribute("aria-pressed") === "true", More: all.indexOf(i) < all.length - 1,
		Sentences: words.split(/[.?!]\s/).length};
})()`

// issueByKeys makes a whole issue by the keyboard alone: twenty picks, five of them
// trimmed, an introduction, two headings, a look at Check, and the approval. Typed words
// aside it takes 120 presses at most.
func issueByKeys(t *testing.T, b *desktest.Browser) {
	const picks, trims, most = 20, 5, 120
	d := newDraftedDesk(t)
	p := d.enter(t, b, "Ines", 1280)
	p.Open(d.base + "/desk/issues/1/read")
	p.until(`document.querySelector("[data-item]")`)
	var whole, cut []string // how the picks begin, and sentences that were cut
	for len(whole) < picks && p.presses < most {
		at := desktest.Eval[readingAt](p.Tab, readingHere)
		switch {
		case at.ID == "" || at.Picked && !at.More:
			here := desktest.Eval[string](p.Tab, `location.href`)
			p.key("]")
			p.until(`location.href !== %q && document.querySelector("[data-item]")`, here)
		case at.Picked:
			p.key("j")
			p.until(`keys.here().id !== %q`, at.ID)
		case len(cut) < trims && at.Sentences > 2: // the first sentence is cut
			p.key("t")
			p.until(`document.activeElement.id === "s1"`)
			cut = append(cut, desktest.Eval[string](p.Tab, `document.getElementById("s1").textContent`))
			whole = append(whole, desktest.Eval[string](p.Tab, `document.getElementById("s2").textContent`))
			p.key(" ")
			p.until(`document.getElementById("s1").getAttribute("aria-pressed") === "false"`)
			p.key(kb.Escape)
			p.until(`location.pathname.endsWith("/read") && document.querySelector("[data-item]")`)
		default:
			whole = append(whole, at.Words)
			p.key("p")
			p.until(`document.querySelector("#%s [data-key=p][aria-pressed=true]")`, at.ID)
		}
	}
	t.Logf("%d picks, %d of them trimmed, are made after %d presses", len(whole), len(cut), p.presses)
	p.key("ga")
	p.until(`location.pathname.endsWith("/arrange") && document.querySelectorAll("#row-list > li.pick").length === %d`, picks)
	p.tabTo("#field-intro")
	const intro = "You wrote of night buses and of mending. Here is what stayed with me."
	p.write(intro)
	p.key(kb.Tab)
	p.until(`document.getElementById("intro-state").textContent.includes("by you")`)
	for i, heading := range []string{"On the rota", "What passengers said"} {
		for range 8 * i {
			p.key("j")
		}
		p.key("h")
		p.until(`document.activeElement.name?.startsWith("above-")`)
		p.write(heading)
		p.key(kb.Enter)
		p.said("Added the heading “" + heading + "”.")
		p.until(`document.activeElement.closest("#row-list > li.heading")?.textContent.includes(%q)`, heading)
	}
	p.Clean("an arranged issue")
	p.Shot("evening-arranged")
	t.Logf("it is arranged after %d presses", p.presses)
	p.key("gc")
	p.until(`location.pathname.endsWith("/check") && document.getElementById("before")`)
	p.Clean("a checked issue")
	p.Shot("evening-checked")
	p.key("gs")
	p.until(`location.pathname.endsWith("/send") && document.querySelector("form [name=when]")`)
	p.tabTo("[name=when]")
	p.key(kb.Enter)
	p.said("is approved")
	p.Clean("an approved issue")
	t.Logf("a whole issue takes %d presses", p.presses)
	if p.presses > most {
		t.Errorf("it takes %d presses, more than %d", p.presses, most)
	}
	d.arrives(t, picks, trims, append(whole, intro, "On the rota", "What passengers said"), cut)
}

// arrives mails the approved issue, and reads it as its readers do.
func (d draftedDesk) arrives(t *testing.T, picks, trims int, says, not []string) {
	t.Helper()
	d.readers(1)
	d.must("issue", "publish", "--yes", "1")
	d.must("issue", "send", "--yes", "1")
	mails := d.mails()
	at := slices.IndexFunc(mails, func(m readMail) bool { return m.to == "reader0000@reader.example" && strings.Contains(m.text, "1.") })
	if at < 0 {
		t.Fatalf("the issue is not among %d mails", len(mails))
	}
	text := unwrapped(mails[at].text)
	for _, s := range says {
		if !strings.Contains(text, begins(s, 40)) {
			t.Errorf("the mail does not say %q", begins(s, 40))
		}
	}
	for _, s := range not {
		if strings.Contains(text, unwrapped(s)) {
			t.Errorf("the mail says %q", s)
		}
	}
	if n := strings.Count(text, "[…]"); n != trims {
		t.Errorf("the mail has %d marks of cuts, want %d", n, trims)
	}
	rows := listed[blockRow](d.installation, "issue", "show", "1")
	if n := len(slices.DeleteFunc(rows, func(r blockRow) bool { return r.Kind != digest.PickBlock })); n != picks {
		t.Errorf("the issue has %d picks, want %d", n, picks)
	}
	if t.Failed() {
		t.Log(mails[at].text)
	}
}

// hand is how somebody works who does not use keys.
type hand struct {
	*person
	press   func(selector string)
	plain   bool // no script runs
	isPhone bool
}

func issueByPointer(t *testing.T, b *desktest.Browser) {
	d := newDraftedDesk(t)
	p := d.enter(t, b, "Ines", 1280)
	shortIssue(t, d, hand{person: p, press: p.click})
}

func issueByTouch(t *testing.T, b *desktest.Browser) {
	d := newDraftedDesk(t)
	p := d.enter(t, b, "Ines", 375)
	desktest.Call(p.Tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	shortIssue(t, d, hand{person: p, isPhone: true, press: func(selector string) {
		p.T.Helper()
		p.until(`document.querySelector(%q)?.checkVisibility()`, selector)
		spot := desktest.Eval[[]float64](p.Tab, fmt.Sprintf(`(() => {
			const e = document.querySelector(%q);
			if (!e.closest("#thumbs")) e.scrollIntoView({block: "center", behavior: "instant"});
			const b = e.getClientRects()[0];
			return [b.left + Math.min(b.width / 2, 60), b.top + b.height / 2];
		})()`, selector))
		at := []*input.TouchPoint{{X: spot[0], Y: spot[1]}}
		desktest.Call(p.Tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: at})
		desktest.Call(p.Tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	}})
}

func issueWithoutScript(t *testing.T, b *desktest.Browser) {
	d := newDraftedDesk(t)
	p := d.enter(t, b, "Ines", 1280)
	p.NoScript()
	shortIssue(t, d, hand{person: p, plain: true, press: p.click})
}

// shortIssue makes an issue of three picks, one of them trimmed, one moved, with an
// introduction and a heading, and approves it.
func shortIssue(t *testing.T, d draftedDesk, h hand) {
	h.Open(d.base + "/desk/issues/1/read")
	h.until(`document.querySelector("[data-item] .words")`)
	ids := desktest.Eval[[]string](h.Tab, `[...document.querySelectorAll("[data-item]")].filter(i => i.querySelector(".words")?.innerText.split(/[.?!]\s/).length > 2).slice(0, 3).map(i => i.id)`)
	if len(ids) < 3 {
		t.Fatalf("only %d comments are there to pick", len(ids))
	}
	for i, id := range ids {
		if h.isPhone { // the bar at the foot acts on the comment in view, which one scrolls to
			desktest.Eval[bool](h.Tab, fmt.Sprintf(`document.getElementById(%q).scrollIntoView({behavior: "instant"}), true`, id))
			h.until(`document.querySelector('#thumbs [data-thumb="p"]').getAttribute("aria-pressed") === "false" && [...document.querySelectorAll("[data-item]")].find(i => i.getBoundingClientRect().bottom > innerHeight / 3)?.id === %q`, id)
			h.press(`#thumbs [data-thumb="p"]`)
		} else {
			h.press("#" + id + ` [data-key="p"]`)
		}
		h.until(`document.querySelectorAll("#rail .picks > li").length === %d`, i+1)
	}
	h.press(`.tabs [data-key="g a"]`)
	h.until(`location.pathname.endsWith("/arrange") && document.querySelectorAll("#row-list > li.pick").length === 3`)
	rows := desktest.Eval[[]string](h.Tab, `[...document.querySelectorAll("#row-list > li")].map(l => l.dataset.block)`)
	// The last becomes the first, and has a heading above it.
	for i := range 2 {
		h.press("#up-" + rows[2])
		h.until(`[...document.querySelectorAll("#row-list > li")].findIndex(l => l.dataset.block === %q) === %d`, rows[2], 1-i)
	}
	h.press("#more-" + rows[2] + " summary")
	h.press(fmt.Sprintf(`#more-%s [name="above-%s"]`, rows[2], rows[2]))
	h.write("On the rota")
	h.press("#more-" + rows[2] + " form:first-of-type button")
	h.said("Added the heading")
	h.press("#field-intro")
	h.write("A short one.")
	if h.plain {
		h.press("#intro-state button")
	} else { // it is saved when one goes on
		h.press("#field-title")
	}
	h.until(`document.getElementById("intro-state").textContent.includes("by you") || document.getElementById("said").textContent.includes("ntroduction")`)
	// The second sentence of another goes.
	h.press("#trim-" + rows[0])
	h.until(`location.pathname.endsWith("/trim") && document.getElementById("s2")`)
	cut := desktest.Eval[string](h.Tab, `document.getElementById("s2").textContent`)
	h.press("#s2")
	if h.plain {
		h.press("[data-plain] button")
	}
	h.until(`document.querySelector(".trim-result .words").textContent.includes("[…]")`)
	says := []string{"A short one.", "On the rota", desktest.Eval[string](h.Tab, `document.getElementById("s1").textContent`)}
	h.press("#done")
	h.until(`location.pathname.endsWith("/arrange")`)
	if got := desktest.Eval[[]string](h.Tab, `[...document.querySelectorAll("#row-list > li.pick")].map(l => l.dataset.block)`); !slices.Equal(got, []string{rows[2], rows[0], rows[1]}) {
		t.Errorf("the rows are %v, of %v", got, rows)
	}
	h.press(`.tabs [data-key="g c"]`)
	h.until(`location.pathname.endsWith("/check") && document.getElementById("before")`)
	h.press(`.tabs [data-key="g s"]`)
	h.until(`location.pathname.endsWith("/send") && document.querySelector("form [name=when]")`)
	h.press(".send form button.main")
	h.said("is approved")
	if !h.plain {
		h.Clean("an approved issue")
	}
	d.arrives(t, 3, 1, says, []string{cut})
}

// blocks gives the rows of the draft, as a command shows them.
func (d draftedDesk) blocks() []blockRow {
	d.installation.t.Helper()
	return slices.DeleteFunc(listed[blockRow](d.installation, "issue", "show", "1"), func(r blockRow) bool { return r.ID == 0 })
}

// twoEditors works on one issue in two browsers: each is told of what the other did, and
// nothing is lost.
func twoEditors(t *testing.T, b *desktest.Browser) {
	d := newDraftedDesk(t)
	ann, ben := d.enter(t, b, "Ann", 1280), d.enter(t, b, "Ben", 1280)
	at := func(p *person, screen string) {
		t.Helper()
		p.Open(d.base + "/desk/issues/1/" + screen)
		p.until(`document.querySelector(".tabs [aria-current]")`)
	}
	// Both pick.
	at(ann, "read")
	at(ben, "read")
	ids := desktest.Eval[[]string](ann.Tab, `[...document.querySelectorAll("[data-item]")].filter(i => i.querySelector(".words")?.innerText.split(/[.?!]\s/).length > 2).slice(0, 3).map(i => i.id)`)
	pick := func(p *person, id string, rows int) {
		t.Helper()
		p.click("#" + id + ` [data-key="p"]`)
		p.until(`document.querySelector("#%s [data-key=p][aria-pressed=true]") && document.querySelectorAll("#rail .picks > li").length === %d`, id, rows)
	}
	pick(ann, ids[0], 1)
	pick(ben, ids[1], 2)
	ben.until(`document.getElementById("news").textContent.includes("Ann ")`)
	pick(ann, ids[2], 3)
	ann.until(`document.getElementById("news").textContent.includes("Ben ")`)
	if n := len(d.blocks()); n != 3 {
		t.Fatalf("the issue has %d rows", n)
	}
	// Ann moves the row that Ben trims.
	row := d.blocks()[2].ID
	ben.Open(fmt.Sprintf("%s/desk/issues/1/picks/%d/trim?from=arrange", d.base, row))
	ben.until(`document.getElementById("trim").dataset.ready`)
	at(ann, "arrange")
	ann.click(fmt.Sprintf("#up-%d", row))
	ann.said("Moved to position 2 of 3.")
	ben.click("#s1")
	ben.until(`document.getElementById("s1").getAttribute("aria-pressed") === "false"`)
	now := d.blocks()
	if now[1].ID != row || now[1].Words >= now[1].Of {
		t.Errorf("moved by one and trimmed by the other, the rows are %+v", now)
	}
	ann.until(`document.getElementById("news").textContent.includes("Ben ")`) // by itself
	ann.Clean("what the other did")
	ann.Shot("evening-news")
	ben.click("#done")
	ben.until(`location.pathname.endsWith("/arrange") && [...document.querySelectorAll("#row-list > li")].findIndex(l => l.dataset.block === "%d") === 1`, row)
	// What Ann would approve is not what she has seen.
	at(ann, "send")
	ben.click("#field-intro")
	ben.write("Ben’s words.")
	ben.click("#field-title") // which saves the introduction
	ben.until(`document.getElementById("intro-state").textContent.includes("by you")`)
	ann.click(".send form button.main")
	ann.until(`document.querySelector("#problems .problem")?.textContent.includes("Ben ")`)
	ann.Clean("an approval of what changed")
	ann.Shot("evening-not-approved")
	if state := d.must("issue", "show", "1"); !strings.Contains(state, "if approved by then") {
		t.Errorf("it is approved unseen\n%s", state)
	}
	// She looks again and approves while Ben writes on: his words stay with him.
	at(ann, "send")
	ann.click(".send form button.main")
	ann.said("is approved")
	ben.click("#field-intro")
	ben.key(kb.End)
	ben.write(" And more.")
	ben.click("#field-title") // which saves the introduction
	ben.until(`document.querySelector("#problems .problem")?.textContent.includes("approved")`)
	if got := desktest.Eval[string](ben.Tab, `document.getElementById("field-intro")?.value || document.body.textContent`); !strings.Contains(got, "And more.") {
		t.Errorf("what Ben wrote is lost: %.300s", got)
	}
	ben.Clean("a save into an approved issue")
	ben.Shot("evening-too-late")
	dir := t.TempDir()
	d.must("issue", "preview", "1", "--out", dir)
	written, err := os.ReadFile(filepath.Join(dir, "issue.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(written)
	if !strings.Contains(text, "Ben’s words.") || strings.Contains(text, "And more.") {
		t.Errorf("the issue says\n%s", text)
	}
}
