// Package suggest finds the comments an editor may want to look at first. It
// applies plain rules and gives the reasons in words, never a score; suggesting
// never picks. It is pure, and reads English where words matter.
//
// The rules:
//
//   - "11 replies": three or more replies.
//   - "Started a thread of 9": at top level, with replies to its replies.
//   - "First-hand": the writer tells of work or places of their own; see
//     [FirstHandWords].
//   - "Answers a question": a reply of some length to a comment that asks.
//   - "New name": a name that is not among those that [Rules] says are known.
//   - "Long and readable": 40 to 350 words in sentences and paragraphs of a
//     length one can read.
//   - "Quoted in “…”": a later post quotes it; see [postbag/digest/near].
//
// A comment that is mostly a quotation is neither first-hand nor long: the words
// are somebody else's. Near copies among the candidates fold under the longest of
// them, which alone is suggested. Notes tell how many there are, and which comment
// of earlier weeks it repeats.
package suggest
