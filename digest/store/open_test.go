package store_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/work"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	write(t, text, strings.Repeat("not a database, but a page of notes\n", 200))
	for _, c := range []struct {
		name, dsn string
		kind      digest.Kind
		words     string
	}{
		{"another scheme", "mysql://localhost/postbag", digest.Invalid, "no kind of database"},
		{"nothing", "", digest.Invalid, "not a path"},
		{"memory", ":memory:", digest.Invalid, "not a path"},
		{"a folder", dir, digest.Invalid, "not a file"},
		{"no such folder", filepath.Join(dir, "none", "postbag.db"), digest.Invalid, "does not exist"},
		{"a folder that is a file", filepath.Join(text, "postbag.db"), digest.Unavailable, "cannot be made"},
		{"another kind of file", text, digest.Invalid, "not a database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, err := store.Open(t.Context(), c.dsn, store.Options{})
			if err == nil {
				t.Fatal("it opened", db.Close())
			}
			wantError(t, err, c.kind, c.words)
		})
	}
	if got, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(got), "not a database") {
		t.Errorf("the other file was changed: %v", err)
	}
}

func TestOpenLeavesOtherProgramsAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.db")
	db := open(t, path)
	if err := db.Exec(t.Context(), `ALTER TABLE migrations RENAME TO theirs`); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), path, store.Options{})
	wantError(t, err, digest.Invalid, "another program")
}

func TestOpenMakesAPrivateFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "odd name?#%41.db")
	open(t, path)
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestOpenFollowsLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one := open(t, filepath.Join(dir, "postbag.db"))
	if err := os.Symlink("postbag.db", filepath.Join(dir, "link.db")); err != nil {
		t.Fatal(err)
	}
	two := open(t, filepath.Join(dir, "link.db"))
	member, err := one.Join(t.Context(), work.Joining{Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	defer member.Leave()
	_, err = two.Join(t.Context(), work.Joining{Name: "two"})
	wantError(t, err, digest.Conflict, "another process")
}

// TestOpenWithoutPermission runs itself again as a user who may write nothing.
func TestOpenWithoutPermission(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("STORE_TEST_UNWRITABLE"); path != "" {
		_, err := store.Open(t.Context(), path, store.Options{})
		wantError(t, err, digest.Unavailable, "cannot be")
		return
	}
	dir := openTemp(t)
	existing := filepath.Join(dir, "postbag.db")
	db, err := store.Open(t.Context(), existing, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(existing, 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	self := os.Args[0]
	if os.Getuid() == 0 {
		self = copyOf(t, self)
	}
	for _, path := range []string{existing, filepath.Join(dir, "new.db")} {
		cmd := exec.Command(self, "-test.run=^TestOpenWithoutPermission$")
		cmd.Env = append(os.Environ(), "STORE_TEST_UNWRITABLE="+path)
		cmd.Dir = "/"
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", path, err, out)
		}
	}
}

// openTemp makes a folder that other users can look into.
func openTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "postbag-store")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyOf(t *testing.T, program string) string {
	t.Helper()
	path := filepath.Join(openTemp(t), "store.test")
	copyFile(t, program, path)
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, err error, kind digest.Kind, words string) {
	t.Helper()
	if err == nil || digest.KindOf(err) != kind || !strings.Contains(err.Error(), words) || digest.HintOf(err) == "" && len(digest.ActsOf(err)) == 0 {
		t.Fatalf("got %v (kind %d, hint %q), want kind %d with a hint or an act and %q", err, digest.KindOf(err), digest.HintOf(err), kind, words)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %q", err)
	}
}
