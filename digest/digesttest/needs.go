// Package digesttest finds what tests need from outside the repository, and says
// what is not tested where it is missing. Only tests import it.
package digesttest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Need is something outside the repository without which some tests cannot run.
type Need struct {
	// Name says what it is.
	Name string
	// Find says why it is not there; nil when it is.
	Find func() error
	// Optional needs may be missing under POSTBAG_TEST_REQUIRE=all.
	Optional bool
}

// Needs are what tests need, but for the PostgreSQL server of package storetest.
var Needs = []Need{browser, sampleBlog, FullDevice, procFiles, ShellTools, SpamAssassin, PythonDKIM, Postfix}

// Check skips the test where the need is missing, or fails it if
// POSTBAG_TEST_REQUIRE is "all".
func (n Need) Check(t testing.TB) {
	t.Helper()
	err := n.Find()
	if err == nil {
		return
	}
	if os.Getenv("POSTBAG_TEST_REQUIRE") == "all" && !n.Optional {
		t.Fatalf("%s is required and missing: %v", n.Name, err)
	}
	t.Skipf("SKIPPED: %s is missing: %v", n.Name, err)
}

var browser = Need{Name: "Chromium", Find: func() error {
	_, err := findBrowser()
	return err
}}

// NotUnderRace skips a test that the race detector has nothing to watch in, and that
// takes long under it.
func NotUnderRace(t testing.TB) {
	t.Helper()
	if Race {
		t.Skip("SKIPPED: it runs without the race detector")
	}
}

// Chromium gives the program of a browser. Under the race detector what needs one is
// skipped: the same tests run without it, and the same handlers are called without a
// browser under it.
func Chromium(t testing.TB) string {
	t.Helper()
	NotUnderRace(t)
	browser.Check(t)
	program, err := findBrowser()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func findBrowser() (program string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program, err = exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", errors.New("neither chromium nor google-chrome is in PATH")
}

// sampleVariable names the folder of the founding blog's feeds.
const sampleVariable = "POSTBAG_TEST_SAMPLE"

var sampleBlog = Need{Name: "the founding blog's feeds", Optional: true, Find: func() error {
	dir, err := findSample()
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "posts.atom"))
	}
	if err != nil {
		return fmt.Errorf("%w (%s may say where they are)", err, sampleVariable)
	}
	return nil
}}

// SampleBlog gives the folder of the founding blog's feeds: the one that
// POSTBAG_TEST_SAMPLE names, which must be there, else the one beside the checkout.
func SampleBlog(t testing.TB) string {
	t.Helper()
	if os.Getenv(sampleVariable) == "" {
		sampleBlog.Check(t)
	} else if err := sampleBlog.Find(); err != nil {
		t.Fatal(err)
	}
	dir, err := findSample()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func findSample() (string, error) {
	if dir := os.Getenv(sampleVariable); dir != "" {
		return dir, nil
	}
	root, err := Root()
	return filepath.Join(root, "..", "shared", "sample-blog"), err
}

// Root gives the folder of go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

// FullDevice is /dev/full, which has no room for anything.
var FullDevice = Need{Name: "/dev/full", Find: func() error {
	_, err := os.Stat("/dev/full")
	return err
}}

// ShellTools are a shell's tools with which a stranger checks a backup.
var ShellTools = Need{Name: "a shell's tools", Find: func() error {
	for _, tool := range []string{"sh", "gzip", "sha256sum", "awk", "head"} {
		if _, err := exec.LookPath(tool); err != nil {
			return err
		}
	}
	return nil
}}

// SpamAssassin scores mails.
var SpamAssassin = Need{Name: "SpamAssassin", Optional: true, Find: func() error {
	_, err := exec.LookPath("spamassassin")
	return err
}}

// Python is the machine's own, to which its packages belong.
const Python = "/usr/bin/python3"

// PythonDKIM verifies signatures of mails with code of others, in another language.
var PythonDKIM = Need{Name: "Python's dkim and nacl", Find: func() error {
	return exec.Command(Python, "-c", "import dkim, nacl").Run()
}}

// Postfix is a mail server that root may run on a port of its own; where its daemons are
// is Debian's choice.
var Postfix = Need{Name: "Postfix", Find: func() error {
	if _, err := os.Stat("/usr/lib/postfix/sbin/master"); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return errors.New("only root can run it")
	}
	return nil
}}
