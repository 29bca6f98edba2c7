package store

import (
	"io"

	"postbag/digest"
	"postbag/digest/backup"
)

// verify reads back what was loaded and compares it with the sums of the backup.
func (r *restorer) verify(t *tx, stored []storedTable) error {
	if check := carrierOf(t.dialect).check; check != "" {
		var table string
		if found, err := t.one([]any{&table}, check); found || err != nil {
			return first(err, digest.Fail(digest.Invalid, hintOther, "rows of %s refer to rows that are not in the backup", table))
		}
	}
	var outside error
	to, err := backup.NewWriter(io.Discard, backup.Header{}, false)
	if err != nil {
		return err
	}
	back := &exporter{t: t, to: to, outside: &outside}
	for _, table := range r.tables {
		for _, own := range stored {
			if own.Name == table.Name {
				own.Table = table
				if err := back.table(own); err != nil {
					return err
				}
			}
		}
	}
	got, err := to.Close()
	if err != nil {
		return err
	}
	for i, want := range r.from.Trailer().Tables {
		if got.Tables[i] != want {
			return digest.Fail(digest.Internal, "Nothing was changed. Please report this.",
				"the table %s reads back as %d rows with another checksum than the %d of the backup", want.Table, got.Tables[i].Rows, want.Rows)
		}
	}
	return nil
}

// inUse gives the name of a table that holds something, "" when the database is
// as new.
func (t *tx) inUse() (string, error) {
	tables, err := t.catalogue()
	if err != nil {
		return "", err
	}
	for _, table := range tables {
		if table.Name == "publication" || table.Name == "generation" {
			continue // they have their row from the start
		}
		n, err := t.number(`SELECT COUNT(*) FROM (SELECT 1 FROM ` + quoted(table.Name) + ` LIMIT 1) AS counted`)
		if err != nil || n > 0 {
			return table.Name, err
		}
	}
	return "", nil
}

// free refuses a database that is not as new, and gives its schema.
func (db *DB) free(t *tx, known int) (version int, err error) {
	if version, err = db.schema(t); err != nil {
		return 0, err
	}
	if version > known {
		return 0, db.newer(version, known)
	}
	if version == 0 {
		return 0, db.nobodys(t)
	}
	if err := db.idle(t); err != nil {
		return 0, err
	}
	used, err := t.inUse()
	if err == nil && used != "" {
		err = conflict("Choose a place that is empty or does not exist yet.",
			"the database %s is not empty: there are %s in it", db.path, used)
	}
	return version, err
}

// idle refuses a database that processes work on. That of a file is told by its
// lock.
func (db *DB) idle(t *tx) error {
	if db.dialect.alone != nil {
		return nil
	}
	known, err := t.number(db.dialect.hasTable, "workers")
	if err != nil || known == 0 {
		return err
	}
	n, err := t.number(queryPresent + ` AND leased_until >= ` + db.dialect.now)
	if err == nil && n > 0 {
		return db.isWorkedOn()
	}
	return err
}
