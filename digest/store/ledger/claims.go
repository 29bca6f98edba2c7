package ledger

import (
	"sync"

	"postbag/subscribers/deliver"
)

// claims are the rows that this process has claimed, where it is the only one that
// sends: they are written nowhere, and end with it. It is safe for use by many
// goroutines.
type claims struct {
	// turn is taken by whoever claims: what is claimed is known once it is committed.
	turn sync.Mutex

	mu sync.Mutex
	of map[int64]map[int64]bool // rows by issue
}

// exchanged keeps what was claimed, and lets go of what was settled or could not be
// begun.
func (c *claims) exchanged(x deliver.Exchange, done deliver.Exchanged) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rows := c.of[x.IssueID]
	for _, r := range x.Settle {
		delete(rows, r.DeliveryID)
	}
	if len(done.Begun) < len(x.Begin) {
		for _, d := range x.Begin {
			delete(rows, d.ID)
		}
		for _, d := range done.Begun {
			rows[d.ID] = true
		}
	}
	if len(done.Claimed) == 0 {
		return
	}
	if rows == nil {
		rows = map[int64]bool{}
		if c.of == nil {
			c.of = map[int64]map[int64]bool{}
		}
		c.of[x.IssueID] = rows
	}
	for _, d := range done.Claimed {
		rows[d.ID] = true
	}
}

// forget lets go of all rows of an issue, which nobody here sends.
func (c *claims) forget(issueID int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.of, issueID)
}

func (c *claims) has(issueID, id int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[issueID][id]
}

func (c *claims) size(issueID int64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.of[issueID])
}
