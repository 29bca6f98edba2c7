// Package suggest finds the comments that an editor may want to look at first, and says
// why. It applies plain rules: each gives a signal from 0 to 1 and, where it has
// something to say, a [Reason] in words with the words of the comment that gave it. What
// the signals weigh is a [Taste]: the one at the start, or one that [Learn] makes of what
// an editor picked and passed over. The sum orders, nothing decides: suggesting never
// picks. The rules, what they are worth and how that is judged are in docs/suggestions.md.
//
// It is pure. The same candidates give the same suggestions, in whatever order they come.
//
// # Whose words
//
// Only what a writer says themselves counts: not marked quotations, nor what stands in
// the quotation marks of any language, nor lines that begin with ">". Rates are counted
// in a hundred words, so that a comment is not better for being longer; what its length
// is worth is a rule of its own.
//
// # Languages
//
// Which words tell what is kept in [postbag/digest/suggest/pack], for five languages. A
// comment's is that of its source, unless its small words say plainly that it is
// another. Without a pack the rules that need no words remain: length, figures, questions,
// links, what it answers and drew, and how it is written.
//
// # Further help
//
// [Lines], [Accusations], [MayTell], [Pairs] and [Unheard] look at comments that are
// picked, or about to be: which sentence may be lifted, what may do harm, what belongs
// together, and who is not heard. Each shows its words.
//
// # Copies
//
// Near copies among the candidates fold under the longest of them, which alone is
// offered. Notes tell how many there are, and which comment of earlier weeks it repeats;
// see [postbag/digest/near].
package suggest
