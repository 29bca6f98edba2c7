// Package bounce is the use case of what comes back: bounces, complaints and requests to
// leave, from whatever source. It finds out whom each is about, lets one event count
// once, and ends a subscription by the rules (see [Rules.Judge]). Package report reads
// single messages; providers' webhooks and the refusals in the ledger come as events.
//
// Nobody is believed for what a message says of itself. An event is about a reader when
// it carries a return path of ours, whose HMAC holds; the token of the reader's own
// links, as the header of the returned mail has it; or, with the reader's address, the
// Message-ID of a mail that was sent there, which is an HMAC too, or the name that the relay
// gave to a mail of the last two weeks, which stands in its reply in the ledger. Of a provider whose
// signature was checked the address is believed. And the reader must be in the ledger.
//
// Nothing here is ever answered, so no loop can come of it (RFC 3834, 2; RFC 5321, 6.1).
package bounce
