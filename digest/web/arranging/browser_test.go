package arranging_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desktest"
)

// becomes waits until the rows of a tab and of the draft are these.
func becomes(t *testing.T, d *desktest.Desk, tab *desktest.Tab, want ...int64) {
	t.Helper()
	tab.Until(fmt.Sprintf(`[...document.querySelectorAll("#row-list > li")].map(l => l.dataset.block).join() === %q && !document.querySelector(".busy")`, joined(want)))
	if got := ids(draft(t, d)); !slices.Equal(got, want) {
		t.Errorf("the draft has %v, want %v", got, want)
	}
}

func joined(all []int64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ","), "[]")
}

// press presses keys.
func press(tab *desktest.Tab, keys string) { tab.T.Helper(); tab.Do(chromedp.KeyEvent(keys)) }

// alt presses a key with Alt.
func alt(tab *desktest.Tab, key string) {
	tab.T.Helper()
	tab.Do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierAlt)))
}

// said waits until the page's live region says something.
func said(tab *desktest.Tab, words string) {
	tab.T.Helper()
	tab.Until(fmt.Sprintf(`document.getElementById("said").textContent.includes(%q)`, words))
}

// TestKeyboard arranges by keys alone: Alt and the arrows move the row with the focus,
// which stays on it; what is pressed while a move is under way is done after it.
func TestKeyboard(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 5)
	tab := b.Tab(d, "", 1280)
	tab.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	tab.Do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#row-%d", r[3]))))
	alt(tab, kb.ArrowUp)
	said(tab, "Moved to position 3 of 5.")
	becomes(t, d, tab, r[0], r[1], r[3], r[2], r[4])
	focus := func() string { return desktest.Eval[string](tab, `document.activeElement.id`) }
	if got := focus(); got != fmt.Sprintf("row-%d", r[3]) {
		t.Errorf("the focus is on %q", got)
	}
	alt(tab, kb.ArrowUp)
	alt(tab, kb.ArrowUp) // at once
	becomes(t, d, tab, r[3], r[0], r[1], r[2], r[4])
	alt(tab, kb.ArrowUp) // there is nothing above
	alt(tab, kb.ArrowDown)
	becomes(t, d, tab, r[0], r[3], r[1], r[2], r[4])
	tab.Until(fmt.Sprintf(`document.activeElement.id === "row-%d" && document.querySelector("#focused h2").textContent.startsWith("Row 2,")`, r[3]))
	// The button that moved keeps the focus, too.
	tab.Do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#down-%d", r[0]))))
	press(tab, kb.Enter)
	becomes(t, d, tab, r[3], r[0], r[1], r[2], r[4])
	if got := focus(); got != fmt.Sprintf("down-%d", r[0]) {
		t.Errorf("the focus is on %q", got)
	}
	tab.Do(chromedp.Focus(chromedp.CSS("#undo")))
	press(tab, kb.Enter)
	said(tab, "Undid what Ann did: moved row 1")
	becomes(t, d, tab, r[0], r[3], r[1], r[2], r[4])
	// Move to a position, and a heading above, by their small forms.
	tab.Do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#to-%d summary", r[4]))))
	press(tab, kb.Enter)
	tab.Until(fmt.Sprintf(`document.activeElement.id === "position-%d"`, r[4]))
	press(tab, "1"+kb.Enter)
	becomes(t, d, tab, r[4], r[0], r[3], r[1], r[2])
	tab.Do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#more-%d summary", r[0]))))
	press(tab, kb.Enter)
	tab.Until(fmt.Sprintf(`document.activeElement.name === "above-%d"`, r[0]))
	press(tab, "On the rota"+kb.Enter)
	said(tab, "Added the heading “On the rota”.")
	if got := draft(t, d).Blocks[1].Text; got != "On the rota" {
		t.Errorf("row 2 says %q", got)
	}
	tab.Clean("arrange by keys")
}

// TestTyping saves the title when it is left and the introduction after a pause, shows
// the introduction as readers see it meanwhile, and says who saved.
func TestTyping(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 2)
	tab := b.Tab(d, "", 1280)
	tab.Open(d.Site.Base + page)
	tab.Do(chromedp.Focus(chromedp.CSS("#field-intro")))
	press(tab, "Two days *behind*.")
	tab.Until(`document.querySelector("#shown em") && document.querySelector("#shown em").textContent === "behind"`)
	tab.Until(`document.getElementById("intro-state").textContent.includes("by you")`)
	press(tab, " And more.")
	tab.Do(chromedp.Focus(chromedp.CSS("#field-title")))
	tab.Until(`document.getElementById("standing-own").textContent.includes("Undo “wrote the introduction”")`)
	if desktest.Eval[string](tab, `document.getElementById("last-saved").textContent`) == "" {
		t.Error("nothing says when it was saved last")
	}
	press(tab, kb.End+" by night"+kb.Tab)
	tab.Until(`document.getElementById("title-state").textContent.includes("by you")`)
	for range 2 {
		tab.Do(chromedp.Focus(chromedp.CSS("#field-title")))
		press(tab, kb.End+"!"+kb.Tab)
	}
	tab.Until(`document.getElementById("standing-own").textContent.includes("!!”")`)
	if now := draft(t, d); now.Intro != "Two days *behind*. And more." || now.Title != "Pick of the Week 8 by night!!" {
		t.Errorf("%q, %q", now.Intro, now.Title)
	}
	// Five megabytes pasted are refused beside the field, and stay in it.
	desktest.Eval[bool](tab, `(() => { const f = document.getElementById("field-intro"); f.value = "long ".repeat(1000000); f.dispatchEvent(new Event("change", {bubbles: true})); return true; })()`)
	tab.Until(`document.querySelector("#intro-form .mistake") && document.querySelector("#intro-form .mistake").textContent.includes("longer than 50000 bytes")`)
	if n := desktest.Eval[int](tab, `document.getElementById("field-intro").value.length`); n < 50_000 {
		t.Errorf("%d characters are left of what was typed", n)
	}
	tab.Clean("typing")
}

// TestPointer arranges by a pointer, first without dragging, then by dragging.
func TestPointer(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 4)
	tab := b.Tab(d, "", 1280)
	tab.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	click := func(what string) { t.Helper(); tab.Do(chromedp.Click(chromedp.CSS(what))) }
	click(fmt.Sprintf("#up-%d", r[1]))
	becomes(t, d, tab, r[1], r[0], r[2], r[3])
	click(fmt.Sprintf("#to-%d summary", r[1]))
	tab.Do(chromedp.SetValue(chromedp.CSS(fmt.Sprintf("#position-%d", r[1])), "4"))
	click(fmt.Sprintf("#to-%d button", r[1]))
	becomes(t, d, tab, r[0], r[2], r[3], r[1])
	click(fmt.Sprintf("#look-%d", r[3]))
	tab.Until(`document.querySelector("#focused h2").textContent.startsWith("Row 3,")`)
	click(fmt.Sprintf("#more-%d summary", r[3]))
	click(fmt.Sprintf("#out-%d", r[3]))
	becomes(t, d, tab, r[0], r[2], r[1])
	click("#undo")
	becomes(t, d, tab, r[0], r[2], r[3], r[1])

	at := func(block int64) (x, y float64) {
		t.Helper()
		p := desktest.Eval[[]float64](tab, fmt.Sprintf(`(() => { const g = document.querySelector("#row-%d .grip"); g.scrollIntoView({block: "center"}); const b = g.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; })()`, block))
		return p[0], p[1]
	}
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		t.Helper()
		desktest.Call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	}
	x, y := at(r[1])
	toY := desktest.Eval[float64](tab, fmt.Sprintf(`document.getElementById("row-%d").getBoundingClientRect().top + 6`, r[0]))
	mouse(input.DispatchMouseEventTypeMousePressed, x, y)
	for i := 1; i <= 12; i++ {
		mouse(input.DispatchMouseEventTypeMouseMoved, x, y+(toY-y)*float64(i)/12)
	}
	tab.Shot("dragging")
	tab.Until(fmt.Sprintf(`document.querySelector("#row-list > li:not(.sortable-fallback)").dataset.block === "%d"`, r[1]))
	mouse(input.DispatchMouseEventTypeMouseReleased, x, toY)
	said(tab, "Moved to position 1 of 4.")
	becomes(t, d, tab, r[1], r[0], r[2], r[3])
	tab.Clean("dragging")
}

// TestTouch arranges by touch on a phone.
func TestTouch(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 3)
	tab := b.Tab(d, "", 375)
	tab.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	tap := func(what string) {
		t.Helper()
		p := desktest.Eval[[]float64](tab, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "center"}); const b = e.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2, b.width, b.height]; })()`, what))
		if p[2] < 44 || p[3] < 44 {
			t.Errorf("%s is %.0f by %.0f pixels", what, p[2], p[3])
		}
		at := []*input.TouchPoint{{X: p[0], Y: p[1]}}
		desktest.Call(tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: at})
		desktest.Call(tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	}
	tap(fmt.Sprintf("#down-%d", r[0]))
	becomes(t, d, tab, r[1], r[0], r[2])
	tap(fmt.Sprintf("#to-%d summary", r[2]))
	tab.Do(chromedp.SetValue(chromedp.CSS(fmt.Sprintf("#position-%d", r[2])), "1"))
	tap(fmt.Sprintf("#to-%d button", r[2]))
	becomes(t, d, tab, r[2], r[1], r[0])
	tap("#by-blog")
	becomes(t, d, tab, r[0], r[1], r[2])
	tap("#undo")
	becomes(t, d, tab, r[2], r[1], r[0])
	tab.Clean("a phone")
}

// TestScriptOff arranges in a browser that runs no script.
func TestScriptOff(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 3)
	tab := b.Tab(d, "", 1280)
	tab.NoScript()
	tab.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	tab.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf("#up-%d", r[2]))), chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf("#row-list > li:nth-child(2)#row-%d.here", r[2]))))
	tab.Do(chromedp.SetValue(chromedp.CSS("#field-title"), "By hand"), chromedp.Click(chromedp.CSS("#title-state button")), chromedp.WaitVisible(`//p[@id="said"][contains(., "By hand")]`))
	if now := draft(t, d); now.Title != "By hand" || !slices.Equal(ids(now), []int64{r[0], r[2], r[1]}) {
		t.Errorf("%q, %v", now.Title, ids(now))
	}
}

// TestTwoBrowsers works on one draft in two browsers: each is told of what the other did,
// and nothing is lost.
func TestTwoBrowsers(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 3)
	ann, ben := b.Tab(d, "", 1280), b.Tab(d, "ben", 1280)
	ann.Open(d.Site.Base + page)
	ben.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	ann.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf("#up-%d", r[2]))))
	becomes(t, d, ann, r[0], r[2], r[1])
	ben.Do(chromedp.Focus(chromedp.CSS("#field-title")))
	press(ben, kb.End+" of Ben"+kb.Tab)
	ben.Until(`document.getElementById("title-state").textContent.includes("by you")`)
	ben.Until(`document.getElementById("news").textContent.includes("Ann moved row 3 to position 2 just now.")`)
	ann.Until(`document.getElementById("news").textContent.includes("Ben gave it the title")`)
	// Both write an introduction.
	ann.Do(chromedp.Focus(chromedp.CSS("#field-intro")))
	press(ann, "Ann’s words."+kb.Tab)
	ann.Until(`document.getElementById("intro-state").textContent.includes("by you")`)
	ben.Do(chromedp.Focus(chromedp.CSS("#field-intro")))
	press(ben, "Ben’s words.")
	ben.Until(`document.getElementById("shown").textContent.includes("Ben’s words.")`)
	press(ben, kb.Tab)
	ben.Until(`document.querySelector("#intro-form .arrange-theirs blockquote") && document.querySelector("#intro-form .arrange-theirs blockquote").textContent === "Ann’s words." && document.getElementById("field-intro").value === "Ben’s words."`)
	ben.Clean("two texts")
	ben.Shot("arrange-theirs")
	ben.Do(chromedp.Click(chromedp.CSS("#intro-state button")))
	ben.Until(`document.getElementById("intro-state").textContent.includes("by you") && !document.querySelector("#intro-form .arrange-theirs")`)
	if now := draft(t, d); now.Intro != "Ben’s words." || now.Title != "Pick of the Week 8 of Ben" {
		t.Errorf("%q, %q", now.Intro, now.Title)
	}
	// A move that was aimed at what is no more is refused, and said.
	ben.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf("#up-%d", r[1]))))
	ben.Until(`document.querySelector("#problems .problem") && document.activeElement.matches("#problems .problem")`)
	ann.Clean("two browsers")
	// The form that came anew shows what is typed, as the first did.
	ben.Do(chromedp.Focus(chromedp.CSS("#field-intro")))
	press(ben, kb.End+" More.")
	ben.Until(`document.getElementById("shown").textContent.includes("More.")`)
}

// probe tries to run script from wherever words are shown.
const probe = `<img src=x onerror="window.ran=1"><script>window.ran=1</script>"'><svg onload=window.ran=1>[x](javascript:window.ran=1)`

// TestLooks looks at the screen at every width, light and dark, with words in every
// field that try to be markup.
func TestLooks(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 12)
	issue := draft(t, d)
	at := desk.Ref{Number: 8, Version: issue.Version}
	edit := func(e desk.Edit) {
		t.Helper()
		at.Version = draft(t, d).Version
		if _, err := d.Desk.Edit(t.Context(), storetest.Tester, at, e); err != nil {
			t.Fatal(err)
		}
	}
	p := func(s string) *string { return &s }
	edit(desk.Edit{Intro: p("You have been busy. Here is what stayed with me from under this week’s posts, in *your own words*.")})
	edit(desk.Edit{Heading: p("On the rota"), Before: issue.Blocks[0].ID})
	edit(desk.Edit{Heading: p("What passengers said"), Before: issue.Blocks[4].ID})
	edit(desk.Edit{Text: p("The depot was asked about this, and says that the rota is *under review*."), Before: issue.Blocks[6].ID})
	edit(desk.Edit{Quote: &desk.Quote{Text: "A rota is a promise made to strangers.", Source: "The Timetable & Its Makers", URL: "https://timetables.example/"}, Before: issue.Blocks[8].ID})
	edit(desk.Edit{Block: issue.Blocks[1].ID, Keep: []int{1}})
	for _, look := range desktest.Looks() {
		tab := look.In(b, d, "")
		tab.Open(fmt.Sprintf("%s%s?row=%d", d.Site.Base, page, issue.Blocks[1].ID))
		tab.Clean(fmt.Sprint("arrange ", look))
		tab.Shot(fmt.Sprint("arrange-", look))
		tab.Open(d.Site.Base + "/desk/issues/8/history")
		tab.Clean(fmt.Sprint("history ", look))
		tab.Shot(fmt.Sprint("history-", look))
	}
	// A reader and a blog try it, too.
	stored, err := d.DB.StorePage(t.Context(), pull.Page{SourceID: 1, Seen: d.Clock.Now(),
		Posts:    []digest.Post{{GUID: "probe", URL: "https://x.example/p", Title: probe, Published: d.Clock.Now(), Hash: "p"}},
		Comments: []digest.Comment{{GUID: "probe", PostRef: "probe", URL: `javascript:window.ran=1`, Author: probe, Published: d.Clock.Now(), Hash: "c", Words: 3, Body: digest.Plain(probe)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Desk.Pick(t.Context(), storetest.Tester, desk.Ref{}, stored.CommentIDs...); err != nil {
		t.Fatal(err)
	}
	edit(desk.Edit{Title: p(probe), Intro: p(probe), Heading: p(probe), Text: p(probe), Quote: &desk.Quote{Text: probe, Source: probe, URL: "https://x.example/?\"'><script>window.ran=1</script>"}})
	tab := b.Tab(d, "", 320)
	now := draft(t, d)
	for _, block := range now.Blocks[len(now.Blocks)-4:] {
		tab.Open(fmt.Sprintf("%s%s?row=%d", d.Site.Base, page, block.ID))
		tab.Clean("words that try to be markup")
		if desktest.Eval[bool](tab, `"ran" in window || !!document.querySelector('main img, main svg, main script, [href^="javascript"]')`) {
			t.Errorf("something ran in row %d", now.RowOf(block.ID))
		}
	}
	tab.Open(d.Site.Base + "/desk/issues/8/history")
	if tab.Clean("the history of such words"); desktest.Eval[bool](tab, `"ran" in window`) {
		t.Error("something ran in the history")
	}
}

// TestUnsaved marks words that could not be saved, tries again with the next save, saves
// what is typed when the page is left, puts the focus on a row that was added, and keeps
// on the page what was refused.
func TestUnsaved(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 3)
	tab := b.Tab(d, "", 1280)
	tab.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	if tops := desktest.Eval[[]float64](tab, `[...document.querySelectorAll("#row-list > li:first-child .acts-of-row button, #row-list > li:first-child .acts-of-row summary, #row-list > li:first-child .acts-of-row a")].filter(e => e.checkVisibility()).map(e => Math.round(e.getBoundingClientRect().top))`); len(slices.Compact(tops)) != 1 {
		t.Errorf("the buttons of a row stand at %v", tops)
	}
	if tops := desktest.Eval[[]float64](tab, `[...document.querySelectorAll(".arrange-head .buttons > form > button, .arrange-head summary")].map(e => Math.round(e.getBoundingClientRect().top))`); len(slices.Compact(tops)) != 1 {
		t.Errorf("the buttons above the rows stand at %v", tops)
	}
	// The network fails while the title is saved.
	desktest.Eval[bool](tab, `(() => { window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError("down")); return true; })()`)
	tab.Do(chromedp.Focus(chromedp.CSS("#field-title")))
	press(tab, kb.End+" by night"+kb.Tab)
	tab.Until(`document.querySelector("#title-form .not-saved") && document.querySelector("#title-form .not-saved").textContent === "Not saved"`)
	tab.Until(`document.getElementById("last-saved").textContent + document.getElementById("said").textContent === ""`)
	desktest.Eval[bool](tab, `(() => { window.fetch = window.real; return true; })()`)
	tab.Do(chromedp.Focus(chromedp.CSS("#field-intro")))
	press(tab, "Words."+kb.Tab)
	tab.Until(`!document.querySelector(".not-saved") && document.getElementById("intro-state").textContent.includes("by you") && document.getElementById("title-state").textContent.includes("by you")`)
	if now := draft(t, d); now.Title != "Pick of the Week 8 by night" || now.Intro != "Words." {
		t.Errorf("%q, %q", now.Title, now.Intro)
	}
	// A heading that is added has the focus.
	tab.Do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#more-%d summary", r[1]))))
	press(tab, kb.Enter)
	tab.Until(fmt.Sprintf(`document.activeElement.name === "above-%d"`, r[1]))
	press(tab, "On the rota"+kb.Enter)
	said(tab, "Added the heading “On the rota”.")
	all := ids(draft(t, d))
	tab.Until(fmt.Sprintf(`document.activeElement.id === "row-%d"`, all[1]))
	// Typed just before the page is left.
	tab.Do(chromedp.Focus(chromedp.CSS("#field-intro")))
	press(tab, kb.End+" And more.")
	tab.Open(d.Site.Base + page)
	tab.Until(`document.readyState === "complete"`)
	desktest.Eventually(t, "what was typed is saved", func() bool { return draft(t, d).Intro == "Words. And more." })
	// The other takes the last row out: a press on its buttons is refused, and looking at a
	// row takes nothing of that away.
	tab.Open(d.Site.Base + page)
	is := draft(t, d)
	if _, err := d.Desk.Edit(t.Context(), storetest.Tester, desk.Ref{Version: is.Version}, desk.Edit{Block: r[2], Remove: true}); err != nil {
		t.Fatal(err)
	}
	tab.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf("#up-%d", r[2]))))
	tab.Until(`document.querySelector("#problems .problem")`)
	desktest.Eval[bool](tab, `(() => { document.querySelector("#row-list > li:nth-child(2) [id^=look-]").click(); return true; })()`)
	tab.Until(`document.querySelector("#focused h2").textContent.startsWith("Row 2,") && document.querySelector("#problems .problem")`)
	tab.Shot("arrange-refused")
}

// TestUndoKeepsTheFocus: taking a change back leaves one on the row where one was, or on
// the button, and never at the top of the page.
func TestUndoKeepsTheFocus(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, 4)
	tab := b.Tab(d, "", 1280)
	tab.Open(d.Site.Base + page)
	r := ids(draft(t, d))
	tab.Do(chromedp.Focus(chromedp.CSS(fmt.Sprintf("#row-%d", r[2]))))
	alt(tab, kb.ArrowUp)
	becomes(t, d, tab, r[0], r[2], r[1], r[3])
	alt(tab, kb.ArrowUp)
	becomes(t, d, tab, r[2], r[0], r[1], r[3])
	press(tab, "z")
	becomes(t, d, tab, r[0], r[2], r[1], r[3])
	tab.Until(fmt.Sprintf(`document.activeElement.id === "row-%d"`, r[2]))
	tab.Do(chromedp.Focus(chromedp.CSS("#undo")))
	press(tab, kb.Enter)
	becomes(t, d, tab, r[0], r[1], r[2], r[3])
	tab.Until(`["undo", "rows-title"].includes(document.activeElement.id)`)
}
