package publication

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
)

// Publication gives the installation's own settings.
func (db *Store) Publication(ctx context.Context) (p digest.Publication, err error) {
	err = db.View(ctx, "read the publication", func(t *database.Tx) (err error) {
		p, err = Read(t)
		return err
	})
	return p, err
}

// Read gives the installation's own settings.
func Read(t *database.Tx) (p digest.Publication, err error) {
	_, err = t.One([]any{&p.Name, &p.Language, &p.HomeURL, &p.TagAuthority, &p.PostalAddress, &p.Separator, &p.WatchList, &p.Glossary, &p.Salt},
		`SELECT name, language, home_url, tag_authority, postal_address, separator, watch_list, glossary, salt FROM publication WHERE id = 1`)
	return p, err
}

// MintTagAuthority stores the "host,date" of the publication's tag: URIs, unless one
// is stored already, and gives the one that is.
func (db *Store) MintTagAuthority(ctx context.Context, authority string) (minted string, err error) {
	err = db.Update(ctx, "mint the tag authority", func(t *database.Tx) error {
		if _, err := t.Exec(`UPDATE publication SET tag_authority = $1 WHERE id = 1 AND tag_authority = ''`, authority); err != nil {
			return err
		}
		_, err := t.One([]any{&minted}, `SELECT tag_authority FROM publication WHERE id = 1`)
		return err
	})
	return minted, err
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
