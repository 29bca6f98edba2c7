package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/templates"
)

// toArchive redirects from the address without its slash.
func (s *Server) toArchive(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.at.Path(site.Archive), http.StatusMovedPermanently)
}

// numberOf reads the number of an issue in an address. One written in another way than
// ours ("007") is none: every page has one address.
func numberOf(r *http.Request) (number int, ok bool) {
	text := r.PathValue("number")
	number, err := strconv.Atoi(text)
	return number, err == nil && number >= 1 && strconv.Itoa(number) == text
}

// issue shows one issue.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) {
	number, ok := numberOf(r)
	if !ok {
		s.notFound(w, r)
		return
	}
	doc, err := s.publisher.IssuePage(r.Context(), number)
	s.issueOr(w, r, doc, err)
}

// issueOr answers with an issue's page, or says why it is not there.
func (s *Server) issueOr(w http.ResponseWriter, r *http.Request, doc http.Handler, err error) {
	text := r.PathValue("number")
	switch {
	case digest.KindOf(err) == digest.NotFound && r.URL.Query().Has(site.TestQuery):
		s.show(w, r, http.StatusNotFound, templates.TestPage{For: "the page of issue " + text + ", which is not published yet"})
	case errors.Is(err, digest.ErrWithdrawn):
		s.show(w, r, http.StatusGone, templates.MessagePage{Title: "Issue " + text + " was withdrawn", Text: "The editor took it back. Its number stays; the other issues are in the archive."})
	case err != nil:
		s.fail(w, r, err)
	default:
		doc.ServeHTTP(w, r)
	}
}

// ofSeries answers with a page of a further series. The first series has its pages at
// the short addresses only.
func (s *Server) ofSeries(page site.Page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		slug, number, ok := r.PathValue("series"), 0, true
		var values []any
		if page == site.Issue {
			number, ok = numberOf(r)
			values = append(values, number)
		}
		switch {
		case !ok:
			s.notFound(w, r)
		case s.publisher.IsFirst(r.Context(), slug):
			http.Redirect(w, r, s.at.Path(page, values...), http.StatusMovedPermanently)
		case page == site.Archive && !strings.HasSuffix(r.URL.Path, "/"):
			http.Redirect(w, r, s.at.Path(page.At(slug)), http.StatusMovedPermanently)
		default:
			doc, err := s.publisher.OfSeries(r.Context(), slug, page, number)
			s.issueOr(w, r, doc, err)
		}
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
