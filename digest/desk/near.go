package desk

import (
	"context"

	"postbag/digest"
	"postbag/digest/near"
)

// How many comments and posts others are compared with when they are shown. Some
// five thousand texts are read and compared in a tenth of a second.
const (
	picksCompared  = 2000 // the newest picks
	postsCompared  = 100  // the newest posts; for one comment, before it and after it
	aroundCompared = 1000 // for one comment: those before it and those after it
)

// Near tells what a comment has to do with others, by time: what it repeats or
// quotes, and what repeats or quotes it. It is compared with the thousand comments
// published before it and the thousand after, the hundred posts before and after,
// and the newest 2,000 picks. What is gone has to do with nothing.
func (d *Desk) Near(ctx context.Context, c digest.Comment) ([]near.Other, error) {
	if c.Gone {
		return nil, nil
	}
	entries, err := d.picks(ctx, digest.Issue{})
	if err != nil {
		return nil, err
	}
	posts, err := d.store.PostsAround(ctx, c.Published, postsCompared)
	if err != nil {
		return nil, err
	}
	entries = append(entries, near.All(posts, near.Post)...)
	around, err := d.store.CommentsAround(ctx, c.Published, aroundCompared)
	if err != nil {
		return nil, err
	}
	entries = append(entries, near.Comment(c))
	entries = append(entries, near.All(around, near.Comment)...)
	return near.Compare(entries)[near.Key{ID: c.ID}], nil
}

// picks gives the newest picks of the other issues of an issue's series, of all for
// none.
func (d *Desk) picks(ctx context.Context, issue digest.Issue) ([]near.Entry, error) {
	picks, err := d.store.NewestPicks(ctx, issue.SeriesID, issue.ID, picksCompared)
	if err != nil {
		return nil, err
	}
	return near.All(picks, near.Comment), nil
}

// knownWriters gives those of the candidates' writers who wrote before the issue's
// window began, and nil for a first issue, which has no window.
func (d *Desk) knownWriters(ctx context.Context, issue digest.Issue, candidates []digest.Candidate) ([]string, error) {
	if issue.WindowFrom.IsZero() {
		return nil, nil
	}
	names := make([]string, len(candidates))
	for i, c := range candidates {
		names[i] = c.Author
	}
	return d.store.WroteBefore(ctx, issue.SeriesID, names, issue.WindowFrom)
}
