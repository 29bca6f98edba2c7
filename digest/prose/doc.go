// Package prose measures and lays out [digest.Prose]: its words and sentences, the lines
// of a mail's text part, and the beginning of a text as it is quoted. It follows Unicode:
// words, sentences and single characters by UAX #29, ends of lines by UAX #14, so that
// texts of all scripts are counted and broken where their readers would. Package markup
// makes Prose of what comes from outside, and HTML of Prose.
package prose
