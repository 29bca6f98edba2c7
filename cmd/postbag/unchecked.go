package main

import (
	"cmp"
	"fmt"

	"postbag/digest/desk"
)

// sayUnchecked names the picks of which nothing shows whether they are still there.
func (p *Program) sayUnchecked(picks []desk.Row) {
	if len(picks) == 0 {
		return
	}
	are := "this pick is"
	if len(picks) > 1 {
		are = fmt.Sprintf("these %d picks are", len(picks))
	}
	fmt.Fprintf(p.Stderr, "postbag: nothing that the blog answers shows whether %s still there; look for yourself:\n", are)
	for _, r := range picks {
		fmt.Fprintf(p.Stderr, "  pick %d, by %s  %s\n", r.Number, cell(cmp.Or(r.Comment.Author, "Anonymous"), 40), printable(r.Comment.URL))
	}
}
