// Package webhook takes what providers of mail tell over HTTP of the mails that they
// relayed: bounces, complaints and readers who left. [Service] checks that a request is
// the provider's, reads it into events, and hands these to the use case of what comes
// back. Nothing is answered but whether the provider has to send it once more.
//
// Who is believed: Amazon SNS and SendGrid sign the whole request, and Mailgun a token
// of it (see [tokens] for what that leaves open). Postmark and Brevo sign nothing; they
// send a secret that the operator chose, by Basic or Bearer authentication (RFC 7617,
// RFC 6750). All comparisons take the same time, whatever is compared. A request that
// is not proved is refused before its events are read, and nothing tells why.
//
// An event that comes again changes nothing, since each has the provider's own id, or
// a hash of what is told where the provider has none. Besides, a signature is good for
// as long as its provider keeps trying: a shorter time would lose what was told while
// the database was away.
package webhook
