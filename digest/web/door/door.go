package door

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/alexedwards/scs/v2"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/site"
	"postbag/digest/web/frame"
)

// Options is what a [Door] is made of. All are needed, but for Log.
type Options struct {
	Accounts *account.Service
	Site     site.Site // where the desk is
	// Client gives the address that a request comes from; "" for none.
	Client func(*http.Request) string
	// AfterSetUp is where the first owner goes on.
	AfterSetUp string
	Log        *slog.Logger
}

// Door lets editors in. It is safe for concurrent use.
type Door struct {
	o        Options
	accounts *account.Service
	browsers account.Browsers
	*frame.Frame
}

// New makes a door. [Door.In] gives it its frame before it is used.
func New(o Options) *Door {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{o: o, accounts: o.Accounts}
	d.browsers = account.Browsers{SessionManager: &scs.SessionManager{
		Lifetime: account.SessionLife, IdleTimeout: account.SessionIdle,
		Store: o.Accounts.Keeper(), Codec: account.Codec{}, Cookie: cookie(o.Site, "postbag_desk"),
		ErrorFunc: func(w http.ResponseWriter, r *http.Request, err error) { d.Fail(w, r, err) },
	}}
	return d
}

// In gives the door its frame.
func (d *Door) In(f *frame.Frame) *Door {
	d.Frame = f
	return d
}

// cookie says by what the browser is to keep something, such as the session's token.
func cookie(at site.Site, name string) scs.SessionCookie {
	c := scs.SessionCookie{Name: name, HttpOnly: true, SameSite: http.SameSiteLaxMode, Persist: true, Path: at.Path(site.Home)}
	if strings.HasPrefix(at.Base, "https://") {
		c.Secure = true
		c.Name = "__Secure-" + c.Name
		if c.Path == "/" {
			c.Name = strings.Replace(c.Name, "__Secure-", "__Host-", 1)
		}
	}
	return c
}

// Around loads the session of each request, and stores what became of it. Styles and
// scripts need none.
func (d *Door) Around(next http.Handler) http.Handler {
	with := d.browsers.LoadAndSave(next)
	assets := strings.TrimSuffix(string(site.DeskAsset), "{file}")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, assets) {
			next.ServeHTTP(w, r)
			return
		}
		with.ServeHTTP(w, r)
	})
}

// Who tells who is signed in; an editor whose ID is 0 for nobody.
func (d *Door) Who(r *http.Request) (digest.Editor, error) {
	in, ok := d.present(r.Context())
	if !ok {
		return digest.Editor{}, nil
	}
	e, err := d.accounts.Editor(r.Context(), in.EditorID)
	if digest.KindOf(err) == digest.NotFound {
		return digest.Editor{}, nil
	}
	return e, err
}

// present gives the session; none where [Door.Around] is not around.
func (d *Door) present(ctx context.Context) (in account.Session, ok bool) {
	defer func() {
		if recover() != nil { // the manager has nothing in this context
			ok = false
		}
	}()
	return d.browsers.Present(ctx)
}

// from tells where a request comes from.
func (d *Door) from(r *http.Request) account.From {
	from := account.From{IP: d.o.Client(r)}
	if c, err := r.Cookie(cookie(d.o.Site, deviceCookie).Name); err == nil {
		from.Device = c.Value
	}
	return from
}

// deviceCookie is by what a browser keeps that it was signed in before.
const deviceCookie = "postbag_known"

// enter begins the session of an editor in this browser, which is known from now on.
func (d *Door) enter(w http.ResponseWriter, r *http.Request, e digest.Editor, via account.Way) error {
	device, err := d.accounts.Device(r.Context(), e.ID)
	if err != nil {
		return err
	}
	c := cookie(d.o.Site, deviceCookie)
	http.SetCookie(w, &http.Cookie{
		Name: c.Name, Value: device, Path: c.Path, MaxAge: int(account.DeviceLife.Seconds()),
		Secure: c.Secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	return d.browsers.Begin(r.Context(), account.Session{
		EditorID: e.ID, Via: via, Agent: agent(r.UserAgent()), Network: account.NetworkOf(d.o.Client(r)),
	})
}

// agent says in a word or two what a browser calls itself.
func agent(header string) string {
	var on, name string
	for _, s := range [...][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}} {
		if strings.Contains(header, s[0]) {
			on = s[1]
			break
		}
	}
	for _, b := range [...][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(header, b[0]) {
			name = b[1]
			break
		}
	}
	switch {
	case name != "" && on != "":
		return name + " on " + on
	case name+on != "":
		return name + on
	}
	return "a browser"
}

// mostKept bounds what is kept of a refused POST, in bytes.
const mostKept = 64 << 10

// kept is a POST that came when nobody was signed in.
type kept struct {
	To     string     `json:"to"`   // the address, on its own host
	Page   string     `json:"page"` // the page that it came from
	Fields url.Values `json:"fields"`
	Lost   bool       `json:"lost,omitempty"` // there was more than is kept
}

// keep reads what a POST brought.
func (d *Door) keep(r *http.Request) kept {
	k := kept{To: d.Site().Path(site.Page(r.URL.Path)), Fields: url.Values{}}
	if r.URL.RawQuery != "" {
		k.To += "?" + r.URL.RawQuery
	}
	k.Page = d.cameFrom(r)
	form, err := frame.ReadForm(r)
	if err != nil {
		k.Lost = true
		return k
	}
	if r.MultipartForm != nil {
		k.Lost = len(r.MultipartForm.File) > 0
		_ = r.MultipartForm.RemoveAll()
	}
	size := 0
	for name, values := range form.Values {
		if strings.Contains(strings.ToLower(name), "password") {
			continue
		}
		for _, v := range values {
			if size += len(name) + len(v); size > mostKept {
				return kept{To: k.To, Page: k.Page, Fields: url.Values{}, Lost: true}
			}
		}
		k.Fields[name] = values
	}
	return k
}

// cameFrom gives the page of ours whose form was sent, else the desk's first page: where
// a form is posted to need not be a page.
func (d *Door) cameFrom(r *http.Request) string {
	rest, is := strings.CutPrefix(r.Referer(), d.o.Site.Base)
	if !is || !strings.HasPrefix(rest, "/") {
		return d.Site().Path(site.DeskHome)
	}
	at := strings.TrimSuffix(d.Site().Path(site.Home), "/")
	return d.onTo(at + rest)
}

// pack writes what is kept into a field of the page.
func (k kept) pack() string {
	b, err := json.Marshal(k)
	if err != nil {
		return ""
	}
	return string(b)
}

// unpack reads what came back; ok is false where there is nothing, or it is not for
// this desk.
func (d *Door) unpack(text string) (k kept, ok bool) {
	if text == "" || len(text) > 8*mostKept || json.Unmarshal([]byte(text), &k) != nil {
		return k, false
	}
	return k, d.isOurs(k.To)
}

// isOurs tells whether an address is a page of the desk that somebody can be led on to.
func (d *Door) isOurs(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.ContainsAny(address, "\\\r\n") || strings.Contains(u.Path, "//") || strings.Contains(u.Path, "/..") {
		return false
	}
	desk := d.Site().Path(site.DeskHome)
	signs := d.Site().Path(site.SignIn)
	return strings.HasPrefix(u.Path, desk) && !strings.HasPrefix(u.Path, signs) && u.Path != d.Site().Path(site.SignOut)
}

// onTo gives where somebody goes after signing in.
func (d *Door) onTo(next string) string {
	if next != "" && d.isOurs(next) {
		return next
	}
	return d.Site().Path(site.DeskHome)
}
