package web

import (
	"net/http"
	"strconv"

	"postbag/digest/site"
)

func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	doc, err := s.publisher.Home(r.Context())
	s.document(w, r, doc, err)
}

func (s *Server) archive(w http.ResponseWriter, r *http.Request) {
	doc, err := s.publisher.Archive(r.Context())
	s.document(w, r, doc, err)
}

// toArchive serves who left the slash out.
func (s *Server) toArchive(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.at.Path(site.Archive), http.StatusMovedPermanently)
}

// issue shows one issue. A number written in another way than ours ("007") is
// not found: every page has one address.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) {
	text := r.PathValue("number")
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || strconv.Itoa(number) != text {
		s.message(w, r, http.StatusNotFound)
		return
	}
	doc, err := s.publisher.IssuePage(r.Context(), number)
	s.document(w, r, doc, err)
}

func (s *Server) feedAtom(w http.ResponseWriter, r *http.Request) {
	doc, err := s.publisher.FeedAtom(r.Context())
	s.document(w, r, doc, err)
}

// document answers with what package publish made, validators included.
func (s *Server) document(w http.ResponseWriter, r *http.Request, doc http.Handler, err error) {
	if err != nil {
		s.fail(w, r, err)
		return
	}
	doc.ServeHTTP(w, r)
}
