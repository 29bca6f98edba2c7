// Package sampleblog is an invented community blog, served over HTTP in the
// shape Blogger gives its feeds. "postbag demo" pulls from it, and so do tests.
//
// The blog is "Not In Service", written anonymously by a night-bus driver in
// the made-up town of Ostlemouth. Its posts and comments live in posts/*.txt;
// every word, name and place is invented. The dates are relative to the moment
// given to [New], so the blog always looks a week old; ids do not depend on
// that moment.
//
// # Writing for it
//
// A file holds one post and everything said below it:
//
//	title: Fourteen Minutes
//	slug: fourteen-minutes
//	at: -7d 22:40
//
//	A paragraph may run over several lines.
//
//	=== -6d 05:44
//	A comment. The text is HTML; a backslash ends a line that must break:\
//	so. Comments use <b>, <i> and <a> only.
//
//	--> -6d 06:02 by Walter Prentice (profile)
//	A reply to the comment above.
//
//	=== -50m by Unknown (profile) [removed by author] [no link]
//
// A moment is "-2d 23:41", a clock time that many days ago in the blog's zone,
// or "-50m", so long before now. Only answers to what was said before six in
// the evening of the day before may use the second form, or a demo run just
// after midnight would show them too early. Keep away from one to two in the
// morning, which one night a year does not have. Without "by" the author is
// Anonymous.
//
// The package imports the standard library only. It serves no RSS, no search,
// and takes no comments over HTTP.
package sampleblog
