package digest_test

import (
	"os"
	"regexp"
	"testing"

	"postbag/digest"
)

// TestEveryChangeHasWords: the audit list says each change of an issue in words, and can be
// asked for it.
func TestEveryChangeHasWords(t *testing.T) {
	source, err := os.ReadFile("revision.go")
	if err != nil {
		t.Fatal(err)
	}
	known := map[digest.Doing]bool{}
	for _, d := range digest.Doings() {
		known[d] = true
	}
	changes := regexp.MustCompile(`(?m)^\t\w+\s+Change = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(changes) < 10 {
		t.Fatalf("only %d changes are found", len(changes))
	}
	for _, m := range changes {
		did := digest.DoingOf(digest.Change(m[1]))
		if did.Words() == string(did) || !known[did] {
			t.Errorf("%s has no words", did)
		}
	}
}
