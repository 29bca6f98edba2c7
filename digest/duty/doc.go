// Package duty does what happens by itself: it pulls the blogs, opens drafts,
// publishes and mails an issue when its moment has come, sends single letters,
// keeps the indexes up to date, removes what is kept for a time only, and writes
// backups.
//
// Each kind of duty is one value in the table of kinds.go. Package work says which
// process does which duty, and keeps one that lost its lease from changing
// anything. What a person decides is in packages desk and dispatch, which the
// duties call.
package duty
