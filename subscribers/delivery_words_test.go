package subscribers_test

import (
	"testing"

	"postbag/subscribers"
)

// TestOutcomeWords keeps the server's words and our own apart.
func TestOutcomeWords(t *testing.T) {
	for want, o := range map[string]subscribers.Outcome{
		"":                               {},
		"no such user":                   {Code: 550, Reply: "no such user"},
		"Postbag: no answer to MAIL yet": {Error: "no answer to MAIL yet"},
	} {
		if got := o.Words(); got != want {
			t.Errorf("got %q, not %q", got, want)
		}
	}
}
