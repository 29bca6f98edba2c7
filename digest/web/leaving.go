package web

import (
	"net/http"
	"strings"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/templates"
)

// The body that a mail provider posts to unsubscribe a reader (RFC 8058, 3.1).
const (
	oneClickField = "List-Unsubscribe"
	oneClickValue = "One-Click"
)

// unsubscribePage shows the way out, and its button.
func (s *Server) unsubscribePage(w http.ResponseWriter, r *http.Request) {
	sub, err := s.signup.Lookup(r.Context(), r.PathValue("token"))
	s.leavePage(w, r, sub, err)
}

// unsubscribe ends a subscription: the page's button gets a page back, a mail
// provider a line of text. A body that cannot be read does not matter; one that is
// too large is refused. Posting twice does no harm.
func (s *Server) unsubscribe(w http.ResponseWriter, r *http.Request) {
	if tooLarge(parseForm(r)) {
		s.message(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	sub, err := s.signup.Unsubscribe(r.Context(), r.PathValue("token"))
	if r.PostFormValue(oneClickField) == oneClickValue {
		s.oneClick(w, r, err)
		return
	}
	s.leavePage(w, r, sub, err)
}

// oneClick answers a mail provider: 200 without a redirect (RFC 8058, 3.1).
func (s *Server) oneClick(w http.ResponseWriter, r *http.Request, err error) {
	if err == nil {
		s.plain(w, http.StatusOK, "unsubscribed\n")
		return
	}
	status := statusOf(err)
	if status >= http.StatusInternalServerError {
		s.log.ErrorContext(r.Context(), "a one-click unsubscription failed", "error", err)
	}
	s.plain(w, status, http.StatusText(status)+"\n")
}

// undo takes an unsubscription back.
func (s *Server) undo(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	sub, err := s.signup.Undo(r.Context(), r.PathValue("token"), s.proxies.client(r), s.at.URL(site.Unsubscribe, ""))
	s.returned(w, r, sub, err)
}

// toLeave leads a reader who opens the address of that button to where it is.
func (s *Server) toLeave(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.at.Path(site.Unsubscribe, r.PathValue("token")), http.StatusSeeOther)
}

// leaveForm asks for the address whose links are to be mailed.
func (s *Server) leaveForm(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, templates.LeavePage{})
}

// mailLinks mails a reader's own links. The answer is the same byte for byte
// whatever is known about the address, and for a program that filled in the trap.
func (s *Server) mailLinks(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	if r.PostFormValue(templates.TrapField) == "" {
		email := r.PostFormValue(templates.EmailField)
		err := s.signup.MailLinks(r.Context(), email, s.proxies.client(r))
		if digest.KindOf(err) == digest.Invalid {
			s.show(w, r, http.StatusUnprocessableEntity, templates.LeavePage{Form: mistaken(email, err)})
			return
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.show(w, r, http.StatusOK, templates.LinksMailedPage{})
}

// lost answers for a link to a reader's own pages that does not work: one that leads
// to nobody with a way on, the same for all of them; what is our fault as elsewhere.
func (s *Server) lost(w http.ResponseWriter, r *http.Request, err error) {
	if digest.KindOf(err) != digest.NotFound {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusNotFound, templates.LeavePage{Lost: true})
}

// tested meets the links of test mails, which stand for no reader, before the list
// hears of them.
func (s *Server) tested(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("token") != subscribers.TestToken {
			next(w, r)
			return
		}
		leads := "the page to unsubscribe"
		if strings.HasSuffix(r.Pattern, site.Preferences.Pattern()) {
			leads = "the page to change how often it comes"
		}
		s.show(w, r, http.StatusOK, templates.TestPage{For: leads})
	}
}

// preferencesPage shows what a subscriber chose.
func (s *Server) preferencesPage(w http.ResponseWriter, r *http.Request) {
	sub, err := s.signup.Lookup(r.Context(), r.PathValue("token"))
	s.preferencesAnswer(w, r, sub, err, false)
}

// preferences stores what a subscriber chooses.
func (s *Server) preferences(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	f := subscribers.Frequency(r.PostFormValue(templates.FrequencyField))
	sub, err := s.signup.SetFrequency(r.Context(), r.PathValue("token"), f)
	s.preferencesAnswer(w, r, sub, err, true)
}
