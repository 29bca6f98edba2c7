package metrics

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"postbag/digest"
	"postbag/digest/health"
	"postbag/subscribers/deliver"
)

// Path is where the metrics are; the listener answers 404 for all else.
const Path = "/metrics"

// Options are what metrics are made of.
type Options struct {
	Store health.FigureStore
	Clock digest.Clock
	Log   *slog.Logger
	// NewestBackup gives when the newest backup was begun, zero where there is none; nil
	// where no backups are written.
	NewestBackup func() (time.Time, error)
	Version      string // of the program
}

// Metrics are those of one process. They are safe for concurrent use.
type Metrics struct {
	log      *slog.Logger
	mails    *mails
	figures  *figures
	registry *prometheus.Registry
}

// New makes the metrics of a process. Nothing is asked yet.
func New(o Options) *Metrics {
	m := &Metrics{log: o.Log, mails: newMails(), figures: &figures{o: o}, registry: prometheus.NewRegistry()}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "postbag_build_info", Help: "1, by the version of Postbag and of Go.",
		ConstLabels: prometheus.Labels{"version": o.Version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(build, m.mails.settled, m.mails.received, m.figures,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Ledger gives a ledger whose results are counted.
func (m *Metrics) Ledger(of deliver.Ledger) deliver.Ledger { return ledger{Ledger: of, mails: m.mails} }

// Handler answers at [Path].
func (m *Metrics) Handler() http.Handler {
	answer := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, r *http.Request) {
		m.figures.refresh(r.Context())
		answer.ServeHTTP(w, r)
	})
	return mux
}

// Bounds of a connection.
const (
	headerTime = 5 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = 2 * time.Minute // a monitor asks every minute, or more often
	stopTime   = 4 * time.Second // longer than a scrape takes
	maxHeader  = 16 << 10        // bytes
)

// Serve answers on a listener until ctx ends, and closes it. A listener that fails is
// logged: what is watched goes on without being watched.
func (m *Metrics) Serve(ctx context.Context, l net.Listener) {
	srv := &http.Server{
		Handler: m.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		m.log.ErrorContext(ctx, "metrics are not served any more", "address", l.Addr().String(), "error", err)
		return
	case <-ctx.Done():
	}
	grace, cancel := digest.Afterwards(ctx, stopTime)
	defer cancel()
	if err := errors.Join(srv.Shutdown(grace), srv.Close()); err != nil {
		m.log.WarnContext(ctx, "a scrape is cut off", "error", err)
	}
	<-ended
}
