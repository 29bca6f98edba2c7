package rules_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"postbag/digest/store/rules"
)

// rulesInSQL finds conditions that package rules has: lists of states and the like,
// and the marks of what was removed.
var rulesInSQL = regexp.MustCompile(`\b(state|cause|kind|frequency|gone_by) (NOT )?IN \('|(WHERE|AND|OR|ON|WHEN|NOT|\() *\(?(\w+\.)?(gone|removed) (=|<>) `)

// TestNoRuleIsWrittenTwice reads the statements of the store.
func TestNoRuleIsWrittenTwice(t *testing.T) {
	for _, condition := range []string{"WHERE " + rules.Present, "AND c." + rules.Gone, "WHERE " + rules.Followed, "i." + rules.Public, rules.Open, rules.Listed} {
		if !rulesInSQL.MatchString(condition) {
			t.Errorf("%q would not be found", condition)
		}
	}
	store := os.DirFS("..")
	read := 0
	err := fs.WalkDir(store, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "rules/") || strings.HasPrefix(path, "storetest/") {
			return err
		}
		text, err := fs.ReadFile(store, path)
		for i, line := range strings.Split(string(text), "\n") {
			if found := rulesInSQL.FindString(line); found != "" && !strings.Contains(line, "pg_class") {
				t.Errorf("%s:%d writes %q out", path, i+1, found)
			}
		}
		read++
		return err
	})
	if err != nil || read < 50 {
		t.Fatalf("%d files were read: %v", read, err)
	}
}
