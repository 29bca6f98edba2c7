package keeping_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	cases "postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/health"
	"postbag/digest/pull"
	"postbag/digest/setup"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/digest/web/keeping"
	"postbag/subscribers/bounce"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
	"postbag/templates/screen"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// start starts a desk with the pages around an issue.
func start(t *testing.T) *desktest.Desk {
	t.Helper()
	return desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []desk.Area {
		runner := beside.New(t.Context(), d.DB, d.Clock, nil)
		t.Cleanup(runner.Close)
		return []desk.Area{keeping.New(f, keeping.Options{
			Read: d.DB, Desk: d.Desk, Runner: runner, Public: d.Site,
			Blogs: blogs.New(blogs.Options{
				Store: d.DB, Runner: runner,
				Pulling: func(tell func(pull.Progress)) *pull.Tools {
					o := d.Tools.Options
					o.Progress = tell
					return pull.NewTools(o)
				},
				First: func() digest.Series { return digest.Series{} },
			}),
			Past:   dispatch.Past{Store: d.DB, Desk: d.Desk},
			Sender: dispatch.New(dispatch.Options{Store: d.DB, Desk: d.Desk, Clock: d.Clock}), Health: health.Health{Store: d.DB, Clock: d.Clock},
			Roster: roster.New(roster.Options{Store: d.DB, Clock: d.Clock}), Readers: roster.Readers{Store: d.DB, Clock: d.Clock},
			Bounces: bounce.New(bounce.Options{Store: d.DB, Clock: d.Clock}),
			Signup:  signup.New(signup.Options{Store: d.DB, Clock: d.Clock}),
			Workers: d.DB.Workers, Duties: d.DB.Duties, Version: "1.2", Database: "postbag.db",
			Process: []screen.Setting{{Name: "base-url", Value: "https://news.example", From: "--base-url"}},
			SetUp:   setup.New(setup.Options{Store: d.DB, Desk: d.Desk, Clock: d.Clock}).Left,
			Troubles: func(ctx context.Context) ([]health.Trouble, error) {
				return health.Troubles(ctx, d.DB, d.Clock, health.Surroundings{Outbox: "outbox"})
			},
		})}
	})
}

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

func TestHome(t *testing.T) {
	d := start(t)
	wants(t, d.Person("ann").Get("/desk/"), http.StatusOK,
		"No worker is running", "Mails carry no postal address", `href="/desk/settings"`, "written as files to outbox",
		"Pick of the Week 8", "Goes out Sunday 18:00. Needs your approval.", "left</a>", `href="/desk/issues/8/read"`)
	wants(t, d.Person("nobody").Get("/desk/"), http.StatusUnauthorized)

	// The set-up is gone on with by owners, until an issue was made.
	const left = "The set-up is not done"
	wants(t, d.Person("ann").Get("/desk/"), http.StatusOK, left, "Mail is left", `href="/desk/setup"`)
	if ben := d.Person("ben").Get("/desk/"); strings.Contains(ben.Body, left) {
		t.Error("an editor is sent to the set-up, which is for owners")
	}
	if _, _, err := d.Desk.Pick(t.Context(), storetest.Tester, cases.Ref{}, 1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Desk.Approve(t.Context(), storetest.Tester, cases.Ref{Number: 8}, cases.When{}); err != nil {
		t.Fatal(err)
	}
	if ann := d.Person("ann").Get("/desk/"); strings.Contains(ann.Body, left) {
		t.Error("with an issue approved the set-up is still asked for")
	}
}

// screens are every page of the area with the title of each.
var screens = map[string]string{
	"home": "/desk/", "sources": "/desk/sources/", "source": "/desk/sources/1", "sourcenew": "/desk/sources/new",
	"sourcesettings": "/desk/sources/1/settings", "remove": "/desk/sources/1/remove", "exportimport": "/desk/sources/import",
	"issues": "/desk/issues/", "settings": "/desk/settings", "seriesnew": "/desk/settings/series/new", "suggestions": "/desk/settings/suggestions", "system": "/desk/system",
	"readers": "/desk/readers/", "readernew": "/desk/readers/new", "readerimport": "/desk/readers/import", "reader": "/desk/readers/1", "erase": "/desk/readers/1/erase",
}

// TestOnAPhoneTheWayIsShort: on a phone the desk's links take one line, which scrolls within
// itself, shows the page that is open, and has targets for a thumb; without script, too.
func TestOnAPhoneTheWayIsShort(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t)
	for _, script := range []bool{true, false} {
		tab := b.Tab(d, "ann", 320)
		if !script {
			tab.NoScript()
		}
		tab.Open(d.Site.Base + "/desk/settings")
		tab.Fits("the settings")
		got := desktest.Eval[string](tab, `(() => {
			const head = document.querySelector(".masthead"), here = head.querySelector("[aria-current]").getBoundingClientRect();
			if (head.getBoundingClientRect().height > 100) return "it is " + head.getBoundingClientRect().height + " high";
			if (here.left < 0 || here.right > innerWidth) return "the page that is open is out of sight";
			return [...head.querySelectorAll("a, button")].filter(e => e.getBoundingClientRect().height < 44).map(e => "too small: " + e.textContent).join();
		})()`)
		if got != "" {
			t.Errorf("script %v: %s", script, got)
		}
		tab.Shot(fmt.Sprintf("masthead-320-%v", script))
		tab.Open(d.Site.Base + "/desk/settings/suggestions")
		if got := desktest.Eval[float64](tab, `document.querySelector(".masthead").getBoundingClientRect().height`); got > 100 {
			t.Errorf("it is %.0f high", got)
		}
	}
}

func TestScreensInABrowser(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t)
	wants(t, d.Person("ann").Post("/desk/readers/new", []string{"email", "ada@paper.example", "name", "Ada", "confirmed", "1", "consent", "She asked at the meeting."}), http.StatusOK)
	for _, look := range desktest.Looks() {
		tab := look.In(b, d, "")
		for name, page := range screens {
			tab.Open(d.Site.Base + page)
			tab.Clean(fmt.Sprint(name, " ", look))
			tab.Shot(fmt.Sprint(name, "-", look))
		}
	}
}

// TestFollowingABlog goes from an address to a blog that is pulled beside, and back to
// one that is not followed, without script.
func TestFollowingABlog(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	src, err := d.DB.Source(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		form  []string
		words string
	}{
		"nothing":             {nil, "The address is missing."},
		"what is no address":  {[]string{"address", "http://[::1"}, "field-address-mistake"},
		"a blog that is away": {[]string{"address", "http://127.0.0.1:1/"}, `value="http://127.0.0.1:1/"`},
		"one that is there":   {[]string{"address", src.URL}, "followed already"},
		"a wrong platform":    {[]string{"address", src.URL, "platform", "geocities"}, "is no platform"},
		"markup":              {[]string{"address", `"><script>alert(1)</script>`}, `value="&#34;&gt;&lt;script&gt;`},
	} {
		t.Run(name, func(t *testing.T) {
			got := ann.Post("/desk/sources/new", c.form)
			wants(t, got, http.StatusUnprocessableEntity, c.words, `aria-invalid="true"`)
			if strings.Contains(got.Body, "<script>alert") {
				t.Error("markup came through")
			}
		})
	}
	wants(t, ann.Post("/desk/sources/1/pull", []string{"how", "sideways"}), http.StatusUnprocessableEntity, "how the blog is to be pulled")
	wants(t, ann.Post("/desk/sources/9/pull", []string{"how", "now"}), http.StatusNotFound)
	wants(t, ann.Get("/desk/sources/x"), http.StatusNotFound)
	wants(t, ann.Get("/desk/sources/9"), http.StatusNotFound)

	wants(t, ann.Get("/desk/sources/1/remove"), http.StatusOK, "What is stored of it stays", "149 comments", "Stop following it")
	wants(t, ann.Post("/desk/sources/1/remove", nil), http.StatusOK, "It is no longer followed.", "No blog is followed yet")
	wants(t, ann.Post("/desk/sources/1/remove", nil), http.StatusNotFound)

	found := ann.Post("/desk/sources/new", []string{"address", src.URL})
	wants(t, found, http.StatusOK, "Not In Service", "Its feed of posts lists", "Follow it and pull it now")
	if all, err := d.DB.Sources(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("finding followed %v, %v", all, err)
	}
	if strings.Contains(found.Body, "The series that it feeds") {
		t.Error("there is one series, and a choice")
	}
	wants(t, ann.Post("/desk/settings/series/new", []string{"name", "Month", "number", "1", "title", "{name} {number}", "zone", "UTC", "every", "month", "date", "1", "at", "18:00"}), http.StatusOK)
	wants(t, ann.Post("/desk/sources/new", []string{"address", src.URL}), http.StatusOK, "The series that it feeds", `value="pick-of-the-week" checked`, `value="month">`)
	wants(t, ann.Post("/desk/sources/new", []string{"address", src.URL, "follow", "1", "series", "none"}), http.StatusUnprocessableEntity, "there is no series")
	followed := ann.Post("/desk/sources/new", []string{"address", src.URL, "follow", "1", "history", "1", "series", "month"})
	wants(t, followed, http.StatusOK, "is followed, and being pulled now", `id="task"`)
	for done := false; !done; {
		page := ann.Get("/desk/sources/1")
		done = !strings.Contains(page.Body, `hx-trigger="every 2s"`)
		if t.Context().Err() != nil {
			t.Fatal("it never ends")
		}
	}
	wants(t, ann.Get("/desk/sources/1"), http.StatusOK, "The last pull of the history of Not In Service", "begun by Ann", "It feeds Month.", ">Nineteen</a>")
	wants(t, ann.Post("/desk/sources/new", []string{"address", src.URL, "follow", "1"}), http.StatusUnprocessableEntity, "followed already")
}

func TestSettingsOfABlog(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	was, err := d.DB.Source(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	feeds, err := d.DB.Feeds(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	page := "/desk/sources/1/settings"
	wants(t, ann.Get("/desk/sources/1/settings"), http.StatusOK, was.Name, feeds[0].URL, feeds[1].URL)
	wants(t, ann.Send(ann.Get(page), page, "name", `Night <b>Bus</b>`), http.StatusOK, "Saved.", "Night &lt;b&gt;Bus&lt;/b&gt;")
	if is, err := d.DB.Source(t.Context(), 1); err != nil || is.Name != "Night <b>Bus</b>" || is.URL != was.URL {
		t.Errorf("%+v, %v", is, err)
	}
	wants(t, ann.Send(ann.Get(page), page), http.StatusOK, "Nothing was changed.")
	wants(t, ann.Send(ann.Get(page), page, "posts", "http://127.0.0.1:1/feed"), http.StatusUnprocessableEntity, `value="http://127.0.0.1:1/feed"`, "field-posts-mistake")
	if is, err := d.DB.Feeds(t.Context(), 1); err != nil || is[0].URL != feeds[0].URL {
		t.Errorf("%+v, %v", is, err)
	}
}

// TestSettings: each form saves what was changed in it, and nothing else; what is wrong
// stands beside its field, and what was typed stays.
func TestSettings(t *testing.T) {
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	wants(t, ann.Get("/desk/settings"), http.StatusOK, "Goes out every Sunday at 18:00 (Europe/London)", "Next: Sunday 8 March, 18:00; Sunday 15 March, 18:00; Sunday 22 March, 18:00",
		"Not In Service", "--base-url", "If nobody approves it in time")
	shown := []string{"series", "pick-of-the-week", "was-name", "Pick of the Week", "was-title", "{name} {number}", "was-number", "9", "was-zone", "Europe/London", "was-schedule", "0 18 * * 0",
		"was-deadline", "hold", "was-at-least", "1", "deadline", "hold", "at-least", "1",
		"name", "Pick of the Week", "title", "{name} {number}", "number", "9", "zone", "Europe/London", "every", "week", "weekday", "0", "date", "1", "at", "18:00", "schedule", "0 18 * * 0"}
	with := func(changes ...string) []string {
		form := append([]string(nil), shown...)
		for i := 0; i < len(changes); i += 2 {
			for j := 0; j < len(form); j += 2 {
				if form[j] == changes[i] {
					form[j+1] = changes[i+1]
				}
			}
		}
		return form
	}
	series := func() digest.Series {
		t.Helper()
		s, err := d.Desk.Series(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	wants(t, ann.Post("/desk/settings", shown), http.StatusOK, "Nothing was changed.")
	before := series()
	for name, c := range map[string]struct {
		form  []string
		words []string
	}{
		"no name":          {with("name", ""), []string{"A series needs a name."}},
		"no number":        {with("title", "Weekly"), []string{"needs {number}", `value="Weekly"`}},
		"letters":          {with("number", "eight"), []string{`value="eight"`, "is no number"}},
		"a used number":    {with("number", "-3"), []string{`value="-3"`, "cannot be an issue"}},
		"no zone":          {with("zone", "Mars/Olympus"), []string{`value="Mars/Olympus"`, "is not known"}},
		"no time":          {with("at", "25:00"), []string{`value="25:00"`, "no time of day"}},
		"never due":        {with("every", "other", "schedule", "0 18 31 2 *"), []string{"never falls due", `value="0 18 31 2 *"`}},
		"markup":           {with("title", `<script>x</script>`), []string{"&lt;script&gt;", "needs {number}"}},
		"no such rule":     {with("deadline", "soon"), []string{"There is no rule"}},
		"too many picks":   {with("at-least", "5000"), []string{`value="5000"`, "cannot need 5000 picks"}},
		"no such schedule": {with("every", "other", "schedule", "soon"), []string{"cannot be read", `value="soon"`}},
	} {
		t.Run(name, func(t *testing.T) {
			wants(t, ann.Post("/desk/settings", c.form), http.StatusUnprocessableEntity, append(c.words, `id="mistakes"`)...)
			if got := series(); got != before {
				t.Errorf("it became %+v", got)
			}
		})
	}
	wants(t, ann.Post("/desk/settings", with("every", "month", "date", "5", "at", "7:30")), http.StatusOK, "Saved.", "Goes out on the 5th of every month at 07:30")
	wants(t, ben.Post("/desk/settings", with("name", "Night Line")), http.StatusOK, "Saved.")
	if got := series(); got.Name != "Night Line" || got.Schedule != "30 7 5 * *" {
		t.Errorf("one of two changes was lost: %+v", got)
	}
	wants(t, ann.Post("/desk/settings", with("name", "Day Line")), http.StatusConflict, "Its name: Somebody changed this meanwhile: it is “Night Line” now.", `value="Day Line"`)
	wants(t, ben.Post("/desk/settings", with("deadline", "send-picked", "at-least", "5")), http.StatusOK, "Saved.", `<option value="send-picked" selected>`)
	if got := series(); got.Deadline != digest.SendPicked || got.AtLeast != 5 || got.Name != "Night Line" {
		t.Errorf("%+v", got)
	}
	wants(t, ann.Post("/desk/settings", []string{"series", "none"}), http.StatusNotFound)
	wants(t, ann.Post("/desk/settings", nil), http.StatusUnprocessableEntity)

	publication := func(typed ...string) desktest.Answer {
		return ann.SendForm(ann.Get("/desk/settings"), "/desk/settings", []string{"publication"}, typed...)
	}
	wants(t, publication("address", "1 Depot Road\r\nMarl", "watch", "Ada"), http.StatusOK, "Saved.", "1 Depot Road\nMarl</textarea>")
	wants(t, publication("language", "klingonish-x-"), http.StatusUnprocessableEntity, `value="klingonish-x-"`, "not a language tag")
	wants(t, publication("home", "javascript:alert(1)"), http.StatusUnprocessableEntity, "not the address of a web site")
	wants(t, ben.Post("/desk/settings", []string{"publication", "1", "address", "Elsewhere"}), http.StatusForbidden, "Only owners")
	if pub, err := d.DB.Publication(t.Context()); err != nil || pub.PostalAddress != "1 Depot Road\nMarl" || pub.WatchList != "Ada" || pub.Name != "Not In Service" {
		t.Errorf("%+v, %v", pub, err)
	}
}

// TestOldSettings: of two who save the publication's settings on pages of the same moment
// each saves what they changed. Where both changed one field it says which, with both
// texts, and what does not collide is saved.
func TestOldSettings(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	const page = "/desk/settings"
	of := []string{"publication"}
	stored := func() digest.Publication {
		t.Helper()
		pub, err := d.DB.Publication(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return pub
	}
	old := ann.Get(page)
	wants(t, ann.SendForm(ann.Get(page), page, of, "watch", "Ada\r\nBo", "glossary", "CPC: a card"), http.StatusOK, "Saved.")
	if _, err := d.Desk.AddTerm(t.Context(), storetest.Tester, "AVL"); err != nil {
		t.Fatal(err)
	}
	wants(t, ann.SendForm(old, page, of, "address", "1 Depot Road"), http.StatusOK, "Saved.")
	if pub := stored(); pub.WatchList != "Ada\nBo" || pub.Glossary != "CPC: a card\nAVL" || pub.PostalAddress != "1 Depot Road" {
		t.Errorf("an older page took something back: %+v", pub)
	}
	got := ann.SendForm(old, page, of, "watch", "Cy", "language", "en-GB", "glossary", "PSV")
	wants(t, got, http.StatusConflict, "The watch list: Somebody changed this meanwhile: it is “Ada / Bo” now.", ">\nCy</textarea>",
		"The glossary: Somebody changed this meanwhile: it is “CPC: a card / AVL” now.", ">\nPSV</textarea>")
	if pub := stored(); pub.WatchList != "Ada\nBo" || pub.Glossary != "CPC: a card\nAVL" || pub.Language != "en-GB" {
		t.Errorf("it is %+v", pub)
	}
	// Whoever has seen both decides.
	wants(t, ann.SendForm(got, page, of), http.StatusOK, "Saved.")
	if pub := stored(); pub.WatchList != "Cy" || pub.Glossary != "PSV" || pub.PostalAddress != "1 Depot Road" {
		t.Errorf("it is %+v", pub)
	}
	wants(t, ann.SendForm(old, page, of), http.StatusOK, "Nothing was changed.")
}

// TestOldSeries: of a series what does not collide is saved, and what does is told beside
// its field; a schedule, too.
func TestOldSeries(t *testing.T) {
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	const page = "/desk/settings"
	of := []string{"series"}
	old := ben.Get(page)
	wants(t, ann.SendForm(ann.Get(page), page, of, "name", "Night Line", "every", "month", "date", "5"), http.StatusOK, "Saved.")
	got := ben.SendForm(old, page, of, "name", "Day Line", "at-least", "4", "weekday", "3")
	wants(t, got, http.StatusConflict, "Its name: Somebody changed this meanwhile: it is “Night Line” now.", `value="Day Line"`,
		"At: Somebody changed this meanwhile: it is “Goes out on the 5th of every month at 18:00 (Europe/London)” now.", `<option value="3" selected>Wednesday`)
	s, err := d.Desk.Series(t.Context(), "")
	if err != nil || s.Name != "Night Line" || s.AtLeast != 4 || s.Schedule != "0 18 5 * *" {
		t.Errorf("%+v, %v", s, err)
	}
	wants(t, ben.SendForm(got, page, of), http.StatusOK, "Saved.")
	if s, err = d.Desk.Series(t.Context(), ""); err != nil || s.Name != "Day Line" || s.AtLeast != 4 || s.Schedule != "0 18 * * 3" {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestOldSettingsOfABlog: a page that nobody typed into takes nothing back.
func TestOldSettingsOfABlog(t *testing.T) {
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	const page = "/desk/sources/1/settings"
	old := ben.Get(page)
	wants(t, ann.Send(ann.Get(page), page, "name", "Night Bus"), http.StatusOK, "Saved.")
	wants(t, ben.Send(old, page), http.StatusOK, "Nothing was changed.")
	wants(t, ben.Send(old, page, "url", d.BlogURL+"home"), http.StatusOK, "Saved.")
	got := ben.Send(old, page, "name", "Day Bus", "platform", "blogger")
	wants(t, got, http.StatusConflict, "What to call it: Somebody changed this meanwhile: it is “Night Bus” now.", `value="Day Bus"`)
	is, err := d.DB.Source(t.Context(), 1)
	if err != nil || is.Name != "Night Bus" || is.URL != d.BlogURL+"home" || is.Platform != digest.Blogger {
		t.Errorf("%+v, %v", is, err)
	}
	wants(t, ben.Send(got, page), http.StatusOK, "Saved.")
	if is, err = d.DB.Source(t.Context(), 1); err != nil || is.Name != "Day Bus" {
		t.Errorf("%+v, %v", is, err)
	}
}

func TestAFurtherSeries(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	form := func(name, slug, number, at string) []string {
		return []string{"name", name, "slug", slug, "number", number, "title", "{name} {number}", "zone", "UTC", "every", "month", "date", "1", "at", at}
	}
	for name, c := range map[string]struct {
		form  []string
		words string
	}{
		"no name":      {form("", "", "1", "18:00"), "A series needs a name."},
		"a taken name": {form("Pick of the Week", "", "1", "18:00"), "There is a series"},
		"a bad slug":   {form("Month", "a/b", "1", "18:00"), "cannot stand in an address"},
		"no number":    {form("Month", "", "0", "18:00"), "cannot be an issue"},
		"no time":      {form("Month", "", "1", "late"), `value="late"`},
	} {
		t.Run(name, func(t *testing.T) {
			wants(t, ann.Post("/desk/settings/series/new", c.form), http.StatusUnprocessableEntity, c.words)
		})
	}
	wants(t, ann.Post("/desk/settings/series/new", form("Month in Comments", "", "3", "18:00")), http.StatusOK, "Its first issue is Month in Comments 3.", "Goes out on the 1st of every month at 18:00")
	wants(t, ann.Post("/desk/settings/series/new", form("Month in Comments", "", "3", "18:00")), http.StatusUnprocessableEntity, "There is a series")
	if _, _, err := d.Desk.Draft(t.Context(), storetest.Tester, "month-in-comments"); err != nil {
		t.Fatal(err)
	}
	home := ann.Get("/desk/")
	wants(t, home, http.StatusOK, "Month in Comments 3", "Pick of the Week 8", "/desk/issues/3/read?series=month-in-comments", "/desk/issues/8/read?series=pick-of-the-week")
	wants(t, ann.Get("/desk/issues/?series=month-in-comments"), http.StatusOK, "Month in Comments 3")
	wants(t, ann.Get("/desk/issues/?series=none"), http.StatusNotFound)
}

func TestSystem(t *testing.T) {
	d := start(t)
	ann := d.Person("ann")
	wants(t, ann.Get("/desk/system"), http.StatusOK, "Sending is not held.", "No worker is running", "postbag.db, schema", "--base-url", "ask a blog")
	wants(t, ann.Post("/desk/system/sending", []string{"do", "hold", "reason", "<b>a flood</b>"}), http.StatusOK, "Sending is held since", "&lt;b&gt;a flood&lt;/b&gt;.", "by Ann")
	wants(t, ann.Get("/desk/"), http.StatusOK, "Sending is held: &lt;b&gt;a flood")
	wants(t, ann.Post("/desk/system/sending", []string{"do", "hold"}), http.StatusOK, "Sending was held already.")
	wants(t, ann.Post("/desk/system/sending", []string{"do", "dance"}), http.StatusUnprocessableEntity)
	wants(t, ann.Post("/desk/system/sending", []string{"do", "release"}), http.StatusOK, "Sending goes on.", "Sending is not held.")
	wants(t, ann.Post("/desk/system/sending", []string{"do", "release"}), http.StatusOK)
}

// multipartOf makes the body of a form with a file, and its header.
func multipartOf(t *testing.T, file, content string, fields ...string) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// send posts a form with a file as somebody.
func send(t *testing.T, d *desktest.Desk, who, path, body, contentType string) desktest.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.Site.Base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if who != "ann" {
		r.AddCookie(&http.Cookie{Name: "who", Value: who})
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Jar: jar}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return desktest.Answer{Status: res.StatusCode, URL: res.Request.URL, Header: res.Header, Body: string(all)}
}

func TestReaders(t *testing.T) {
	d := start(t)
	ann, ben := d.Person("ann"), d.Person("ben")
	wants(t, ann.Get("/desk/readers/"), http.StatusOK, "No readers yet.")
	for name, c := range map[string]struct {
		form  []string
		words string
	}{
		"no address": {[]string{"email", "ada@"}, `value="ada@"`},
		"no consent": {[]string{"email", "ada@paper.example", "confirmed", "1"}, "field-consent-mistake"},
		"markup":     {[]string{"email", `"><script>x</script>`}, "&lt;script&gt;"},
		"nothing":    {nil, "field-email-mistake"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ann.Post("/desk/readers/new", c.form)
			if wants(t, got, http.StatusUnprocessableEntity, c.words); strings.Contains(got.Body, "<script>x") {
				t.Error("markup came through")
			}
		})
	}
	wants(t, ann.Post("/desk/readers/new", []string{"email", "ada@paper.example", "name", `<img src=x onerror="alert(1)">`, "confirmed", "1", "consent", "She <b>asked</b>."}), http.StatusOK,
		"ada@paper.example is on the list.", "&lt;img src=x")
	wants(t, ann.Post("/desk/readers/new", []string{"email", "Ada@paper.example"}), http.StatusOK, "is on the list already")
	wants(t, ben.Post("/desk/readers/new", []string{"email", "cem@paper.example"}), http.StatusOK, "is asked to confirm")
	wants(t, ann.Get("/desk/readers/1"), http.StatusOK, "She &lt;b&gt;asked&lt;/b&gt;.", "entered by ann@blog.example", "No issue was mailed to them.")
	wants(t, ann.Get("/desk/readers/2"), http.StatusOK, "Ask once more to confirm", "no answer yet")
	wants(t, ann.Get("/desk/readers/9"), http.StatusNotFound, "There is no reader 9.")
	wants(t, ann.Get("/desk/readers/?q=CEM"), http.StatusOK, "cem@paper.example")
	wants(t, ann.Get("/desk/readers/?q=zebra"), http.StatusOK, "No reader is like that.")
	wants(t, ann.Get("/desk/readers/?state=pending"), http.StatusOK, "cem@paper.example")
	wants(t, ann.Get("/desk/readers/?state=asleep"), http.StatusNotFound)

	wants(t, ann.Post("/desk/readers/1/ask", nil), http.StatusConflict, "has confirmed already")
	d.Clock.Move(25 * time.Hour)
	wants(t, ben.Post("/desk/readers/2/ask", nil), http.StatusOK, "They are asked to confirm.")
	for range 5 { // until the limits hold it back
		ann.Post("/desk/readers/2/ask", nil)
	}
	wants(t, ann.Post("/desk/readers/2/ask", nil), http.StatusConflict, "as often as an address may be")

	if list := ben.Get("/desk/readers/"); strings.Contains(list.Body, "Import a list") || strings.Contains(list.Body, "Export as CSV") {
		t.Error("an editor who is no owner is offered what only owners may")
	}
	wants(t, ann.Get("/desk/readers/"), http.StatusOK, "Import a list", "Export as CSV")
	wants(t, ben.Get("/desk/readers/export"), http.StatusForbidden)
	csv := ann.Get("/desk/readers/export?state=active")
	if wants(t, csv, http.StatusOK, "email,name,state", "ada@paper.example"); strings.Contains(csv.Body, "cem@") || csv.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Error(csv.Body, csv.Header)
	}
	if all, err := d.DB.Audit(t.Context(), digest.AuditFilter{Did: digest.ReadersExported}); err != nil || len(all) != 1 || all[0].String() != "ann@blog.example exported readers to a file at the desk: active" {
		t.Errorf("the audit list has %v, %v", all, err)
	}
	wants(t, ben.Get("/desk/readers/2/suppress"), http.StatusOK, "Take cem@paper.example off the list", "Nothing is mailed to them any more")
	wants(t, ben.Post("/desk/readers/2/suppress", nil), http.StatusOK, "Nothing is mailed to cem@paper.example any more.", "only they can come back")
	if page := ann.Get("/desk/readers/2"); strings.Contains(page.Body, "/suppress") {
		t.Error("who left can be taken off once more")
	}
	wants(t, ann.Post("/desk/readers/9/suppress", nil), http.StatusNotFound)
	wants(t, ben.Get("/desk/readers/1/erase"), http.StatusForbidden)
	wants(t, ben.Post("/desk/readers/1/erase", nil), http.StatusForbidden)
	wants(t, ann.Get("/desk/readers/1/erase"), http.StatusOK, "It cannot be undone")
	wants(t, ann.Post("/desk/readers/1/erase", nil), http.StatusOK, "They are erased.")
	wants(t, ann.Get("/desk/readers/1"), http.StatusNotFound)
	wants(t, ann.Post("/desk/readers/1/erase", nil), http.StatusNotFound)
}

func TestImportingReaders(t *testing.T) {
	d := start(t)
	const list = "email,name,Opted out reason\nada@paper.example,Ada,\nben@paper.example,Ben,moved\nnot an address,X,\n"
	post := func(file, content string, fields ...string) desktest.Answer {
		t.Helper()
		body, contentType := multipartOf(t, file, content, fields...)
		return send(t, d, "ann", "/desk/readers/import", body, contentType)
	}
	wants(t, post("", "", "do", "look"), http.StatusUnprocessableEntity, "There is no file.")
	wants(t, post("x.csv", "hello", "do", "look"), http.StatusUnprocessableEntity)
	wants(t, post("", "", "do", "import", "kept", "../../etc/passwd"), http.StatusUnprocessableEntity, "There is no file.")
	body, contentType := multipartOf(t, "x.csv", list, "do", "look")
	wants(t, send(t, d, "ben", "/desk/readers/import", body, contentType), http.StatusForbidden)

	looked := post("list.csv", list, "do", "look", "skip", "1")
	token := regexp.MustCompile(`name="kept" value="([a-z2-7]{26})"`).FindStringSubmatch(looked.Body)
	if token == nil {
		t.Fatalf("%d: %.3000s", looked.Status, looked.Body)
	}
	column := regexp.MustCompile(`name="(column-[^"]+)"`).FindStringSubmatch(looked.Body)
	fields := []string{"kept", token[1], "name", "list.csv", "skip", "1", "confirmed", "1", "consent", "They signed the list."}
	if column != nil {
		fields = append(fields, html.UnescapeString(column[1]), "left_because")
	}
	again := post("", "", append(fields, "do", "look")...)
	wants(t, again, http.StatusOK, "It would bring 2 readers.", "1 active.", "1 left.", "Import 2 readers", "Line 4")
	if n, err := d.DB.SubscriberCounts(t.Context()); err != nil || n["active"] != 0 {
		t.Errorf("looking added %v, %v", n, err)
	}
	wants(t, post("", "", append(fields, "do", "import")...), http.StatusOK, "The import has begun.")
	for live := true; live; {
		tasks, err := d.DB.Tasks(t.Context(), nil, 0, 1)
		if err != nil || t.Context().Err() != nil {
			t.Fatal(err)
		}
		live = tasks[0].Live()
	}
	wants(t, d.Person("ann").Get("/desk/readers/import"), http.StatusOK, "Imported 2 readers.", "The import of the readers of list.csv")
	wants(t, d.Person("ann").Get("/desk/readers/"), http.StatusOK, "ada@paper.example", "ben@paper.example")
	wants(t, post("", "", append(fields, "do", "import")...), http.StatusUnprocessableEntity, "not kept any more")
}

func TestImportingAnExport(t *testing.T) {
	d := start(t)
	post := func(file, content string, fields ...string) desktest.Answer {
		t.Helper()
		body, contentType := multipartOf(t, file, content, fields...)
		return send(t, d, "ann", "/desk/sources/import", body, contentType)
	}
	wants(t, post("", ""), http.StatusUnprocessableEntity, "There is no file.")
	wants(t, post("notes.txt", "hello", "url", "https://paper.example"), http.StatusUnprocessableEntity, `value="https://paper.example"`)
	wants(t, d.Person("ann").Post("/desk/sources/import", []string{"url", "x"}), http.StatusUnprocessableEntity)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "postbag-upload-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v stay, %v", left, err)
	}
}
