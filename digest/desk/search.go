package desk

import (
	"context"

	"postbag/digest"
	"postbag/digest/search"
)

// SearchComments finds stored comments by a query as [search.Parse] reads it,
// best match first. What is gone is found only when the filter asks for it: an
// editor looks for words to quote.
func (d *Desk) SearchComments(ctx context.Context, query string, f digest.SearchFilter) (digest.Found[digest.FoundComment], error) {
	q, err := search.Parse(query)
	if err != nil {
		return digest.Found[digest.FoundComment]{}, err
	}
	found, err := d.store.SearchComments(ctx, q, f)
	found.Notes = q.Notes
	return found, err
}

// SearchPosts finds stored posts by their titles and words, with the same
// queries.
func (d *Desk) SearchPosts(ctx context.Context, query string, f digest.SearchFilter) (digest.Found[digest.FoundPost], error) {
	q, err := search.Parse(query)
	if err != nil {
		return digest.Found[digest.FoundPost]{}, err
	}
	found, err := d.store.SearchPosts(ctx, q, f)
	found.Notes = q.Notes
	return found, err
}
