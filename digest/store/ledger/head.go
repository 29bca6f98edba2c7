package ledger

import "sync"

// head is how far the queue of an issue was claimed: everything up to this
// moment, in microseconds since 1970, and this id. The zero value is its
// beginning.
//
// PostgreSQL keeps what was claimed in the index until it is vacuumed, and going
// along all of that for every claim would cost more with every message sent. So
// a claim starts at the head. It is no promise: a row that another process had
// claimed and let go again, or that was put back, may wait before it. A claim that
// finds too few rows behind the head looks from the beginning.
type head struct{ nextTry, id int64 }

// after gives the later one of two.
func (h head) after(o head) head {
	if o.nextTry > h.nextTry || o.nextTry == h.nextTry && o.id > h.id {
		return o
	}
	return h
}

// heads keeps the heads of this process' mailings. It is safe for use by many
// goroutines.
type heads struct {
	mu sync.Mutex
	at map[int64]head // by the issue's id
}

func (h *heads) of(issueID int64) head {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at[issueID]
}

func (h *heads) set(issueID int64, to head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if to == (head{}) {
		delete(h.at, issueID)
		return
	}
	if h.at == nil {
		h.at = make(map[int64]head)
	}
	h.at[issueID] = to
}
