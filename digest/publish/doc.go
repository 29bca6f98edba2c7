// Package publish makes what readers fetch: the Atom feed, the front page, the
// archive and the page of each issue. It renders and compresses them from frozen
// issues and keeps them in memory until something that readers can see has changed:
// the feed, the front page and the archive always, and some dozens of the pages of
// issues that were asked for. A document that is kept costs a request no rendering
// and no query, but for one small query every quarter of a second that asks whether
// anything changed.
//
// The first series by id is served at the root of the site. Each further one has the same
// pages, and a feed, below /s/ and its slug; the addresses of the first never change.
//
// Routing is left to package web, wording and markup to package templates.
package publish
