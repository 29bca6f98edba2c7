// Package remind reminds the editors of a draft that nobody has approved, before its
// moment, and does what they reply by a link of that mail.
//
// A reminder is a row: of an issue, its moment, and how long before that. So each is made
// once, whoever looks first, and a draft that gets another moment has reminders of its own
// for that. What the mail tells is fixed when it is queued; whether it still goes is asked
// when it is sent.
//
// A link opens a page and does nothing. Its button acts as the editor whose mail it was,
// once, and not after the moment that the mail was about.
package remind
