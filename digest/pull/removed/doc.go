// Package removed checks whether comments are still on their blogs, right before an
// issue goes out. It asks the lists of their posts' comments, WordPress's REST API, the
// comments' own pages, and at last the feed of all comments.
package removed
