package publication

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
)

// Publication gives the installation's own settings.
func (db *Store) Publication(ctx context.Context) (p digest.Publication, err error) {
	err = db.View(ctx, "read the publication", func(t *database.Tx) error {
		_, err := t.One([]any{&p.Name, &p.Language, &p.HomeURL, &p.TagAuthority, &p.PostalAddress, &p.Salt},
			`SELECT name, language, home_url, tag_authority, postal_address, salt FROM publication WHERE id = 1`)
		return err
	})
	return p, err
}

// SavePublication stores the installation's settings. TagAuthority is stored
// only while there is none; Salt is never changed.
func (db *Store) SavePublication(ctx context.Context, p digest.Publication) error {
	return db.Update(ctx, "save the publication", func(t *database.Tx) error {
		_, err := t.Exec(`
			UPDATE publication SET name = $1, language = $2, home_url = $3, postal_address = $4,
				tag_authority = CASE WHEN tag_authority = '' THEN $5 ELSE tag_authority END
			WHERE id = 1`,
			p.Name, p.Language, p.HomeURL, p.PostalAddress, p.TagAuthority)
		if err != nil {
			return err
		}
		return t.Bump()
	})
}

// Introduce gives a publication that has no words of its own yet those of its
// first source.
func Introduce(t *database.Tx, src *digest.Source) error {
	_, err := t.Exec(`
		UPDATE publication SET
			name     = CASE WHEN name = ''     THEN $1 ELSE name END,
			language = CASE WHEN language = '' THEN $2 ELSE language END,
			home_url = CASE WHEN home_url = '' THEN $3 ELSE home_url END
		WHERE id = 1`, src.Name, src.Language, src.URL)
	return err
}
