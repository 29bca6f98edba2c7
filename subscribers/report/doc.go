// Package report reads what comes back after a mailing, one message at a time: delivery
// reports (RFC 3464, 6533), complaints (RFC 5965), bounces of servers that write
// neither, automatic answers (RFC 3834), receipts (RFC 8098), and mails that ask to
// unsubscribe (RFC 2369). It says what a message is, by its structure and its codes;
// words decide only where a server gave no code. Whom a message is about is for package
// bounce to find out: what stands here of that is what the message claims.
//
// A message may hold anything. What is read of it is bounded in bytes, parts and
// depth, and nothing makes reading fail: what cannot be read is [Other].
package report
