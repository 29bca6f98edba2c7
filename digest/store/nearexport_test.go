package store

// IsPostgres tells which database it is.
func (db *DB) IsPostgres() bool { return db.dialect.locksRows }
