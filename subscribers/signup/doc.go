// Package signup is the readers' side of the list: asking for the mail,
// confirming, changing how often it comes, and leaving. It answers the same to
// everybody, so that no form tells whether an address is known, and bounds what
// strangers can make the publication send. It leaves pages to package web,
// mails to package deliver and the rows to the store.
package signup
