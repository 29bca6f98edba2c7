// Package pull is what all parts of pulling share: what they ask of the database and
// of the network, a page of entries ready to be stored, and the tools they work with.
//
// The parts, of which each may import those before it:
//
//	identity   which addresses are the same: hosts, and the keys of permalinks
//	platform   one table: where each platform keeps its feeds, and what it does
//	reader     reads the documents of one source and stores their entries
//	discover   finds the feeds behind an address; adds, changes and removes sources
//	importer   brings an export in
//	poll       asks feeds, by hand or by the schedule, and goes back in them
//	removed    looks once more whether comments are there, before readers see them
//
// Package feed reads the wire formats, package fetch asks the network, package markup
// parses foreign HTML, and package store keeps the rows. A pull that is repeated,
// interrupted or run twice at once leaves the same rows.
//
// # Identity
//
// An entry is known within its source by the first of these that it has:
//
//  1. The id that its feed gives it (atom:id, guid). Without one, its permalink,
//     of a comment with the fragment. Without that, a hash of title, text, author and
//     publication: an edit makes another entry of it, since nothing better can be
//     known. Author and time alone never name an entry: almost everybody may be
//     "Anonymous".
//  2. Key, the platform's own number (WordPress's comment-12): the same in its
//     feeds, its exports and its REST API.
//  3. The key of its permalink, see [identity.Hosts.Key]. Of a comment it counts only
//     with its fragment, or where each comment has a page of its own. A home page
//     names no entry, and an address that several entries of one page have in common
//     names none of them.
//
// [Page] says what becomes of an entry that is known, and of an id that is used again.
// A comment's post is the one whose id, key, permalink or name the feed gives. Replies
// may come before their parents and comments before their posts: the references are
// kept, and tied when the other side arrives.
//
// # Odd entries
//
//   - Of entries on one page with one id and different permalinks all but the first go
//     by their permalinks.
//   - A missing or unreadable date, one from before the first blogs (1970), and one in
//     the future become the moment the entry was first seen. A date without a zone is
//     UTC. Published never changes afterwards.
//   - Two comments with the same words are two when their ids, permalinks or
//     seconds differ.
//   - A text that a page gives in a poorer form than is stored, see [identity.Poorer],
//     is no edit. An export fills in what a feed has only the beginning of.
//
// # Removed comments
//
// A comment is removed by the marker in its place, by a tombstone (RFC 6721), by its
// absence from a complete list of its post's comments, or right before an issue goes
// out by its permalink. Its words are kept. It comes back when it is listed again.
// Absence from a feed proves nothing: a feed is a window. [reader.Lists.Read] says which
// lists are complete, and package removed how permalinks tell.
package pull
