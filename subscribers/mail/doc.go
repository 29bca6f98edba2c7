// Package mail makes messages and hands them over. It composes multipart mails
// with go-mail, makes one template per issue into which only the reader's own
// parts are set, and provides package deliver with two transports: SMTP, and an
// outbox that writes files and sends nothing. Who gets what, when, and what a
// failure means for a reader is left to package deliver.
package mail
