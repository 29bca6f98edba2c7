// Package feed reads the wire formats in which blogs offer their posts and
// comments, and names what it is given when it cannot read it. It is pure:
// bytes in, a [Document] out.
//
// Atom, RSS and JSON Feed are parsed by gofeed's format parsers, not by its
// universal item, which loses link relations, ids and the addresses of authors.
// What the fields mean on each platform is this package's own part: one adapter
// per platform, and one for any other feed. [Parse] recognises the platform by
// what the feed says of itself; [Options.Platform] overrides it.
//
// A body passes through these steps:
//
//	bytes ─charset→  UTF-8 without control characters
//	      ─scan→     well-formed XML within the limits, by package scan; what gofeed
//	                 loses is noted
//	      ─gofeed→   wire structs
//	      ─page→     the same for every format: raw texts, absolute addresses
//	      ─platform→ Document
//
// # Identity
//
// An entry is named by its id (Atom id, RSS guid, RDF about, JSON id), else by
// its permalink, which for a comment must have a fragment, else by "hash:" and a
// hash of its title, text, author and time of publication. Only an entry that
// has none of these is skipped. Key is the platform's own number, the same in all
// its feeds, exports and interfaces; not every platform has one.
//
// # Posts and comments
//
// What a feed lists is decided by its entries. Where they do not tell,
// [Options.Want] does. A feed of comments may hold the posts themselves, as the
// first entry of a thread: they are in the same document.
//
// Bodies of entries stay foreign HTML here; package markup reads them. Fetching
// belongs to package fetch, storing to package pull.
package feed
