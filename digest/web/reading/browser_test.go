package reading_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postbag/digest"
	cases "postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/reading"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	areas "postbag/digest/web/reading"
	"postbag/digest/web/trimming"
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

// frames waits until a window has been drawn some times more.
func frames(tab *desktest.Tab) {
	tab.T.Helper()
	desktest.Eval[bool](tab, `delete window.drawn, (function draw(n) { requestAnimationFrame(() => { if (n) draw(n - 1); else window.drawn = true; }); })(6), true`)
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

// TestReadingGoesOn: after a comment was picked on Trim, after its thread was looked at, and
// after the desk's other pages, reading goes on where it was.
func TestReadingGoesOn(t *testing.T) {
	d := desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []desk.Area {
		read := reading.New(reading.Options{Store: d.DB, Desk: d.Desk, Clock: d.Clock, Patience: time.Minute})
		return []desk.Area{areas.Area{Frame: f, Read: read, Desk: d.Desk}, trimming.New(f, d.Desk)}
	})
	tab := desktest.NewBrowser(t).Tab(d, "ann", 1280)
	press := func(key string) { tab.Do(chromedp.KeyEvent(key)) }
	at := func(id string) string {
		return fmt.Sprintf(`document.activeElement.id === %q && document.readyState === "complete"`, id)
	}
	tab.Open(d.Site.Base + read + "?f=1&undecided=1")
	all := strings.Split(desktest.Eval[string](tab, `[...document.querySelectorAll("[data-item]")].map(i => i.id).join()`), ",")
	long := desktest.Eval[int](tab, `[...document.querySelectorAll("[data-item]")].findIndex(i => i.querySelector(".words").textContent.length > 500)`)
	for range long + 1 {
		press("j")
	}
	tab.Until(at(all[long]))
	all = all[long:]
	// Trimming picks; it is out of sight then, and the next is read.
	press("t")
	tab.Until(`document.getElementById("trim")?.dataset.ready === "yes"`)
	press(" ")
	tab.Until(`document.getElementById("s1").getAttribute("aria-pressed") === "false"`)
	press(kb.Escape)
	tab.Until(at(all[1]))
	press("j")
	tab.Until(at(all[2]))
	// Looking at it decides nothing: it is still there.
	press("t")
	tab.Until(`document.getElementById("trim")?.dataset.ready === "yes"`)
	press(kb.Escape)
	tab.Until(at(all[2]))
	// A thread opens at its comment, and leads back to it.
	press("c")
	tab.Until(`location.search.includes("thread=") && ` + at(all[2]))
	if desktest.Eval[string](tab, `document.querySelector(".read-search a").textContent`) != "Back to the post" {
		t.Error("the way back is not called so")
	}
	tab.Shot("read-thread")
	tab.Do(click(".read-search a"))
	tab.Until(`!location.search.includes("thread=") && ` + at(all[2]))
	// The search is left by Escape, and keys act again.
	press("/")
	tab.Until(`document.activeElement.id === "search"`)
	press("x")
	press(kb.Escape)
	tab.Until(at(all[2]))
	press("j")
	tab.Until(at(all[3]))
	// What is left for another page is there again, comment and all.
	tab.Open(d.Site.Base + "/desk/issues/8/voices")
	place := func() string {
		kept, err := d.DB.Place(t.Context(), desktest.Ann.Email, 1)
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	for end := time.Now().Add(10 * time.Second); !strings.Contains(place(), "at="+all[3][1:]); { // the page sends it as it goes
		if time.Now().After(end) {
			t.Fatalf("the place is %q", place())
		}
		frames(tab)
	}
	tab.Open(d.Site.Base + read)
	tab.Until(`location.search.includes("post=") && ` + at(all[3]))
	// The last under a post that is picked on Trim leads on to the next post.
	const few = "f=1&undecided=1&words=100"
	tab.Open(d.Site.Base + read + "?" + few)
	tab.Until(`!document.getElementById("more") && document.getElementById("onward")`)
	last := desktest.Eval[string](tab, `[...document.querySelectorAll("[data-item]")].pop().id.slice(1)`)
	d.Person("ann").Post(read+"/decide", []string{"comment", last, "decision", "pick", "view", few})
	tab.Open(d.Site.Base + read + "?" + few + "&at=" + last)
	tab.Until(`document.activeElement.id === "onward"`)
}

// TestOnePlaceLeadsToAnother: where reading goes on is found without script, too, also on
// the second page of a post, and never leads round in a circle.
func TestOnePlaceLeadsToAnother(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	at := desktest.Start
	page := pull.Page{SourceID: 1, Seen: at.Add(time.Minute), Posts: []digest.Post{{GUID: "many", URL: "https://blog.example/many", Title: "Many", Published: at, Announced: -1, Hash: "1"}}}
	for i := range 90 {
		c := digest.Comment{GUID: fmt.Sprint("many", i), PostRef: "many", Author: "Ida", Published: at.Add(time.Duration(i) * time.Second), Hash: fmt.Sprint(i), Words: 4, Body: digest.Plain(fmt.Sprint("Of stop number ", i))}
		if i > 0 {
			c.ParentRef = "many0"
		}
		page.Comments = append(page.Comments, c)
	}
	if _, err := d.DB.StorePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	first := ann.Get(read)
	all, _ := ids(first)
	second := ann.Get(html.UnescapeString(regexp.MustCompile(`id="more"><a class="button" href="([^"]*)"`).FindStringSubmatch(first.Body)[1]))
	far, _ := ids(second)
	for _, c := range []struct{ query, want string }{
		{"?at=" + all[2], "c" + all[2]}, {"?at=" + far[3], "c" + far[3]}, {"?at=999999", ""}, {"?at=x", ""}, {"?f=1&undecided=1&at=" + far[3], "c" + far[3]},
		{"?q=stop&at=" + far[3], "c" + far[3]},
	} {
		got := ann.Get(read + c.query)
		wants(t, got, http.StatusOK, "In this issue")
		if got.URL.Fragment != c.want {
			t.Errorf("%s leads to %s", c.query, got.URL)
		}
		if shown, _ := ids(got); c.want != "" && !strings.HasPrefix(c.query, "?q") && !slices.Contains(shown, c.want[1:]) {
			t.Errorf("%s leads to %s, where %s is not", c.query, got.URL, c.want)
		}
	}
	// A thread is opened at its comment, however far down that is.
	thread := ann.Get(read + "?thread=" + far[9])
	if shown, _ := ids(thread); !slices.Contains(shown, far[9]) {
		t.Errorf("the thread of %s shows %v", far[9], shown)
	}
	wants(t, thread, http.StatusOK, "Read the thread from its beginning", `/read?thread=`+all[0]+`#c`+all[0])
	// A decision keeps the comment that comes next.
	ann.Post(read+"/decide", []string{"comment", far[3], "decision", "skip", "next", far[4], "view", "f=1&undecided=1"})
	if back := ann.Get(read); back.URL.Fragment != "c"+far[4] {
		t.Errorf("it leads back to %s", back.URL)
	}
}

// TestWithoutScriptNothingIsInTheWay: without script what was just done is told above the
// page, and on a phone the list of posts is folded; beside the words it is open.
func TestWithoutScriptNothingIsInTheWay(t *testing.T) {
	d := start(t)
	b := desktest.NewBrowser(t)
	for _, width := range []int64{320, 1280} {
		tab := b.Tab(d, "ann", width)
		tab.NoScript()
		tab.Open(d.Site.Base + read + "?f=1&undecided=1")
		first := `#main article.comment `
		_, err := chromedp.RunResponse(tab.Ctx, click(first+`button[value="pick"]`))
		if err != nil {
			t.Fatal(err)
		}
		over := desktest.Eval[string](tab, `(() => {
			const said = document.getElementById("said"), box = said.getBoundingClientRect();
			if (!said.textContent || !said.checkVisibility()) return "nothing is said";
			if (box.bottom > document.querySelector("#main").getBoundingClientRect().top + 1) return "it stands over the page";
			return getComputedStyle(said).position === "static" ? "" : "it is fixed";
		})()`)
		if over != "" {
			t.Errorf("%d px: %s", width, over)
		}
		isShown := desktest.Eval[bool](tab, `document.querySelector(".posts a").checkVisibility({contentVisibilityAuto: true})`)
		if isShown != (width == 1280) {
			t.Errorf("%d px: the posts are shown: %v", width, isShown)
		}
		if folds := desktest.Eval[bool](tab, `document.querySelector(".read-posts > summary").checkVisibility()`); folds == isShown {
			t.Errorf("%d px: what folds them is shown: %v", width, folds)
		}
		tab.Fits("without script")
		desktest.Eval[bool](tab, `void scrollTo(0, 0), true`)
		tab.Shot(fmt.Sprintf("noscript-%d", width))
	}
}
