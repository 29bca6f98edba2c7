package web

import (
	"context"
	"net/http"
	"strconv"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/templates"
)

// show answers with a page for one reader.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, p templates.ReaderPage) {
	page, err := s.templates.Page(s.site(r.Context()), p)
	s.page(w, r, status, page, err)
}

// page answers with a page that was rendered whole. Pages made for one request
// are not kept.
func (s *Server) page(w http.ResponseWriter, r *http.Request, status int, page []byte, err error) {
	if err != nil {
		s.log.ErrorContext(r.Context(), "a page could not be rendered", "route", route(r), "error", err)
		s.plain(w, http.StatusInternalServerError, "Something went wrong. Try again in five minutes.\n")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	sayWhen(w, status)
	s.body(w, status, "text/html; charset=utf-8", page)
}

// sayWhen tells programs when to try again what the page calls a minute (RFC 9110,
// 10.2.3).
func sayWhen(w http.ResponseWriter, status int) {
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(int(templates.RetryAfter.Seconds())))
	}
}

// message answers with the page, or for a probe the line, that says what a
// status means.
func (s *Server) message(w http.ResponseWriter, r *http.Request, status int) {
	if isProbe(r) {
		s.plain(w, status, http.StatusText(status)+"\n")
		return
	}
	s.show(w, r, status, templates.Message(status))
}

// isProbe tells whether a monitor asks, and no reader.
func isProbe(r *http.Request) bool {
	return r.URL.Path == string(site.Health) || r.URL.Path == string(site.Ready)
}

// site is the frame of every page. A page that says what went wrong must not
// fail itself, so without a database the frame goes without names.
func (s *Server) site(ctx context.Context) templates.Site {
	frame, err := s.publisher.Site(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "pages go without names", "error", err)
		return templates.Site{Base: s.at.Base}
	}
	return frame
}

// signupMistake shows the form again with what was typed and what is wrong.
func (s *Server) signupMistake(w http.ResponseWriter, r *http.Request, mistake error) {
	page, err := s.publisher.HomeForm(r.Context(), mistaken(r.PostFormValue(templates.EmailField), mistake))
	s.page(w, r, http.StatusUnprocessableEntity, page, err)
}

// signupLater shows the form again with what was typed, for another try, or the page that
// says as much where the front page cannot be made.
func (s *Server) signupLater(w http.ResponseWriter, r *http.Request, fault error) {
	form := templates.Form{Email: cut(r.PostFormValue(templates.EmailField)), Error: templates.NotNow}
	page, err := s.publisher.HomeForm(r.Context(), form)
	if err != nil {
		s.fail(w, r, fault)
		return
	}
	s.log.ErrorContext(r.Context(), "a request failed", "route", route(r), "error", fault)
	s.page(w, r, http.StatusServiceUnavailable, page, nil)
}

// mistaken is a form with what was typed into it and what is wrong with that.
func mistaken(typed string, mistake error) templates.Form {
	typed = cut(typed)
	return templates.Form{Email: typed, Error: templates.EmailError(typed, digest.HintOf(mistake))}
}

// cut shortens what was typed to the length of the longest address.
func cut(typed string) string {
	const most = 254
	if r := []rune(typed); len(r) > most {
		return string(r[:most])
	}
	return typed
}

// confirmDone says that the subscription is confirmed. A link that was used
// before its reader left does not bring the reader back: it has run out.
func (s *Server) confirmDone(w http.ResponseWriter, r *http.Request, sub subscribers.Subscriber) {
	if sub.State != subscribers.Active {
		s.show(w, r, http.StatusGone, templates.ConfirmExpiredPage{})
		return
	}
	s.show(w, r, http.StatusOK, templates.ConfirmedPage{Preferences: s.at.Path(site.Preferences, sub.Token)})
}

// leavePage shows where a subscriber stands on the way out.
func (s *Server) leavePage(w http.ResponseWriter, r *http.Request, sub subscribers.Subscriber, err error) {
	if err != nil {
		s.lost(w, r, err)
		return
	}
	email := subscribers.Mask(sub.Email)
	switch sub.State {
	case subscribers.Active:
		s.show(w, r, http.StatusOK, templates.UnsubscribePage{
			Email: email, Action: s.at.Path(site.Unsubscribe, sub.Token), Preferences: s.at.Path(site.Preferences, sub.Token),
		})
	case subscribers.Unsubscribed:
		s.show(w, r, http.StatusOK, templates.UnsubscribedPage{Email: email, Undo: s.at.Path(site.Undo, sub.Token)})
	default: // nothing is sent there, and nothing to be undone by the link
		s.show(w, r, http.StatusOK, templates.UnsubscribedPage{Email: email})
	}
}

// returned says that an unsubscription was undone.
func (s *Server) returned(w http.ResponseWriter, r *http.Request, sub subscribers.Subscriber, err error) {
	if err != nil || sub.State != subscribers.Active {
		s.leavePage(w, r, sub, err)
		return
	}
	s.confirmDone(w, r, sub)
}

// preferencesAnswer shows a subscriber's own page.
func (s *Server) preferencesAnswer(w http.ResponseWriter, r *http.Request, sub subscribers.Subscriber, err error, saved bool) {
	if err != nil {
		s.lost(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, templates.PreferencesPage{
		Email: subscribers.Mask(sub.Email), Action: s.at.Path(site.Preferences, sub.Token),
		Frequency: sub.Frequency, Subscribed: sub.State == subscribers.Active,
		Saved: saved, Unsubscribe: s.at.Path(site.Unsubscribe, sub.Token),
	})
}
