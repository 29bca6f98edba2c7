package desk

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"

	"postbag/digest"
	"postbag/digest/compile"
)

// Findings are what must be fixed in an issue before it is approved, one by one, but
// for the size of its mail.
func (d *Desk) Findings(ctx context.Context, issue digest.Issue) ([]digest.Finding, error) {
	series, err := d.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return nil, err
	}
	in, err := d.input(ctx, issue, series)
	if err != nil {
		return nil, err
	}
	return compile.Findings(in), nil
}

// ToFix counts what must be fixed in a draft. The count of one that has not changed,
// and whose picks have not, is remembered: it stands above every screen.
func (d *Desk) ToFix(ctx context.Context, issue digest.Issue) (int, error) {
	if issue.State != digest.Draft {
		return 0, nil
	}
	mark, err := d.mark(ctx, issue)
	if err != nil {
		return 0, err
	}
	if n, known := d.counted.get(issue.ID, mark); known {
		return n, nil
	}
	series, err := d.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return 0, err
	}
	in, err := d.input(ctx, issue, series)
	if err != nil {
		return 0, err
	}
	n := len(compile.Findings(in))
	sketch, _, err := compile.Sketch(in)
	if err != nil {
		return 0, err
	}
	size, err := d.MailSize(sketch)
	if err != nil {
		return 0, err
	}
	if size > TooLargeMail {
		n++
	}
	d.counted.put(issue.ID, mark, n)
	return n, nil
}

// mark tells whether anything has changed that the count of [Desk.ToFix] is made of:
// the draft, its picks, and what its mail says of the publication.
func (d *Desk) mark(ctx context.Context, issue digest.Issue) (uint64, error) {
	standing, err := d.store.Standings(ctx, issue.ID)
	if err != nil {
		return 0, err
	}
	pub, err := d.store.Publication(ctx)
	if err != nil {
		return 0, err
	}
	ids := make([]int64, 0, len(standing))
	for id := range standing {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	h := fnv.New64a()
	fmt.Fprint(h, issue.Version, issue.Title, pub.Name, pub.Language, pub.PostalAddress)
	for _, id := range ids {
		s := standing[id]
		fmt.Fprint(h, " ", id, s.Hash, s.Gone, s.GoneBy)
	}
	return h.Sum64(), nil
}

// counts remembers counts of issues.
type counts struct {
	mu  sync.Mutex
	all map[int64]count
}

type count struct {
	mark uint64
	n    int
}

// mostCounts bounds what is remembered.
const mostCounts = 200

func (c *counts) get(issue int64, mark uint64) (n int, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	is, ok := c.all[issue]
	return is.n, ok && is.mark == mark
}

func (c *counts) put(issue int64, mark uint64, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= mostCounts {
		c.all = map[int64]count{}
	}
	c.all[issue] = count{mark, n}
}
