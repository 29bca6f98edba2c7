// Package pull brings a blog's posts and comments into the store: it discovers
// the feeds behind an address, asks them politely, turns entries into
// [digest.Post] and [digest.Comment], and stores them page by page so that a
// pull that is repeated, interrupted or run twice at once leaves the same rows.
//
// It leaves the wire formats to package feed, the network to package fetch, the
// parsing of foreign HTML to package markup and the rows to package store.
package pull
