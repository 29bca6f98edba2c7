// Package fetch is the HTTP client for everything that strangers name: feeds
// and the pages that lead to them. It is polite, one request at a time per host
// with a pause between them, and guarded: addresses of private networks are
// refused at the moment of connecting, on every hop of a redirect, and bodies,
// headers and time are bounded.
//
// It provides [postbag/digest/pull.Fetcher] and leaves the meaning of what it
// brings to package feed.
package fetch
