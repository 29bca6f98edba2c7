package web

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// reply notes the status and the size of an answer.
type reply struct {
	http.ResponseWriter
	status int // 0 until the header is sent
	bytes  int
}

// WriteHeader notes the final status.
func (w *reply) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *reply) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *reply) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// watch logs each request by its route, without path, query or address, and
// turns a panic into a page.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		began := time.Now()
		w := &reply{ResponseWriter: rw}
		defer func() {
			if fault := recover(); fault != nil {
				s.caught(w, r, fault)
			}
			s.logRequest(r, w, time.Since(began))
		}()
		next.ServeHTTP(w, r)
	})
}

// caught answers for a handler that panicked.
func (s *Server) caught(w *reply, r *http.Request, fault any) {
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	s.log.ErrorContext(r.Context(), "a request panicked", "route", route(r), "fault", fault, "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler) // the answer is half out: cut it visibly
	}
	s.message(w, r, http.StatusInternalServerError)
}

func (s *Server) logRequest(r *http.Request, w *reply, took time.Duration) {
	level := slog.LevelInfo
	if isProbe(r) {
		level = slog.LevelDebug
	}
	s.log.Log(r.Context(), level, "request",
		"method", r.Method, "route", route(r), "status", w.status, "bytes", w.bytes, "took", took.Round(time.Microsecond))
}

// route names the pattern a request matched, "-" when it matched none.
func route(r *http.Request) string {
	if r.Pattern == "" {
		return "-"
	}
	return r.Pattern
}
