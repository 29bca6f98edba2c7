// Package letters writes what is mailed: an issue for each of its readers, a test
// of it, and the single letters, such as the one that asks an address to confirm.
// How it looks is left to package templates, how it is encoded to package message,
// and who gets it to package deliver.
package letters
