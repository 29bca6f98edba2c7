package web

import (
	"context"
	"net/http"
	"strconv"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/templates"
)

// toArchive redirects from the address without its slash.
func (s *Server) toArchive(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.at.Path(site.Archive), http.StatusMovedPermanently)
}

// issue shows one issue. A number written in another way than ours ("007") is
// not found: every page has one address.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) {
	text := r.PathValue("number")
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || strconv.Itoa(number) != text {
		s.notFound(w, r)
		return
	}
	doc, err := s.publisher.IssuePage(r.Context(), number)
	switch {
	case digest.KindOf(err) == digest.NotFound && r.URL.Query().Has(site.TestQuery):
		s.show(w, r, http.StatusNotFound, templates.TestPage{For: "the page of issue " + text + ", which is not published yet"})
	case err != nil:
		s.fail(w, r, err)
	default:
		doc.ServeHTTP(w, r)
	}
}

// published answers with what package publish made, validators included.
func (s *Server) published(find func(context.Context) (http.Handler, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		doc, err := find(r.Context())
		if err != nil {
			s.fail(w, r, err)
			return
		}
		doc.ServeHTTP(w, r)
	}
}
