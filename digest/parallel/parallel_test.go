package parallel_test

import (
	"fmt"
	"testing"

	"postbag/digest/parallel"
)

// TestEach: every number comes once, whatever the size of the pieces.
func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 7, 64, 1000} {
		for _, size := range []int{1, 3, 64, 5000} {
			seen := make([]int, n)
			total := 0
			for _, mine := range parallel.Each(n, size, func() *int { return new(int) }, func(mine *int, from, to int) {
				for i := from; i < to; i++ {
					*mine++
					seen[i]++
				}
			}) {
				total += *mine
			}
			if total != n {
				t.Errorf("%d in pieces of %d: the workers did %d", n, size, total)
			}
			for i, times := range seen {
				if times != 1 {
					t.Fatalf("%d in pieces of %d: %d comes %d times", n, size, i, times)
				}
			}
		}
	}
}

// TestPanic: what panics in a piece can be recovered from by whoever called.
func TestPanic(t *testing.T) {
	defer func() {
		if r := recover(); fmt.Sprint(r) != "at 70" {
			t.Errorf("recovered from %v", r)
		}
	}()
	parallel.Do(100, 1, func(i int) {
		if i == 70 {
			panic("at 70")
		}
	})
	t.Error("nothing panicked")
}
