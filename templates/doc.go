// Package templates holds every word and every line of markup that readers are
// shown: mails, pages and their style, embedded in the program, parsed at start
// and fed typed view data. It is pure: the same view gives the same bytes. It
// leaves where a page is served and when a mail is sent to others.
package templates
