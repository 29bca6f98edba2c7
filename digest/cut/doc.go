// Package cut leaves words of a quotation out, each cut with a visible mark.
package cut
