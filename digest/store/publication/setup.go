package publication

import (
	"context"

	"postbag/digest/setup"
	"postbag/digest/store/database"
)

// SetupMarks gives what was confirmed in the set-up.
func (db *Store) SetupMarks(ctx context.Context) (m setup.Marks, err error) {
	err = db.View(ctx, "read how far the set-up has come", func(t *database.Tx) error {
		_, err := t.One([]any{&m.Series, &m.Mail, &m.Tested}, `SELECT setup_series, setup_mail, setup_tested FROM publication WHERE id = 1`)
		return err
	})
	return m, err
}

// MarkSetup stores the moments that are set, and leaves the others as they are.
func (db *Store) MarkSetup(ctx context.Context, m setup.Marks) error {
	return db.Update(ctx, "mark a step of the set-up as done", func(t *database.Tx) error {
		_, err := t.Exec(`
			UPDATE publication SET
				setup_series = COALESCE($1, setup_series),
				setup_mail   = COALESCE($2, setup_mail),
				setup_tested = COALESCE($3, setup_tested)
			WHERE id = 1`, m.Series, m.Mail, m.Tested)
		return err
	})
}
