package main

import (
	"postbag/digest"
	"postbag/digest/blogs"
)

// leftOut says, reason by reason, how many entries of a feed are not stored.
func leftOut(outs digest.Outs) (lines []string) { return blogs.LeftOut(outs) }
