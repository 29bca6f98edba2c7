// Package web is what readers reach over HTTP: the latest issue, the archive,
// the feed, and the pages for signing up, confirming, choosing and leaving. It
// leaves what a page says to package templates, what is published to package
// publish, and every decision about a subscription to package signup: a handler
// decodes, calls and renders.
//
// What holds on every address:
//
//   - GET and HEAD change nothing. Links in mails are opened by scanners, so a
//     link shows a page and its button acts.
//   - Requests that change something must come from our own pages
//     (http.CrossOriginProtection). Three are exempt: signing up, so that a blog
//     can carry a plain form, which costs nothing since only the confirmation
//     subscribes; asking for one's links, for the same reason; and unsubscribing,
//     which mail providers do from their own machines (RFC 8058, 3.1).
//   - Providers of mail tell what came back of it at /hooks/PROVIDER, from their own
//     machines: they send no Origin, and each request proves who sent it.
//   - No answer tells whether an address is on the list.
//   - A link from a mail that was damaged on its way works, or leads to a page with a
//     way on.
//   - Host and X-Forwarded-* headers make no link; the client's address is taken
//     from X-Forwarded-For only behind the proxies that are set.
//   - Logs name the route, never the token in it.
package web
