// Package setup leads whoever begins an installation through its first quarter of an
// hour: a blog, a series, mail, and the first pull. Where one stands is read from what
// is stored, so that a step can be left and taken up again, and what commands have done
// counts as done; only that somebody looked at the series' and the mail's settings, and
// sent a test mail, is stored for its own sake.
package setup
