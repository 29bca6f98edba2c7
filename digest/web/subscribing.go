package web

import (
	"net/http"
	"net/url"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/signup"
	"postbag/templates"
)

// subscribe takes a sign-up from our page or from a form on the blog. The answer is
// the same byte for byte whatever is known about the address, and for a program that
// filled in the trap.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	if r.PostFormValue(templates.TrapField) == "" {
		err := s.signup.Subscribe(r.Context(), signup.SubscribeInput{
			Email:    r.PostFormValue(templates.EmailField),
			RemoteIP: s.proxies.client(r),
			Page:     s.formPage(r),
		})
		if digest.KindOf(err) == digest.Invalid {
			s.signupMistake(w, r, err)
			return
		}
		if statusOf(err) == http.StatusServiceUnavailable {
			s.signupLater(w, r, err)
			return
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.show(w, r, http.StatusOK, templates.SubscribedPage{})
}

// toForm redirects a reader who opens the form's address to the form.
func (s *Server) toForm(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.at.Path(site.Home), http.StatusSeeOther)
}

// formPage tells where a sign-up form stands, for the proof of consent: the site
// that the browser names, else ours.
func (s *Server) formPage(r *http.Request) string {
	const maxOrigin = 200
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if err != nil || len(origin) > maxOrigin || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return s.at.URL(site.Home)
	}
	return u.Scheme + "://" + u.Host
}

// confirmPage shows what a confirmation link is about, and its button.
func (s *Server) confirmPage(w http.ResponseWriter, r *http.Request) {
	c, err := s.signup.Confirmation(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		s.unconfirmed(w, r, err)
	case c.Expired(s.clock.Now()):
		s.show(w, r, http.StatusGone, templates.ConfirmExpiredPage{})
	case !c.UsedAt.IsZero():
		s.show(w, r, http.StatusOK, templates.MessagePage{
			Title: "You confirmed this already",
			Text:  "The link has done its work. Every email has links to change how often it comes, and to leave.",
		})
	default:
		s.show(w, r, http.StatusOK, templates.ConfirmPage{Email: subscribers.Mask(c.Email), Action: s.at.Path(site.Confirm, r.PathValue("token"))})
	}
}

// confirm is the button of that page.
func (s *Server) confirm(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	sub, err := s.signup.Confirm(r.Context(), r.PathValue("token"), s.proxies.client(r), s.at.URL(site.Confirm, ""))
	switch {
	case digest.KindOf(err) == digest.Conflict:
		s.show(w, r, http.StatusGone, templates.ConfirmExpiredPage{})
	case err != nil:
		s.unconfirmed(w, r, err)
	default:
		s.confirmDone(w, r, sub)
	}
}

// unconfirmed answers for a confirmation link that does not work: one that is not
// known with the form for another, what is our fault as elsewhere.
func (s *Server) unconfirmed(w http.ResponseWriter, r *http.Request, err error) {
	if digest.KindOf(err) != digest.NotFound {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusNotFound, templates.ConfirmExpiredPage{Unknown: true})
}
