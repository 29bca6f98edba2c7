package keeping_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	"postbag/digest/dispatch"
	"postbag/digest/health"
	"postbag/digest/pull"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/digest/web/keeping"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// start starts a desk with the pages around an issue.
func start(t *testing.T) *desktest.Desk {
	t.Helper()
	return desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []desk.Area {
		runner := beside.New(d.DB, d.Clock, nil)
		t.Cleanup(runner.Close)
		return []desk.Area{keeping.New(f, keeping.Options{
			Read: d.DB, Desk: d.Desk, Runner: runner,
			Blogs: blogs.New(blogs.Options{
				Store: d.DB, Runner: runner,
				Pulling: func(tell func(pull.Progress)) *pull.Tools {
					o := d.Tools.Options
					o.Progress = tell
					return pull.NewTools(o)
				},
				First: func() digest.Series { return digest.Series{} },
			}),
			Past: dispatch.Past{Store: d.DB, Desk: d.Desk},
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
}

// screens are every page of the area with the title of each.
var screens = map[string]string{
	"home": "/desk/", "sources": "/desk/sources/", "source": "/desk/sources/1", "sourcenew": "/desk/sources/new",
	"sourcesettings": "/desk/sources/1/settings", "remove": "/desk/sources/1/remove", "exportimport": "/desk/sources/import",
	"issues": "/desk/issues/",
}

func TestScreensInABrowser(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t)
	for _, width := range []int64{320, 375, 1280} {
		tab := b.Tab(d, "", width)
		for name, page := range screens {
			tab.Dark(false)
			tab.Open(d.Site.Base + page)
			tab.Clean(name)
			tab.Shot(name + map[int64]string{320: "-narrow", 375: "-phone", 1280: ""}[width])
			tab.Dark(true)
			tab.Clean(name + " in the dark")
			if width == 1280 {
				tab.Shot(name + "-dark")
			}
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
	followed := ann.Post("/desk/sources/new", []string{"address", src.URL, "follow", "1", "history", "1"})
	wants(t, followed, http.StatusOK, "is followed, and being pulled now", `id="task"`)
	for done := false; !done; {
		page := ann.Get("/desk/sources/1")
		done = !strings.Contains(page.Body, `hx-trigger="every 2s"`)
		if t.Context().Err() != nil {
			t.Fatal("it never ends")
		}
	}
	wants(t, ann.Get("/desk/sources/1"), http.StatusOK, "The last pull of the history of Not In Service", "begun by ann@blog.example")
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
	form := func(name, value string) []string {
		all := []string{"name", was.Name, "url", was.URL, "platform", "", "posts", feeds[0].URL, "comments", feeds[1].URL, "pattern", ""}
		for i := 0; i < len(all); i += 2 {
			if all[i] == name {
				all[i+1] = value
			}
		}
		return all
	}
	wants(t, ann.Get("/desk/sources/1/settings"), http.StatusOK, was.Name, feeds[0].URL, feeds[1].URL)
	wants(t, ann.Post("/desk/sources/1/settings", form("name", `Night <b>Bus</b>`)), http.StatusOK, "Saved.", "Night &lt;b&gt;Bus&lt;/b&gt;")
	if is, err := d.DB.Source(t.Context(), 1); err != nil || is.Name != "Night <b>Bus</b>" || is.URL != was.URL {
		t.Errorf("%+v, %v", is, err)
	}
	wants(t, ann.Post("/desk/sources/1/settings", append(form("name", "Night <b>Bus</b>"), "x", "")), http.StatusUnprocessableEntity, "Name what is to change")
	wants(t, ann.Post("/desk/sources/1/settings", form("posts", "http://127.0.0.1:1/feed")), http.StatusUnprocessableEntity, `value="http://127.0.0.1:1/feed"`, "field-posts-mistake")
	if is, err := d.DB.Feeds(t.Context(), 1); err != nil || is[0].URL != feeds[0].URL {
		t.Errorf("%+v, %v", is, err)
	}
}
