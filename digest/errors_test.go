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
