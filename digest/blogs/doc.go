// Package blogs holds the use cases of the blogs that are followed: what is behind
// an address, how a blog is, pulling it or reading an export of it beside whoever asked
// for it, and what it would mean to let it go. The commands and the pages share them,
// and the words in which they tell it.
package blogs
