package sampleblog

import (
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the blog keeps its zone where the machine knows none
)

const (
	blogName     = "Not In Service"
	blogSubtitle = "Notes from the night side of an Ostlemouth bus. Opinions expressed are the driver's own and may be late."
	blogZone     = "Europe/London"
	anonymous    = "Anonymous"
)

//go:embed posts/*.txt
var scripts embed.FS

// Blog is the sample blog at one moment. It is an [http.Handler], and safe for
// use by several goroutines at once.
type Blog struct {
	now  time.Time
	zone *time.Location
	id   string
	mux  *http.ServeMux

	mu       sync.RWMutex
	posts    []*post // oldest first
	comments []*comment
	byPost   map[*post][]*comment // oldest first, like comments
	byID     map[string]*comment
	added    int
	lastWord time.Time // of the whole blog; never goes back
}

type post struct {
	id, path, title, html string
	at, updated           time.Time
}

type comment struct {
	id      string
	post    *post
	parent  string
	name    string
	profile string // digits of the account, empty for visitors without one
	html    string
	at      time.Time
	removed removal
	noLink  bool
}

// New makes the sample blog as it would stand at now. It is pure: the same now
// gives the same bytes. It panics only if the embedded texts are malformed,
// which the tests of this package rule out.
func New(now time.Time) *Blog {
	zone, err := time.LoadLocation(blogZone)
	if err != nil {
		panic(fmt.Sprintf("sampleblog: %v", err))
	}
	b := &Blog{
		now: now, zone: zone, id: makeID("blog", blogName),
		byPost: map[*post][]*comment{}, byID: map[string]*comment{},
	}
	b.mux = b.routes()
	for _, s := range mustScripts() {
		b.stage(s)
	}
	b.order()
	return b
}

// mustScripts gives the embedded texts in the order of their names. They are
// parsed once and never changed.
var mustScripts = sync.OnceValue(func() []script {
	names, err := fs.Glob(scripts, "posts/*.txt")
	if err != nil {
		panic(fmt.Sprintf("sampleblog: %v", err))
	}
	var out []script
	for _, name := range names {
		text, err := scripts.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("sampleblog: %v", err))
		}
		s, err := parse(string(text))
		if err != nil {
			panic(fmt.Sprintf("sampleblog: %s: %v", name, err))
		}
		out = append(out, s)
	}
	return out
})

// stage sets a script's post and comments into the blog's time.
func (b *Blog) stage(s script) {
	at := s.at.on(b.now, b.zone, 0)
	p := b.publish(makeID("post", s.slug), s.slug, s.title, s.html, at)
	ids := make([]string, len(s.remarks))
	for i, r := range s.remarks {
		id := makeID("comment", s.slug, r.at.text, r.author, r.html)
		c := &comment{
			id: id, post: p, name: r.author, html: r.html, removed: r.removed, noLink: r.noLink,
			at: r.at.on(b.now, b.zone, belowMinute(id)),
		}
		if r.profile {
			c.profile = profileID(r.author, r.removed, id)
		}
		if r.removed != kept {
			c.html = r.removed.notice()
		}
		if r.parent >= 0 {
			c.parent = ids[r.parent]
		}
		ids[i] = id
		b.comments = append(b.comments, c)
	}
}

// publish adds a post.
func (b *Blog) publish(id, slug, title, html string, at time.Time) *post {
	p := &post{
		id: id, title: title, html: html, at: at,
		path:    fmt.Sprintf("/%s/%s.html", at.Format("2006/01"), slug),
		updated: at.Add(2*time.Minute + belowMinute(id)),
	}
	b.posts = append(b.posts, p)
	return p
}

// order sorts posts and comments by time and builds the indexes.
func (b *Blog) order() {
	slices.SortStableFunc(b.posts, func(x, y *post) int { return x.at.Compare(y.at) })
	slices.SortStableFunc(b.comments, byTime)
	clear(b.byPost)
	clear(b.byID)
	for _, c := range b.comments {
		b.byPost[c.post] = append(b.byPost[c.post], c)
		b.byID[c.id] = c
		if c.at.After(b.lastWord) {
			b.lastWord = c.at
		}
	}
}

func byTime(x, y *comment) int {
	if n := x.at.Compare(y.at); n != 0 {
		return n
	}
	return strings.Compare(x.id, y.id)
}

// profileID gives an account its id. Those who closed their account are all
// called "Unknown", so theirs follows from the comment.
func profileID(name string, r removal, comment string) string {
	if r != kept {
		name += comment
	}
	return makeID("profile", name)
}

// makeID hashes what identifies a thing into nineteen digits, like Blogger's.
func makeID(parts ...string) string {
	const low, span = 1_000_000_000_000_000_000, 8_000_000_000_000_000_000
	return strconv.FormatUint(low+hash(parts...)%span, 10)
}

// belowMinute spreads times over the minute they fall in.
func belowMinute(id string) time.Duration {
	return time.Duration(hash("clock", id)%60_000) * time.Millisecond
}

func hash(parts ...string) uint64 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return binary.BigEndian.Uint64(sum[:])
}
