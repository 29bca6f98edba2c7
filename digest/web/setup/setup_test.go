package setup_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/store/storetest"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	setupweb "postbag/digest/web/setup"
	"postbag/subscribers/letters"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// names is a name system that knows nothing of any domain.
type names struct{}

func none(name string) error { return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true} }

func (names) LookupAddr(_ context.Context, addr string) ([]string, error) { return nil, none(addr) }
func (names) LookupTXT(_ context.Context, name string) ([]string, error)  { return nil, none(name) }
func (names) LookupMX(_ context.Context, name string) ([]*net.MX, error)  { return nil, none(name) }
func (names) LookupNetIP(_ context.Context, _, name string) ([]netip.Addr, error) {
	return nil, none(name)
}

// start starts the desk with the set-up and nothing in its database. Mail goes to where
// smtp says.
func start(t *testing.T, smtp string) *desktest.Desk {
	t.Helper()
	transport, err := mail.ParseSettings(smtp)
	if err == nil && !transport.IsOutbox() {
		transport, err = transport.WithPassword("wrong")
	}
	if err != nil {
		t.Fatal(err)
	}
	sending := setup.Sending{Outbox: transport.Dir, Host: transport.Host, Port: transport.Port, Account: transport.User, From: "news@bus.example", BaseURL: "https://news.bus.example"}
	return desktest.NewEmpty(t, func(d *desktest.Desk, f *frame.Frame) []deskweb.Area {
		runner := beside.New(t.Context(), d.DB, d.Clock, nil)
		t.Cleanup(runner.Close)
		keeper := blogs.New(blogs.Options{
			Store: d.DB, Runner: runner,
			Pulling: func(tell func(pull.Progress)) *pull.Tools {
				o := d.Tools.Options
				o.Progress = tell
				return pull.NewTools(o)
			},
			First: func() digest.Series {
				return digest.Series{Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
					Schedule: digest.DefaultSeriesSchedule, Zone: "Europe/London", NextNumber: 1, Deadline: digest.Hold, CreatedAt: d.Clock.Now()}
			},
		})
		return []deskweb.Area{setupweb.Area{Frame: f, Setup: setup.New(setup.Options{
			Store: d.DB, Desk: d.Desk, Blogs: keeper, Runner: runner, Resolver: names{}, Clock: d.Clock, Sending: sending,
			Transport: mail.NewTransport(transport, "bus.example"),
			Write: func(_ context.Context, to string, at time.Time) ([]byte, error) {
				return letters.Writer{Set: d.Set, Site: site.Site{Base: sending.BaseURL}, From: sending.From, Domain: "bus.example"}.Trial(letters.Facts{}, to, "one", at)
			},
		})}}
	})
}

func wants(t *testing.T, a desktest.Answer, status int, words ...string) {
	t.Helper()
	if a.Status != status {
		t.Errorf("%s: %d, want %d", a.URL, a.Status, status)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("%s does not say %q:\n%.4000s", a.URL, w, a.Body)
		}
	}
}

func at(t *testing.T, a desktest.Answer, path string) {
	t.Helper()
	if a.URL.Path != path {
		t.Errorf("it leads to %s, want %s: %.500s", a.URL.Path, path, a.Body)
	}
}

var series = []string{"name", "Pick of the Week", "number", "8", "publication", "The Night Bus", "every", "week", "weekday", "5", "date", "1", "at", "17:30", "zone", "Europe/London", "postal", "1 Depot Road", "do", "save"}

// with is a form with one field changed.
func with(form []string, name, value string) []string {
	out := append([]string(nil), form...)
	for i := 0; i < len(out); i += 2 {
		if out[i] == name {
			out[i+1] = value
			return out
		}
	}
	return append(out, name, value)
}

// TestFromNothingToRead goes through all steps without script.
func TestFromNothingToRead(t *testing.T) {
	outbox := t.TempDir()
	d := start(t, "outbox:"+outbox)
	ann, ben := d.Person("ann"), d.Person("ben")
	wants(t, ben.Get("/desk/setup/blog"), http.StatusForbidden, "Only owners")
	for _, later := range []string{"/desk/setup/series", "/desk/setup/mail", "/desk/setup/pull"} {
		wants(t, ann.Get(later), http.StatusConflict, "This step comes after the blog.")
	}
	wants(t, ann.Post("/desk/setup/begin", nil), http.StatusConflict, "No blog is followed yet.")

	page := ann.Get("/desk/setup")
	at(t, page, "/desk/setup/blog")
	looked := ann.Post("/desk/setup/blog", []string{"address", d.BlogURL})
	wants(t, looked, http.StatusOK, "Found: ", "Its feed of comments lists ", "Follow ", "blogger", `value="`+d.BlogURL+`"`)
	if all, err := d.DB.Sources(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("looking stored %v, %v", all, err)
	}
	page = ann.Post("/desk/setup/blog/follow", []string{"address", d.BlogURL})
	at(t, page, "/desk/setup/series")
	wants(t, page, http.StatusOK, "is followed, and is being read.", "every Sunday at 18:00", "Sunday, 8 March 2026, 18:00 GMT", "Sunday, 22 March 2026", "news@bus.example")

	wants(t, ann.Post("/desk/setup/blog/follow", []string{"address", d.BlogURL}), http.StatusUnprocessableEntity, "followed already")
	// The first pull opens a draft; whoever left here is still asked for the series.
	if _, _, err := d.Desk.Draft(t.Context(), storetest.Tester, ""); err != nil {
		t.Fatal(err)
	}
	page = ann.Get("/desk/setup")
	at(t, page, "/desk/setup/series")
	wants(t, page, http.StatusOK, "“Pick of the Week 1”", `value="1"`)
	shown := ann.Post("/desk/setup/series", with(series, "do", "show"))
	wants(t, shown, http.StatusOK, "every Friday at 17:30", "Friday, 13 March 2026, 17:30 GMT", `value="8"`)
	part := ann.Post("/desk/setup/series", with(series, "do", "show"), desktest.Htmx()...)
	if wants(t, part, http.StatusOK, "every Friday at 17:30"); strings.Contains(part.Body, "<h1") {
		t.Error("htmx gets more than the words")
	}
	page = ann.Post("/desk/setup/series", series)
	at(t, page, "/desk/setup/mail")
	wants(t, page, http.StatusOK, "Nothing leaves this machine", outbox, "Send a test mail to ann@blog.example")

	page = ann.Post("/desk/setup/mail/test", nil)
	wants(t, page, http.StatusOK, "The test mail is in the folder", "The last one was taken")
	if files, err := filepath.Glob(filepath.Join(outbox, "*.eml")); err != nil || len(files) != 1 {
		t.Errorf("the outbox holds %v, %v", files, err)
	}
	wants(t, ann.Get("/desk/setup/mail/dns"), http.StatusOK, "has no SPF record", "v=spf1", "has no DMARC record", "name without an address")
	part = ann.Get("/desk/setup/mail/dns", desktest.Htmx()...)
	if wants(t, part, http.StatusOK, "has no SPF record"); strings.Contains(part.Body, "<h1") {
		t.Error("htmx gets more than the findings")
	}
	page = ann.Post("/desk/setup/mail", nil)
	at(t, page, "/desk/setup/pull")
	for strings.Contains(page.Body, "<progress") {
		page = ann.Get("/desk/setup/pull")
	}
	wants(t, page, http.StatusOK, "All is ready", "Read the comments")
	wants(t, ann.Post("/desk/setup/blog/follow", []string{"address", d.BlogURL}), http.StatusUnprocessableEntity, "The blog is followed already", "See the blog&#39;s feeds")
	page = ann.Post("/desk/setup/begin", nil)
	if page.URL.Path != "/desk/issues/8/read" {
		t.Errorf("it lands on %s", page.URL)
	}
	all, err := d.DB.SeriesList(t.Context())
	if err != nil || all[0].Schedule != "30 17 * * 5" || all[0].NextNumber != 9 {
		t.Errorf("%+v, %v", all, err)
	}
	page = ann.Get("/desk/setup")
	at(t, page, "/desk/")

	// Going back changes one thing, and leaves the others.
	wants(t, ann.Get("/desk/setup/series"), http.StatusOK, "1 Depot Road", "The Night Bus")
	ann.Post("/desk/setup/series", with(with(series, "number", "9"), "zone", "Europe/Berlin"))
	all, err = d.DB.SeriesList(t.Context())
	if err != nil || all[0].Zone != "Europe/Berlin" || all[0].Schedule != "30 17 * * 5" {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestBadInput: what is wrong is said beside the field, what was typed is kept, and
// nothing changes.
func TestBadInput(t *testing.T) {
	d := start(t, "outbox:"+t.TempDir())
	ann := d.Person("ann")
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusBadGateway) }))
	t.Cleanup(silent.Close)
	for address, says := range map[string]string{
		"":                       "The blog’s address is missing.",
		"two words":              "is not an address",
		"http://127.0.0.1:9/":    "start Postbag with --fetch-allow 127.0.0.1:9.",
		"http://192.168.1.7/":    "start Postbag with --fetch-allow 192.168.1.7:80.",
		"ftp://bus.example/":     "",
		d.BlogURL + "no/such":    "404",
		strings.Repeat("a", 3e3): "",
	} {
		a := ann.Post("/desk/setup/blog", []string{"address", address})
		wants(t, a, http.StatusUnprocessableEntity, `class="mistake"`, strings.ReplaceAll(says, "’", "&#39;"))
		wants(t, ann.Post("/desk/setup/blog/follow", []string{"address", address}), http.StatusUnprocessableEntity, `class="mistake"`)
	}
	wants(t, ann.Post("/desk/setup/blog", []string{"address", d.BlogURL, "platform", "geocities"}), http.StatusUnprocessableEntity, "is no platform")
	if all, err := d.DB.Sources(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("stored are %v, %v", all, err)
	}
	ann.Post("/desk/setup/blog/follow", []string{"address", d.BlogURL})
	before, err := d.DB.SeriesList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	written := with(series, "every", "other")
	for name, tt := range map[string]struct {
		form []string
		says string
	}{
		"number 0":         {with(series, "number", "0"), "Write a whole number from 1 to 999999."},
		"number 10^12":     {with(series, "number", "1000000000000"), "Write a whole number from 1 to 999999."},
		"number too large": {with(series, "number", "1000000"), "Write a whole number from 1 to 999999."},
		"no number":        {with(series, "number", "eight"), "Write a whole number"},
		"no name":          {with(series, "name", " "), "The series needs a name."},
		"no masthead":      {with(series, "publication", ""), "needs a name"},
		"no zone":          {with(series, "zone", "Mars/Olympus"), "is not known"},
		"local":            {with(series, "zone", "Local"), "is not a zone name"},
		"never":            {with(written, "expr", "0 0 31 2 *"), "never falls due"},
		"no schedule":      {with(written, "expr", "on Sundays"), "cannot be read"},
		"no time":          {with(series, "at", "late"), "is no time of day"},
		"no day":           {with(with(series, "every", "month"), "date", "31"), "is no day of every month"},
		"nothing chosen":   {with(series, "every", ""), "it is not said how often"},
	} {
		t.Run(name, func(t *testing.T) {
			a := ann.Post("/desk/setup/series", tt.form)
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(a.Body), strings.ToLower(tt.says)) || !strings.Contains(a.Body, "is to be put right") {
				t.Errorf("%d: %.6000s", a.Status, a.Body)
			}
			for i := 0; i < len(tt.form); i += 2 {
				if v := tt.form[i+1]; len(v) > 3 && tt.form[i] != "do" && tt.form[i] != "every" && !strings.Contains(a.Body, v) {
					t.Errorf("%s %q is lost", tt.form[i], v)
				}
			}
		})
	}
	after, err := d.DB.SeriesList(t.Context())
	if err != nil || after[0] != before[0] {
		t.Errorf("the series is %+v, was %+v", after, before)
	}
}

// TestSeveralFeeds lets somebody choose.
func TestSeveralFeeds(t *testing.T) {
	feed := func(title string) string {
		return `<rss version="2.0"><channel><title>` + title + `</title><link>http://HOST/</link><item><title>One</title><link>http://HOST/one</link><guid>http://HOST/one</guid><pubDate>Thu, 05 Mar 2026 09:00:00 +0000</pubDate><description>Words.</description></item></channel></rss>`
	}
	blog := http.NewServeMux()
	answer := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write([]byte(strings.ReplaceAll(body, "HOST", r.Host)))
		}
	}
	blog.Handle("/several", answer("text/html", `<html><head><link rel="alternate" type="application/rss+xml" title="Small ads" href="/ads.xml"><link rel="alternate" type="application/rss+xml" title="Kettle diary" href="/diary.xml"></head><body></body></html>`))
	blog.Handle("/ads.xml", answer("application/rss+xml", feed("Small ads")))
	blog.Handle("/diary.xml", answer("application/rss+xml", feed("Kettle <script>alert(1)</script>diary")))
	d := start(t, "outbox:"+t.TempDir())
	d.Also(blog)
	address := d.BlogURL + "several"
	ann := d.Person("ann")
	wants(t, ann.Post("/desk/setup/blog", []string{"address", address}), http.StatusUnprocessableEntity, "It has several feeds. Which lists the posts?", "Kettle diary", `value="`+d.BlogURL+`diary.xml"`)
	chosen := ann.Post("/desk/setup/blog", []string{"address", address, "choice", d.BlogURL + "diary.xml"})
	wants(t, chosen, http.StatusOK, "Found: Kettle", "Its comments do not come by feed.", "They can still come from an export", `name="posts" value="`+d.BlogURL+`diary.xml"`)
	if strings.Contains(chosen.Body, "<script>alert") {
		t.Error("the blog's title is markup")
	}
	at(t, ann.Post("/desk/setup/blog/follow", []string{"address", address, "posts", d.BlogURL + "diary.xml"}), "/desk/setup/series")
}

// TestMailServerRefuses: the server's words are shown, and bounded.
func TestMailServerRefuses(t *testing.T) {
	long := "535 5.7.8 wrong password " + strings.Repeat("and so on ", 90)
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if st.Verb == "AUTH" {
			return smtptest.Act{Reply: long}
		}
		return smtptest.Act{}
	})
	server.OfferAlso("AUTH PLAIN")
	d := start(t, "smtp://bus@"+server.Addr+"?tls=none")
	ann := d.Person("ann")
	ann.Post("/desk/setup/blog/follow", []string{"address", d.BlogURL})
	a := ann.Post("/desk/setup/mail/test", nil)
	wants(t, a, http.StatusServiceUnavailable, "refused the account", "wrong password", "…", "Check the mail account&#39;s user and password.")
	if strings.Count(a.Body, "and so on") > 60 {
		t.Error("the server's words have no end")
	}
	wants(t, ann.Post("/desk/setup/mail/test", nil, desktest.Htmx()...), http.StatusServiceUnavailable, "wrong password")
	server.Stop()
	wants(t, ann.Post("/desk/setup/mail/test", nil), http.StatusServiceUnavailable, "could not be reached")
	wants(t, ann.Get("/desk/setup/mail"), http.StatusOK, "Mail leaves this machine", server.Addr)
}

func TestInABrowser(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t, "outbox:"+t.TempDir())
	for i, as := range desktest.Looks() {
		tab := as.In(b, d, "")
		look := func(name string) {
			tab.Clean(fmt.Sprint(name, " ", as))
			tab.Shot(fmt.Sprint(name, "-", as))
		}
		tab.Open(d.Site.Base + "/desk/setup/blog")
		look("setup-blog")
		if crooked := desktest.Eval[bool](tab, `(() => {
			const steps = [...document.querySelectorAll(".setup-steps li")].map(li => li.getBoundingClientRect());
			return steps.some(s => Math.abs(s.height - steps[0].height) > 1);
		})()`); crooked {
			t.Error("the steps are of unlike heights, ", as)
		}
		if i == 0 {
			desktest.Eval[bool](tab, `document.querySelector("#field-address").value = "`+d.BlogURL+`", document.querySelector("form button.main").click(), true`)
			tab.Until(`document.querySelector(".found") !== null && document.readyState === "complete"`)
			look("setup-found")
			desktest.Eval[bool](tab, `document.querySelector(".found form button").click(), true`)
			tab.Until(`location.pathname === "/desk/setup/series"`)
		}
		tab.Open(d.Site.Base + "/desk/setup/series")
		look("setup-series")
		desktest.Eval[bool](tab, `document.querySelector("#field-weekday").value = "5", document.querySelector("#field-weekday").dispatchEvent(new Event("change", {bubbles: true})), true`)
		tab.Until(`document.querySelector("#setup-words").textContent.includes("every Friday at")`)
		tab.Open(d.Site.Base + "/desk/setup/mail")
		tab.Until(`document.querySelector("#setup-findings .wrong") !== null`)
		look("setup-mail")
		desktest.Eval[bool](tab, `document.querySelector("[hx-post] button").click(), true`)
		tab.Until(`document.querySelector("#setup-tried").textContent.includes("folder")`)
		tab.Open(d.Site.Base + "/desk/setup/pull")
		tab.Until(`document.querySelector("#setup-pulling form") !== null`)
		look("setup-pull")
	}
}

// TestOnAPhoneWhatWasFoundIsInSight: on a phone the page with what was found is shown where
// that stands.
func TestOnAPhoneWhatWasFoundIsInSight(t *testing.T) {
	d := start(t, "outbox:"+t.TempDir())
	tab := desktest.NewBrowser(t).Tab(d, "", 320)
	tab.Open(d.Site.Base + "/desk/setup/blog")
	desktest.Eval[bool](tab, `document.querySelector("#field-address").value = "`+d.BlogURL+`", document.querySelector("form button.main").click(), true`)
	tab.Until(`document.querySelector("#found-title") && document.readyState === "complete" && document.activeElement.id === "found"`)
	if top := desktest.Eval[float64](tab, `document.querySelector("#found-title").getBoundingClientRect().top`); top < 0 || top > 370 {
		t.Errorf("it stands at %.0f", top)
	}
	tab.Shot("setup-found-320")
	tab.Clean("what was found")
}

// TestTheFirstNumberIsTheDrafts: where the worker has opened the first draft meanwhile,
// its number is what is asked about, and saving it as it stands changes none.
func TestTheFirstNumberIsTheDrafts(t *testing.T) {
	d := start(t, "outbox:"+t.TempDir())
	ann := d.Person("ann")
	ann.Post("/desk/setup/blog/follow", []string{"address", d.BlogURL})
	issue, _, err := d.Desk.Draft(t.Context(), storetest.Tester, "")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, ann.Get("/desk/setup/series"), http.StatusOK, `name="number" type="text" value="1"`)
	ann.Post("/desk/setup/series", with(series, "number", "1"))
	if now, _, err := d.Desk.Issue(t.Context(), desk.Ref{}); err != nil || now.Number != issue.Number {
		t.Errorf("the first issue is %d, %v", now.Number, err)
	}
}
