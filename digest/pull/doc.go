// Package pull brings a blog's posts and comments into the store: it discovers
// the feeds behind an address, asks them politely, turns entries into
// [digest.Post] and [digest.Comment], and stores them page by page so that a
// pull that is repeated, interrupted or run twice at once leaves the same rows.
//
// It leaves the wire formats to package feed, the network to package fetch, the
// parsing of foreign HTML to package markup and the rows to package store.
//
// # Identity
//
// An entry is known within its source by the first of these that it has:
//
//  1. The id that its feed gives it (atom:id, guid). Without one, its permalink,
//     of a comment with the fragment. Without that, a hash of title, text, author and
//     publication: an edit makes another entry of it, since nothing better can be
//     known. Never author and time: almost everybody may be "Anonymous".
//  2. Key, the platform's own number (WordPress's comment-12): the same in its
//     feeds, its exports and its REST API.
//  3. The canonical permalink, which is what stays when a blog moves: no scheme, no
//     www., no port that the scheme has anyway, no slash at the end, no parameters of
//     trackers, no /comment-page-N, and no host where that is one of the source's own
//     (its home page, its feeds, where their answers come from). Of a comment it
//     counts only with its fragment, or where each comment has a page of its own. A
//     home page names no entry, and an address that several entries of one page have
//     in common names none of them.
//
// A comment's post is the one whose id, key, permalink or name the feed gives. Replies
// may come before their parents and comments before their posts: the references are
// kept, and tied when the other side arrives.
//
// # Odd entries
//
//   - A changed id with the same key or permalink is the same entry. It takes the
//     new id, unless that was only made for want of one.
//   - A used id that comes back with another time (by over a minute), text and
//     permalink is another comment, and is kept beside the first; nearly everybody
//     may be called Anonymous. Of entries on one page with one id and different
//     permalinks all but the first go by their permalinks.
//   - A missing or unreadable date, one from before the first blogs (1970), and one in
//     the future become the moment the entry was first seen. A date without a zone is
//     UTC. Published never changes afterwards.
//   - Two comments with the same words are two when their ids, permalinks or
//     seconds differ.
//   - An edit is a changed text. The earlier text is kept. A changed fingerprint with
//     the same words is none.
//   - A comment is gone by the marker in its place, by a tombstone (RFC 6721), by its
//     absence from a complete list of its post's comments, or right before an issue goes
//     out by its permalink: 404 or 410 there, or a page that holds as many places of
//     comments as the post has of them, but not its own. Its words are kept. It comes
//     back when it is listed again. What nothing tells of is neither.
//   - Absence from a feed proves nothing: a feed is a window. A list is complete when
//     it says so (RFC 5005, 2), when Blogger's was read to its last page, holds as
//     many entries as it counts and, without entries, names the post, or when it holds
//     as many as the post announces and fewer than the blog's feeds hold at most.
//     WordPress's REST API lists all comments of a blog: walked to the end in one run,
//     and as long as it counts itself, it makes those that it lacks doubtful, and each
//     is asked for alone. Half a document, and one with another
//     post's comments, never is.
//   - Of a document that ends in the middle the entries are stored, and the poll has
//     failed all the same.
//   - A first page of which more than half is new, though from before the last pull by
//     over a day, waits for the editor: a blog that gave all its entries new names would
//     be stored a second time. "postbag pull --accept" stores it.
//
// # Platforms
//
// A feed is read as the platform writes that it names, and one that names none as the
// source's. What a person said counts more than what a feed names, except that the
// comments of a box which the blog only uses stay those of the box.
//
// # History
//
// A pull goes back until it meets what was known when the feed last answered well, or
// three pages without anything new. With history it goes on to the
// beginning, by what the documents name as the next page (link rel next or
// prev-archive, RFC 5005), by number (WordPress's posts) or through WordPress's REST
// API (its comments). Then it reads the comments feeds of posts whose counts differ
// from what is stored. Wherever it is cut off, the next one goes on.
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
// that does not go back to the beginning: one whose pages lead on without end has
// failed then.
package pull
