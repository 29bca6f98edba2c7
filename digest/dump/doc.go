// Package dump reads the files in which platforms hand out a whole blog with
// its comments: Blogger's backup and Takeout's feed.atom, WordPress's WXR and
// Disqus's XML. It is pure: bytes in, batches of the entries of package feed
// out, in the order of the file, however large the file is.
//
// The bytes pass through these steps, each in bounded memory:
//
//	file ─gunzip, charset→ UTF-8 without forbidden characters
//	     ─xmlread→ tags and pieces of text
//	     ─scanner→ one unit: an entry, or a field above the entries
//	     ─format→ entries with the names by which their feeds call them
//	     ─Reader→ batches, and a tally of what was left out
//
// An entry that is also in the blog's feeds has the same id there, or the same
// key, so that package pull stores it once. E-mail and IP addresses are never
// looked at. Bodies stay foreign HTML; package markup reads them.
package dump
