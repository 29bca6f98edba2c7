package reading_test

import (
	"fmt"
	"html"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"postbag/digest"
	cases "postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/reading"
	"postbag/digest/store/storetest"
	"postbag/digest/suggest"
	"postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	areas "postbag/digest/web/reading"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// start is a desk with the screen, which waits for its reasons.
func start(t *testing.T) *desktest.Desk {
	t.Helper()
	return desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []desk.Area {
		read := reading.New(reading.Options{Store: d.DB, Desk: d.Desk, Clock: d.Clock, Patience: time.Minute})
		return []desk.Area{areas.Area{Frame: f, Read: read, Desk: d.Desk}}
	})
}

const read = "/desk/issues/8/read"

func wants(t *testing.T, a desktest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: %d, want %d", a.URL, a.Status, status)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("%s does not say %q:\n%.3000s", a.URL, w, a.Body)
		}
	}
}

var article = regexp.MustCompile(`<article class="comment is-([a-z]+) in-\d" id="c(\d+)"`)

// ids gives the comments of a page in order, and their states.
func ids(a desktest.Answer) (all []string, states map[string]string) {
	states = map[string]string{}
	for _, m := range article.FindAllStringSubmatch(a.Body, -1) {
		all = append(all, m[2])
		states[m[2]] = m[1]
	}
	return all, states
}

// TestWhatStandsAboveWasShown: a decision keeps that the editor went past what stands
// above on the page, in its order; reading alone keeps nothing.
func TestWhatStandsAboveWasShown(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	issue, err := d.Desk.DraftAt(t.Context(), cases.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	shown := func(want ...string) {
		t.Helper()
		got, err := d.DB.Shown(t.Context(), issue.ID)
		if err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for _, id := range got {
			have[fmt.Sprint(id)] = true
		}
		for _, id := range want {
			if !have[id] {
				t.Errorf("comment %s was not shown", id)
			}
		}
		if len(have) != len(want) {
			t.Errorf("shown were %v, want %v", got, want)
		}
	}
	shown()
	const best, byThread = "f=1&suggested=1&undecided=1", "f=1&undecided=1"
	suggested, _ := ids(ann.Get(read + "?" + best))
	ann.Post(read+"/decide", []string{"comment", suggested[0], "decision", "skip", "next", "0", "view", best})
	shown(suggested[0])
	all, _ := ids(ann.Get(read + "?" + byThread))
	ann.Post(read+"/decide", []string{"comment", all[2], "decision", "pick", "next", "0", "view", byThread})
	shown(suggested[0], all[0], all[1], all[2])
}

func TestReadAndDecideWithoutScript(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	page := ann.Get(read)
	wants(t, page, http.StatusOK, "left of", "In this issue", "Nothing is picked yet.", "Only undecided", "In reply to")
	all, _ := ids(page)
	if len(all) < 4 {
		t.Fatal(all)
	}
	decide := func(p *desktest.Person, comment, decision string) desktest.Answer {
		return p.Post(read+"/decide", []string{"comment", comment, "decision", decision, "next", all[3], "view", ""})
	}
	after := decide(ann, all[0], "pick")
	wants(t, after, http.StatusOK, "Picked ", "1 pick,")
	if after.URL.Fragment != "c"+all[3] {
		t.Errorf("it leads to %s", after.URL)
	}
	wants(t, decide(ann, all[1], "skip"), http.StatusOK, "Skipped ")
	wants(t, decide(ann, all[2], "maybe"), http.StatusOK, "Said maybe to ")
	left, _ := ids(ann.Get(read + "?f=1&undecided=1"))
	for _, id := range all[:3] {
		if strings.Contains(strings.Join(left, " ")+" ", id+" ") {
			t.Errorf("%s is still undecided: %v", id, left)
		}
	}
	_, states := ids(ann.Get(read + "?f=1"))
	if states[all[0]] != "picked" || states[all[1]] != "skipped" || states[all[2]] != "maybe" || states[all[3]] != "new" {
		t.Errorf("%v", states)
	}
	// The other editor decides later, and is told.
	wants(t, decide(d.Person("ben"), all[1], "pick"), http.StatusOK, "Ann had skipped it just now.")

	// What is undone is shown again.
	whole := ann.Get(read + "?f=1")
	undo := regexp.MustCompile(`name="version" value="(\d+)"><input type="hidden" name="last" value="(\d+)"`).FindStringSubmatch(whole.Body)
	undone := ann.Post(read+"/undo", []string{"version", undo[1], "last", undo[2], "view", "f=1"})
	wants(t, undone, http.StatusOK, "Undid what Ben did: picked ")
	if undone.URL.Fragment != "c"+all[1] {
		t.Error(undone.URL)
	}
	wants(t, ann.Post(read+"/undo", []string{"version", undo[1], "last", undo[2], "view", "f=1"}), http.StatusConflict, "was changed meanwhile")

	wants(t, decide(ann, "999999", "pick"), http.StatusNotFound, "There is no comment 999999.")
	wants(t, decide(ann, all[3], "burn"), http.StatusUnprocessableEntity, "Nothing was decided.")
}

// TestReasonsAreMarked: the words that a reason rests on are marked in the comment.
func TestReasonsAreMarked(t *testing.T) {
	d := start(t)
	got := d.Person("ann").Get(read + "?f=1&suggested=1")
	wants(t, got, http.StatusOK, "<li>First-hand: “", "<mark>")
	marked := regexp.MustCompile(`(?s)<mark>(.*?)</mark>`)
	for _, m := range regexp.MustCompile(`(?s)<li>(First-hand|Says how it feels): “([^”…]*)[”…].*?</article>`).FindAllStringSubmatch(got.Body, -1) {
		said := ""
		for _, words := range marked.FindAllStringSubmatch(m[0], -1) {
			said += " " + words[1]
		}
		if first := strings.Fields(m[2])[0]; !strings.Contains(said, first) {
			t.Errorf("of %q no word is marked: %q", m[2], said)
		}
	}
}

// TestOffered: what is suggested of all posts is one page, the best first, each with its
// post; what is decided gives way to the next, and long shots say that they are some.
func TestOffered(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	page := read + "?offered=1"
	wants(t, ann.Get(read), http.StatusOK, `href="/desk/issues/8/read?offered=1"`)
	got := ann.Get(page)
	wants(t, got, http.StatusOK, "Suggested for this issue", "20 of 146 left", "A long shot", `<p class="quiet small">on <a href=`)
	offered, _ := ids(got)
	all, err := d.Desk.Suggestions(t.Context(), cases.Ref{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range all {
		want = append(want, fmt.Sprint(s.ID))
	}
	if !slices.Equal(offered, want) {
		t.Errorf("it offers %v, the command %v", offered, want)
	}
	wants(t, ann.Post("/desk/issues/8/read/decide", []string{"comment", offered[0], "decision", "skip", "view", "offered=1", "next", offered[1]}), http.StatusOK, "Suggested for this issue")
	after, _ := ids(ann.Get(page))
	if slices.Contains(after, offered[0]) || len(after) != 20 {
		t.Errorf("after %s is skipped it offers %v", offered[0], after)
	}
	shown, err := d.DB.Shown(t.Context(), 1)
	if err != nil || len(shown) != 1 || fmt.Sprint(shown[0]) != offered[0] {
		t.Errorf("shown were %v, %v; want %s alone", shown, err, offered[0])
	}
}

// TestVoices: whom the picks leave out is a page of links to read them.
func TestVoices(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	got := ann.Get("/desk/issues/8/voices")
	wants(t, got, http.StatusOK, "Posts with ten comments or more, and no pick", `href="/desk/issues/8/read?post=`, "Back to its rows")
	link := html.UnescapeString(regexp.MustCompile(`href="(/desk/issues/8/read\?post=[^"]*)"`).FindStringSubmatch(got.Body)[1])
	if all, _ := ids(ann.Get(link)); len(all) < 10 {
		t.Errorf("%s shows %d comments", link, len(all))
	}
	wants(t, ann.Get("/desk/issues/99/voices"), http.StatusNotFound)
	if _, err := d.Desk.SwitchRule(t.Context(), storetest.Tester, "", suggest.MissingVoices, false); err != nil {
		t.Fatal(err)
	}
	wants(t, ann.Get("/desk/issues/8/voices"), http.StatusOK, "does without this help", "/desk/settings/suggestions")
}

func TestPlaceIsKept(t *testing.T) {
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	const place = "f=1&undecided=1&words=50"
	ann.Post(read+"/place", []string{"view", place})
	if back := d.Person("ann").Get(read); back.URL.RawQuery != place {
		t.Errorf("it leads to %s", back.URL)
	}
	if back := ben.Get(read); back.URL.RawQuery != "" {
		t.Errorf("it leads to another's place: %s", back.URL)
	}
	part := ann.Get(read, desktest.Htmx()...)
	if part.URL.RawQuery != "" {
		t.Error(part.URL)
	}
}

func TestFiltersAndSearch(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	all, _ := ids(ann.Get(read + "?f=1"))
	long, _ := ids(ann.Get(read + "?f=1&words=150"))
	if len(long) >= len(all) {
		t.Errorf("%d of %d are long", len(long), len(all))
	}
	for _, query := range []string{"f=1&named=1", "f=1&replies=1", "f=1&replies=5", "f=1&older=1", "f=1&suggested=1", "post=1", "post=none", "post=99999", "after=99999", "posts=7", "words=x&post=-4"} {
		wants(t, ann.Get(read+"?"+query), http.StatusOK, "In this issue")
	}
	if _, err := d.DB.Index(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	found := ann.Get(read + "?q=bus")
	wants(t, found, http.StatusOK, "Found: bus", " found", "End the search")
	if hits, _ := ids(found); len(hits) == 0 {
		t.Error("nothing is found")
	}
	wants(t, ann.Get(read+"?q=zzzzqqq"), http.StatusOK, "Nothing is like that")
	wants(t, ann.Get(read+"?q=%22"), http.StatusUnprocessableEntity, `value="&#34;"`)
	thread := ann.Get(read + "?thread=" + all[1])
	wants(t, thread, http.StatusOK, `id="c`+all[1]+`"`, "hangs together")
	wants(t, ann.Get(read+"?thread=999999"), http.StatusNotFound, "There is no comment 999999.")
}

// TestWhatAnIssueLeftOpenIsReached: what nobody decided on before an issue was approved is
// no candidate of the next, and its Read shows it with "Older than this week".
func TestWhatAnIssueLeftOpenIsReached(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	all, _ := ids(ann.Get(read + "?f=1"))
	id, err := strconv.ParseInt(all[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Desk.Pick(t.Context(), storetest.Tester, cases.Ref{Number: 8}, id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Desk.Approve(t.Context(), storetest.Tester, cases.Ref{Number: 8}, cases.When{}); err != nil {
		t.Fatal(err)
	}
	const next = "/desk/issues/9/read"
	if open, _ := ids(ann.Get(next)); slices.Contains(open, all[1]) {
		t.Error("the next issue offers what the last one left")
	}
	wants(t, ann.Get(next), http.StatusOK, "Older than this week")
	older, _ := ids(ann.Get(next + "?f=1&undecided=1&older=1"))
	if !slices.Contains(older, all[1]) {
		t.Errorf("shown are %v, without %s", older, all[1])
	}
}

func TestNewsAreAnnounced(t *testing.T) {
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	page := ann.Get(read)
	ask := regexp.MustCompile(`hx-get="([^"]+/news[^"]*)"`).FindStringSubmatch(page.Body)
	if ask == nil {
		t.Fatal("nothing is asked")
	}
	address := strings.ReplaceAll(ask[1], "&amp;", "&")
	if quiet := ann.Get(address, desktest.Htmx()...); quiet.Status != http.StatusNoContent {
		t.Errorf("%d: %s", quiet.Status, quiet.Body)
	}
	all, _ := ids(page)
	ben.Post(read+"/decide", []string{"comment", all[0], "decision", "skip"})
	wants(t, ann.Get(address, desktest.Htmx()...), http.StatusOK, "Ben skipped ", " just now.")
	if own := ben.Get(address, desktest.Htmx()...); own.Status != http.StatusNoContent {
		t.Error("somebody is told what they did themselves")
	}
	more := strings.Replace(address, "seen=", "seen=3&was=", 1)
	wants(t, ann.Get(more, desktest.Htmx()...), http.StatusOK, "new comments. Show")
}

func TestDecideInPlace(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	all, _ := ids(ann.Get(read))
	part := ann.Post(read+"/decide", []string{"comment", all[0], "decision", "pick", "view", "", "seen", "1", "last", "1"}, desktest.Htmx()...)
	wants(t, part, http.StatusOK, `id="c`+all[0]+`"`, "Picked</button>", `hx-target="#rail"`, `hx-target="#counted"`, `hx-target="#note-read"`, `hx-target="#note-arrange"`, `hx-target="#note-check"`, "new comment", `aria-pressed="true"`)
	part = ann.Post(read+"/decide", []string{"comment", all[0], "decision", "undecide", "view", ""}, desktest.Htmx()...)
	wants(t, part, http.StatusOK, "Took out ", "Nothing is picked yet.")
	for i := range 3 {
		ann.Post(read+"/decide", []string{"comment", all[i], "decision", "pick", "view", ""})
	}
	page := ann.Get(read)
	form := regexp.MustCompile(`name="block" value="(\d+)"><input type="hidden" name="version" value="(\d+)">`).FindStringSubmatch(page.Body)
	moved := ann.Post(read+"/move", []string{"block", form[1], "version", form[2], "before", "0", "view", ""}, desktest.Htmx()...)
	wants(t, moved, http.StatusOK, "Moved row 1 to position 3", `id="rail"`)
	wants(t, ann.Post(read+"/keys", nil), http.StatusNotFound)
	wants(t, ann.Post("/desk/keys", nil), http.StatusNotFound) // there is no home here; it is kept all the same
}

func TestReadInABrowser(t *testing.T) {
	d := start(t)
	b := desktest.NewBrowser(t)
	address := d.Site.Base + read
	for _, look := range desktest.Looks() {
		tab := look.In(b, d, "ann")
		tab.Open(address + "?f=1")
		tab.Clean(fmt.Sprint("read ", look))
		tab.Shot(fmt.Sprint("read-", look))
	}
}

// What readers write is text, wherever it stands; and a thumb is enough to decide.
func TestHostileWordsAndThumbs(t *testing.T) {
	d := start(t)
	const vector = `"><img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload=window.hit=1>{{.}}` + "`${window.hit=1}`"
	at := desktest.Start.Add(-time.Hour)
	page := pull.Page{SourceID: 1, Seen: desktest.Start.Add(time.Minute), Posts: []digest.Post{{GUID: "evil", URL: "https://blog.example/evil?a=\"><script>window.hit=1</script>", Title: vector, Published: at, Announced: -1, Hash: "1"}}}
	for i := range 3 {
		c := digest.Comment{GUID: fmt.Sprint("evil", i), URL: "javascript:window.hit=1", PostRef: "evil", Author: vector, Published: at.Add(time.Duration(i) * time.Minute), Hash: fmt.Sprint(i), Words: 9,
			Body: append(digest.Plain(vector), markup.FromHTML(vector+`<a href="javascript:window.hit=1">a link</a>`, "")...)}
		if i > 0 {
			c.ParentRef = "evil0"
		}
		page.Comments = append(page.Comments, c)
	}
	if _, err := d.DB.StorePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	b := desktest.NewBrowser(t)
	tab := b.Tab(d, "ann", 375)
	tab.Open(d.Site.Base + read)
	tab.Until(`document.querySelectorAll("article.comment").length == 3`)
	first := desktest.Eval[string](tab, `document.querySelector("article.comment").id`)
	desktest.Eval[bool](tab, `document.querySelector("[data-thumb=p]").click() || true`)
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-picked") && document.querySelectorAll("#rail .picks li").length == 1`, first))
	desktest.Eval[bool](tab, `document.querySelector("article .parent a").click() || true`)
	tab.Until(`document.querySelector(".chain .words")`)
	tab.Shot("read-hostile")
	tab.Clean("hostile words")
	if desktest.Eval[bool](tab, `"hit" in window || !!document.querySelector("a[href^=javascript]")`) {
		t.Error("a script of a reader ran, or is offered")
	}
	tab.Dark(true)
	tab.Open(d.Site.Base + read + "?f=1")
	tab.Shot("read-375-after")
	tab.Clean("after a pick")
}

// TestLongestPage: a page of the longest comments, whatever they are made of, is one that
// a phone can load.
func TestLongestPage(t *testing.T) {
	const most = 300_000
	for name, body := range map[string]string{
		"words":     strings.Repeat("The bus was late, and nobody could say why it was. ", 240),
		"one word":  strings.Repeat("x", 90_000),
		"quotes":    strings.Repeat(`"Don't" & 'do' `, 1500),
		"of a line": strings.Repeat("Wait.\n\n", 2400),
	} {
		d := start(t)
		page := pull.Page{SourceID: 1, Seen: desktest.Start.Add(time.Minute), Posts: []digest.Post{{GUID: "long", URL: "https://blog.example/long", Title: "Long", Published: desktest.Start, Announced: -1, Hash: "1"}}}
		for i := range 60 {
			c := digest.Comment{GUID: fmt.Sprint("long", i), URL: fmt.Sprint("https://blog.example/long#", i), PostRef: "long", Author: "Ida", Published: desktest.Start.Add(time.Duration(i) * time.Second),
				Hash: fmt.Sprint(i), Body: digest.Plain(body + fmt.Sprint(" tobogganing ", i))}
			if c.Words = len(strings.Fields(body)); i > 0 {
				c.ParentRef = fmt.Sprint("long", i-1)
			}
			page.Comments = append(page.Comments, c)
		}
		if _, err := d.DB.StorePage(t.Context(), page); err != nil {
			t.Fatal(err)
		}
		ann := d.Person("ann")
		first, _ := ids(ann.Get(read + "?f=1&undecided=1"))
		for _, query := range []string{"?f=1&undecided=1", "?thread=" + first[0], "?f=1&whole=" + first[0], "?f=1&older=1"} {
			got := ann.Get(read + query)
			all, _ := ids(got)
			if wants(t, got, http.StatusOK, "Ida"); len(got.Body) > most || len(all) == 0 {
				t.Errorf("%s, %s: %d comments in %d bytes", name, query, len(all), len(got.Body))
			}
		}
	}
}

func TestKeyboard(t *testing.T) {
	d := start(t)
	b := desktest.NewBrowser(t)
	tab := b.Tab(d, "ann", 1280)
	tab.Open(d.Site.Base + read)
	at := func() string { return desktest.Eval[string](tab, `document.activeElement.id`) }
	press := func(key string) { tab.Do(chromedp.KeyEvent(key)) }
	press("j")
	first := at()
	press("j")
	second := at()
	press("k")
	if first == "" || second == first || at() != first {
		t.Fatalf("from %q to %q and back to %q", first, second, at())
	}
	press("p")
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-picked") && document.querySelectorAll("#rail .picks li").length == 1`, first))
	if at() != second {
		t.Errorf("after the pick the focus is at %q", at())
	}
	press("s")
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-skipped")`, second))
	third := at()
	press("m")
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-maybe")`, third))
	press("k")
	press("m")
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-new") && document.activeElement.id == "%[1]s"`, third))
	tab.Shot("read-keyboard")
	tab.Clean("after decisions")
	press("s")
	tab.Until(fmt.Sprintf(`document.querySelector("#%s.is-skipped")`, third))
	press("z")
	tab.Until(fmt.Sprintf(`document.querySelector("#%[1]s.is-new") && location.hash == "#%[1]s" && document.activeElement.id == "%[1]s" && document.readyState == "complete"`, third))
	// In a field keys are letters.
	press("/")
	tab.Until(`document.activeElement.id == "search"`)
	press("s")
	press("p")
	if got := desktest.Eval[string](tab, `document.getElementById("search").value`); !strings.HasSuffix(got, "sp") {
		t.Errorf("the field has %q", got)
	}
	// From post to post reading goes on with the first comment.
	tab.Open(d.Site.Base + read + "?f=1")
	heading := func() string { return desktest.Eval[string](tab, `document.querySelector("h1").textContent`) }
	from := heading()
	press("]")
	tab.Until(fmt.Sprintf(`document.querySelector("h1").textContent != %q && document.readyState == "complete"`, from))
	tab.Until(`document.activeElement == document.querySelector("[data-item]")`)
	press("[")
	tab.Until(fmt.Sprintf(`document.querySelector("h1").textContent == %q && document.readyState == "complete"`, from))
	tab.Until(`document.activeElement == document.querySelector("[data-item]")`)
	tab.Open(d.Site.Base + read + "?f=1")
	press("?")
	tab.Until(`document.getElementById("keys").open && document.querySelectorAll("#keys dt").length > 8`)
	tab.Shot("read-keys")
	tab.Clean("the help")
}
