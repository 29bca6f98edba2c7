// Package dump reads the files in which platforms hand out a whole blog with
// its comments, or the comments alone: Blogger's backup and Takeout's feed.atom,
// WordPress's WXR, Disqus's XML, the JSON of Ghost, Remark42, Isso, Commento and
// Comentario, Movable Type's text, and the mailbox of a mailing list. It is pure:
// bytes in, batches of the entries of package feed out, in the order of the file,
// however large the file is.
//
// The bytes pass through these steps, each in bounded memory:
//
//	file ─gunzip, charset→ UTF-8 without forbidden characters
//	     ─xmlread, jsonread or mailbox→ tags and pieces of text, values, messages
//	     ─format→ entries with the names by which their feeds call them
//	     ─Reader→ batches, and a tally of what was left out
//
// An export in XML is cut into units by a scanner: an entry, or a field above the
// entries. Where the names of writers stand behind what they wrote, the file is
// looked through before.
//
// An entry that is also in the blog's feeds has the same id there, or the same
// key, so that package pull stores it once. E-mail and IP addresses are never
// looked at. Bodies stay foreign HTML; package markup reads them.
package dump
