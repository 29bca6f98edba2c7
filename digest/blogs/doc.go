// Package blogs holds the use cases of the blogs that are followed: what is behind
// an address, how a blog is, pulling it or reading an export of it beside whoever asked
// for it, and what it would mean to let it go. The commands and the pages share them,
// and the words in which they tell it.
package blogs

import (
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// What these use cases are told and give is of the stages that they join.
type (
	// Known says what is known of a blog, so that it need not be found.
	Known = discover.Options
	// Change says what to change of a blog.
	Change = discover.Change
	// Found is a blog behind an address.
	Found = discover.Found
	// Ambiguous is the error of an address with several feeds to choose from.
	Ambiguous = discover.AmbiguousError
	// How says how a blog is pulled.
	How = poll.Options
)
