// Package publish makes what readers fetch: the Atom feed, the front page, the
// archive and the page of each issue. It renders them once from frozen issues,
// compresses them once, and keeps them in memory until something that readers
// can see has changed; a request then costs neither a query nor a rendering.
//
// One series is served at the root of the site: the first one by id. Others are
// made and mailed like it, and have no pages yet.
//
// Routing is left to package web, wording and markup to package templates.
package publish
