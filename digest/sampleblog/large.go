package sampleblog

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Large makes a blog of generated text for benchmarks: so many posts, one a
// day and the last of them the day before now, with so many comments each. The
// sentences are those of the sample blog in another order. Two in three
// comments answer the third. It is as deterministic as [New].
func Large(now time.Time, posts, commentsPerPost int, opts ...Option) *Blog {
	b := newBlog(now, opts)
	g := generator{rand.New(rand.NewPCG(1, 2)), sentences()}
	b.comments = make([]*comment, 0, posts*commentsPerPost)
	for i := range posts {
		at := now.In(b.zone).AddDate(0, 0, i-posts).Truncate(time.Second)
		slug := fmt.Sprintf("large-%d", i+1)
		p := b.publish(makeID("large post", slug), slug, "Post "+strconv.Itoa(i+1), g.text(12), at)
		b.crowd(p, commentsPerPost, &g)
	}
	b.order()
	return b
}

// crowd writes n comments under a post, within the twenty hours after it.
func (b *Blog) crowd(p *post, n int, g *generator) {
	top := ""
	for i := range n {
		c := &comment{
			id: makeID("large comment", p.id, strconv.Itoa(i)), post: p, name: anonymous,
			html: g.text(1 + g.IntN(9)),
			at:   p.at.Add(time.Duration(i+1) * 20 * time.Hour / time.Duration(n)).Truncate(time.Millisecond),
		}
		if i%3 == 0 {
			top = c.id
		} else {
			c.parent = top
		}
		b.comments = append(b.comments, c)
	}
}

// generator recombines sentences.
type generator struct {
	*rand.Rand
	sentences []string
}

// text joins n sentences.
func (g *generator) text(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = g.sentences[g.IntN(len(g.sentences))]
	}
	return strings.Join(out, " ")
}

// sentences takes the sample blog's comments apart, leaving out those with
// markup that would be cut in half.
func sentences() []string {
	var out []string
	for _, s := range mustScripts() {
		for _, r := range s.remarks {
			for line := range strings.SplitSeq(r.html, "<br />") {
				if strings.Contains(line, "<") || line == "" {
					continue
				}
				for sentence := range strings.SplitAfterSeq(line, ". ") {
					out = append(out, strings.TrimSpace(sentence))
				}
			}
		}
	}
	return out
}
