// Package dkim signs mails (RFC 6376, with the algorithms of RFC 8301 and RFC 8463): the
// header and the body in their relaxed forms, SHA-256, and no l=. It is pure: the same
// mail and keys give the same bytes. It reads and makes keys, and words the records that
// publish them.
package dkim
