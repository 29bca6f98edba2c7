package database

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/digest/lazyregexp"
)

// Migration is one numbered step of the schema.
type Migration struct {
	version int
	name    string
	script  string
}

var migrationName = lazyregexp.New(`^(\d{4})_([a-z0-9_]+)\.sql$`)

// LoadMigrations reads the steps, which are numbered from 1 without a gap.
func LoadMigrations(dir fs.FS) ([]Migration, error) {
	entries, err := fs.ReadDir(dir, ".") // sorted by name
	if err != nil {
		return nil, err
	}
	var steps []Migration
	for _, entry := range entries {
		m := migrationName.FindStringSubmatch(entry.Name())
		if m == nil {
			return nil, fmt.Errorf("the migration %q is not named like 0001_first.sql", entry.Name())
		}
		version, err := strconv.Atoi(m[1])
		if err != nil || version != len(steps)+1 {
			return nil, fmt.Errorf("the migration %q should be number %d", entry.Name(), len(steps)+1)
		}
		script, err := fs.ReadFile(dir, entry.Name())
		if err != nil {
			return nil, err
		}
		steps = append(steps, Migration{version: version, name: m[2], script: string(script)})
	}
	return steps, nil
}

// inspect refuses a database that this program must not touch, before anything
// is written to it, and gives its schema.
func (db *DB) inspect(ctx context.Context, steps []Migration) (version int, err error) {
	err = db.View(ctx, "open the database", func(t *Tx) error {
		if version, err = db.SchemaIn(t); err != nil {
			return err
		}
		if version > len(steps) {
			return db.NewerSchema(version, len(steps))
		}
		if version > 0 {
			return nil
		}
		return db.RefuseForeign(t)
	})
	return version, err
}

// Schema gives the version of the database's schema.
func (db *DB) Schema(ctx context.Context) (version int, err error) {
	err = db.View(ctx, "read the schema's version", func(t *Tx) (err error) {
		version, err = db.SchemaIn(t)
		return err
	})
	return version, err
}

// RefuseForeign refuses a database that another program keeps its tables in.
func (db *DB) RefuseForeign(t *Tx) error {
	tables, err := t.Number(db.Dialect.foreign)
	if err == nil && tables > 0 {
		err = digest.Fail(digest.Invalid, "This one was left as it is.",
			"the database %s belongs to another program", db.File).Offer(digest.Act{Do: digest.OtherDatabase})
	}
	return err
}

// NewerSchema refuses a schema of a later program.
func (db *DB) NewerSchema(version, known int) error {
	return Conflict("Use the newer Postbag that wrote it, or restore a copy made before that upgrade.",
		"the database %s has schema %d and this program knows up to %d", db.File, version, known)
}

// SchemaIn gives the version of the schema, 0 for an empty database.
func (db *DB) SchemaIn(t *Tx) (int, error) {
	known, err := t.Number(db.Dialect.HasTable, "migrations")
	if err != nil || known == 0 {
		return 0, err
	}
	version, err := t.Number(`SELECT COALESCE(MAX(version), 0) FROM migrations`)
	return int(version), err
}

// migrate brings the schema up to date, forward only. Each step is one
// transaction that begins by looking at the version again, so that two
// processes that start at once do not collide.
func (db *DB) migrate(ctx context.Context, steps []Migration, clock digest.Clock) error {
	version, err := db.Schema(ctx)
	if err != nil {
		return err
	}
	if version > 0 && version < len(steps) && db.Dialect.backup != "" {
		if err := db.copyBefore(ctx, version, len(steps)); err != nil {
			return fmt.Errorf("copy the database before its upgrade: %w", err)
		}
	}
	for _, step := range steps[min(version, len(steps)):] {
		if err := db.apply(ctx, step, clock); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) apply(ctx context.Context, step Migration, clock digest.Clock) error {
	return db.Update(ctx, fmt.Sprintf("migrate to schema %d", step.version), func(t *Tx) error {
		if err := t.TakeTurns(TurnMigrate); err != nil {
			return err
		}
		version, err := db.SchemaIn(t)
		if err != nil || version >= step.version {
			return err // or another process was faster
		}
		return t.Step(step, version, clock)
	})
}

// Step takes the schema from a version to the next.
func (t *Tx) Step(step Migration, version int, clock digest.Clock) error {
	if version == 0 {
		if _, err := t.Exec(`CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`); err != nil {
			return err
		}
	}
	if _, err := t.Exec(step.script); err != nil {
		return err
	}
	if version == 0 {
		if _, err := t.Exec(`INSERT INTO publication (id, salt) VALUES (1, $1)`, newSalt()); err != nil {
			return err
		}
	}
	_, err := t.Exec(`INSERT INTO migrations (version, name, applied_at) VALUES ($1, $2, $3)`,
		step.version, step.name, clock.Now())
	return err
}

// copyBefore leaves a whole copy of the database beside it. The copy gets its
// name only when it is complete, durable, and shows the version it should: if
// another process has migrated meanwhile, that process made the copy.
func (db *DB) copyBefore(ctx context.Context, version, target int) (err error) {
	final := db.File + "-before-" + strconv.Itoa(target)
	dir, err := os.MkdirTemp(filepath.Dir(db.File), ".postbag-copy-")
	if err != nil {
		return err
	}
	defer func() { err = First(err, os.RemoveAll(dir)) }()
	part := filepath.Join(dir, "copy")
	if _, err := db.Write.ExecContext(ctx, db.Dialect.backup, part); err != nil {
		return err
	}
	copied, err := db.versionOf(ctx, part)
	if err != nil || copied != version {
		return err
	}
	if err := os.Chmod(part, 0o600); err != nil {
		return err
	}
	return disk.Move(part, final, true)
}

// versionOf reads the schema's version of another file.
func (db *DB) versionOf(ctx context.Context, path string) (version int, err error) {
	other := &DB{Dialect: db.Dialect, File: path, Busy: db.Busy}
	defer func() { err = First(err, other.Close()) }()
	if err := other.OpenRead(); err != nil {
		return 0, err
	}
	err = other.View(ctx, "read the copy", func(t *Tx) (err error) {
		version, err = other.SchemaIn(t)
		return err
	})
	return version, err
}
