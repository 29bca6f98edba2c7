package store

import (
	"cmp"
	"slices"
	"time"
)

// node is a comment's place in its thread.
type node struct {
	id, post, parent         int64
	published, postPublished time.Time
}

// threadOrder gives the ids by post, the newest first and an unknown one last,
// then by thread: each top-level comment, by time, followed by its replies
// depth first, by time.
func threadOrder(nodes []node) []int64 {
	slices.SortFunc(nodes, func(a, b node) int {
		return cmp.Or(-a.postPublished.Compare(b.postPublished), -cmp.Compare(a.post, b.post),
			a.published.Compare(b.published), cmp.Compare(a.id, b.id))
	})
	at := make(map[int64]int, len(nodes))
	for i, n := range nodes {
		at[n.id] = i
	}
	t := threads{nodes: nodes, replies: map[int64][]int{}, placed: make([]bool, len(nodes))}
	root := make([]bool, len(nodes))
	for i, n := range nodes {
		if p, ok := at[n.parent]; ok && nodes[p].post == n.post {
			t.replies[n.parent] = append(t.replies[n.parent], i)
		} else {
			root[i] = true
		}
	}
	for start, end := 0, 0; start < len(nodes); start = end {
		for end < len(nodes) && nodes[end].post == nodes[start].post {
			end++
		}
		for i := start; i < end; i++ {
			if root[i] {
				t.place(i)
			}
		}
		// What no root leads to replies in a circle.
		for i := start; i < end; i++ {
			t.place(i)
		}
	}
	return t.ids
}

// threads is an order being made.
type threads struct {
	nodes   []node
	replies map[int64][]int // by parent, in order of time
	placed  []bool
	ids     []int64
}

// place adds a comment and its replies, without recursion: a thread may be as
// deep as strangers like.
func (t *threads) place(root int) {
	stack := []int{root}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t.placed[i] {
			continue
		}
		t.placed[i] = true
		t.ids = append(t.ids, t.nodes[i].id)
		replies := t.replies[t.nodes[i].id]
		for _, r := range slices.Backward(replies) {
			stack = append(stack, r)
		}
	}
}
