package checking_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/pull"
	"postbag/digest/site"
	"postbag/digest/store/storetest"
	"postbag/digest/web/checking"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/subscribers/letters"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// tests notes what would be mailed.
type tests struct{ to []string }

func (x *tests) Test(_ context.Context, _ digest.Actor, _ desk.Ref, to string) (desk.Outlook, error) {
	x.to = append(x.to, to)
	return desk.Outlook{Issue: digest.Issue{Title: "Pick of the Week 8"}}, nil
}

type links struct{}

func (links) Reach(_ context.Context, url string) (int, error) { return http.StatusOK, nil }

type bench struct {
	*desktest.Desk
	check *check.Check
	mails tests
	Ann   *desktest.Person
}

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	b.Desk = desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []deskweb.Area {
		writer := letters.Writer{Set: d.Set, Site: d.Site, Requests: "desk@blog.example"}
		b.check = check.New(check.Options{Store: d.DB, Desk: d.Desk, Blogs: d.Checker, Links: links{}, Mail: writer.Text, Clock: d.Clock})
		return []deskweb.Area{checking.New(checking.Options{
			Frame: f, Desk: d.Desk, Check: b.check, Renderer: check.Renderer{Set: d.Set, Site: d.Site, Writer: writer}, Tester: &b.mails,
		})}
	})
	b.Ann = b.Person("ann")
	return b
}

// pick picks comments of the invented blog, the first so many.
func (b *bench) pick(n int) []digest.Candidate {
	b.T.Helper()
	issue, err := b.Desk.Desk.DraftAt(b.T.Context(), desk.Ref{})
	if err != nil {
		b.T.Fatal(err)
	}
	all, err := b.Desk.Desk.Candidates(b.T.Context(), issue)
	if err != nil || len(all) < n {
		b.T.Fatal(len(all), err)
	}
	var ids []int64
	for _, c := range all[:n] {
		ids = append(ids, c.ID)
	}
	if _, _, err := b.Desk.Desk.Pick(b.T.Context(), storetest.Tester, desk.Ref{}, ids...); err != nil {
		b.T.Fatal(err)
	}
	return all[:n]
}

// store lets the blog say something else of a comment.
func (b *bench) store(c digest.Comment) {
	b.T.Helper()
	if _, err := b.DB.StorePage(b.T.Context(), pull.Page{SourceID: c.SourceID, Seen: b.Clock.Now(), Comments: []digest.Comment{c}}); err != nil {
		b.T.Fatal(err)
	}
}

// trouble makes an issue in which a pick was changed and another is gone.
func (b *bench) trouble() {
	b.T.Helper()
	picked := b.pick(12)
	changed := picked[6].Comment
	changed.Hash, changed.Body = "new", digest.Plain("I take it all back. "+changed.Body.Text()+" Ask Petra Lindqvist about the CPC.")
	b.store(changed)
	if _, err := b.DB.MarkGone(b.T.Context(), []int64{picked[11].ID}, digest.ByPermalink, "its page answers 404"); err != nil {
		b.T.Fatal(err)
	}
	looked := picked[2].Comment
	looked.Hash = "h"
	looked.Body = append(append(digest.Prose{}, looked.Body...), digest.Plain("It was Petra Lindqvist who began it, with her CPC. Call 020 7946 0958.")...)
	b.store(looked)
	issue, at := b.draft()
	if _, err := b.Desk.Desk.Update(b.T.Context(), storetest.Tester, at, issue.Blocks[2].ID); err != nil {
		b.T.Fatal(err)
	}
}

func (b *bench) draft() (digest.Issue, desk.Ref) {
	b.T.Helper()
	issue, err := b.Desk.Desk.DraftAt(b.T.Context(), desk.Ref{})
	if err != nil {
		b.T.Fatal(err)
	}
	return issue, desk.Ref{Number: issue.Number, Version: issue.Version}
}

func wants(t *testing.T, a desktest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: %d, want %d", a.URL, a.Status, status)
	}
	for _, w := range words {
		if !strings.Contains(html.UnescapeString(a.Body), w) {
			t.Errorf("%s does not say %q:\n%.3000s", a.URL, w, a.Body)
		}
	}
}

var aForm = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)"[^>]*>(.*?)</form>`)
var aField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// press sends the form of the first button with a label, as a browser without script.
func (b *bench) press(page desktest.Answer, label string) desktest.Answer {
	b.T.Helper()
	for _, form := range aForm.FindAllStringSubmatch(page.Body, -1) {
		if !strings.Contains(form[2], ">"+label+"<") {
			continue
		}
		var fields []string
		for _, f := range aField.FindAllStringSubmatch(form[2], -1) {
			fields = append(fields, f[1], html.UnescapeString(f[2]))
		}
		return b.Ann.Post(html.UnescapeString(form[1]), fields)
	}
	b.T.Fatalf("there is no button %q", label)
	return desktest.Answer{}
}

const screenAt = "/desk/issues/8/check"

// TestFromTroubleToApproval mends everything without script, one press after the other.
func TestFromTroubleToApproval(t *testing.T) {
	b := start(t)
	wants(t, b.Ann.Get(screenAt), http.StatusOK, "Nothing is picked yet.", "There is nothing to show yet", "1 thing to fix first")
	b.trouble()
	page := b.Ann.Get(screenAt)
	wants(t, page, http.StatusOK, "No. 7 was changed on the blog after you picked it.", "Compare and choose", "No. 12 is no longer on the blog.",
		"Keep it, I know better", "names “Petra Lindqvist”, whom no post names", "“020 7946 0958”", "“CPC” is not explained", "2 things to fix first", "2 to fix", "The blog has not been asked yet")
	issue, _ := b.draft()
	wants(t, b.Ann.Get(fmt.Sprintf("%s/compare/%d", screenAt, issue.Blocks[6].ID)), http.StatusOK, "What you picked", "What it says now", "came in: ", "Keep what I picked")
	wants(t, b.Ann.Get(screenAt+"/compare/999"), http.StatusNotFound)

	wants(t, b.press(page, "Keep it, I know better"), http.StatusOK, "Kept row 12", "although it is no longer on the blog", "1 thing to fix first")
	compared := b.Ann.Get(fmt.Sprintf("%s/compare/%d", screenAt, issue.Blocks[6].ID))
	page = b.press(compared, "Keep what I picked")
	_, now := b.draft()
	_, history, err := b.Desk.Desk.History(t.Context(), now, 1)
	if err != nil || !strings.Contains(history[0].Words, "kept the words of row 7: ") || strings.Contains(history[0].Words, "I take it all back") {
		t.Errorf("the history tells of other words than those that were kept: %+v, %v", history, err)
	}
	wants(t, page, http.StatusOK, "Kept the words of row 7", `">Approve and schedule</a>`)
	if strings.Contains(page.Body, "to fix") {
		t.Error("something is still said to be fixed")
	}
	wants(t, b.Ann.Get(fmt.Sprintf("%s/compare/%d", screenAt, issue.Blocks[6].ID)), http.StatusOK, "There is nothing to choose.")
	page = b.press(page, "Add to the glossary")
	wants(t, page, http.StatusOK, "Added “", "” to the glossary.")
	before := strings.Count(page.Body, "Look at.</strong>")
	page = b.press(page, "Seen, let it stand")
	wants(t, page, http.StatusOK, "You let it stand: ", "1 thing was looked at", "Seen by Ann")
	if after := strings.Count(page.Body, "Look at.</strong>"); after != before-1 {
		t.Errorf("%d to look at became %d", before, after)
	}
	wants(t, b.press(page, "Look at it again"), http.StatusOK, "To be looked at again: ")
	wants(t, b.Ann.Post(screenAt+"/fix", []string{"do", "keep", "block", fmt.Sprint(issue.Blocks[0].ID), "version", "1"}), http.StatusConflict)
	wants(t, b.Ann.Post(screenAt+"/fix", []string{"do", "everything"}), http.StatusUnprocessableEntity, "nothing that can be done here")
	// A stale tab changes nothing: somebody else took the row out.
	_, at := b.draft()
	if _, err := b.Desk.Desk.Edit(t.Context(), storetest.Tester, at, desk.Edit{Block: issue.Blocks[11].ID, Remove: true}); err != nil {
		t.Fatal(err)
	}
	wants(t, b.Ann.Post(screenAt+"/fix", []string{"do", "keep", "block", fmt.Sprint(issue.Blocks[11].ID), "version", fmt.Sprint(at.Version)}), http.StatusConflict, "was changed meanwhile")
}

// TestPreviewsAreTheTrueOutputs and nothing in them runs, loads or leads to a reader.
// TestWhatWentIsToldAsWhatItIs: of an issue that readers have nothing is to be fixed
// before it goes.
func TestWhatWentIsToldAsWhatItIs(t *testing.T) {
	b := start(t)
	b.pick(3)
	issue, _ := b.draft()
	page := fmt.Sprintf("/desk/issues/%d/check", issue.Number)
	wants(t, b.Ann.Get(page), http.StatusOK, "Before it goes")
	if _, _, err := b.Desk.Desk.Approve(t.Context(), storetest.Tester, desk.Ref{Number: issue.Number}, desk.When{}); err != nil {
		t.Fatal(err)
	}
	wants(t, b.Ann.Get(page), http.StatusOK, "Before it goes", "take the approval back")
	for _, step := range []struct {
		to    digest.IssueState
		title string
	}{{digest.Published, "What readers got"}, {digest.Withdrawn, "What was withdrawn"}} {
		if err := b.DB.MoveIssue(t.Context(), storetest.Tester, issue.ID, step.to, b.Clock.Now(), digest.AsSeen{}); err != nil {
			t.Fatal(err)
		}
		a := b.Ann.Get(page)
		wants(t, a, http.StatusOK, step.title)
		for _, no := range []string{"Before it goes", "Look at.", "Must fix", "Take it out", "to fix first"} {
			if strings.Contains(a.Body, no) {
				t.Errorf("%s: %q is said", step.to, no)
			}
		}
	}
}

func TestPreviewsAreTheTrueOutputs(t *testing.T) {
	b := start(t)
	wants(t, b.Ann.Get("/desk/issues/8/preview/mail"), http.StatusConflict, "no pick")
	b.pick(3)
	issue, _ := b.draft()
	is, err := b.Desk.Desk.Outlook(t.Context(), desk.Ref{})
	if err != nil {
		t.Fatal(err)
	}
	for as, words := range map[string][]string{
		"mail": {"<!DOCTYPE html>", "Unsubscribe", "/unsubscribe/", "<title>" + issue.Title}, "text": {"<pre>", "> ", "-- \n"},
		"feed": {"<blockquote", is.Frozen.Preheader}, "page": {"<title>", "<style>", "id=\"p1\""},
	} {
		for _, scheme := range []string{"", "?scheme=dark", "?scheme=light"} {
			a := b.Ann.Get("/desk/issues/8/preview/" + as + scheme)
			wants(t, a, http.StatusOK, words...)
			wants(t, a, http.StatusOK, strings.Fields(is.Frozen.Blocks[0].Pick.Words.Text())[:2]...)
			if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || !strings.Contains(csp, "frame-ancestors 'self'") || !strings.Contains(csp, "sandbox") {
				t.Errorf("%s has the policy %q", as, csp)
			}
			if a.Header.Get("X-Frame-Options") != "SAMEORIGIN" || a.Header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(a.Body, "1postbag1") {
				t.Errorf("%s: %v", as, a.Header)
			}
			if is := strings.Contains(a.Body, "prefers-color-scheme"); is != (scheme == "") && as != "feed" {
				t.Errorf("%s%s is left to the device: %v", as, scheme, is)
			}
		}
	}
	wants(t, b.Ann.Get("/desk/issues/8/preview/else"), http.StatusNotFound)
	wants(t, b.Person("nobody").Get("/desk/issues/8/preview/mail"), http.StatusUnauthorized)
	if page := b.Ann.Get(screenAt); !strings.Contains(page.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || strings.Count(page.Body, " sandbox ") != 2 {
		t.Error("the screen itself can be framed, or its frames have no sandbox")
	}
}

// TestMailATest to the editor, or to an address that is one.
func TestMailATest(t *testing.T) {
	b := start(t)
	b.pick(2)
	wants(t, b.Ann.Get(screenAt), http.StatusOK, `value="ann@blog.example"`)
	wants(t, b.Ann.Post(screenAt+"/test", []string{"to", "ann"}), http.StatusUnprocessableEntity, `value="ann"`, `aria-invalid="true"`)
	wants(t, b.Ann.Post(screenAt+"/test", []string{"to", "ann@blog.example"}), http.StatusOK, "is on its way to ann@blog.example")
	if len(b.mails.to) != 1 {
		t.Error(b.mails.to)
	}
}

// TestAskingIsShown while it goes on and when it is done, with script and without.
func TestAskingIsShown(t *testing.T) {
	b := start(t)
	b.pick(4)
	page := b.press(b.Ann.Get(screenAt), "Ask the blog")
	wants(t, page, http.StatusOK, "The blog is asked again. You can go on meanwhile.", "a worker begins with it", `hx-trigger="every 2s"`, "No worker is running")
	part := b.Ann.Get(screenAt+"/asked", desktest.Htmx()...)
	if wants(t, part, http.StatusOK, `id="asked"`); strings.Contains(part.Body, "Before it goes") {
		t.Error("the list comes while nothing is known")
	}
	if err := b.check.AskWaiting(t.Context()); err != nil {
		t.Fatal(err)
	}
	part = b.Ann.Get(screenAt+"/asked", desktest.Htmx()...)
	wants(t, part, http.StatusOK, "4 of 4 picks are there", "Before it goes", `hx-target="#before"`)
	if strings.Contains(b.Ann.Get(screenAt).Body, "every 2s") {
		t.Error("it is asked for ever")
	}
}

// probes are what must not run, in every place that a stranger or an editor fills.
const probe = `<script>parent.ran=1;top.ran=1</script><img src=x onerror="top.ran=1"><svg onload="top.ran=1">"'><a href="javascript:top.ran=1">x</a>`

// TestInABrowser looks at the screens as a person does: clean for axe, in light and dark,
// on a phone and on a desktop; nothing of what strangers wrote runs, in the page or in
// its frames.
func TestInABrowser(t *testing.T) {
	browser := desktest.NewBrowser(t)
	b := start(t)
	b.trouble()
	picked := b.draftPicks()
	evil := picked[0].Comment
	evil.Hash, evil.Author, evil.Body = "evil", probe, append(digest.Plain(probe), markup.FromHTML(probe+"<p>I drove the 41 for nine years.</p>", "")...)
	b.store(evil)
	issue, at := b.draft()
	if _, err := b.Desk.Desk.Update(t.Context(), storetest.Tester, at, issue.Blocks[0].ID); err != nil {
		t.Fatal(err)
	}
	title, intro := "Pick of the Week 8 "+probe, probe
	_, at = b.draft()
	if _, err := b.Desk.Desk.Edit(t.Context(), storetest.Tester, at, desk.Edit{Title: &title, Intro: &intro}); err != nil {
		t.Fatal(err)
	}
	for _, look := range desktest.Looks() {
		tab := look.In(browser, b.Desk, "")
		for _, show := range []string{"mail", "text", "feed", "page"} {
			tab.Open(b.Site.Base + screenAt + "?show=" + show)
			tab.Clean(fmt.Sprint(show, " ", look))
			tab.Until(`document.readyState === "complete"`)
			if desktest.Eval[bool](tab, `"ran" in window`) {
				t.Errorf("what a stranger wrote has run beside %s", show)
			}
			tab.Shot(fmt.Sprint("check-", show, "-", look))
		}
		tab.Open(b.Site.Base + fmt.Sprintf("%s/compare/%d", screenAt, issue.Blocks[6].ID))
		tab.Clean(fmt.Sprint("compare ", look))
		tab.Shot(fmt.Sprint("compare-", look))
		// The documents by themselves run nothing either.
		for _, as := range []string{"mail", "text", "feed", "page"} {
			tab.Open(b.Site.Base + site.Preview.With(8, as))
			if desktest.Eval[bool](tab, `"ran" in window`) {
				t.Errorf("what a stranger wrote has run in %s", as)
			}
		}
	}
}

// draftPicks are the comments of the draft.
func (b *bench) draftPicks() (all []digest.Candidate) {
	b.T.Helper()
	issue, _ := b.draft()
	all, err := b.DB.CandidatesByID(b.T.Context(), issue.Picked())
	if err != nil {
		b.T.Fatal(err)
	}
	return all
}
