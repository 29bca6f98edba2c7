package listfile

// Words for the tests that go over all of them.
var (
	StateWords = stateWords
	FoldWord   = fold
)

// Speaks tells whether a heading speaks of leaving.
func Speaks(heading string) bool { return speaksOfLeaving(fold(heading)) }
