// Package database is the handle of a database: an SQLite file in WAL mode with
// synchronous FULL, or a PostgreSQL database. What a transaction has committed
// survives a power cut. SQL is written once; what differs is in [Dialect].
//
// SQLite has one connection that writes and several that read. On PostgreSQL many
// write, in this process and in others, each transaction READ COMMITTED. A
// transaction that decides by what it reads locks those rows first ([Tx.Lock]), in
// this order: the source and its series for a page, the series for its issues'
// numbers and windows, the issue for its state and its deliveries, the subscriber
// for its state. Where there is no row to lock yet, transactions take turns
// ([Tx.TakeTurns]). A transaction that others stood in the way of, or whose server
// went away before its commit, runs again; see [DB.Update].
//
// The schema is upgraded in numbered steps, each a transaction; an SQLite file is
// copied first.
package database
