package digest_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"postbag/digest"
)

func TestFail(t *testing.T) {
	err := digest.Fail(digest.Unavailable, "Try later.", "pull %q: %w", "b", fs.ErrNotExist)
	if got, want := err.Error(), `pull "b": file does not exist`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if plain := digest.Fail(digest.Invalid, "", "no cause"); plain.Unwrap() != nil {
		t.Errorf("got the cause %v from nothing", plain.Unwrap())
	}
}

func TestKindAndHint(t *testing.T) {
	inner := digest.Fail(digest.NotFound, "Look there.", "no post 7")
	bare := digest.Fail(digest.Invalid, "", "not valid")
	tests := []struct {
		name string
		err  error
		kind digest.Kind
		hint string
	}{
		{"no error", nil, digest.Internal, ""},
		{"an ordinary error", fs.ErrClosed, digest.Internal, ""},
		{"itself", inner, digest.NotFound, "Look there."},
		{"without a hint", bare, digest.Invalid, ""},
		{"wrapped", fmt.Errorf("show: %w", inner), digest.NotFound, "Look there."},
		{"the outer kind counts", digest.Fail(digest.Conflict, "Do this.", "freeze: %w", inner), digest.Conflict, "Do this."},
		{"the inner hint serves", digest.Fail(digest.Conflict, "", "freeze: %w", inner), digest.Conflict, "Look there."},
		{"wrapped between", digest.Fail(digest.Conflict, "", "a: %w", fmt.Errorf("b: %w", inner)), digest.Conflict, "Look there."},
		{"joined", errors.Join(fs.ErrClosed, inner), digest.NotFound, "Look there."},
		{"joined and wrapped", fmt.Errorf("close: %w", errors.Join(fs.ErrClosed, bare)), digest.Invalid, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := digest.KindOf(test.err); got != test.kind {
				t.Errorf("kind %d, want %d", got, test.kind)
			}
			if got := digest.HintOf(test.err); got != test.hint {
				t.Errorf("hint %q, want %q", got, test.hint)
			}
		})
	}
}

// TestJoin tells each error once, with all that helps.
func TestJoin(t *testing.T) {
	if err := digest.Join(nil, nil); err != nil {
		t.Errorf("of nothing comes %v", err)
	}
	gone := digest.Fail(digest.Conflict, "Take it out.", "row 1 is gone").Offer(digest.Act{Do: digest.RemoveRows, Rows: []int{1}})
	err := digest.Join(gone, nil, fmt.Errorf("row 2: %w", fs.ErrNotExist), gone, digest.Fail(digest.Invalid, "Take it out.", "row 3 is empty").Offer(digest.Act{Do: digest.RemoveRows, Rows: []int{3}}))
	if got, want := err.Error(), "row 1 is gone\nrow 2: file does not exist\nrow 3 is empty"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if digest.KindOf(err) != digest.Conflict || digest.HintOf(err) != "Take it out." || len(digest.ActsOf(err)) != 2 || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("kind %d, hint %q, acts %v", digest.KindOf(err), digest.HintOf(err), digest.ActsOf(err))
	}
}
