// Package store keeps everything in a database: one type, [DB], provides what
// the stages ask for in their own Store interfaces. One file holds one
// aggregate. An exported method is one transaction; what it is made of takes
// the transaction and is not exported, so that the parts compose.
//
// The database is one SQLite file in WAL mode, synchronous FULL: what a method
// has returned survives a power cut. One connection writes, several read. The
// SQL keeps to what PostgreSQL understands too, and what differs stands behind
// the value dialect.
//
// The rules of the domain's state machines are asked in the same transaction
// that makes a move; a move they do not allow is an error of kind Conflict. An
// error says what a person can do about it where they can do something.
//
// Listings are bounded: a limit of zero or less means [DefaultLimit] unless the
// method says otherwise.
package store
