// Package search reads queries and texts for a full-text search: what counts as a
// word, how a query is written, and the piece of a found text to show.
//
// The databases find and rank. They are given the words of each entry ([Fold]) and
// the terms of a [Query], both folded here, so that both find the same in any
// language, however they would part a text themselves.
//
// # Words
//
// A word is a run of letters and digits, of any script, folded: in lower case,
// without diacritics (café is cafe, Łódź is lodz, Straße is strasse), and with
// compatible forms made one (ﬁ is fi, full-width letters are letters). There are
// no stems, and no words that are left out. Everything else parts words, so an
// address, an apostrophe, a hyphen or an underscore stands between words: don't
// is don and t, one after the other. Accents that follow their letter, soft
// hyphens, joiners and marks of writing direction are not there at all.
//
// In Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese every character is
// a word, and so is every pictograph such as an emoji, whatever its colour.
//
// Where what was typed as one word is several, as night-bus is, they are looked
// for as a phrase.
//
// # Limits
//
// Of a word, the first 48 bytes count; of a text the first 15,000 words, of a
// title 100, of a name 50. A query has at most 2,000 bytes and 64 words.
package search
