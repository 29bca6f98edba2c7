package reading_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"postbag/digest"
	cases "postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desktest"
)

// phone opens a tab in a window as high as a phone's, which a finger touches.
func phone(b *desktest.Browser, d *desktest.Desk, width, height int64) *desktest.Tab {
	tab := b.Tab(d, "ann", width)
	desktest.Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: true})
	desktest.Call(tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	return tab
}

// tap touches the middle of an element that is in view.
func tap(tab *desktest.Tab, selector string) {
	tab.T.Helper()
	at := desktest.Eval[[]float64](tab, fmt.Sprintf(`(() => { const box = document.querySelector(%q).getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; })()`, selector))
	desktest.Call(tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}})
	desktest.Call(tab, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

// frames waits until a window has been drawn twice more.
func frames(tab *desktest.Tab) {
	tab.T.Helper()
	desktest.Eval[bool](tab, `delete window.drawn, requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true; }))), true`)
	tab.Until(`window.drawn`)
}

// TestThumbsActOnTheOutlinedComment: tap after tap the bar at the foot of a phone decides
// of the comment that is outlined, and after scrolling of the one that fills the window.
func TestThumbsActOnTheOutlinedComment(t *testing.T) {
	b := desktest.NewBrowser(t)
	for _, size := range [][2]int64{{375, 667}, {320, 640}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			d := start(t)
			tab := phone(b, d, size[0], size[1])
			tab.Open(d.Site.Base + read + "?f=1")
			outlined := func() string {
				return desktest.Eval[string](tab, `[...document.querySelectorAll("[data-item]")].filter(i => getComputedStyle(i).outlineStyle === "solid").map(i => i.id).join()`)
			}
			tab.Until(`document.querySelector(".is-meant")`)
			met := map[string]bool{}
			for i, press := range []string{"s", "p", "m", "s", "s"} {
				id := outlined()
				if met[id] || id == "" {
					t.Fatalf("before tap %d on %s the outline is on %q", i, press, id)
				}
				met[id] = true
				tap(tab, fmt.Sprintf("[data-thumb=%s]", press))
				state := map[string]string{"s": "skipped", "p": "picked", "m": "maybe"}[press]
				tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-%s") && !document.querySelector("#%[1]s:focus")`, id, state))
				frames(tab)
				if now := outlined(); now != desktest.Eval[string](tab, `document.activeElement.id`) {
					t.Errorf("the outline is on %q", now)
				}
			}
			tab.Shot(fmt.Sprintf("thumbs-%d", size[0]))
			// After scrolling it is the one that fills most of the window.
			const fullest = `(() => {
				const top = document.getElementById("bar").getBoundingClientRect().bottom, foot = document.getElementById("thumbs").getBoundingClientRect().top;
				const shown = (i) => { const box = i.getBoundingClientRect(); return Math.min(box.bottom, foot) - Math.max(box.top, top); };
				return [...document.querySelectorAll("[data-item]")].reduce((a, i) => shown(i) > shown(a) ? i : a).id;
			})()`
			for _, by := range []int{300, 500, -250} {
				desktest.Eval[bool](tab, fmt.Sprintf(`void scrollBy(0, %d), true`, by))
				frames(tab)
				if want, got := desktest.Eval[string](tab, fullest), outlined(); got != want {
					t.Errorf("scrolled by %d, %q is outlined and %q fills the window", by, got, want)
				}
			}
			id := outlined()
			tab.Shot(fmt.Sprintf("thumbs-%d-scrolled", size[0]))
			tap(tab, "[data-thumb=s]")
			tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-skipped")`, id))
			// Back on what is skipped, its word stands in one line.
			desktest.Eval[bool](tab, fmt.Sprintf(`void keys.go(document.getElementById(%q)), true`, id))
			tab.Until(`document.querySelector("[data-thumb=s]").textContent === "Skipped"`)
			tab.Shot(fmt.Sprintf("thumbs-%d-skipped", size[0]))
			if lines := desktest.Eval[int](tab, `(() => { const all = document.createRange(); all.selectNodeContents(document.querySelector("[data-thumb=s]")); return all.getClientRects().length; })()`); lines != 1 {
				t.Errorf("“Skipped” takes %d lines", lines)
			}
			if over := desktest.Eval[bool](tab, `[...document.querySelectorAll("#thumbs button")].some(b => b.scrollWidth > b.clientWidth)`); over {
				t.Error("a word is wider than its button")
			}
			tab.Clean("the bar")
		})
	}
}

// TestMarksAreSeenOnAPick: the words that a reason rests on are marked on a picked comment,
// too.
func TestMarksAreSeenOnAPick(t *testing.T) {
	d := start(t)
	tab := desktest.NewBrowser(t).Tab(d, "ann", 1280)
	tab.Open(d.Site.Base + read + "?f=1&suggested=1")
	id := desktest.Eval[string](tab, `document.querySelector("[data-item]:has(mark:not(.caution))").id`)
	seen := func(what string) {
		t.Helper()
		for _, dark := range []bool{false, true} {
			tab.Dark(dark)
			// The contrast of the two backgrounds, as WCAG counts it.
			got := desktest.Eval[float64](tab, fmt.Sprintf(`(() => {
				const item = document.getElementById(%q), mark = item.querySelector("mark:not(.caution)");
				const light = (e) => {
					let back = getComputedStyle(e).backgroundColor;
					if (back === "rgba(0, 0, 0, 0)") back = getComputedStyle(document.body).backgroundColor;
					const [r, g, b] = back.match(/\d+/g).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
					return 0.2126 * r + 0.7152 * g + 0.0722 * b;
				};
				const [a, b] = [light(item), light(mark)];
				return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
			})()`, id))
			if got < 1.2 {
				t.Errorf("%s, dark %v: a mark stands off by %.2f", what, dark, got)
			}
			tab.Shot(fmt.Sprintf("marks-%s-%v", what, dark))
			tab.Clean(what)
		}
	}
	seen("undecided")
	tab.Do(click(fmt.Sprintf(`#%s [data-key="p"]`, id)))
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-picked")`, id))
	seen("picked")
}

// TestWhatIsPickedSaysSo: where nothing is decided any more, a pick is told by a word, too.
func TestWhatIsPickedSaysSo(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	all, _ := ids(ann.Get(read))
	ann.Post(read+"/decide", []string{"comment", all[0], "decision", "pick"})
	ann.Post(read+"/decide", []string{"comment", all[1], "decision", "maybe"})
	if _, _, err := d.Desk.Approve(t.Context(), storetest.Tester, cases.Ref{Number: 8}, cases.When{}); err != nil {
		t.Fatal(err)
	}
	wants(t, ann.Get(read+"?thread="+all[0]), 200, `<p class="quiet small">Picked</p>`)
	wants(t, ann.Get(read+"?thread="+all[1]), 200, `<p class="quiet small">Maybe</p>`)
}

// TestReadersWordsAreSerif: readers speak in serif on the page of missing voices, too.
func TestReadersWordsAreSerif(t *testing.T) {
	d := start(t)
	first, _ := ids(d.Person("ann").Get(read))
	d.Person("ann").Post(read+"/decide", []string{"comment", first[0], "decision", "pick"})
	if _, _, err := d.Desk.Approve(t.Context(), storetest.Tester, cases.Ref{Number: 8}, cases.When{}); err != nil {
		t.Fatal(err)
	}
	at := desktest.Start.Add(time.Minute)
	one := digest.Comment{GUID: "ida", PostRef: "new", Author: "Ida Newcomb", Published: at, Hash: "1", Words: 60, Body: digest.Plain(strings.Repeat("I came by the early bus and stayed. ", 9))}
	if _, err := d.DB.StorePage(t.Context(), pull.Page{SourceID: 1, Seen: at, Comments: []digest.Comment{one},
		Posts: []digest.Post{{GUID: "new", URL: "https://blog.example/new", Title: "New", Published: at, Announced: -1, Hash: "1"}}}); err != nil {
		t.Fatal(err)
	}
	tab := desktest.NewBrowser(t).Tab(d, "ann", 1280)
	tab.Open(d.Site.Base + "/desk/issues/9/voices")
	if got := desktest.Eval[string](tab, `getComputedStyle([...document.querySelectorAll("main bdi")].find(b => b.textContent.startsWith("“I came by"))).fontFamily`); !strings.HasSuffix(got, ", serif") {
		t.Errorf("they are set in %s", got)
	}
}

// TestAtPhoneWidthACountStaysTogether: no line ends between a number and its "words".
func TestAtPhoneWidthACountStaysTogether(t *testing.T) {
	d := start(t)
	tab := phone(desktest.NewBrowser(t), d, 320, 640)
	tab.Open(d.Site.Base + read + "?f=1")
	if got := desktest.Eval[int](tab, `[...document.querySelectorAll(".comment .by")].filter(by => {
		const walk = document.createTreeWalker(by, NodeFilter.SHOW_TEXT), line = document.createRange();
		for (let node = walk.nextNode(); node; node = walk.nextNode()) {
			const at = node.data.search(/\d+ words?/);
			if (at < 0) continue;
			line.setStart(node, at); line.setEnd(node, node.data.trimEnd().length);
			return line.getClientRects().length !== 1;
		}
		return true;
	}).length`); got != 0 {
		t.Errorf("%d of them break", got)
	}
	tab.Fits("the bylines")
}

func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}
