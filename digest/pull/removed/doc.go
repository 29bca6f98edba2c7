// Package removed finds out whether comments are still on their blogs, right before
// readers see them. Polling marks what a feed, a list of a post's comments or
// WordPress's REST API shows to be gone; this package asks all of them at once for
// single comments, and at last the comments' own pages.
package removed
