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
// Of a document that ends in the middle the entries are stored, and the poll has
// failed all the same. A first page of which more than half is new, though from
// before the last pull by over a day, waits for the editor: a blog that gave all its
// entries new names would be stored a second time. [Options.Accept] stores it.
//
// # Manners
//
// Requests are conditional, and a feed is asked for the whole at most once a day, and
// only where its validators hide edits. Scheduled polls are at least 15 minutes apart
// and an hour by default: less where half of the first page would turn over
// meanwhile, more where Cache-Control, ttl or skipHours ask for it. Failures double the
// wait up to a day, for ever, with jitter; Retry-After is obeyed, for all
// feeds of the host and by whichever process. A move for good is
// believed after three polls, 410 after a day. A scheduled pull reads the comments of
// at most 20 posts. No feed gets more than a quarter of an hour and 200 MB of a pull
// that does not go back to the beginning.
//
// A moment that was stored by a clock that was ahead keeps nothing waiting, see
// [pull.Waits].
package poll
