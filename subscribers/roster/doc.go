// Package roster is the operator's side of the mailing list: adding, listing,
// importing and exporting subscribers. Nobody is subscribed silently: people who
// are added are pending until they confirm, unless the operator says how they
// agreed. It leaves the rows to the store.
//
// A list to import is CSV (RFC 4180) with comma, semicolon or tab, in UTF-8, in
// UTF-16 with a byte order mark, or else in Windows-1252, with these columns, in
// any order and letter case; others are passed over:
//
//	email         needed; a list of addresses alone needs no headings
//	name          shown in the To line
//	state         or status: active, pending, unsubscribed, bounced, complained,
//	              and common words of other programs for these; empty is active
//	frequency     every or monthly
//	created_at    RFC 3339, or "2006-01-02 15:04:05", or a date; UTC without a zone
//	confirmed_at  likewise
//	left_at       likewise; of those whose state says that they left
//	consent       how this person agreed, instead of what is said for the import
//
// A person whose state says unsubscribed, bounced or complained is stored as that
// and never mailed; where the list has an address twice, such a row wins. An
// address that is on our list already is not changed by any row, be it one that
// says that the person left.
//
// An export is such a list. Imported into another installation, as confirmed, it
// gives the same people with the same states, frequencies and times, but with new
// tokens: the links in mails of before lead nowhere. Who was pending is asked
// again, and has the full time to confirm.
package roster
