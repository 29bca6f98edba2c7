// Package dnscheck says what of the domain name system speaks for or against mail from
// a sender: whether the domain exists and takes mail back, SPF (RFC 7208), DMARC (RFC
// 7489), and whether the addresses in the mails can be reached. Each finding is a
// sentence for the operator and, where one is missing, the record to publish.
//
// DKIM (RFC 6376) has no record that can be looked up without the selector that the
// mail server signs with, so it can only be told how to see it in a mail.
package dnscheck
