// Package deliver takes a published issue to its readers: it freezes the
// audience into the ledger, claims rows, hands one message per row to a
// transport, and settles every result before the same connection sends the
// next. The rules it keeps are those of the state machine drawn in package
// subscribers. It leaves the rows to the store, the message to package mail.
package deliver
