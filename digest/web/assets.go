package web

import (
	"net/http"
	"strconv"
)

// asset serves a file that pages refer to. Its name holds a hash of its content,
// so it may be kept for ever.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	a, ok := s.templates.Asset(r.PathValue("file"))
	if !ok {
		s.message(w, r, http.StatusNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	s.body(w, http.StatusOK, a.ContentType, a.Body)
}

// icon is what a browser shows beside a page's title: an opened letter.
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#fff" stroke="#0b5d4b" stroke-width="3" stroke-linejoin="round" d="M3 8h26v18H3z"/><path fill="none" stroke="#0b5d4b" stroke-width="3" stroke-linejoin="round" d="m3 8 13 10L29 8"/></svg>
`

func (s *Server) favicon(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=604800")
	s.body(w, http.StatusOK, "image/svg+xml", []byte(icon))
}

// body answers with bytes that are complete.
func (s *Server) body(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.log.Debug("a reader went away", "error", err)
	}
}
