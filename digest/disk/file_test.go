package disk_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/disk"
)

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	say := func(words string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, words); return err }
	}
	if n, err := disk.WriteFile(path, false, say("one")); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := disk.WriteFile(path, false, say("two")); digest.KindOf(err) != digest.Conflict || digest.HintOf(err) == "" {
		t.Errorf("writing over a file gives %v", err)
	}
	failing := fmt.Errorf("no more")
	if _, err := disk.WriteFile(path, true, func(w io.Writer) error { return failing }); err == nil {
		t.Error("no error")
	}
	if b, err := os.ReadFile(path); string(b) != "one" || err != nil {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if _, err := disk.WriteFile(path, true, say("three")); err != nil {
		t.Error(err)
	}
	if _, err := disk.WriteFile(filepath.Join(dir, "none", "file"), true, say("x")); digest.KindOf(err) != digest.Unavailable || digest.HintOf(err) == "" {
		t.Errorf("without a folder: %v", err)
	}
	if _, err := disk.WriteFile(dir, true, say("x")); digest.KindOf(err) != digest.Invalid {
		t.Errorf("onto a folder: %v", err)
	}
	device := filepath.Join(dir, "device")
	if err := os.Symlink(os.DevNull, device); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.WriteFile(device, true, say("x")); digest.KindOf(err) != digest.Invalid {
		t.Errorf("onto a device: %v", err)
	}
	if info, err := os.Lstat(device); err != nil || info.Mode().IsRegular() {
		t.Errorf("the device is %v, %v", info, err)
	}
	if err := os.Remove(device); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// TestDiskFull writes to a disk that is full from the start.
func TestDiskFull(t *testing.T) {
	digesttest.FullDevice.Check(t)
	dir := t.TempDir()
	_, err := disk.WriteFile(filepath.Join(dir, "file"), false, func(io.Writer) error {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer full.Close()
		_, err = full.WriteString("x")
		return err
	})
	if digest.KindOf(err) != digest.Unavailable || !strings.Contains(err.Error(), "no space") {
		t.Errorf("got %v", err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// TestMadeMeanwhile writes while somebody else makes a file of that name.
func TestMadeMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	_, err := disk.WriteFile(path, false, func(w io.Writer) error {
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			return err
		}
		_, err := io.WriteString(w, "x")
		return err
	})
	if digest.KindOf(err) != digest.Conflict {
		t.Errorf("got %v", err)
	}
	if b, err := os.ReadFile(path); string(b) != "precious" || err != nil {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

// TestPut names no file in its errors: names in the outbox hold addresses.
func TestPut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret", "file")
	_, err := disk.Put(path, true, func(io.Writer) error { return nil })
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestMove(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	for _, replace := range []bool{false, true} {
		if err := os.WriteFile(from, []byte("new"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{false: "old", true: "new"}[replace]
		if err := disk.Move(from, to, replace); replace != (err == nil) || !replace && !errors.Is(err, fs.ErrExist) {
			t.Errorf("replace %v: %v", replace, err)
		}
		if b, err := os.ReadFile(to); string(b) != want || err != nil {
			t.Errorf("replace %v: the file holds %q, %v", replace, b, err)
		}
	}
	if err := os.WriteFile(from, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(to), disk.Move(from, to, false)); err != nil {
		t.Fatal(err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}
