package frame

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/templates/screen"
)

// Bounds of a request.
const (
	// MaxForm is how many bytes a form may have: an introduction of the greatest size
	// that is taken, every byte of it escaped, and more.
	MaxForm = 512 << 10
	// Time bounds how long an answer may take: longer than the database waits for a lock.
	Time = 90 * time.Second
)

// Handler answers a request, or gives the error that [Frame] answers with.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one address of the desk and what may be done there.
type Route struct {
	Method string // "GET", which answers HEAD too, or "POST"
	Page   site.Page
	Do     Handler
	// Open lets in who is not signed in.
	Open bool
	// Owner lets in owners only.
	Owner bool
	// MaxBody is the most bytes of the body; 0 is [MaxForm].
	MaxBody int64
}

// Get makes a route of a page that is shown.
func Get(p site.Page, do Handler) Route { return Route{Method: http.MethodGet, Page: p, Do: do} }

// Post makes a route of an act.
func Post(p site.Page, do Handler) Route { return Route{Method: http.MethodPost, Page: p, Do: do} }

// Options is what a [Frame] is made of. All are needed, but for Log and what is marked.
type Options struct {
	Screens *screen.Set
	Site    site.Site
	Clock   digest.Clock
	// Who tells who is signed in: an editor whose ID is 0 for nobody.
	Who func(r *http.Request) (digest.Editor, error)
	// SignIn answers a request of somebody who is not signed in, and has to be.
	SignIn Handler
	// Bar is the head of an issue's screens.
	Bar func(ctx context.Context, ref desk.Ref, here site.Page) (*screen.Bar, error)
	// Menu are the parts of the desk that an editor sees.
	Menu func(e digest.Editor, here string) []screen.Link
	// Publication gives the name on the desk's masthead.
	Publication func(ctx context.Context) string
	// KeysOff tells whether an editor has switched single keys off; nil for nobody.
	KeysOff func(ctx context.Context, e digest.Editor) bool
	// Editors lists who works at the desk, to name them; nil for addresses alone.
	Editors func(ctx context.Context) ([]digest.Editor, error)
	// Series lists the series, on the clock of whose first times are told; nil for UTC.
	Series func(ctx context.Context) ([]digest.Series, error)
	// Numbered gives the issues with a number in all series, for 0 the open drafts; nil
	// where an address always means the only series.
	Numbered func(ctx context.Context, number int) ([]desk.InSeries, error)
	Log      *slog.Logger // nil discards
}

// Frame answers for the desk. It is safe for concurrent use.
type Frame struct {
	o   Options
	log *slog.Logger
}

// New makes a frame.
func New(o Options) *Frame {
	f := &Frame{o: o, log: o.Log}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	return f
}

// Site makes addresses.
func (f *Frame) Site() site.Site { return f.o.Site }

// Now is the time.
func (f *Frame) Now() time.Time { return f.o.Clock.Now() }

type key int

const (
	editorKey key = iota
	hereKey
	barKey
	keepKey
	peopleKey
)

// Editor gives who is signed in; on a page that is open to everybody it may be nobody,
// whose ID is 0.
func Editor(r *http.Request) digest.Editor {
	e, _ := r.Context().Value(editorKey).(digest.Editor)
	return e
}

// By is who makes the changes that a request asks for.
func By(r *http.Request) digest.Actor { return Editor(r).Actor() }

// Handler makes the handler of a route.
func (f *Frame) Handler(route Route) http.Handler {
	most := route.MaxBody
	if most == 0 {
		most = MaxForm
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), Time)
		defer cancel()
		headers(w.Header())
		w = &began{ResponseWriter: w, rest: r.Body}
		r.Body = http.MaxBytesReader(nil, r.Body, most) // nil leaves the connection open
		editor, err := f.o.Who(r.WithContext(ctx))
		ctx = f.withPeople(context.WithValue(context.WithValue(ctx, hereKey, route.Page), editorKey, editor))
		r = r.WithContext(ctx)
		do := route.Do
		switch {
		case err != nil:
			do = func(http.ResponseWriter, *http.Request) error { return err }
		case editor.ID == 0 && !route.Open:
			do = f.o.SignIn
		case route.Owner && !editor.Role.May(digest.OwnerRole):
			do = func(http.ResponseWriter, *http.Request) error {
				return digest.Fail(digest.Forbidden, "Ask an owner of this desk.", "only owners may do this")
			}
		default:
			do = f.inSeries(do)
		}
		f.answer(w, r, do)
	})
}

// answer lets a handler answer, and answers itself with its error. A panic is one.
func (f *Frame) answer(w http.ResponseWriter, r *http.Request, do Handler) {
	err := func() (err error) {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler {
				panic(p)
			} else if p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return do(w, r)
	}()
	began, _ := w.(*began)
	switch {
	case err == nil:
	case began != nil && began.yes:
		f.log.ErrorContext(r.Context(), "an answer was cut short", "page", r.Context().Value(hereKey), "error", err)
	default:
		f.Fail(w, r, err)
	}
}

// began notes whether an answer has begun. Before it does, what is left of the request
// is let pass, up to a bound: a browser that still sends would lose its connection, and
// never see the answer.
type began struct {
	http.ResponseWriter
	yes  bool
	rest io.Reader
}

// mostPassed bounds what is let pass, in bytes.
const mostPassed = 64 << 20

func (b *began) begin() {
	if !b.yes {
		b.yes = true
		_, _ = io.CopyN(io.Discard, b.rest, mostPassed) // one that fails is answered all the same
	}
}

// WriteHeader begins the answer.
func (b *began) WriteHeader(status int) {
	b.begin()
	b.ResponseWriter.WriteHeader(status)
}

func (b *began) Write(p []byte) (int, error) {
	b.begin()
	return b.ResponseWriter.Write(p)
}

// Unwrap lets [net/http.ResponseController] reach the connection.
func (b *began) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// IsPart tells whether htmx asks, which puts the answer into the page that is there.
func IsPart(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// Issue gives the issue that the address names: by {issue}, a number or "draft", and the
// query for the series.
func Issue(r *http.Request) (desk.Ref, error) {
	ref := desk.Ref{Series: r.URL.Query().Get(site.SeriesQuery)}
	text := r.PathValue("issue")
	if text == "" || text == "draft" {
		return ref, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return ref, digest.Fail(digest.NotFound, "", "there is no issue %q", Cut(text, 20)).Offer(digest.Act{Do: digest.ListIssues})
	}
	ref.Number = n
	return ref, nil
}

// ID gives the part of the address with a name, which is an id of a row.
func ID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id < 1 {
		return 0, digest.Fail(digest.NotFound, "", "there is nothing at this address")
	}
	return id, nil
}

// OnIssue says that the page is one of an issue's screens, so that its bar is shown, and
// what the bar counts is shown anew after an act.
func OnIssue(r *http.Request, ref desk.Ref) *http.Request {
	ref.Version, ref.Last = 0, 0 // as it is now
	return r.WithContext(context.WithValue(r.Context(), barKey, ref))
}

// KeepProblem says that a problem which the page tells of still stands, whatever was done
// beside it.
func KeepProblem(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), keepKey, true))
}

// frame makes what stands around a screen.
func (f *Frame) frame(r *http.Request) (screen.Frame, error) {
	ctx := r.Context()
	around := screen.Frame{
		Publication: f.o.Publication(ctx), Assets: f.o.Site.Path(site.DeskAsset, ""), Editor: Editor(r),
	}
	here, _ := ctx.Value(hereKey).(site.Page)
	if around.Editor.ID == 0 {
		return around, nil
	}
	around.Links = f.o.Menu(around.Editor, string(here))
	around.Account, around.SignOut = f.o.Site.Path(site.Account), f.o.Site.Path(site.SignOut)
	if f.o.KeysOff != nil {
		around.Keys, around.KeysOff = f.o.Site.Path(site.KeysPage), f.o.KeysOff(ctx, around.Editor)
	}
	if ref, is := ctx.Value(barKey).(desk.Ref); is {
		bar, err := f.o.Bar(ctx, ref, here)
		if err != nil {
			return around, err
		}
		around.Bar = bar
	}
	return around, nil
}

// Show answers with a screen.
func (f *Frame) Show(w http.ResponseWriter, r *http.Request, s screen.Screen) error {
	return f.show(w, r, http.StatusOK, s, nil)
}

// Refuse answers with a screen whose form has mistakes; what was typed stands in it.
func (f *Frame) Refuse(w http.ResponseWriter, r *http.Request, s screen.Screen) error {
	return f.show(w, r, http.StatusUnprocessableEntity, s, nil)
}

// ShowAs answers with a screen and a status of its own.
func (f *Frame) ShowAs(w http.ResponseWriter, r *http.Request, status int, s screen.Screen) error {
	return f.show(w, r, status, s, nil)
}

// ShowProblem answers with a screen, above which stands what did not work.
func (f *Frame) ShowProblem(w http.ResponseWriter, r *http.Request, cause error, s screen.Screen) error {
	return f.show(w, r, StatusOf(cause), s, f.Problem(r.Context(), cause))
}

func (f *Frame) show(w http.ResponseWriter, r *http.Request, status int, s screen.Screen, problem *screen.Problem) error {
	around, err := f.frame(r)
	if err != nil {
		return err
	}
	around.Problem = problem
	retry(w, status)
	render := f.o.Screens.Page
	if IsPart(r) {
		render = f.o.Screens.Main
	} else if r.Method == http.MethodGet {
		around.Said = f.takeSaid(w, r)
	}
	page, err := render(around, s)
	if err != nil {
		return err
	}
	return write(w, status, "text/html; charset=utf-8", page)
}

// Part is a part of a screen that changed.
type Part struct {
	Screen string // whose file defines it
	Name   string // of the template; it makes one element with an id
	Data   any
	// Into is the selector of the element that it replaces; "" is the one that the
	// request named (hx-target).
	Into string
	// Swap is how, as in hx-swap; "" is "outerHTML".
	Swap string
}

// Parts answers htmx with what changed on the page that is there. Said is what was
// done, a sentence; "" leaves the last one.
func (f *Frame) Parts(w http.ResponseWriter, r *http.Request, said string, parts ...Part) error {
	var b bytes.Buffer
	for _, p := range parts {
		html, err := f.o.Screens.Part(p.Screen, p.Name, p.Data)
		if err != nil {
			return err
		}
		if p.Into == "" {
			b.Write(html)
			continue
		}
		f.partial(&b, p.Into, p.Swap, html)
	}
	if said != "" {
		if err := f.say(&b, said); err != nil {
			return err
		}
	}
	// A page that asks for what is new by itself leaves what was refused before it.
	if keeps, _ := r.Context().Value(keepKey).(bool); !keeps && r.Method == http.MethodPost {
		if err := errors.Join(f.clear(&b), f.recount(&b, r)); err != nil {
			return err
		}
	}
	return write(w, http.StatusOK, "text/html; charset=utf-8", b.Bytes())
}

func (f *Frame) partial(b *bytes.Buffer, into, swap string, html []byte) {
	if swap == "" {
		swap = "outerHTML"
	}
	fmt.Fprintf(b, `<hx-partial hx-target="%s" hx-swap="%s">%s</hx-partial>`, attribute(into), attribute(swap), html)
}

// say puts a sentence into the page's live region.
func (f *Frame) say(b *bytes.Buffer, said string) error {
	html, err := f.o.Screens.Part("problem", "saying", said)
	if err == nil {
		f.partial(b, "#said", "innerHTML", html)
	}
	return err
}

// clear takes an earlier problem off the page.
func (f *Frame) clear(b *bytes.Buffer) error {
	html, err := f.o.Screens.Part("problem", "problems", (*screen.Problem)(nil))
	if err == nil {
		f.partial(b, "#problems", "outerHTML", html)
	}
	return err
}

// recount puts what the bar of an issue counts on the page as it is now.
func (f *Frame) recount(b *bytes.Buffer, r *http.Request) error {
	ref, is := r.Context().Value(barKey).(desk.Ref)
	if !is {
		return nil
	}
	here, _ := r.Context().Value(hereKey).(site.Page)
	bar, err := f.o.Bar(r.Context(), ref, here)
	if err != nil {
		return err
	}
	for _, tab := range bar.Tabs {
		html, err := f.o.Screens.Part("problem", "saying", tab.Note)
		if err != nil {
			return err
		}
		f.partial(b, "#"+tab.ID, "innerHTML", html)
	}
	return nil
}

// Back leads on to a page after something was done; the page says what. For htmx the
// browser goes there too.
func (f *Frame) Back(w http.ResponseWriter, r *http.Request, address, said string) error {
	f.keepSaid(w, said)
	if IsPart(r) {
		w.Header().Set("HX-Redirect", address)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever went away does not miss it
	return nil
}
