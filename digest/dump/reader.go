package dump

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
)

// The limits of a batch; a single entry is always taken.
const (
	MaxBatch      = 300     // entries
	maxBatchBytes = 2 << 20 // of their bodies
)

// Format is a kind of export.
type Format string

// The formats that are read.
const (
	BloggerBackup   Format = "a Blogger backup"
	Takeout         Format = "a Blogger blog from Google Takeout"
	WXR             Format = "a WordPress export"
	DisqusXML       Format = "a Disqus export"
	RemarkBackup    Format = "a Remark42 backup"
	CommentoJSON    Format = "a Commento export"
	ComentarioJSON  Format = "a Comentario export"
	IssoJSON        Format = "a list of Isso's threads"
	IssoRows        Format = "an Isso database"
	GhostJSON       Format = "a Ghost export"
	MovableTypeText Format = "a Movable Type export"
	MailArchive     Format = "a mailbox of a mailing list"
)

// Head is what an export says of the blog as a whole.
type Head struct {
	Format   Format
	Platform digest.Platform
	Title    string // the blog's name; may be empty
	HomeURL  string // its home page, "" where the format does not name it
	Language string // BCP 47; may be empty
	BlogID   string // Blogger's number of the blog, "" elsewhere
}

// Batch is some entries in the order of the file.
type Batch struct {
	Posts    []feed.PostEntry
	Comments []feed.CommentEntry
	// Deleted are comments of which nothing but the id is left.
	Deleted []feed.Tombstone

	size  int
	names map[string]bool // ids and keys of its entries
}

// entry is one thing for a batch; all but one are nil.
type entry struct {
	post    *feed.PostEntry
	comment *feed.CommentEntry
	deleted *feed.Tombstone
}

// Reader reads an export batch by batch. It is not safe for use by several
// goroutines at once.
type Reader struct {
	gate   *gate
	head   Head
	format format
	ready  []entry // read, and in no batch yet
	early  []entry // read before anything that says when it was written
	first  *Batch  // read in looking for the blog
	err    error   // why nothing more is read
	tally  Tally
	last   string    // the last entry read whole
	dated  time.Time // of the last one that says when it was written
	latest time.Time // no entry is from later; zero while that is not known
}

// format is what makes entries of one kind of export.
type format interface {
	// next makes the entries of one more piece of the file ready; it may have none. The
	// error is io.EOF at the end of a whole file.
	next(r *Reader) error
}

// Head gives what the export says of its blog.
func (r *Reader) Head() Head { return r.head }

// SetHome tells where the blog lives, for an export that names only paths. It
// has to be called before Next.
func (r *Reader) SetHome(home string) { r.head.HomeURL = home }

// SetNow tells what time it is: a date more than a day behind it, which no zone explains, is
// a fault, like one that cannot be read. It has to be called before anything is read.
func (r *Reader) SetNow(now time.Time) { r.latest = now.Add(24 * time.Hour) }

// Tally counts what the batches so far held, and what was left out.
func (r *Reader) Tally() Tally { return r.tally }

// PostIDs gives the ids by which the first batch calls its posts, to find out
// whose they are. Next gives that batch all the same. The error is Next's.
func (r *Reader) PostIDs(ctx context.Context) ([]string, error) {
	if r.first == nil {
		b, err := r.next(ctx)
		if err != nil {
			return nil, err
		}
		r.first = b
	}
	var ids []string
	seen := map[string]bool{"": true}
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, p := range r.first.Posts {
		add(p.ID)
	}
	for _, c := range r.first.Comments {
		add(c.PostRef)
	}
	return ids, nil
}

// Next gives the next batch, which has at least one entry. The error is io.EOF
// after the last one; of kind Invalid when the file ends in the middle or cannot
// be read further, and then all that stands before has been given.
func (r *Reader) Next(ctx context.Context) (*Batch, error) {
	b := r.first
	if r.first = nil; b == nil {
		var err error
		if b, err = r.next(ctx); err != nil {
			return nil, err
		}
	}
	r.locate(b)
	return b, nil
}

func (r *Reader) next(ctx context.Context) (*Batch, error) {
	r.gate.ctx = ctx
	b := &Batch{names: map[string]bool{}}
	for {
		for len(r.ready) > 0 {
			if !b.add(r.ready[0]) {
				return b, nil
			}
			r.count(r.ready[0])
			r.ready = r.ready[1:]
		}
		switch {
		case r.err != nil && b.len() > 0:
			return b, nil
		case r.err != nil:
			return nil, r.err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
		r.read()
	}
}

// read makes one more piece of the file ready. What stands before the first date of the
// file waits for it.
func (r *Reader) read() {
	r.ready = nil
	if err := r.format.next(r); err != nil {
		r.err = r.explain(err)
	}
	if r.dated.IsZero() && r.err == nil && len(r.early)+len(r.ready) <= maxEarly {
		r.early, r.ready = append(r.early, r.ready...), nil
		return
	}
	for _, e := range r.early {
		switch {
		case e.post != nil:
			e.post.Published = r.dated
		case e.comment != nil:
			e.comment.Published = r.dated
		}
	}
	r.ready, r.early = append(r.early, r.ready...), nil
}

// maxEarly is how many entries wait for a date.
const maxEarly = 20

func (b *Batch) len() int { return len(b.Posts) + len(b.Comments) + len(b.Deleted) }

// add takes an entry up unless the batch is full, or has one of the same name:
// which of the two counts is for the store to decide.
func (b *Batch) add(e entry) bool {
	var names []string
	size := 0
	switch {
	case e.post != nil:
		names, size = []string{"p" + e.post.ID, "p" + e.post.Key}, len(e.post.Body.HTML)
	case e.comment != nil:
		names, size = []string{"c" + e.comment.ID, "c" + e.comment.Key}, len(e.comment.Body.HTML)
	default:
		names = []string{"c" + e.deleted.ID}
	}
	if b.len() > 0 && (b.len() >= MaxBatch || b.size+size > maxBatchBytes) {
		return false
	}
	for _, n := range names {
		if b.names[n] {
			return false
		}
	}
	for _, n := range names {
		if len(n) > 1 {
			b.names[n] = true
		}
	}
	b.size += size
	switch {
	case e.post != nil:
		b.Posts = append(b.Posts, *e.post)
	case e.comment != nil:
		b.Comments = append(b.Comments, *e.comment)
	default:
		b.Deleted = append(b.Deleted, *e.deleted)
	}
	return true
}

func (r *Reader) count(e entry) {
	switch {
	case e.post != nil:
		r.tally.Posts++
		r.last = e.post.ID
	case e.comment != nil:
		r.tally.Comments++
		r.last = e.comment.ID
		if e.comment.ParentRef != "" {
			r.tally.Replies++
		}
		if e.comment.Gone {
			r.tally.Gone++
		}
	default:
		r.tally.Deleted++
	}
}

// dateOf gives the first time that is known and can be; else that of the entry before it in
// the file, or of the first behind it, which are nearer than the moment of the import.
func (r *Reader) dateOf(times ...time.Time) time.Time {
	for _, at := range times {
		if !at.IsZero() && (r.latest.IsZero() || !at.After(r.latest)) {
			r.dated = at
			return at
		}
	}
	return r.dated
}

// post makes a post ready; one without an id or address is left out.
func (r *Reader) post(p feed.PostEntry) {
	p.Published = r.dateOf(p.Published, p.Updated)
	if p.ID = cmp.Or(p.ID, p.URL); p.ID == "" {
		r.tally.leave(Nameless)
		return
	}
	r.ready = append(r.ready, entry{post: &p})
}

// comment makes a comment ready. One without a readable date gets that of its last edit,
// else that of its post, which may be zero. One without an id is known by its post, its words, its writer and its time;
// one that has not even those is left out.
func (r *Reader) comment(c feed.CommentEntry, post time.Time) {
	if c.ID == "" && c.Gone || c.ID == "" && c.Body.HTML == "" {
		r.tally.leave(Nameless)
		return
	}
	if c.ID == "" {
		c.ID = "hash:" + field.Hash(c.PostRef, c.Body.HTML, c.Author, c.Published.String())
	}
	c.Published = r.dateOf(c.Published, c.Updated, post)
	if c.ParentRef == c.ID {
		c.ParentRef, c.ParentKey = "", ""
	}
	r.ready = append(r.ready, entry{comment: &c})
}

// deleted makes the mark of a deleted comment ready.
func (r *Reader) deleted(id string) {
	if id != "" {
		r.ready = append(r.ready, entry{deleted: &feed.Tombstone{ID: id}})
	}
}

// locate makes addresses that are paths whole, or drops them while nobody knows
// where the blog lives. Names that are paths stay as they are until then.
func (r *Reader) locate(b *Batch) {
	home, err := url.Parse(r.head.HomeURL)
	whole := func(path string) string {
		if !strings.HasPrefix(path, "/") {
			return path
		}
		u, perr := url.Parse(path)
		if err != nil || perr != nil || home.Host == "" {
			return ""
		}
		return field.ID(home.ResolveReference(&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment}).String())
	}
	for i := range b.Posts {
		p := &b.Posts[i]
		p.URL, p.Body.Base, p.ID = whole(p.URL), whole(p.Body.Base), cmp.Or(whole(p.ID), p.ID)
	}
	for i := range b.Comments {
		c := &b.Comments[i]
		c.URL, c.Body.Base, c.PostRef = whole(c.URL), whole(c.Body.Base), cmp.Or(whole(c.PostRef), c.PostRef)
	}
}
