// Package digesttest finds what tests need from outside the repository. Only
// tests import it.
package digesttest

import (
	"os"
	"path/filepath"
	"testing"
)

// SampleBlog gives the folder of the founding blog's feeds, which lie beside the
// checkout. Where they are absent the test is skipped aloud, or fails under
// POSTBAG_TEST_REQUIRE=all.
func SampleBlog(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	sample := filepath.Join(dir, "..", "shared", "sample-blog")
	if _, err := os.Stat(filepath.Join(sample, "posts.atom")); err != nil {
		Missing(t, "the founding blog", err)
	}
	return sample
}

// Missing skips a test aloud that cannot find what it needs, or fails it under
// POSTBAG_TEST_REQUIRE=all.
func Missing(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv("POSTBAG_TEST_REQUIRE") == "all" {
		t.Fatalf("%s is missing, and POSTBAG_TEST_REQUIRE=all: %v", what, err)
	}
	t.Skipf("SKIPPED: %s is missing: %v", what, err)
}
