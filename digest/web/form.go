package web

import (
	"errors"
	"net/http"
)

// parseForm reads a form's fields from the body, urlencoded or multipart. What
// stands in the query never counts as a field.
func parseForm(r *http.Request) error {
	// ParseMultipartForm would keep the errors of ParseForm to itself.
	if err := r.ParseForm(); err != nil {
		return err
	}
	err := r.ParseMultipartForm(maxForm)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil
	}
	return err
}

// readForm reads a form, or answers with the page that says why it cannot.
func (s *Server) readForm(w http.ResponseWriter, r *http.Request) bool {
	err := parseForm(r)
	switch {
	case err == nil:
		return true
	case tooLarge(err):
		s.message(w, r, http.StatusRequestEntityTooLarge)
	default:
		s.message(w, r, http.StatusBadRequest)
	}
	return false
}

func tooLarge(err error) bool {
	_, large := errors.AsType[*http.MaxBytesError](err)
	return large
}
