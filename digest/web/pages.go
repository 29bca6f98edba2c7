package web

import (
	"context"
	"net/http"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/signup"
	"postbag/templates"
)

// show answers with a page that was rendered whole. Pages made for one request
// are not kept.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, page []byte, err error) {
	if err != nil {
		s.log.ErrorContext(r.Context(), "a page could not be rendered", "route", route(r), "error", err)
		s.plain(w, http.StatusInternalServerError, "Something went wrong. Please try again in a few minutes.\n")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.body(w, status, "text/html; charset=utf-8", page)
}

// message answers with the page, or for a probe the line, that says what a
// status means.
func (s *Server) message(w http.ResponseWriter, r *http.Request, status int) {
	if isProbe(r) {
		s.plain(w, status, http.StatusText(status)+"\n")
		return
	}
	frame := s.site(r.Context())
	page, err := s.templates.Message(templates.MessagePage{Site: frame, Status: status})
	s.show(w, r, status, page, err)
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

// signupTaken is the one answer to every sign-up.
func (s *Server) signupTaken(w http.ResponseWriter, r *http.Request) {
	page, err := s.templates.Subscribed(templates.SubscribedPage{Site: s.site(r.Context())})
	s.show(w, r, http.StatusOK, page, err)
}

// signupMistake shows the form again with what was typed and what is wrong.
func (s *Server) signupMistake(w http.ResponseWriter, r *http.Request, mistake error) {
	typed := cut(r.PostFormValue(templates.EmailField))
	form := templates.Form{Email: typed, Error: templates.EmailError(typed, digest.HintOf(mistake))}
	page, err := s.publisher.HomeForm(r.Context(), form)
	s.show(w, r, http.StatusUnprocessableEntity, page, err)
}

// cut keeps a form from being filled with more than an address can be.
func cut(typed string) string {
	const most = 254
	if r := []rune(typed); len(r) > most {
		return string(r[:most])
	}
	return typed
}

func (s *Server) confirmAsk(w http.ResponseWriter, r *http.Request, c signup.Confirmation) {
	frame := s.site(r.Context())
	page, err := s.templates.Confirm(templates.ConfirmPage{
		Site: frame, Email: subscribers.Mask(c.Email), Action: s.at.Path(site.Confirm, r.PathValue("token")),
	})
	s.show(w, r, http.StatusOK, page, err)
}

// confirmUsed meets who opens a link again that did its work.
func (s *Server) confirmUsed(w http.ResponseWriter, r *http.Request) {
	page, err := s.templates.Message(templates.MessagePage{
		Site: s.site(r.Context()), Status: http.StatusOK, Title: "You confirmed this already",
		Text: "The link has done its work. Every email has links to change how often it comes, and to leave.",
	})
	s.show(w, r, http.StatusOK, page, err)
}

// confirmExpired offers the form to whose link ran out.
func (s *Server) confirmExpired(w http.ResponseWriter, r *http.Request) {
	page, err := s.templates.ConfirmExpired(templates.ConfirmExpiredPage{Site: s.site(r.Context())})
	s.show(w, r, http.StatusGone, page, err)
}

// confirmDone says that the subscription is confirmed. A link that was used
// before its reader left does not bring the reader back: it has run out.
func (s *Server) confirmDone(w http.ResponseWriter, r *http.Request, sub subscribers.Subscriber) {
	if sub.State != subscribers.Active {
		s.confirmExpired(w, r)
		return
	}
	frame := s.site(r.Context())
	page, err := s.templates.Confirmed(templates.ConfirmedPage{Site: frame, Preferences: s.at.Path(site.Preferences, sub.Token)})
	s.show(w, r, http.StatusOK, page, err)
}

// leavePage shows where a subscriber stands on the way out.
func (s *Server) leavePage(w http.ResponseWriter, r *http.Request, sub subscribers.Subscriber, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	frame := s.site(r.Context())
	var page []byte
	switch sub.State {
	case subscribers.Active:
		page, err = s.templates.Unsubscribe(templates.UnsubscribePage{
			Site: frame, Email: subscribers.Mask(sub.Email),
			Action: s.at.Path(site.Unsubscribe, sub.Token), Preferences: s.at.Path(site.Preferences, sub.Token),
		})
	case subscribers.Unsubscribed:
		page, err = s.templates.Unsubscribed(templates.UnsubscribedPage{
			Site: frame, Email: subscribers.Mask(sub.Email), Undo: s.at.Path(site.Undo, sub.Token),
		})
	default: // nothing is sent there, and nothing to be undone by the link
		page, err = s.templates.Unsubscribed(templates.UnsubscribedPage{Site: frame, Email: subscribers.Mask(sub.Email)})
	}
	s.show(w, r, http.StatusOK, page, err)
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
		s.fail(w, r, err)
		return
	}
	frame := s.site(r.Context())
	page, err := s.templates.Preferences(templates.PreferencesPage{
		Site: frame, Email: subscribers.Mask(sub.Email), Action: s.at.Path(site.Preferences, sub.Token),
		Frequency: sub.Frequency, Subscribed: sub.State == subscribers.Active,
		Saved: saved, Unsubscribe: s.at.Path(site.Unsubscribe, sub.Token),
	})
	s.show(w, r, http.StatusOK, page, err)
}
