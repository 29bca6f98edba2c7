package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"postbag/digest"
)

// Bounds of a connection. A feed of half a megabyte passes a slow line within
// writeTime; whoever opens connections and says nothing loses them soon.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 2 * time.Minute
	idleTime   = time.Minute
	stopTime   = 6 * time.Second
	maxHeader  = 16 << 10 // bytes
	maxForm    = 64 << 10 // bytes
)

// Serve answers on a listener until ctx ends. It then lets requests under way
// finish for a few seconds, and gives nil unless the listener failed. It
// closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve pages on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	return s.stop(ctx, srv, failed)
}

// stop ends a server and waits for it.
func (s *Server) stop(ctx context.Context, srv *http.Server, failed <-chan error) error {
	grace, cancel := digest.Afterwards(ctx, stopTime)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		s.log.WarnContext(ctx, "requests under way are cut off", "error", err)
		if err := srv.Close(); err != nil {
			s.log.WarnContext(ctx, "closing connections", "error", err)
		}
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve pages: %w", err)
	}
	return nil
}
