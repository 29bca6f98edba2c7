// Package desk holds the use cases that an editor decides: opening a draft,
// picking, trimming, arranging, approving, undoing, and the settings of a series.
// The commands and the pages call the same use case, so that both keep the same
// rules. It leaves the pure parts to compile and suggest, and the rows to the store.
//
// An edit names the blocks it changes by their ids and the draft's Version that the
// editor looked at. When somebody has changed what it is about since, nothing is done,
// and the error of kind Conflict wraps a [digest.Changed] that tells who did what. What
// was changed beside it stays, and the edit is done. Only what adds (picks, and rows at
// the end) is done whatever was changed meanwhile.
package desk
