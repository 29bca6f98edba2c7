package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
	"postbag/digest/work"
)

// backupLimit bounds one backup by itself.
const backupLimit = 6 * time.Hour

// The names of backups by themselves: sorted, they are in order.
const (
	backupStamp  = "20060102T150405Z"
	backupPrefix = "postbag-"
	backupSuffix = ".gz"
)

var backupName = regexp.MustCompile(`^postbag-\d{8}T\d{6}Z\.gz$`)

// backups checks the settings of backups by themselves, and gives their schedule;
// without a folder there are none. Whether the folder is there is asked of those
// who need it: one that is away keeps nobody from anything else.
func (s *Settings) backups() (plan schedule.Schedule, err error) {
	if s.BackupDir == "" {
		return plan, nil
	}
	var wrong problems
	plan, err = schedule.Parse(s.BackupAt, "UTC")
	wrong.add(err)
	if s.BackupKeep < 1 {
		wrong.add(digest.Fail(digest.Invalid, "14 keeps two weeks.", "--backup-keep must be 1 or more, not %d", s.BackupKeep))
	}
	return plan, wrong.err()
}

// backupFolder checks that the folder is there.
func (s *Settings) backupFolder() error {
	if info, err := os.Stat(s.BackupDir); s.BackupDir != "" && (err != nil || !info.IsDir()) {
		return digest.Fail(digest.Invalid, "Make the folder first, or choose another --backup-dir.", "there is no folder %s", s.BackupDir)
	}
	return nil
}

// backup writes a backup into the folder and removes the oldest beyond the
// number that is kept.
func (w *worker) backup(ctx context.Context, _ work.Lease) (time.Time, error) {
	plan, err := w.settings.backups()
	if err := first(err, w.settings.backupFolder()); err != nil {
		return time.Time{}, err
	}
	now := w.p.Clock.Now()
	path := filepath.Join(w.settings.BackupDir, backupPrefix+now.Format(backupStamp)+backupSuffix)
	rows, size, err := w.backupTo(ctx, path)
	if err != nil {
		return time.Time{}, err
	}
	w.log.Info("backed up", "file", path, "rows", rows, "bytes", size)
	return plan.Next(now), removeOldBackups(w.settings.BackupDir, w.settings.BackupKeep)
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
