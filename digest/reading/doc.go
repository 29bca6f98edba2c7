// Package reading is how the editors of a series go through its comments: by post and
// thread, a page at a time, with what was decided and why each may be picked. Picks and
// decisions themselves are made at the desk (package desk).
//
// A page is one post's comments, in thread order, forty at most. What it shows beside
// them is counted by the database: no page reads the words of comments that it does not
// show. The rules that give reasons, and near copies, need all words at once; they are
// applied beside, once for what is stored, and a page that comes before they are done
// says so (see [Page.Judging]).
package reading
