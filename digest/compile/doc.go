// Package compile makes an issue: the order of threads, how picks are numbered and
// excerpted, what stands in the way of an approval, and the snapshot that approval freezes. It is pure:
// the same input gives the same [digest.Frozen], byte for byte. It leaves
// loading and saving to package desk.
package compile
