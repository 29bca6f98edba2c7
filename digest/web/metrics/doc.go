// Package metrics tells a monitor how an installation is, in the text format that
// Prometheus reads, on a listener of its own.
//
// What it tells comes from two places. Counters live in the process: they begin at zero
// with it, and count what this process settled, by wrapping the ledger that delivering
// works with ([Metrics.Ledger]). All else is read from the database when somebody asks,
// within one short transaction ([health.FigureStore]); while the database is away those
// metrics are missing, and postbag_database_up is 0.
//
// No label holds an address. Receiving domains are labels only where they are few and
// large, see domains.
package metrics
