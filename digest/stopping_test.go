package digest_test

import (
	"context"
	"testing"
	"time"

	"postbag/digest"
)

// TestPartsOfAStopShareItsDeadline: one part after the other, each of which would take
// all of its own time, end together; so does one that had begun before.
func TestPartsOfAStopShareItsDeadline(t *testing.T) {
	const limit = 300 * time.Millisecond
	told, tell := context.WithCancel(t.Context())
	ctx, end := digest.StopsWithin(told, limit)
	defer end()
	before, cancel := digest.Afterwards(ctx, time.Hour)
	defer cancel()
	tell()
	began := time.Now()
	if before.Err() != nil {
		t.Error("what goes on afterwards ends at once")
	}
	for range 3 {
		part, cancel := digest.Afterwards(ctx, time.Hour)
		<-part.Done()
		cancel()
	}
	<-before.Done()
	if took := time.Since(began); took < limit/2 || took > limit+20*time.Second {
		t.Errorf("it took %v", took)
	}
	if part, cancel := digest.Afterwards(ctx, time.Hour); part.Err() == nil {
		t.Error("another part begins after the end")
	} else {
		cancel()
	}
}

// TestAPartOfAStopHasItsOwnLimit: it takes no longer than it says, also where no stop has
// a deadline.
func TestAPartOfAStopHasItsOwnLimit(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	within, cancel := digest.StopsWithin(ended, time.Hour)
	defer cancel()
	for _, ctx := range []context.Context{ended, within} {
		part, cancel := digest.Afterwards(ctx, time.Millisecond)
		defer cancel()
		if part.Err() != nil {
			continue // a very busy machine
		}
		<-part.Done()
	}
}
