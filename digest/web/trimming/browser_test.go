package trimming_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postbag/digest/prose"
	"postbag/digest/web/desktest"
)

// screen is a page of the desk in a browser.
type screen struct {
	*desktest.Tab
	d *aDesk
}

func (d *aDesk) screen(b *desktest.Browser, width int64) screen {
	d.T.Helper()
	s := screen{b.Tab(d.Desk, "ann", width), d}
	s.Open(d.Site.Base + d.page + "?from=arrange")
	s.Until(`document.getElementById("trim").dataset.ready === "yes"`)
	return s
}

// press presses keys, one after the other.
func (s screen) press(keys ...string) {
	s.T.Helper()
	for _, k := range keys {
		s.Do(chromedp.KeyEvent(k))
	}
}

func (s screen) shift(keys ...string) {
	s.T.Helper()
	for _, k := range keys {
		s.Do(chromedp.KeyEvent(k, chromedp.KeyModifiers(kb.ModifierShift)))
	}
}

// key presses a single key of the desk, or the button that has it where keys do nothing.
func (s screen) key(key string) {
	s.T.Helper()
	if desktest.Eval[bool](s.Tab, `"keys" in window`) {
		// Without the character, which a browser does not type once a script has met the key.
		desktest.Call(s.Tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: key})
		desktest.Call(s.Tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key})
		return
	}
	s.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf("#trim [data-key=%q]", key))))
}

// said waits until the page says something of what was done, and is drawn anew.
func (s screen) said(words string) {
	s.T.Helper()
	s.Until(fmt.Sprintf(`document.getElementById("said").textContent.includes(%q) && document.getElementById("trim").dataset.ready === "yes"`, words))
}

func (s screen) focused() string {
	return desktest.Eval[string](s.Tab, `document.activeElement.id`)
}

func (s screen) pressed(n int) string {
	return desktest.Eval[string](s.Tab, fmt.Sprintf(`document.getElementById("s%d").getAttribute("aria-pressed")`, n))
}

// words gives some words of a sentence, from the nth on, counted from 0.
func (d *aDesk) words(sentence, from, n int) string {
	return strings.Join(strings.Fields(d.sentence(sentence))[from:from+n], " ")
}

// TestKeyboard trims with the keyboard alone.
func TestKeyboard(t *testing.T) {
	d := newDesk(t)
	s := d.screen(desktest.NewBrowser(t), 1280)
	if got := s.focused(); got != "s1" {
		t.Fatalf("it begins at %q", got)
	}
	s.press(kb.ArrowDown, " ")
	s.said("Cut “")
	if s.focused() != "s2" || s.pressed(2) != "false" || s.pressed(1) != "true" {
		t.Errorf("with the second sentence cut, the focus is on %q, and pressed are %s, %s", s.focused(), s.pressed(1), s.pressed(2))
	}
	if got := d.excerpt(); !strings.HasPrefix(got, d.sentence(1)+" […] "+d.sentence(3)) {
		t.Errorf("it reads %q", got)
	}
	s.key("z")
	s.said("Undid")
	if s.focused() != "s2" || s.pressed(2) != "true" {
		t.Errorf("undone by a key, the focus is on %q, and the second sentence is pressed %s", s.focused(), s.pressed(2))
	}
	s.press(kb.Enter)
	s.said("Cut “")
	s.press(kb.Enter)
	s.said("Put “")
	if s.pressed(2) != "true" {
		t.Errorf("after Enter the second sentence is pressed %s", s.pressed(2))
	}
	s.press(kb.Enter)
	s.said("Cut “")
	s.press(" ")
	s.said("Put “")
	// Words of the first sentence: the second and the third.
	s.press(kb.ArrowUp, kb.ArrowRight, kb.ArrowRight)
	s.shift(kb.ArrowRight)
	s.Until(`document.getElementById("selected").textContent.startsWith("Selected")`)
	s.press(kb.Delete)
	s.said("Cut “")
	if got, want := d.excerpt(), d.words(1, 0, 1)+" […] "+d.words(1, 3, 1); !strings.HasPrefix(got, want) || s.pressed(1) != "mixed" {
		t.Errorf("it reads %q, not %q, and is pressed %s", got, want, s.pressed(1))
	}
	s.Shot("trim-words")
	s.Clean("with words cut")
	s.key("z")
	s.said("Undid")
	s.press(kb.Home)
	s.key("l")
	if b := d.block(); len(b.Kept) != 0 {
		t.Errorf("undone it is %+v", b)
	}
	s.said("Lifted “")
	if b := d.block(); b.Lifted != prose.Sentences(d.body)[0] {
		t.Errorf("the lifted line is %+v", b.Lifted)
	}
	s.press(kb.ArrowDown)
	s.key("n")
	if got := s.focused(); got != "field-note" {
		t.Fatalf("a note is written in %q", got)
	}
	s.press("s", "i", "c", " ", "l", kb.Enter)
	s.said("Noted “sic l”")
	if got := d.excerpt(); !strings.HasPrefix(got, d.sentence(1)+" "+d.sentence(2)+" [sic l] ") {
		t.Errorf("it reads %q", got)
	}
	s.Do(chromedp.Focus(chromedp.CSS("#do-lead")))
	s.press(kb.Enter)
	s.said("stand for the issue")
	if !d.block().Leads || s.focused() != "do-lead" {
		t.Errorf("it leads: %v; the focus is on %q", d.block().Leads, s.focused())
	}
	s.Shot("trim-line")
	s.Clean("with a line and a note")
	if _, err := chromedp.RunResponse(s.Ctx, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	if got := desktest.Eval[string](s.Tab, `location.pathname + location.hash`); got != fmt.Sprintf("/desk/issues/8/arrange#row-%d", d.pick.ID) {
		t.Errorf("it goes back to %q", got)
	}
}

// drag selects with the mouse, from the middle of a word of a sentence to that of
// another, counted from 0.
func (s screen) drag(sentence, from, to int) {
	s.T.Helper()
	spot := func(word int) (x, y float64) {
		at := desktest.Eval[[]float64](s.Tab, fmt.Sprintf(`(() => {
			const walk = document.createTreeWalker(document.getElementById("s%d"), NodeFilter.SHOW_TEXT), node = walk.nextNode();
			const words = [...node.data.matchAll(/\S+/g)], w = words[%d], range = document.createRange();
			range.setStart(node, w.index); range.setEnd(node, w.index + w[0].length);
			const box = range.getBoundingClientRect();
			return [box.left + box.width / 2, box.top + box.height / 2];
		})()`, sentence, word))
		return at[0], at[1]
	}
	mouse := func(typ input.DispatchMouseEventType, x, y float64) {
		desktest.Call(s.Tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: typ, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	}
	x, y := spot(from)
	mouse(input.DispatchMouseEventTypeMousePressed, x, y)
	x, y = spot(to)
	mouse(input.DispatchMouseEventTypeMouseMoved, x-1, y)
	mouse(input.DispatchMouseEventTypeMouseMoved, x, y)
	mouse(input.DispatchMouseEventTypeMouseReleased, x, y)
}

// TestMouse selects with the mouse: words that are selected in part are cut whole, and a
// selection toggles no sentence.
func TestMouse(t *testing.T) {
	d := newDesk(t)
	s := d.screen(desktest.NewBrowser(t), 1280)
	s.drag(2, 2, 4)
	s.Until(`!document.querySelector("[data-do=cut]").disabled`)
	s.Do(chromedp.Click(chromedp.CSS("[data-do=cut]")))
	s.said("Cut “")
	if got, want := d.excerpt(), d.sentence(1)+" "+d.words(2, 0, 2)+" […] "+d.words(2, 5, 1); !strings.HasPrefix(got, want) {
		t.Errorf("it reads %q, not %q", got, want)
	}
	s.Do(chromedp.Click(chromedp.CSS("#s1")))
	s.said("Cut “" + d.words(1, 0, 2))
	s.Do(chromedp.Click(chromedp.CSS("#s2")))
	s.said("Put “")
	if s.pressed(1) != "false" || s.pressed(2) != "true" {
		t.Errorf("pressed are %s, %s", s.pressed(1), s.pressed(2))
	}
	s.Do(chromedp.Click(chromedp.CSS("#do-whole")))
	s.said("Restored")
	if b := d.block(); b.IsTrimmed() {
		t.Errorf("it is %+v", b)
	}
}

// TestTouch trims on a phone.
func TestTouch(t *testing.T) {
	d := newDesk(t)
	b := desktest.NewBrowser(t)
	s := d.screen(b, 375)
	desktest.Call(s.Tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	tap := func(selector string) {
		t.Helper()
		at := desktest.Eval[[]float64](s.Tab, fmt.Sprintf(`(() => {
			const e = document.querySelector(%q);
			e.scrollIntoView({block: "center"});
			const box = e.getBoundingClientRect();
			return [box.left + box.width / 2, box.top + box.height / 2];
		})()`, selector))
		desktest.Call(s.Tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}})
		desktest.Call(s.Tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	}
	tap("#s3")
	s.said("Cut “")
	if s.pressed(3) != "false" {
		t.Errorf("pressed is %s", s.pressed(3))
	}
	// What the handles of a selection do.
	desktest.Eval[bool](s.Tab, `(() => {
		const node = document.createTreeWalker(document.getElementById("s1"), NodeFilter.SHOW_TEXT).nextNode();
		const words = [...node.data.matchAll(/\S+/g)];
		getSelection().setBaseAndExtent(node, words[1].index, node, words[2].index + 1);
		return true;
	})()`)
	s.Until(`!document.querySelector("[data-do=cut]").disabled`)
	tap("[data-do=cut]")
	s.said("Cut “" + d.words(1, 1, 1))
	if got, want := d.excerpt(), d.words(1, 0, 1)+" […] "+d.words(1, 3, 1); !strings.HasPrefix(got, want) {
		t.Errorf("it reads %q, not %q", got, want)
	}
	small := desktest.Eval[string](s.Tab, `[...document.querySelectorAll("#trim button, #trim [role=button], #trim a, #trim summary, #trim input:not([type=hidden])")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80)).join("\n")`)
	if small != "" {
		t.Errorf("too small for a thumb:\n%s", small)
	}
	for _, dark := range []bool{false, true} {
		s.Dark(dark)
		s.Clean(fmt.Sprintf("a phone, dark %v", dark))
		s.Shot(fmt.Sprintf("trim-phone-%v", dark))
	}
	narrow := d.screen(b, 320)
	narrow.Clean("320 px")
	wide := d.screen(b, 1280)
	wide.Dark(true)
	wide.Clean("wide and dark")
	wide.Shot("trim-dark")
}

// TestScriptOff shows the forms that a browser without script gets.
func TestScriptOff(t *testing.T) {
	d := newDesk(t)
	tab := desktest.NewBrowser(t).Tab(d.Desk, "ann", 1280)
	tab.NoScript()
	tab.Open(d.Site.Base + d.page)
	tab.Do(chromedp.Click(chromedp.CSS(`input[name="keep"][value="2"]`)))
	tab.Shot("trim-plain")
	if _, err := chromedp.RunResponse(tab.Ctx, chromedp.Click(chromedp.CSS(`button[value="keep"]`))); err != nil {
		t.Fatal(err)
	}
	if got := d.excerpt(); !strings.HasPrefix(got, d.sentence(1)+" […] "+d.sentence(3)) {
		t.Errorf("it reads %q", got)
	}
}

// TestOfferedLinesAreSerif: the lines that are offered are a reader's words, and look so.
func TestOfferedLinesAreSerif(t *testing.T) {
	d := newDesk(t)
	s := d.screen(desktest.NewBrowser(t), 1280)
	if got := desktest.Eval[string](s.Tab, `getComputedStyle(document.querySelector(".lines q")).fontFamily`); !strings.HasSuffix(got, ", serif") {
		t.Errorf("they are set in %s", got)
	}
}
