// Package door is the desk's door: signing in and out, the links that lead in, an
// editor's own page, the editors, and the audit list. It keeps the sessions of the
// browsers.
//
// The cookie is HttpOnly and SameSite=Lax: a link in a mail has to find its reader
// signed in, and nothing is changed by a GET. It is Secure, and its name begins with
// __Host-, where the desk has an https address of its own.
//
// A second cookie, for a year, says that this browser was signed in before; see package
// account. It is SameSite=Strict, and opens nothing.
//
// A POST by somebody whose session has ended is not lost: the page to sign in carries
// its fields, up to [mostKept] bytes, and after signing in the person sees what was
// sent and sends it again by a button. Passwords and files are not carried.
package door
