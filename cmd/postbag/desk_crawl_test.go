//go:build !race

package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"postbag/digest"
	"postbag/digest/web/desktest"
)

// everyDeskPage follows the desk's links from its first page, in a database whose words
// try to be markup wherever somebody can write: on the blog and at the desk. It looks at
// each page at several widths, light or dark: nothing that axe-core finds, no sideways
// scroll, no error, nothing that the policy refused, and nothing that ran. Of pages that
// differ in a number or a query alone it takes the first.
func everyDeskPage(t *testing.T, b *desktest.Browser) {
	const probe = `<img src=x onerror="window.ran=1"><script>window.ran=1</script>"'><svg onload=window.ran=1>[x](javascript:window.ran=1)`
	d := newDraftedDesk(t)
	db := d.flags[1]
	now := time.Now().Add(-time.Hour)
	storeEntries(t, db, []digest.Post{{GUID: "probe", URL: "https://x.example/p", Title: probe, Published: now, Hash: "p"}},
		digest.Comment{GUID: "probe", PostRef: "probe", URL: `javascript:window.ran=1`, Author: probe, Published: now, Hash: "c", Words: 3, Body: digest.Plain(probe + ". " + probe)})
	comment := listed[commentRow](d.installation, "comment", "list")[0].ID
	d.must("issue", "pick", "--suggested")
	d.must("issue", "pick", fmt.Sprint(comment))
	d.must("issue", "edit", "--title", probe, "--intro", probe)
	d.must("issue", "edit", "--heading", probe)
	d.must("issue", "edit", "--quote", probe, "--source", probe, "--url", "https://x.example/p")
	d.readers(1)
	tab := d.enter(t, b, "Ines", 1280)
	_, _ = d.run("editor", "add", "mallory@desk.example", "--name", probe)

	number := regexp.MustCompile(`\d+`)
	const most = 45 // pages
	queue := []string{"/desk/", "/desk/issues/1/read?post=probe", "/desk/issues/1/arrange", "/desk/issues/1/check", "/desk/setup/blog", "/desk/setup/series", "/desk/setup/mail", "/desk/setup/pull", fmt.Sprintf("/desk/issues/1/comments/%d/trim", comment)}
	met, probed := map[string]bool{}, 0
	for len(queue) > 0 && len(met) < most {
		path := queue[0]
		queue = queue[1:]
		plain, _, _ := strings.Cut(path, "?")
		kind := number.ReplaceAllString(plain, "N")
		if met[kind] {
			continue
		}
		met[kind] = true
		// axe-core looks at each page once: at every other one wide, at every other one on
		// a phone, and of both at half of them dark.
		axe := int64(1280)
		if len(met)%2 == 0 {
			axe = 375
		}
		tab.Dark(len(met)%4 < 2)
		resize := func(width int64) {
			desktest.Call(tab.Tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1, Mobile: width < 500})
		}
		resize(axe)
		tab.Open(d.base + path)
		tab.Clean(fmt.Sprintf("%s at %d px", path, axe))
		for _, width := range []int64{1280, 700, 375, 320} {
			resize(width)
			tab.Fits(fmt.Sprintf("%s at %d px", path, width))
		}
		if desktest.Eval[bool](tab.Tab, `"ran" in window || !!document.querySelector('img[src="x"], svg[onload], [href^="javascript"]')`) {
			t.Errorf("words of the blog or of the desk ran on %s", path)
		}
		if desktest.Eval[bool](tab.Tab, `document.body.innerText.includes("onerror")`) {
			probed++
		}
		queue = append(queue, desktest.Eval[[]string](tab.Tab, `[...document.querySelectorAll('a[href^="/desk/"]:not([download])')].map(a => a.getAttribute("href").split("#")[0]).filter(h => !h.includes("/assets/"))`)...)
	}
	t.Logf("%d pages; words that try to be markup stand on %d of them", len(met), probed)
	if len(met) < 20 || probed < 5 {
		t.Errorf("only %d pages were found, %d of them with such words: %v", len(met), probed, met)
	}
}
