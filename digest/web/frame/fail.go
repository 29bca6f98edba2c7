package frame

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/templates/screen"
)

// statuses are the HTTP statuses of the kinds of error.
var statuses = map[digest.Kind]int{
	digest.Invalid:     http.StatusUnprocessableEntity,
	digest.NotFound:    http.StatusNotFound,
	digest.Conflict:    http.StatusConflict,
	digest.Unavailable: http.StatusServiceUnavailable,
	digest.Forbidden:   http.StatusForbidden,
	digest.TooMany:     http.StatusTooManyRequests,
	digest.NotSignedIn: http.StatusUnauthorized,
}

// StatusOf gives the HTTP status of an error.
func StatusOf(err error) int {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable // the database is busy
	}
	return cmp.Or(statuses[digest.KindOf(err)], http.StatusInternalServerError)
}

// titles say in a few words what a status means here.
var titles = map[int]string{
	http.StatusUnprocessableEntity:   "That does not work",
	http.StatusBadRequest:            "That could not be read",
	http.StatusNotFound:              "It is not there",
	http.StatusConflict:              "That cannot be done now",
	http.StatusServiceUnavailable:    "Not now",
	http.StatusForbidden:             "You may not do that",
	http.StatusTooManyRequests:       "Too often",
	http.StatusUnauthorized:          "You are signed out",
	http.StatusRequestEntityTooLarge: "That is too much",
	http.StatusMethodNotAllowed:      "This address does not do that",
}

// TitleOf says an error's kind in a few words.
func TitleOf(err error) string {
	return cmp.Or(titles[StatusOf(err)], "Something went wrong")
}

// Sentence says an error in a sentence for a person; its hint follows.
func Sentence(err error) string {
	text := Said(err)
	if hint := hintOf(err); hint != "" {
		text += " " + hint
	}
	return text
}

// hintOf gives an error's hint, if it is for whoever sits at the desk.
func hintOf(err error) string {
	if digest.IsInner(err) {
		return ""
	}
	return digest.HintOf(err)
}

// Said says an error in a sentence. What is our own fault stays in the log.
func Said(err error) string {
	switch StatusOf(err) {
	case http.StatusInternalServerError:
		return "Something went wrong here. Nothing was changed; try again."
	case http.StatusRequestEntityTooLarge:
		return tooLong(err)
	case http.StatusServiceUnavailable:
		if digest.KindOf(err) != digest.Unavailable || digest.IsInner(err) {
			return "The database does not answer. Nothing was changed; try again in a minute."
		}
	}
	if digest.IsInner(err) {
		return "Something went wrong here. Nothing was changed; the log says more."
	}
	return sentence(err.Error())
}

// tooLong says how much a form takes.
func tooLong(err error) string {
	large, is := errors.AsType[*http.MaxBytesError](err)
	if !is {
		return "It is too long for this form. Nothing was changed."
	}
	return fmt.Sprintf("It is too long: this form takes at most %d KB. Nothing was changed.", large.Limit>>10)
}

// IsOurs tells whether an error is no mistake of who sent a form: a fault of the program,
// or the database is away. No field has a part in it.
func IsOurs(err error) bool {
	return err != nil && (digest.KindOf(err) == digest.Internal || digest.IsInner(err))
}

// sentence makes one of a message.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// Problem says an error with what can be done about it.
func (f *Frame) Problem(ctx context.Context, err error) *screen.Problem {
	p := &screen.Problem{Title: TitleOf(err), Text: f.named(ctx, err, Said(err))}
	if hint := hintOf(err); hint != "" {
		p.Hints = strings.Split(hint, "\n")
	}
	for _, a := range digest.ActsOf(err) {
		if address := f.o.Site.Act(a); address != "" {
			p.Acts = append(p.Acts, screen.Link{Label: a.Do.Label(), Address: address})
		}
	}
	return p
}

// Fail answers with an error: a page, or for htmx a message on the page that is there,
// which is left as it is. It logs what is our fault.
func (f *Frame) Fail(w http.ResponseWriter, r *http.Request, err error) {
	ctx, status := r.Context(), StatusOf(err)
	headers(w.Header())
	if status >= http.StatusInternalServerError && !errors.Is(ctx.Err(), context.Canceled) {
		f.log.ErrorContext(ctx, "a request failed", "page", ctx.Value(hereKey), "error", err)
	}
	retry(w, status)
	problem := f.Problem(ctx, err)
	if IsPart(r) && status == http.StatusConflict {
		if now := f.current(r); now != "" {
			problem.Acts = append(problem.Acts, screen.Link{Label: "Show the page as it is now", Address: now})
		}
	}
	if IsPart(r) {
		f.failPart(w, status, problem)
		return
	}
	if r.Method == http.MethodPost {
		f.keepTyped(r, problem)
		if status == http.StatusServiceUnavailable {
			if fields, whole := again(r); whole {
				problem.Again, problem.To = fields, r.URL.RequestURI()
			}
		}
		if here := r.Referer(); here != "" && strings.HasPrefix(here, f.o.Site.Base+"/") {
			problem.Back = &screen.Link{Label: "Back to the page", Address: here}
		}
	}
	around := screen.Frame{Assets: f.o.Site.Path(assetPage, ""), Publication: "Postbag"}
	if full, err := f.frame(r.WithContext(context.WithValue(ctx, barKey, nil))); err == nil {
		around = full // a page that says what went wrong does not fail itself
	}
	page, err := f.o.Screens.Page(around, *problem)
	if err != nil {
		f.log.ErrorContext(ctx, "a page could not be rendered", "error", err)
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	_ = write(w, status, "text/html; charset=utf-8", page)
}

// keepTyped shows what was typed into a form beside the problem that it led to.
func (f *Frame) keepTyped(r *http.Request, problem *screen.Problem) {
	if r.PostForm == nil { // it came to nothing before the form was read
		r.Body = http.MaxBytesReader(nil, r.Body, MaxForm)
		_, _ = ReadForm(r) // what can be read of it is shown
	}
	problem.Typed = typed(r)
}

// retry tells programs when to try again what the page calls a minute (RFC 9110, 10.2.3).
func retry(w http.ResponseWriter, status int) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
}

// current gives the page that htmx asks from, if it is ours.
func (f *Frame) current(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil || !strings.HasPrefix(u.Path, f.o.Site.Path(site.DeskHome)) {
		return ""
	}
	u.Scheme, u.Host, u.Fragment = "", "", ""
	return u.String()
}

func (f *Frame) failPart(w http.ResponseWriter, status int, problem *screen.Problem) {
	html, err := f.o.Screens.Part("problem", "problems", problem)
	if err != nil {
		http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		return
	}
	var silence bytes.Buffer // what was done before is not said beside a problem
	f.partial(&silence, "#said", "innerHTML", nil)
	html = append(html, silence.Bytes()...)
	h := w.Header()
	h.Set("HX-Retarget", "#problems")
	h.Set("HX-Reswap", "outerHTML")
	_ = write(w, status, "text/html; charset=utf-8", html)
}

// again gives the fields of a form, to be sent once more; whole is false where one is a
// secret, which no page repeats, or where not all of them came.
func again(r *http.Request) (all []screen.Hidden, whole bool) {
	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mediaType != "application/x-www-form-urlencoded" {
		return nil, false
	}
	size := 0
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			if size += len(name) + len(value); isSecret(name) || size >= MaxForm {
				return nil, false
			}
			all = append(all, screen.Hidden{Name: name, Value: value})
		}
	}
	return all, true
}
