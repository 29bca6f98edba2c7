package desk_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// probe is an area that does what the test says.
type probe struct {
	*frame.Frame
	do frame.Handler
}

func (p probe) Routes() []frame.Route {
	return []frame.Route{
		frame.Get(site.ReadScreen, func(w http.ResponseWriter, r *http.Request) error {
			ref, err := frame.Issue(r)
			if err != nil {
				return err
			}
			return p.Show(w, frame.OnIssue(r, ref), screen.Problem{Title: "Nothing to read", Text: "All is decided."})
		}),
		frame.Post(site.ReadScreen, func(w http.ResponseWriter, r *http.Request) error { return p.do(w, r) }),
		{Method: http.MethodPost, Page: site.SettingsPage, Owner: true, Do: func(w http.ResponseWriter, r *http.Request) error {
			return p.Back(w, r, p.Site().Path(site.ReadScreen, "draft"), "Saved.")
		}},
		{Method: http.MethodGet, Page: site.SignIn, Open: true, Do: func(w http.ResponseWriter, r *http.Request) error {
			return p.Show(w, r, screen.Problem{Title: "Sign in", Text: "Here."})
		}},
	}
}

func start(t *testing.T, do frame.Handler) *desktest.Desk {
	return desktest.New(t, func(_ *desktest.Desk, f *frame.Frame) []desk.Area { return []desk.Area{probe{f, do}} })
}

func wants(t *testing.T, a desktest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: %d, want %d", a.URL, a.Status, status)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("%s does not say %q:\n%.2000s", a.URL, w, a.Body)
		}
	}
}

func TestWhatStandsAroundAPage(t *testing.T) {
	d := start(t, nil)
	ann, ben, nobody := d.Person("ann"), d.Person("ben"), d.Person("nobody")
	page := ann.Get("/desk/issues/draft/read")
	wants(t, page, http.StatusOK, "Pick of the Week 8", "Goes out Sunday 18:00. Needs your approval.", `href="/desk/issues/8/arrange"`, "Nothing to read", "left</span>")
	if csp := page.Header.Get("Content-Security-Policy"); csp != frame.Policy || page.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the policy is %q", csp)
	}
	part := ann.Get("/desk/issues/8/read", desktest.Htmx()...)
	if wants(t, part, http.StatusOK, "Nothing to read"); strings.Contains(part.Body, "<html") {
		t.Error("htmx gets a whole page")
	}
	wants(t, ann.Get("/desk/issues/9/read"), http.StatusNotFound, "no issue 9")
	wants(t, ann.Get("/desk/issues/08/read"), http.StatusNotFound, "no issue")
	wants(t, ann.Get("/desk/nowhere"), http.StatusNotFound, "There is no page at this address", `<a href="/desk/editors">Editors</a>`, `<a href="/desk/audit">Audit</a>`)
	if menu := ben.Get("/desk/nowhere"); strings.Contains(menu.Body, ">Editors<") || strings.Contains(menu.Body, ">Audit<") || !strings.Contains(menu.Body, ">Readers<") {
		t.Error("the menu of an editor who is no owner has pages for owners")
	}
	wants(t, nobody.Get("/desk/issues/8/read"), http.StatusUnauthorized, "sign in")
	wants(t, nobody.Get("/desk/nowhere"), http.StatusUnauthorized)
	wants(t, nobody.Post("/desk/issues/8/read", nil), http.StatusUnauthorized)
	wants(t, nobody.Get("/desk/sign-in"), http.StatusOK, "Here.")
	wants(t, ben.Post("/desk/settings", nil), http.StatusForbidden, "Only owners may do this.")
	saved := ann.Post("/desk/settings", nil)
	wants(t, saved, http.StatusOK, `aria-live="polite">Saved.</p>`)
	if again := ann.Get("/desk/issues/8/read"); strings.Contains(again.Body, "Saved.") {
		t.Error("it is said twice")
	}
	wants(t, ann.Post("/desk/settings", nil, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden, "another site")
	wants(t, ann.Post("/desk/settings", nil, "Origin", "https://evil.example"), http.StatusForbidden, "another site")
}

// TestWhatDoesNotWorkIsSaid: as a page with what was typed, or on the page that is there.
func TestWhatDoesNotWorkIsSaid(t *testing.T) {
	var err error
	d := start(t, func(_ http.ResponseWriter, r *http.Request) error {
		if _, err := frame.ReadForm(r); err != nil {
			return err
		}
		if err == nil {
			panic("secret")
		}
		return err
	})
	ann := d.Person("ann")
	const typed = "An introduction of <b>several</b> words."
	err = digest.Fail(digest.Conflict, "Look at it again.", "issue 8 was changed meanwhile").Offer(digest.Act{Do: digest.IssueHistory, Issue: 8})
	wants(t, ann.Post("/desk/issues/8/read", []string{"intro", typed, "password", "a secret of many letters"}), http.StatusConflict,
		"Issue 8 was changed meanwhile.", "Look at it again.", "See who changed it", "What you had written", "An introduction of &lt;b&gt;several")
	part := ann.Post("/desk/issues/8/read", []string{"intro", typed}, desktest.Htmx()...)
	wants(t, part, http.StatusConflict, "Issue 8 was changed meanwhile.", `id="problems"`)
	if part.Header.Get("HX-Retarget") != "#problems" || strings.Contains(part.Body, typed) {
		t.Errorf("%v", part.Header)
	}
	err = nil
	failed := ann.Post("/desk/issues/8/read", nil)
	if wants(t, failed, http.StatusInternalServerError, "Something went wrong here."); strings.Contains(failed.Body, "secret") || !strings.Contains(d.Log.String(), "secret") {
		t.Error("a panic is told, or not logged")
	}
	err = digest.Fail(digest.Unavailable, "", "the database does not answer")
	if busy := ann.Post("/desk/issues/8/read", nil); busy.Header.Get("Retry-After") == "" || busy.Status != http.StatusServiceUnavailable {
		t.Errorf("%d, %v", busy.Status, busy.Header)
	}
	inner := digest.Fail(digest.Unavailable, "Look at the host hidden.example.", "the database postgres://secret@hidden.example does not answer")
	inner.Inner = true
	err = inner
	if away := ann.Post("/desk/issues/8/read", []string{"intro", typed}); strings.Contains(away.Body, "hidden.example") || !strings.Contains(away.Body, "The database does not answer.") || !strings.Contains(away.Body, "of &lt;b&gt;several") {
		t.Errorf("the page tells %.1500s", away.Body)
	}
	// A minute later the same form goes once more by one press; what signs somebody in is
	// on no page.
	away := ann.Post("/desk/issues/8/read", []string{"number", "8", "title", `"short"`, "intro", typed})
	wants(t, away, http.StatusServiceUnavailable, "Send it again", `action="/desk/issues/8/read"`, "readonly", `name="number" value="8"`, `name="title" value="&#34;short&#34;"`)
	wants(t, ann.Post("/desk/issues/8/read", nil), http.StatusServiceUnavailable, "Send it again")
	away = ann.Post("/desk/issues/8/read", []string{"name", "Ines", "password", "a secret of hers"})
	if wants(t, away, http.StatusServiceUnavailable, `value="Ines"`, "Copy it from here."); strings.Contains(away.Body, "Send it again") || strings.Contains(away.Body, "a secret") {
		t.Errorf("the page holds a secret: %.1500s", away.Body)
	}
}

// TestWhatWasWrittenIsShown: all that a person wrote into a form that is refused, however
// short, with words for its name; and nothing that the page put there.
func TestWhatWasWrittenIsShown(t *testing.T) {
	d := start(t, func(_ http.ResponseWriter, r *http.Request) error {
		if _, err := frame.ReadForm(r); err != nil {
			return err
		}
		return digest.Fail(digest.Conflict, "", "issue 8 was changed meanwhile")
	})
	got := d.Person("ann").Post("/desk/issues/8/read", []string{
		"heading-12", "Evenings", "note", "ben text", "preheader", "Late", "was-preheader", "", "title.nights", "{number}",
		"version", "7", "block", "12", "do", "rewrite", "last", "9", "view", "a view of more than twenty letters", "above-12", "",
		"subject", "Pick of the Week 8", "was-subject", "Pick of the Week 8", "source", "3", "was-sources", "1 2 3 4 5 6 7 8 9 10 11 12"})
	wants(t, got, http.StatusConflict, "What you had written", ">Heading</label>", `value="Evenings"`, ">Note</label>", `value="ben text"`,
		">First line in the inbox</label>", `value="Late"`, ">Title</label>", `value="{number}"`)
	_, written, _ := strings.Cut(got.Body, "What you had written")
	if n := strings.Count(written, "<label"); n != 4 {
		t.Errorf("it shows %d fields:\n%s", n, written)
	}
	// The page whose form was refused has it all, and gives nothing that nobody wrote.
	got = d.Person("ann").Post("/desk/issues/8/read", []string{"version", "7", "do", "undo", "last", "12"})
	if wants(t, got, http.StatusConflict); strings.Contains(got.Body, "What you had written") {
		t.Errorf("nobody wrote anything:\n%s", got.Body)
	}
}

// TestTooMuchIsAnswered: whoever sends too much gets the page that says so, with what was
// typed, however much is still on its way.
func TestTooMuchIsAnswered(t *testing.T) {
	d := start(t, func(_ http.ResponseWriter, r *http.Request) error {
		_, err := frame.ReadForm(r)
		return err
	})
	ann, nobody := d.Person("ann"), d.Person("nobody")
	long := strings.Repeat("a word é ", 4<<20/9)
	fields := []string{"intro", "An introduction of several words.", "title", long}
	wants(t, ann.Post("/desk/issues/8/read", fields), http.StatusRequestEntityTooLarge, "It is too long: this form takes at most 512 KB.", "What you had written", "An introduction of several words.", "a word é a word é")
	wants(t, ann.Post("/desk/issues/8/read", fields, desktest.Htmx()...), http.StatusRequestEntityTooLarge, "at most 512 KB", `id="problems"`)
	wants(t, nobody.Post("/desk/issues/8/read", fields), http.StatusUnauthorized)
	wants(t, ann.Post("/desk/issues/9/nowhere", fields), http.StatusNotFound)
	wants(t, ann.Post("/desk/settings", fields, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden)
}

func TestFrameInABrowser(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, nil)
	for _, look := range desktest.Looks() {
		tab := look.In(b, d, "")
		for name, page := range map[string]string{"bar": "/desk/issues/8/read", "masthead": "/desk/nowhere"} {
			tab.Open(d.Site.Base + page)
			tab.Clean(fmt.Sprint(name, " ", look))
			tab.Shot(fmt.Sprint(name, "-", look))
		}
		if desktest.Eval[string](tab, `typeof htmx.version + typeof Sortable`) != "stringfunction" {
			t.Error("the scripts are not there")
		}
	}
}
