package web

import (
	"context"
	"errors"
	"io"
	"net/http"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers/bounce/webhook"
)

// Hooks takes what providers of mail tell of the mails that they relayed. Its errors'
// kinds become statuses.
type Hooks interface {
	// Admit tells whether a request of a client may be read.
	Admit(provider, client string) error
	Receive(ctx context.Context, provider, client string, h http.Header, body []byte) error
}

// mostBody gives how much of a request to a route is read, in bytes.
func mostBody(pattern string) int64 {
	if pattern == "POST "+site.Hook.Pattern() {
		return webhook.MostBody
	}
	return maxForm
}

// hook takes a request of a provider. No answer tells more than its status: 401 for one
// that is not proved, 503 for one that the provider should send again.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) {
	if s.hooks == nil {
		s.plain(w, http.StatusNotFound, http.StatusText(http.StatusNotFound)+"\n")
		return
	}
	provider, client := r.PathValue("provider"), s.proxies.client(r)
	err := s.hooks.Admit(provider, client)
	if err == nil {
		var body []byte
		if body, err = io.ReadAll(r.Body); err == nil {
			err = s.hooks.Receive(r.Context(), provider, client, r.Header, body)
		} else if !tooLarge(err) {
			err = digest.Fail(digest.Invalid, "", "the request was cut off: %w", err)
		}
	}
	if err == nil {
		s.plain(w, http.StatusOK, "ok\n")
		return
	}
	status := hookStatus(err)
	switch {
	case status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Basic realm=\"postbag\"") // RFC 9110, 15.5.2
	case status >= http.StatusInternalServerError && !errors.Is(r.Context().Err(), context.Canceled):
		s.log.ErrorContext(r.Context(), "what a provider tells could not be taken", "route", route(r), "error", err)
	}
	s.plain(w, status, http.StatusText(status)+"\n")
}

// hookStatus gives the status of an error. Whatever is no fault of the request is to be
// tried again.
func hookStatus(err error) int {
	switch kind := digest.KindOf(err); {
	case tooLarge(err):
		return http.StatusRequestEntityTooLarge
	case kind == digest.Forbidden:
		return http.StatusUnauthorized
	case kind == digest.Invalid:
		return http.StatusBadRequest
	case kind == digest.NotFound:
		return http.StatusNotFound
	case kind == digest.TooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}
