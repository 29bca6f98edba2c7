// Package inbox reads messages where a mail server puts them: a folder of files
// (Maildir) or a mailbox on a server (IMAP). It gives each message once, and puts it
// away afterwards. What messages mean is for others.
package inbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/subscribers/bounce"
)

var _ bounce.Mailbox = (*Maildir)(nil)

// Maildir is a folder in which a mail server leaves messages as files: new ones in
// "new". Those that were looked at go to the folders ".Done" and ".Unknown" in it, as
// Maildir++ has folders.
type Maildir struct{ Dir string }

// Check refuses a folder that is no Maildir.
func (m *Maildir) Check() error {
	if info, err := os.Stat(filepath.Join(m.Dir, "new")); err != nil || !info.IsDir() {
		return digest.Fail(digest.Invalid, "It is a folder with the folders new, cur and tmp in it.", "there is no Maildir at %s", m.Dir)
	}
	return nil
}

// Each gives the new messages in the order of their names; see [bounce.Mailbox]. A
// message is moved after it was taken: after a crash between the two it is given once
// more.
func (m *Maildir) Each(ctx context.Context, most int, take func(r io.Reader, to ...string) (bounce.Place, error)) error {
	if err := m.Check(); err != nil {
		return err
	}
	root, err := os.OpenRoot(m.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	names, err := newIn(root, most)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := one(root, name, take); err != nil {
			return err
		}
	}
	return nil
}

// newIn gives the names of at most so many new messages.
func newIn(root *os.Root, most int) (names []string, err error) {
	dir, err := root.Open("new")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(most)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// one gives a message and puts it away. What is no file, or cannot be opened, is put
// away unread; one that is gone was somebody else's.
func one(root *os.Root, name string, take func(r io.Reader, to ...string) (bounce.Place, error)) error {
	from := filepath.Join("new", name)
	info, err := root.Lstat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	place := bounce.Unknown
	if err == nil && info.Mode().IsRegular() {
		if file, err := root.Open(from); err == nil {
			place, err = take(file)
			if err = errors.Join(err, file.Close()); err != nil {
				return err
			}
		}
	}
	return putAway(root, from, name, place)
}

// putAway moves a message into a folder, under a name that is free.
func putAway(root *os.Root, from, name string, place bounce.Place) error {
	folder := "." + string(place)
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := root.MkdirAll(filepath.Join(folder, sub), 0o700); err != nil {
			return err
		}
	}
	// A server shows a folder that has this file in it as one.
	if mark, err := root.OpenFile(filepath.Join(folder, "maildirfolder"), os.O_CREATE, 0o600); err == nil {
		if err := mark.Close(); err != nil {
			return err
		}
	}
	base, _, _ := strings.Cut(name, ":")
	flags := ":2,"
	if place == bounce.Done {
		flags += "S"
	}
	to := filepath.Join(folder, "cur", base+flags)
	if _, err := root.Lstat(to); err == nil {
		to = filepath.Join(folder, "cur", base+".again"+flags)
	}
	err := root.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
