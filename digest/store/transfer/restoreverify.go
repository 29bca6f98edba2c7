package transfer

import (
	"io"

	"postbag/digest"
	"postbag/digest/backup"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
)

// verify reads back what was loaded and compares it with the sums of the backup.
func (r *restorer) verify(t *database.Tx, stored []storedTable) error {
	if check := dialectOf(t.Dialect).check; check != "" {
		var table string
		if found, err := t.One([]any{&table}, check); found || err != nil {
			return database.First(err, digest.Fail(digest.Invalid, hintOther, "rows of %s refer to rows that are not in the backup", table))
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
func inUse(t *database.Tx) (string, error) {
	tables, err := catalogue(t)
	if err != nil {
		return "", err
	}
	for _, table := range tables {
		if table.Name == "publication" || table.Name == "generation" {
			continue // they have their row from the start
		}
		n, err := t.Number(`SELECT COUNT(*) FROM (SELECT 1 FROM ` + quoted(table.Name) + ` LIMIT 1) AS counted`)
		if err != nil || n > 0 {
			return table.Name, err
		}
	}
	return "", nil
}

// free refuses a database that is not as new, and gives its schema.
func free(db *database.DB, t *database.Tx, known int) (version int, err error) {
	if version, err = db.SchemaIn(t); err != nil {
		return 0, err
	}
	if version > known {
		return 0, db.NewerSchema(version, known)
	}
	if version == 0 {
		return 0, db.RefuseForeign(t)
	}
	if err := idle(db, t); err != nil {
		return 0, err
	}
	used, err := inUse(t)
	if err == nil && used != "" {
		err = database.Conflict("Choose a place that is empty or does not exist yet.",
			"the database %s is not empty: there are %s in it", db.File, used)
	}
	return version, err
}

// idle refuses a database that processes work on. That of a file is told by its
// lock.
func idle(db *database.DB, t *database.Tx) error {
	if db.Dialect.Alone != nil {
		return nil
	}
	known, err := t.Number(db.Dialect.HasTable, "workers")
	if err != nil || known == 0 {
		return err
	}
	n, err := t.Number(duties.QueryPresent + ` AND leased_until >= ` + db.Dialect.Now)
	if err == nil && n > 0 {
		return db.IsWorkedOn()
	}
	return err
}
