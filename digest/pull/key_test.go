package pull_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"postbag/digest"
)

// Escaping may make three of each byte of an address, more than an index takes.
func TestLongAddressesAreNoNames(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	odd := func() string {
		var b strings.Builder
		for b.Len() < 1800 {
			b.WriteRune('一' + random.Int32N(0x5000))
		}
		return b.String()
	}
	e, c := post(1, 90, -1), said(1, 1, 3)
	e.link, c.link = "/p/1?q="+odd(), "/p/1?q="+odd()+"#c1"
	r, src, _ := play(t, pages{"/posts": atomOf("", e), "/comments": atomOf("", c)}.ServeHTTP, digest.Generic)
	r.due(src)
	equal(t, "stored", fmt.Sprint(r.posts(src), len(r.comments(src))), "1 1")
}
