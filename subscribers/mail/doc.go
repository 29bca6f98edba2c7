// Package mail hands messages over. It provides package deliver with two
// transports: SMTP, and an outbox that writes files and sends nothing. What a
// message says is left to package letters, and who gets what, when, and what a
// failure means for a reader to package deliver.
package mail
