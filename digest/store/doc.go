// Package store keeps everything in a database: one type, [DB], provides what
// the stages ask for in their own Store interfaces. One file holds one
// aggregate. An exported method is one transaction; what it is made of takes
// the transaction and is not exported, so that the parts compose.
//
// The database is one SQLite file in WAL mode, synchronous FULL, or a PostgreSQL
// database: what a method has returned survives a power cut. The SQL is written
// once; what differs stands behind the value dialect.
//
// SQLite has one connection that writes and several that read. On PostgreSQL
// many write, in this process and in others, each transaction READ COMMITTED.
// A method that decides by what it reads locks those rows first (tx.lock): the
// source and its series for a page, the series for its issues' numbers and
// windows, the issue for its state and its deliveries, the subscriber for its
// state; in this order. Where no row can be locked yet, transactions take turns
// (tx.takeTurns). Work is claimed by passing over what others are claiming. A
// transaction that others stood in the way of, or whose server went away before
// its commit, runs again; see DB.update.
//
// A page of entries is compared with what is stored by GUID in one statement each
// for posts and comments; what is equal is not read further and not written.
// Entries whose GUID is not known are looked up by their keys, and what differs is
// read whole, to tell an edit from another entry that has taken the name. The
// rules are those of [pull.Page].
//
// Everything can be read out at one moment ([DB.Backup]) and brought into an
// empty database of either kind ([Restore]); what a copy may not do before
// somebody says so is kept by the hold ([DB.Held], [DB.Release]), which is looked
// at in the transaction of everything that publishes or sends.
//
// The rules of the domain's state machines are asked in the same transaction
// that makes a move; a move they do not allow is an error of kind Conflict. An
// error says what a person can do about it where they can do something.
//
// Listings are bounded: a limit of zero or less means [DefaultLimit] unless the
// method says otherwise.
package store
