package backup

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"postbag/digest"
)

// WriteFile writes a file so that it appears whole, durable and readable by its
// owner alone, or not at all: a temporary file beside it, synced, then renamed.
// A file that is there already is replaced only when told to, else the error is
// of kind Conflict. It gives the file's size in bytes.
func WriteFile(path string, replace bool, write func(io.Writer) error) (size int64, err error) {
	if err := isFree(path, replace); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+strings.TrimPrefix(filepath.Base(path), ".")+"-*") // mode 0600
	if err != nil {
		return 0, unwritable(path, err)
	}
	defer func() {
		if err != nil {
			// The file is of no use: what goes wrong here adds nothing.
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return 0, unwritable(path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = isFree(path, replace)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return 0, unwritable(path, err)
	}
	return info.Size(), nil
}

// isFree refuses a name that is taken.
func isFree(path string, replace bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unwritable(path, err)
	case info.Mode()&fs.ModeSymlink != 0:
		if target, err := os.Stat(path); err == nil {
			info = target
		}
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return digest.Fail(digest.Invalid, "Give the name of a file in it.", "%s is a folder", path)
	case !mode.IsRegular() && mode&fs.ModeSymlink == 0: // such as /dev/null
		return digest.Fail(digest.Invalid, "Give the name of a file; - writes standard output.", "%s is a device or the like, and is not replaced", path)
	case !replace:
		return digest.Fail(digest.Conflict, "Choose another name; postbag backup --force replaces a file.", "%s exists already", path)
	}
	return nil
}

// unwritable says why there is no file. Errors that say what to do stay as they
// are.
func unwritable(path string, err error) error {
	if _, ok := errors.AsType[*digest.Error](err); ok {
		return err
	}
	reason := err
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		reason = pathErr.Err
	} else if linkErr, ok := errors.AsType[*os.LinkError](err); ok {
		reason = linkErr.Err
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return digest.Fail(digest.Unavailable, "Make room, or write to another disk; nothing is left of the attempt.", "write %s: %w", path, reason)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return digest.Fail(digest.Unavailable, "Choose a folder that exists and can be written.", "write %s: %w", path, reason)
	}
	return fmt.Errorf("write %s: %w", path, err)
}

// syncFolder makes the name of a new file durable.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
