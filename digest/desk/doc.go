// Package desk is the editor's work on an issue: opening a draft, picking,
// trimming, ordering, approving. The commands and the pages of the desk both
// call it, so that they cannot differ. It leaves the pure parts to compile and
// suggest, and the rows to the store.
package desk
