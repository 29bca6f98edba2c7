package dump

import (
	"cmp"
	"io"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
	"postbag/digest/mailbox"
)

// maxMails is how much is held of the threads of a mailbox, in bytes, about: of some
// 60,000 messages. Those beyond go by what they answer first.
const maxMails = 12 << 20

// mails reads the archive of a mailing list. The message that begins a thread is a post,
// and those that answer are comments. Where the file does not hold the first, its thread
// is a post without words. Programs keep messages in any order, so the file is looked
// through before.
type mails struct {
	in       *mailbox.Reader
	known    map[string]mailThread // by the id of a message
	subjects map[string]string     // the first message of a thread by its subject, for answers that name none
	given    map[string]bool       // threads whose first message is not in the file
	tags     map[string]int        // how many subjects begin with a word in brackets
	tag      string                // the one that the list itself puts there
	size     int
}

// mailThread is where a message stands.
type mailThread struct {
	up   string // the nearest message that it answers and that is in the file, or what it answers first
	sent int64  // seconds since 1970, 0 for unknown
	here bool   // it is in the file
}

// openMail looks the file through for its threads.
func (r *Reader) openMail(src *source) error {
	in, _, err := src.start()
	if err != nil {
		return err
	}
	x := &mails{known: map[string]mailThread{}, subjects: map[string]string{}, given: map[string]bool{}, tags: map[string]int{}}
	r.head = Head{Format: MailArchive, Platform: digest.Generic}
	n := 0
	for box := mailbox.New(in); ; n++ {
		m, err := box.NextHeader()
		if err == io.EOF {
			break
		}
		if err != nil {
			return r.explainStart(err)
		}
		r.head.Title = cmp.Or(r.head.Title, m.ListName)
		r.head.HomeURL = cmp.Or(r.head.HomeURL, m.Archive)
		x.note(m)
	}
	const most = 3 // messages, of which more than half have it
	for tag, times := range x.tags {
		if times >= most && times*2 > n {
			x.tag = tag
		}
	}
	if in, _, err = src.start(); err != nil {
		return err
	}
	x.in = mailbox.New(in)
	r.format = x
	return nil
}

// note remembers a message, and what it answers.
func (x *mails) note(m *mailbox.Message) {
	id := mailID(m)
	const each = 150 // bytes, of the record
	subject, answers := subjectOf(m.Subject)
	if tag := listTag.FindString(answer.ReplaceAllString(m.Subject, "")); tag != "" && (len(x.tags) < 100 || x.tags[tag] > 0) {
		x.tags[tag]++
	}
	up := ""
	if len(m.References) > 0 {
		up = m.References[len(m.References)-1]
	}
	if x.size += each + 2*len(id) + len(up) + len(subject); x.size > maxMails {
		return
	}
	t := mailThread{up: up, here: true}
	if !m.Date.IsZero() {
		t.sent = m.Date.Unix()
	}
	if up == "" && !answers && subject != "" && x.subjects[subject] == "" {
		x.subjects[subject] = id
	}
	x.known[id] = t
	// What it answers may be in no file: then the thread goes on by what that answered.
	for i := len(m.References) - 1; i > 0; i-- {
		if _, known := x.known[m.References[i]]; !known {
			x.known[m.References[i]] = mailThread{up: m.References[i-1]}
			x.size += each + len(m.References[i]) + len(m.References[i-1])
		}
	}
}

// mailID names a message; one without an id goes by what it says of itself.
func mailID(m *mailbox.Message) string {
	if m.ID != "" {
		return m.ID
	}
	return "hash:" + field.Hash(m.Subject, m.Author, m.Date.String())
}

// answer is what programs put before the subject of an answer, in several languages.
var answer = lazyregexp.New(`(?i)^(?:\s*(?:re|aw|antw|sv|vs|ref|rif|odp|res|回复|答复)(?:\[\d+\])?\s*[:：]\s*)+`)

// listTag is what lists put before a subject.
var listTag = lazyregexp.New(`^\s*\[[^\]]{1,60}\]`)

// title makes the title of a thread of a subject: without what says that it is an answer,
// and what list it is on.
func (x *mails) title(subject string) string {
	subject = answer.ReplaceAllString(subject, "")
	if x.tag != "" {
		subject = answer.ReplaceAllString(strings.TrimSpace(strings.TrimPrefix(subject, x.tag)), "")
	}
	return field.PlainTitle(subject)
}

// subjectOf gives a subject by which a thread is known, and whether it is that of an
// answer.
func subjectOf(subject string) (name string, answers bool) {
	name = answer.ReplaceAllString(subject, "")
	return strings.ToLower(strings.Join(strings.Fields(name), " ")), name != subject
}

// root gives the message that begins a thread. Messages that answer each other in a circle
// have none.
func (x *mails) root(id string) string {
	for range feed.MaxDepth {
		t, known := x.known[id]
		if !known || t.up == "" || t.up == id {
			return id
		}
		id = t.up
	}
	return ""
}

// next makes entries of one more message.
func (x *mails) next(r *Reader) error {
	m, err := x.in.Next()
	if err != nil {
		return err
	}
	switch {
	case m.Spam:
		r.tally.leave(Spam)
	case m.NoArchive:
		r.tally.leave(NoArchive)
	case m.TooLong:
		r.tally.leave(LongComment)
	case strings.TrimSpace(m.HTML) == "":
		r.tally.leave(NoWords)
	default:
		x.give(r, m)
	}
	return nil
}

// give makes a post or a comment of a message.
func (x *mails) give(r *Reader, m *mailbox.Message) {
	id := mailID(m)
	up, root := "", id
	subject, answers := subjectOf(m.Subject)
	switch {
	case len(m.References) > 0:
		up = m.References[len(m.References)-1]
		if root = x.root(id); root == id { // what is not remembered
			root = m.References[0]
		}
	case answers && x.subjects[subject] != "":
		root = x.subjects[subject]
	}
	if root == id || root == "" {
		r.post(feed.PostEntry{
			ID: id, URL: m.Archived, Title: x.title(m.Subject), Author: cmp.Or(m.Author, "Anonymous"), Published: m.Date,
			Announced: -1, Body: feed.Body{HTML: m.HTML, Base: m.Archived}, Hash: field.Hash(m.Subject, m.HTML),
		})
		return
	}
	first := x.known[root]
	if !first.here && !x.given[root] {
		if len(x.given) < maxRemembered {
			x.given[root] = true
		}
		title := x.title(m.Subject)
		r.post(feed.PostEntry{ID: root, Title: title, Published: m.Date, Announced: -1, Hash: field.Hash(title, "")})
	}
	c := feed.CommentEntry{
		ID: id, URL: m.Archived, PostRef: root, Author: cmp.Or(m.Author, "Anonymous"), Published: m.Date,
		Body: feed.Body{HTML: m.HTML, Base: m.Archived}, Hash: field.Hash(m.HTML),
	}
	if up != root {
		c.ParentRef = up
	}
	var began time.Time
	if first.here {
		began = moment(first.sent)
	}
	r.comment(c, began)
}
