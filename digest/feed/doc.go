// Package feed reads the wire formats in which blogs offer their posts and
// comments, and names what it is given when it cannot read it. It is pure:
// bytes in, a [Document] out.
//
// Atom and RSS are parsed by gofeed's format parsers, not by its universal
// item, which loses link relations, ids and the addresses of authors. What the
// fields mean on each platform is this package's own part: [Parse] knows
// Blogger (Atom) and WordPress (RSS and Atom).
//
// A body passes through these steps:
//
//	bytes ─charset→ UTF-8 without control characters
//	      ─survey→  limits kept, over-long entries cut out, xml:base noted
//	      ─gofeed→  wire structs
//	      ─platform→ Document
//
// Bodies of entries stay foreign HTML here; package markup reads them. Fetching
// belongs to package fetch, storing to package pull.
package feed
