package duty

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/lazyregexp"
	"postbag/digest/schedule"
	"postbag/digest/work"
)

// Backups are the backups that a worker writes by itself.
type Backups struct {
	Dir  string
	At   schedule.Schedule
	Keep int // how many of them are kept
	// Write writes a backup into a file, which appears whole or not at all.
	Write func(ctx context.Context, path string) (rows, bytes int64, err error)
}

// The names of backups by themselves: sorted, they are in order.
const (
	backupStamp  = "20060102T150405Z"
	backupPrefix = "postbag-"
	backupSuffix = ".gz"
)

var backupName = lazyregexp.New(`^postbag-\d{8}T\d{6}Z\.gz$`)

// CheckFolder refuses a folder that does not exist.
func (b Backups) CheckFolder() error {
	if info, err := os.Stat(b.Dir); err != nil || !info.IsDir() {
		return digest.Fail(digest.Invalid, "Make the folder first, or choose another for backups.", "there is no folder %s", b.Dir)
	}
	return nil
}

// backup writes a backup into the folder and removes the oldest beyond the
// number that is kept.
func (w *Worker) backup(ctx context.Context, _ work.Lease) (time.Time, error) {
	b := w.Backups
	if err := b.CheckFolder(); err != nil {
		return time.Time{}, err
	}
	now := w.Clock.Now()
	path := filepath.Join(b.Dir, backupPrefix+now.Format(backupStamp)+backupSuffix)
	rows, size, err := b.Write(ctx, path)
	if err != nil {
		return time.Time{}, err
	}
	w.Log.Info("backed up", "file", path, "rows", rows, "bytes", size)
	return b.At.Next(now), removeOldBackups(b.Dir, b.Keep)
}

// removeOldBackups leaves the newest backups by themselves, and every other file.
func removeOldBackups(dir string, keep int) error {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return err
	}
	var own []string
	for _, e := range entries {
		if e.Type().IsRegular() && backupName.MatchString(e.Name()) {
			own = append(own, e.Name())
		}
	}
	var failed []error
	for len(own) > keep {
		failed = append(failed, os.Remove(filepath.Join(dir, own[0])))
		own = own[1:]
	}
	return errors.Join(failed...)
}

// Newest gives the newest backup by itself and when it was begun; "" where there is none.
func (b Backups) Newest() (name string, at time.Time, err error) {
	entries, err := os.ReadDir(b.Dir) // sorted by name
	if err != nil {
		return "", time.Time{}, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !backupName.MatchString(e.Name()) {
			continue
		}
		stamp := strings.TrimSuffix(strings.TrimPrefix(e.Name(), backupPrefix), backupSuffix)
		if made, err := time.Parse(backupStamp, stamp); err == nil {
			name, at = e.Name(), made
		}
	}
	return name, at, nil
}
