// Package fetch is the HTTP client for everything that strangers name: feeds
// and the pages that lead to them.
//
// It is polite. One request at a time goes to a host, with a pause between, over
// one connection that is used again. A host that answers 429 or 503 is left alone
// for as long as it says and a random tenth more, or for a while that doubles when
// it does not say. The User-Agent names the program and its operator; no cookie,
// no Referer and nothing else of its own is sent.
//
// It is guarded. Addresses of private networks are refused at the moment of
// connecting, so what a name meant before does not count, on every hop of a
// redirect and for IPv6 addresses that wrap them ([Private]); names and numbers
// that could lead nowhere else are not even looked up. [Allow] makes exceptions: a
// host:port is the operator's own, open by name and neither paused for nor kept
// secret; a network is open, but what does not answer there as a web server is
// told in the same words and at the same whole seconds as an address that is
// refused or a name that is unknown. Bodies, as sent and unpacked at each layer,
// headers, redirects and time are bounded.
//
// It provides [postbag/digest/pull.Fetcher] and leaves the meaning of what it
// brings to package feed.
package fetch
