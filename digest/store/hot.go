package store

import "slices"

// often lists the statements that are kept prepared.
func often(d dialect) []string {
	return slices.Concat(oftenInBlog(d), oftenInLedger(d), oftenInList())
}
