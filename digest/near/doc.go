// Package near finds texts that repeat others: a comment posted twice, one posted
// again with small edits, words of a comment that stand in a later post. It is
// pure: [Compare] compares the texts that it is given, and keeps nothing.
//
// # Words
//
// Texts are compared by their words as [postbag/digest/search] parts and folds
// them, so capitals, accents, punctuation and quotation marks make no
// difference. An address is one word, and an emoji is none. Lengths are counted
// in words; a character that is a word of its own counts half, in Thai, Lao, Khmer
// and Burmese a quarter. Of a text the first 15,000 words count.
//
// # Near copies
//
// Two texts of eight words or more are near copies when, of the rows of three
// words that either has, both have 0.8; or when the longer has 0.9 of the
// shorter's. Only their writers' own words are compared: marked quotations are
// left out. Where one text merely contains the other, it is a quotation and no copy
// if one answers the other, if only one is a post, or if the longer is later and
// more than twice as long.
//
// # Quotations
//
// A later text quotes an earlier one when twelve words in a row of the earlier
// writer's own stand in it, or a whole sentence of eight words. Words that stand in
// several earlier texts are the first one's: two who quote the same post do not
// quote each other.
//
// # What is compared with what
//
// Two texts are compared when they share a row of five words by which both are
// known. Each text is known by the least of every four neighbouring rows
// (Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document
// Fingerprinting", SIGMOD 2003), so that eight shared words in a row are always
// found. A row that more than 32 different texts have is boilerplate, such as a
// footer, and tells nothing. Of the earlier texts, the 24 that share most are
// compared, and of the copies of one text the first ten.
//
// All processors take part. What is found does not depend on how many they are.
package near
