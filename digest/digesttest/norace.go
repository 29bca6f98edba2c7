//go:build !race

package digesttest

// Race tells that the race detector watches: everything takes ten times as long
// and several times the memory.
const Race = false
