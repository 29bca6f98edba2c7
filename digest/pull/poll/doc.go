// Package poll asks feeds for what is new, by hand or by the schedule, and goes back in
// them as far as is wanted.
//
// # How far back
//
// A pull goes back until it meets what was known when the feed last answered well, or
// three pages without anything new. With History it goes on to the beginning, by what
// the documents name as the next page (link rel next or prev-archive, RFC 5005), by
// number (WordPress's posts) or through WordPress's REST API (its comments). Then it
// reads the comments feeds of posts whose counts differ from what is stored. Wherever
// it is cut off, the next one goes on.
//
// The entries of a document that ends in the middle are stored, and the poll counts as
// failed. A first page waits for the editor if more than half of it is new and yet from
// over a day before the last pull: a blog that gave all its entries new ids would be
// stored a second time. [Options.Accept] stores such a page.
//
// # Manners
//
// Requests are conditional, with validators that go only to the address that gave them;
// where validators hide edits, a feed is asked for the whole
// once a day. Scheduled polls are an hour apart by default, and at least 15 minutes:
// less than an hour where half of the first page would turn over meanwhile, more where
// Cache-Control, ttl or skipHours ask for it. Each failure doubles the wait, up to a
// day, with jitter. Retry-After holds for all feeds of the host, in every process. A
// permanent redirect is believed after three polls, 410 after a day. A scheduled pull
// reads the comments of at most 20 posts. No feed gets more than a quarter of an hour
// and 200 MB of a pull that does not go back to the beginning.
//
// A moment that a clock stored which was ahead delays nothing, see [pull.Waits].
package poll
