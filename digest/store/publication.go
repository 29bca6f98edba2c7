package store

import (
	"context"

	"postbag/digest"
)

// Publication gives the installation's own settings.
func (db *DB) Publication(ctx context.Context) (p digest.Publication, err error) {
	err = db.view(ctx, "read the publication", func(t *tx) (err error) {
		p, err = t.publication()
		return err
	})
	return p, err
}

func (t *tx) publication() (p digest.Publication, err error) {
	_, err = t.one([]any{&p.Name, &p.Language, &p.HomeURL, &p.TagAuthority, &p.PostalAddress, &p.Salt},
		`SELECT name, language, home_url, tag_authority, postal_address, salt FROM publication WHERE id = 1`)
	return p, err
}

// MintTagAuthority stores the "host,date" of the publication's tag: URIs, unless one
// is stored already, and gives the one that is.
func (db *DB) MintTagAuthority(ctx context.Context, authority string) (minted string, err error) {
	err = db.update(ctx, "mint the tag authority", func(t *tx) error {
		if _, err := t.exec(`UPDATE publication SET tag_authority = $1 WHERE id = 1 AND tag_authority = ''`, authority); err != nil {
			return err
		}
		_, err := t.one([]any{&minted}, `SELECT tag_authority FROM publication WHERE id = 1`)
		return err
	})
	return minted, err
}

// introduce gives a publication that has no words of its own yet those of its
// first source.
func (t *tx) introduce(src *digest.Source) error {
	_, err := t.exec(`
		UPDATE publication SET
			name     = CASE WHEN name = ''     THEN $1 ELSE name END,
			language = CASE WHEN language = '' THEN $2 ELSE language END,
			home_url = CASE WHEN home_url = '' THEN $3 ELSE home_url END
		WHERE id = 1`, src.Name, src.Language, src.URL)
	return err
}
