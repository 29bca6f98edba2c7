package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store/storetest"
)

// TestBackupsByThemselves lets nights pass: a backup is written in each, is good,
// and only so many are kept, beside files that are not ours.
func TestBackupsByThemselves(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		noon := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
		in := draftedInstallation(t, digest.NewTestClock(noon, 1), db...)
		dir := filepath.Join(in.dir, "backups")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := writeAll(dir, map[string][]byte{"notes.txt": nil}); err != nil {
			t.Fatal(err)
		}
		if _, err := in.run("--backup-dir", dir+"/none", "serve"); digest.KindOf(err) != digest.Invalid {
			t.Errorf("a folder that is not there gives %v", err)
		}
		in.flags = append(in.flags, "--backup-dir", dir, "--backup-keep", "2")
		if list := in.must("schedule", "list"); !strings.Contains(list, "backup                     Sat 2026-03-21 03:30 UTC") {
			t.Errorf("the schedule is\n%s", list)
		}
		in.must("--db", filepath.Join(in.dir, "other.db"), "db", "migrate")
		in.must("--backup-at", "0 6 1 1 *", "--db", filepath.Join(in.dir, "other.db"), "schedule", "list")
		if list := in.must("--db", filepath.Join(in.dir, "other.db"), "schedule", "list"); !strings.Contains(list, "Sat 2026-03-21 03:30 UTC") {
			t.Errorf("with an earlier moment the schedule is\n%s", list)
		}
		// The worker plans the first night before it comes, however long it takes to start.
		in.clock = digest.NewTestClock(noon, 1)
		planning := in.serve("--backup-dir", dir, "--backup-keep", "2")
		stored := storetest.Open(t, in.flags[1], nil)
		eventually(t, "the backup is planned", func() bool {
			_, err := stored.Duty(t.Context(), "backup")
			return err == nil
		})
		if err := planning.stop(); err != nil {
			t.Fatal(err)
		}
		for day := range 3 {
			in.clock = digest.NewTestClock(time.Date(2026, 3, 21+day, 3, 29, 0, 0, time.UTC), 60)
			s := in.serve("--backup-dir", dir, "--backup-keep", "2", "--log-level", "info")
			eventually(t, "a backup is written", func() bool { return strings.Contains(s.log.String(), "backed up") })
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name())
		}
		if len(names) != 3 || names[0] != "notes.txt" || !strings.HasPrefix(names[1], "postbag-20260322T") || !strings.HasPrefix(names[2], "postbag-20260323T") {
			t.Errorf("the folder holds %v", names)
		}
		in.must("restore", "--check", filepath.Join(dir, names[2]))
		if out := in.must("schedule", "run", "backup"); !strings.Contains(out, "backup is done. Next: ") {
			t.Errorf("schedule run says %q", out)
		}
		if err := os.Rename(dir, dir+"-away"); err != nil {
			t.Fatal(err)
		}
		in.must("schedule", "list") // a folder that is away keeps nobody from the rest
		if _, err := in.run("schedule", "run", "backup"); err == nil || !strings.Contains(err.Error(), "there is no folder") {
			t.Errorf("without its folder a backup gives %v", err)
		}
	})
}
