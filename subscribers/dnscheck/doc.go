// Package dnscheck says what of the domain name system speaks for or against mail from
// a sender: whether the domain exists and takes mail back, SPF (RFC 7208), DMARC (RFC
// 7489), and whether the addresses in the mails can be reached. Each finding is a
// sentence for the operator and, where one is missing, the record to publish.
// It also looks at DKIM (RFC 6376), where the program signs, so that the names of the
// keys are known; at the names of a mail server of one's own (RFC 1912, 2.1); and at where
// bounces go.
package dnscheck
