package digesttest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Rand gives a source of chance whose seed a failing test tells, and that
// POSTBAG_TEST_SEED may set. One goroutine may use it.
func Rand(t testing.TB) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if set := os.Getenv("POSTBAG_TEST_SEED"); set != "" {
		var err error
		if seed, err = strconv.ParseUint(set, 10, 64); err != nil {
			t.Fatal("POSTBAG_TEST_SEED is no number")
		}
	}
	t.Logf("POSTBAG_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, seed))
}
