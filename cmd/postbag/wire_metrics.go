package main

import (
	"net"
	"time"

	"postbag/digest"
	"postbag/digest/web/metrics"
	"postbag/subscribers/deliver"
)

// listenForMetrics gives the listener of the metrics and makes them, nil where there are
// none.
func (a *app) listenForMetrics() (net.Listener, error) {
	at := a.settings.MetricsListen
	if at == "" {
		return nil, nil
	}
	backups, err := a.settings.backups()
	if err != nil {
		return nil, err
	}
	o := metrics.Options{Store: a.db, Clock: a.p.Clock, Log: a.log, Version: version()}
	if backups != nil {
		o.NewestBackup = func() (time.Time, error) {
			_, at, err := backups.Newest()
			return at, err
		}
	}
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, "Stop what listens there, or choose another --metrics-listen.", "the metrics cannot listen: %w", err)
	}
	a.metrics = metrics.New(o)
	a.log.Info("metrics", "url", "http://"+l.Addr().String()+metrics.Path)
	return l, nil
}

// ledger is what mails are settled in; they are counted where there are metrics.
func (a *app) ledger() deliver.Ledger {
	if a.metrics == nil {
		return a.db
	}
	return a.metrics.Ledger(a.db)
}
