package disk

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

// WriteFile writes a file for a person, by way of a temporary file beside it. A
// file that is there already, also one made meanwhile, is replaced only when told
// to; else the error is of kind Conflict. Folders and devices are never replaced.
// It gives the file's size in bytes. Errors name the path and have a kind and a hint
// as far as the reason is known; those of write with a kind of their own stay as they
// are.
func WriteFile(path string, replace bool, write func(io.Writer) error) (size int64, err error) {
	if err := isFree(path, replace); err != nil {
		return 0, err
	}
	size, err = Put(path, replace, write)
	if errors.Is(err, fs.ErrExist) {
		return 0, taken(path)
	}
	if err != nil {
		return 0, unwritable(path, err)
	}
	return size, nil
}

// Put is WriteFile without its words: a taken name is an [fs.ErrExist], and what
// the system says comes without the name of the file.
func Put(path string, replace bool, write func(io.Writer) error) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+strings.TrimPrefix(filepath.Base(path), ".")+"-*") // mode 0600
	if err != nil {
		return 0, reason(err)
	}
	defer func() {
		if err != nil {
			// The file is of no use: what goes wrong here adds nothing.
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return 0, reason(err)
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = Move(f.Name(), path, replace)
	}
	if err != nil {
		return 0, reason(err)
	}
	return info.Size(), nil
}

// Move makes a file durable and gives it another name in the same file system. A
// file that has the name is replaced only when told to; else the error is an
// [fs.ErrExist].
func Move(from, to string, replace bool) error {
	if err := sync(from); err != nil {
		return err
	}
	if err := rename(from, to, replace); err != nil {
		return err
	}
	return sync(filepath.Dir(to))
}

func rename(from, to string, replace bool) error {
	if replace {
		return os.Rename(from, to)
	}
	err := os.Link(from, to)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	// Not every file system knows links.
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return os.Rename(from, to)
}

// sync makes a file durable, or the names in a folder.
func sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// isFree refuses a name that is taken.
func isFree(path string, replace bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return unwritable(path, reason(err))
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
		return taken(path)
	}
	return nil
}

func taken(path string) error {
	return digest.Fail(digest.Conflict, "Choose another name, or move it away first.", "%s exists already", path)
}

// reason takes the name of the file out of an error.
func reason(err error) error {
	if pathErr, ok := err.(*fs.PathError); ok {
		return pathErr.Err
	}
	if linkErr, ok := err.(*os.LinkError); ok {
		return linkErr.Err
	}
	return err
}

// unwritable says why there is no file. Errors that say what to do stay as they
// are.
func unwritable(path string, err error) error {
	if _, ok := errors.AsType[*digest.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return digest.Fail(digest.Unavailable, "Make room, or write to another disk; nothing is left of the attempt.", "write %s: %w", path, err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		return digest.Fail(digest.Unavailable, "Choose a folder that exists and can be written.", "write %s: %w", path, err)
	}
	return fmt.Errorf("write %s: %w", path, err)
}
