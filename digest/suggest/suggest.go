package suggest

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/parallel"
	"postbag/digest/suggest/pack"
)

// Rules are the rules, with what they know beside the candidates. The zero value
// leaves out those that need to know more.
type Rules struct {
	// IssueID is the issue that is made: comments of the same sum come in an order that
	// is another in each.
	IssueID int64
	// Taste is how much each rule weighs; the zero value is the taste at the start.
	Taste Taste
	// Off are the rules that are switched off: they give no reason and weigh nothing.
	Off []Rule
	// Languages are those of the sources, BCP 47, by id.
	Languages map[int64]string
	// Known holds the names and addresses of writers seen before these
	// candidates. Nil turns "New name" off: where nobody is known, everybody
	// would be new.
	Known []string
	// Posts are those that the candidates stand under, and those that may quote them.
	Posts []digest.Post
	// Others are comments of earlier weeks that the candidates may repeat.
	Others []near.Entry
}

// Suggestion is what the rules say of one candidate.
type Suggestion struct {
	CommentID int64
	// Reasons are the weightiest first, and cautions last; empty when no rule applies.
	Reasons []Reason
	// Notes are in words what else an editor wants to know: "2 near copies: 17, 23"
	// of those that fold under this one, "repeats comment 12 of 3 March 2026" of
	// one that is no candidate.
	Notes []string
	// NearCopyOf is the longest comment that this one is a near copy of, else 0.
	NearCopyOf int64
	// Signals are what [Learn] learns from.
	Signals Signals
	// Score is their sum by the taste, and Place that sum's rank among the candidates,
	// from 1; 0 for one that is never offered: a near copy, and what is too short.
	Score float64
	Place int
	// LongShot tells of one that [Top] took from the middle.
	LongShot bool

	// What [Top] goes by.
	words  int
	post   int64
	writer string // "" for one who gave no name
	corpus *corpus
	terms  []pack.Hash
	tie    uint64
}

// tooShort is how many words of their own a comment needs to be offered.
const tooShort = 12

// Suggest applies the rules to candidates. It gives one suggestion for each, in the same
// order; those of them to offer are for [Top] to choose. The order of the candidates
// changes nothing else.
func (r Rules) Suggest(candidates []digest.Candidate) []Suggestion {
	j := r.judge(candidates)
	entries := near.All(candidates, func(c digest.Candidate) near.Entry { return near.Comment(c.Comment) })
	j.near = near.Compare(slices.Concat(entries, r.Others, near.All(r.Posts, near.Post)))
	copies := nearCopies(entries, j.near, j.threads.byID)
	folded := make([][]near.Other, len(candidates))
	for i, of := range copies {
		if of != i {
			folded[of] = append(folded[of], near.Other{Key: entries[i].Key, Relation: near.Copy, IsLater: true})
		}
	}
	out := j.suggestions()
	for i := range out {
		if of := copies[i]; of != i {
			out[i].NearCopyOf = candidates[of].ID
		}
		out[i].Notes = near.Words(append(repeated(j.near[entries[i].Key], j.threads.byID), folded[i]...))
	}
	rank(out)
	return out
}

// judge is what the rules know of the candidates.
type judge struct {
	rules      Rules
	off        [ruleCount]bool
	candidates []digest.Candidate
	readings   []reading
	names      []string // of the writers, folded; "" for those who gave none
	terms      [][]pack.Hash
	corpus     *corpus
	subjects   map[int64]subject
	threads    threads
	known      map[string]bool
	near       map[near.Key][]near.Other
}

// judge reads the candidates and the posts.
func (r Rules) judge(candidates []digest.Candidate) *judge {
	j := &judge{rules: r, candidates: candidates, readings: make([]reading, len(candidates)), names: make([]string, len(candidates)), terms: make([][]pack.Hash, len(candidates)),
		subjects: make(map[int64]subject, len(r.Posts)), known: names(r.Known)}
	for _, rule := range r.Off {
		if i, known := indexOf[rule]; known {
			j.off[i] = true
		}
	}
	packs := map[int64]*pack.Pack{}
	for id, tag := range r.Languages {
		packs[id] = pack.For(tag)
	}
	readers := parallel.Each(len(candidates), piece, func() *reader { return &reader{corpus: &corpus{}} }, func(b *reader, from, to int) {
		for i, c := range candidates[from:to] {
			i += from
			j.readings[i] = b.read(c.Body, packs[c.SourceID])
			j.terms[i] = b.termsOf(&j.readings[i])
			j.names[i] = nameOf(c.Author)
			b.corpus.add(&j.readings[i], j.terms[i])
		}
	})
	reader := readers[0]
	j.corpus = reader.corpus
	for _, other := range readers[1:] {
		j.corpus.join(other.corpus)
	}
	for _, p := range r.Posts {
		body := append(digest.Plain(p.Title), p.Body...)
		t := reader.read(body, packs[p.SourceID])
		s := subject{terms: map[pack.Hash]bool{}, title: p.Title}
		for _, h := range reader.termsOf(&t) {
			s.terms[h] = true
		}
		j.subjects[p.ID] = s
		j.corpus.add(&t, nil)
	}
	j.threads = newThreads(candidates)
	return j
}

// piece is how many candidates a processor takes at a time.
const piece = 64

// suggestions are what the rules say of each candidate, apart from copies.
func (j *judge) suggestions() []Suggestion {
	all := make([]Suggestion, len(j.candidates))
	parallel.Do(len(all), piece, func(i int) { all[i] = j.suggestion(i) })
	return all
}

// suggestion is what the rules say of one candidate, apart from copies.
func (j *judge) suggestion(i int) Suggestion {
	c := j.candidates[i]
	s := Suggestion{CommentID: c.ID, words: j.readings[i].words, post: c.PostID, tie: tie(j.rules.IssueID, c.ID)}
	if c.AuthorURI != "" {
		s.writer = c.AuthorURI
	} else {
		s.writer = j.names[i]
	}
	j.look(i, &s)
	s.Score = j.rules.Taste.Score(s.Signals)
	if s.words >= tooShort {
		s.corpus, s.terms = j.corpus, j.terms[i]
	}
	return s
}

// tie orders what has the same sum, anew in each issue.
func tie(issue, comment int64) uint64 {
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], uint64(issue))
	binary.LittleEndian.PutUint64(b[8:], uint64(comment))
	h.Write(b[:])
	return h.Sum64()
}

// rank gives each suggestion its place.
func rank(all []Suggestion) {
	order := make([]int, 0, len(all))
	for i, s := range all {
		if s.NearCopyOf == 0 && s.words >= tooShort {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return all[a].compare(all[b]) })
	for n, i := range order {
		all[i].Place = n + 1
	}
}

// compare puts the greater sum first.
func (s Suggestion) compare(o Suggestion) int {
	return cmp.Or(cmp.Compare(o.Score, s.Score), cmp.Compare(s.tie, o.tie), cmp.Compare(s.CommentID, o.CommentID))
}

// repeated gives what a candidate repeats that is no candidate itself.
func repeated(found []near.Other, candidates map[int64]int) (all []near.Other) {
	for _, o := range found {
		if _, isCandidate := candidates[o.ID]; o.Relation == near.Copy && !o.IsLater && (o.IsPost || !isCandidate) {
			all = append(all, o)
		}
	}
	return all
}

// names makes a set to look up, or nil.
func names(known []string) map[string]bool {
	if known == nil {
		return nil
	}
	set := make(map[string]bool, len(known))
	for _, name := range known {
		set[fold(name)] = true
	}
	return set
}

func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// sameWriter tells whether two comments are surely by one writer.
func (j *judge) sameWriter(a, b int) bool {
	if one, other := j.candidates[a].AuthorURI, j.candidates[b].AuthorURI; one != "" || other != "" {
		return one == other
	}
	return j.names[a] != "" && j.names[a] == j.names[b]
}

// nameOf gives an author's name as it is compared; "" where it is none: blogs sign for
// those who give none.
func nameOf(author string) string {
	name := fold(author)
	if slices.Contains(nameless, name) {
		return ""
	}
	return name
}

var nameless = digest.Nameless()
