// Package frame is what every page of the editor's desk shares: who is signed in, how
// a form is read, how a screen is answered, and what is said when something does not
// work. An area of the desk (reading, arranging, sending …) is a package of its own,
// which makes [Handler]s of its use cases; package digest/web/desk joins them.
//
// A handler reads, calls one use case, and answers with one of:
//
//   - [Frame.Show]: a screen; whole, or without what stands around it where htmx asked
//     for it
//   - [Frame.Refuse]: a screen again, with what was typed and what is wrong with it
//   - [Frame.Parts]: for htmx, the parts of the page that changed, and what was done
//   - [Frame.Back]: after a POST without script, the way on to a page (303), which
//     says what was done
//   - an error: a page, or for htmx a message on the page that is there, with the
//     kind's status, the hint, what can be done, and what was typed
//
// A form works both ways from one handler: [IsPart] tells whether htmx asked. What holds
// for all of them:
//
//   - GET and HEAD change nothing; what changes something is a POST, from our own pages
//     ([net/http.CrossOriginProtection], in digest/web/desk).
//   - Nobody gets in who is not signed in, but for the pages that are made [Open].
//   - A body is read up to a limit ([MaxForm]), a request has [Time] to be answered. What is
//     over the limit is let pass unread, so that its sender sees the answer.
//   - The policy allows scripts and styles of ours from files, and nothing else.
package frame
