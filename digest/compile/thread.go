package compile

import (
	"cmp"
	"slices"
	"time"
)

// Node is a comment as its thread orders it.
type Node struct {
	ID, Post, Parent         int64
	Published, PostPublished time.Time
}

// ThreadOrder gives the ids by post, the newest first and an unknown one last,
// then by thread: each top-level comment, by time, followed by its replies
// depth first, by time.
func ThreadOrder(nodes []Node) []int64 {
	slices.SortFunc(nodes, func(a, b Node) int {
		return cmp.Or(-a.PostPublished.Compare(b.PostPublished), -cmp.Compare(a.Post, b.Post),
			a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
	})
	at := make(map[int64]int, len(nodes))
	for i, n := range nodes {
		at[n.ID] = i
	}
	t := threads{nodes: nodes, replies: map[int64][]int{}, placed: make([]bool, len(nodes))}
	root := make([]bool, len(nodes))
	for i, n := range nodes {
		if p, ok := at[n.Parent]; ok && nodes[p].Post == n.Post {
			t.replies[n.Parent] = append(t.replies[n.Parent], i)
		} else {
			root[i] = true
		}
	}
	for start, end := 0, 0; start < len(nodes); start = end {
		for end < len(nodes) && nodes[end].Post == nodes[start].Post {
			end++
		}
		for i := start; i < end; i++ {
			if root[i] {
				t.add(i)
			}
		}
		// What no root leads to replies in a circle.
		for i := start; i < end; i++ {
			t.add(i)
		}
	}
	return t.ids
}

// threads is an order being made.
type threads struct {
	nodes   []Node
	replies map[int64][]int // by parent, in order of time
	placed  []bool
	ids     []int64
}

// add adds a comment and its replies, without recursion: a thread may be of
// any depth.
func (t *threads) add(root int) {
	stack := []int{root}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t.placed[i] {
			continue
		}
		t.placed[i] = true
		t.ids = append(t.ids, t.nodes[i].ID)
		replies := t.replies[t.nodes[i].ID]
		for _, r := range slices.Backward(replies) {
			stack = append(stack, r)
		}
	}
}
