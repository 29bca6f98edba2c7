package digesttest_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
)

// TestMain tells on every run what is missing: go test remembers no result of a
// test that leaves no log of what it read.
func TestMain(m *testing.M) {
	code := m.Run()
	if log := flag.Lookup("test.testlogfile").Value.String(); log != "" {
		_ = os.Remove(log) // else the result is remembered, which is no failure
	}
	os.Exit(code)
}

// TestNeeds says in one line which tests of all packages this machine skips.
func TestNeeds(t *testing.T) {
	var missing []string
	for _, need := range append(digesttest.Needs, storetest.Server) {
		if err := need.Find(); err != nil {
			missing = append(missing, fmt.Sprintf("%s: %v", need.Name, err))
		}
	}
	if missing == nil {
		return
	}
	line := "SKIPPED, all tests that need " + strings.Join(missing, "; ")
	if testing.Verbose() || !tell(line) {
		t.Log(line)
	}
}

// tell writes a line to the standard error of go test, which hides what a test
// prints that passes. Only Linux leads there.
func tell(line string) bool {
	parent := fmt.Sprintf("/proc/%d/", os.Getppid())
	if name, err := os.ReadFile(parent + "comm"); err != nil || string(name) != "go\n" {
		return false
	}
	f, err := os.OpenFile(parent+"fd/2", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = fmt.Fprintln(f, line)
	return err == nil
}

// TestNothingSkipsInSilence finds no test that skips by itself, past TestNeeds.
func TestNothingSkipsInSilence(t *testing.T) {
	root, err := digesttest.Root()
	if err != nil {
		t.Fatal(err)
	}
	skippers := map[string]bool{"digesttest": true, "storetest": true} // by a Need, or by POSTBAG_TEST_ON
	skip := regexp.MustCompile(`\b(t|b|tb)\.Skip(f|Now)?\(`)
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		help := strings.HasSuffix(filepath.Dir(path), "test")
		if err != nil || !strings.HasSuffix(path, ".go") || !strings.HasSuffix(path, "_test.go") && !help || skippers[filepath.Base(filepath.Dir(path))] {
			return err
		}
		text, err := os.ReadFile(path)
		if skip.Match(text) {
			t.Errorf("%s skips a test; a digesttest.Need says so", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
