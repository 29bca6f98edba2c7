// Package compile makes an issue: what a first issue's window is, how picks are
// numbered and excerpted, and the snapshot that approval freezes. It is pure:
// the same input gives the same [digest.Frozen], byte for byte. It leaves
// loading and saving to package desk.
package compile
