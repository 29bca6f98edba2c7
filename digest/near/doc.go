// Package near finds texts that repeat others: a comment posted twice, one posted
// again with small edits, words of a comment that stand in a later post. It is
// pure; who keeps its prints can find such texts among any number.
//
// # Words
//
// Texts are compared by their words as [postbag/digest/search] parts and folds
// them, so capitals, accents, punctuation and quotation marks make no
// difference. An address is one word, and an emoji is none. Lengths are counted
// in words; a character of a script without spaces counts for less than one, see
// [Text.Length]. Of a text the first 15,000 words count.
//
// # Near copies
//
// Two texts of eight words or more are near copies ([IsCopy]) when, of the rows of
// three words that either has, both have 0.8; or when the longer has 0.9 of the
// shorter's. Only their writers' own words are compared: marked quotations are
// left out. Where one text merely holds the other, it is a quotation and no copy if
// one answers the other, if only one is a post, or if the longer is later and more
// than twice as long.
//
// # Quotations
//
// A later text quotes an earlier one ([Links]) when twelve words in a row of the
// earlier writer's own stand in it, or a whole sentence of eight words. Words that
// stand in several earlier texts are the first one's: two who quote the same post
// do not quote each other.
//
// # Prints
//
// Of each text some prints are kept ([Text.Prints]): numbers made of five words in
// a row. They are chosen by winnowing (Schleimer, Wilkerson and Aiken,
// "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003): of
// every four neighbouring rows the least is kept. So whenever two texts share
// eight words in a row, they share a print, and of twelve words two; and a text of
// eight words has one.
// What is least depends on the row alone: rows of long words come first, being
// rarer than such as "one of the best of". A print that very many texts have is
// boilerplate, and what shares no other print is left alone.
package near
