package main

import (
	"fmt"

	"postbag/digest"
)

// leftOut says, reason by reason, how many entries of a feed are not stored. What is no
// fault is not said to be one.
func leftOut(outs digest.Outs) (lines []string) {
	for _, reason := range digest.AllLeftOut() {
		n := outs[reason]
		switch {
		case n == 0:
		case reason.IsFault():
			lines = append(lines, fmt.Sprintf("%s could not be used: %s", counted(n, "entry", "entries"), reason.Words(n)))
		default:
			lines = append(lines, fmt.Sprintf("%s left out: %s", counted(n, "entry", "entries"), reason.Words(n)))
		}
	}
	return lines
}
