// Package message makes mails: multipart messages that are composed with go-mail,
// and one template per issue into which only the reader's own parts are set.
// What a mail says is left to package letters, and handing it over to package mail.
package message
