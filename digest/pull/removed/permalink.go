package removed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/hostname"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/webpage"
)

const (
	acceptPage = "text/html, application/xhtml+xml, */*;q=0.5"
	// pagesOfPost is how many pages of one post's comments are looked through.
	pagesOfPost = 10
	// ownWords is how many letters and digits words must have to be known again, and
	// wordsCompared how many of them are compared.
	ownWords, wordsCompared = 24, 300
)

// postPage is a page of a post, with what pages of its comments follow, as far as
// they were asked for.
type postPage struct {
	status int // 404 and the like; 0 for a page that was read, or could not be had
	webpage.Post
	left []string // further pages of comments that were not asked for
	asks int      // pages that were asked for
}

// lookAtPages looks at their pages for the comments of which nothing is known yet.
func (l *checkRun) lookAtPages(ctx context.Context, comments []digest.Comment, shown map[int64]bool) error {
	absent := map[*postPage][]digest.Comment{}
	for _, c := range comments {
		if _, sure := shown[c.ID]; sure {
			continue
		}
		page, err := l.permalinkOf(ctx, c, shown)
		l.watch(len(shown))
		if err != nil {
			return err
		}
		if page != nil {
			absent[page] = append(absent[page], c)
		}
	}
	for page, of := range absent {
		if l.wholePage(page, of) {
			for _, c := range of {
				l.missing = append(l.missing, missing{id: c.ID, written: c.DatedAt(), address: c.URL})
			}
		}
	}
	return nil
}

// permalinkOf looks for a comment at its permalink. 410 by its own host says that it is
// gone, and 404 may, see [checkRun.proven]; but 404 says nothing where the address names a page by its number
// (?page=2#post_24, Discourse): there are fewer of these when others are removed. A
// page that has the place that the permalink names has the comment; so has one that
// has its words and no such places at all. It gives the page on which the comment's
// place is missing among others.
func (l *checkRun) permalinkOf(ctx context.Context, c digest.Comment, shown map[int64]bool) (*postPage, error) {
	u := identity.Web(c.URL)
	if u == nil {
		return nil, nil
	}
	place := u.Fragment
	address := *u
	address.Fragment, address.RawFragment = "", ""
	page, err := l.pageAt(ctx, &address, c.Author)
	if err != nil {
		return nil, err
	}
	if page.status == http.StatusNotFound || page.status == http.StatusGone {
		if counted := place != "" && address.Query().Has("page"); page.status == http.StatusGone || !counted {
			l.missing = append(l.missing, missing{c.ID, c.DatedAt(), page.status, address.String()})
		}
		return nil, nil
	}
	for {
		others := alike(page.Names, place)
		switch {
		case place != "" && (page.Names[place] || page.Names[u.EscapedFragment()]):
			shown[c.ID] = true
			return nil, nil
		case others == 0 && spoken(page.Text, c.Body):
			shown[c.ID] = true
			return nil, nil
		case others == 0:
			return nil, nil // the page says nothing of comments
		case len(page.left) == 0 || page.asks >= pagesOfPost:
			return page, nil
		}
		next := identity.Web(page.left[0])
		page.left = page.left[1:]
		if next == nil || l.Own.Key(next.String(), false) != l.Own.Key(address.String(), false) {
			continue
		}
		if err := l.fetchPage(ctx, next, c.Author, page); err != nil {
			return nil, err
		}
	}
}

// pageAt gives a page of a post, which is asked for once.
func (l *checkRun) pageAt(ctx context.Context, u *url.URL, author string) (*postPage, error) {
	if page := l.pages[u.String()]; page != nil {
		return page, nil
	}
	page := &postPage{Post: webpage.Post{Names: map[string]bool{}}}
	err := l.fetchPage(ctx, u, author, page)
	l.pages[u.String()] = page
	return page, err
}

// fetchPage asks for a page and adds what it holds. Of one that comes from elsewhere, as
// the home page to which a blog redirects, only its places count. The error is the end
// of ctx.
func (l *checkRun) fetchPage(ctx context.Context, u *url.URL, author string, page *postPage) error {
	page.asks++
	resp, err := l.Get(ctx, u.String(), acceptPage, digest.Validators{})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*pull.StatusError](err); ok && hostname.Site(e.Host) == hostname.Site(u.Hostname()) {
		page.status = e.Status
		if page.asks > 1 {
			page.status = 0
		}
	} else if err != nil {
		l.Note("the page of the comment by %s could not be read: %s", author, err)
	}
	l.alive = l.alive || err == nil
	if err != nil {
		page.asks += pagesOfPost // it is not known whole
		return nil
	}
	got := webpage.ReadPost(resp.Body, resp.ContentType, resp.URL)
	for name := range got.Names {
		page.Names[name] = true
	}
	if l.Own.Key(resp.URL, false) != l.Own.Key(u.String(), false) {
		page.asks += pagesOfPost
		return nil
	}
	page.Text += " " + got.Text
	for _, more := range got.More {
		if !l.Asked[more] {
			l.Asked[more] = true
			page.left = append(page.left, more)
		}
	}
	return nil
}

// wholePage tells whether a page holds all of its post's comments but some that are
// missing from it: those of them that the post's own list has just shown, and as many
// as the post announces and as are stored. A page that leaves the rest to a script,
// and one whose pages were not all read, does not.
func (l *checkRun) wholePage(page *postPage, absent []digest.Comment) bool {
	post, known := l.of[absent[0].PostID]
	if !known || post.Announced < 0 || page.asks > pagesOfPost || len(page.left) > 0 {
		return false
	}
	for _, place := range l.Fragments[post.PostID] {
		if !page.Names[place] {
			return false
		}
	}
	return alike(page.Names, identity.Web(absent[0].URL).Fragment)+len(absent) >= max(post.Announced, post.Stored)
}

// alike counts the places of a page that are named as one is, but for the number.
func alike(names map[string]bool, place string) int {
	stem := strings.TrimRight(place, digits)
	if stem == "" || stem == place {
		return 0
	}
	n := 0
	for name := range names {
		if len(name) > len(stem) && strings.HasPrefix(name, stem) && strings.Trim(name[len(stem):], digits) == "" {
			n++
		}
	}
	return n
}

const digits = "0123456789"

// spoken tells whether a page's text has a comment's words, if these are enough not
// to be anybody's. Of words around something that a page shows and Postbag does not,
// such as a formula, the most in a row are compared.
func spoken(page string, words digest.Prose) bool {
	var run, letters []rune
	for _, para := range words {
		for _, s := range para.Spans {
			switch {
			case s.Stands != "":
				run = nil
			case !s.Ours:
				run = append(run, []rune(webpage.Letters(s.Text))...)
			}
			if len(run) > len(letters) {
				letters = run
			}
		}
	}
	if len(letters) < ownWords {
		return false
	}
	return strings.Contains(page, string(letters[:min(len(letters), wordsCompared)]))
}

// lookInFeed looks in the feed of all comments, which is asked for the whole, for what
// is in doubt still, and for what a page lacks: a page may be at another address by now.
// 410 alone is beyond doubt (RFC 9110, 15.5.11).
func (l *checkRun) lookInFeed(ctx context.Context, comments []digest.Comment, shown map[int64]bool) error {
	lost := map[int64]bool{}
	for _, m := range l.missing {
		lost[m.id] = m.status == http.StatusGone
	}
	doubt := slices.ContainsFunc(comments, func(c digest.Comment) bool {
		_, sure := shown[c.ID]
		return !sure && !lost[c.ID]
	})
	if !doubt {
		l.askedFeed = true
		return nil
	}
	listed, err := l.reread(ctx, digest.CommentsFeed)
	if err != nil {
		return err
	}
	for _, id := range listed {
		if !lost[id] {
			shown[id] = true
		}
	}
	found, err := l.Store.CandidatesByID(ctx, listed)
	if err != nil {
		return err
	}
	for _, c := range found {
		if at := c.DatedAt(); !at.IsZero() && (l.reaches.IsZero() || at.Before(l.reaches)) {
			l.reaches = at
		}
	}
	l.askedFeed = true
	return nil
}

// missing is a comment whose page is not there, or is there without it.
type missing struct {
	id      int64
	written time.Time // zero where that is not known
	status  int       // 0 when the page is there
	address string
}

func (m missing) reason() string {
	if m.status == 0 {
		return "its page does not hold it any more"
	}
	return fmt.Sprintf("its page answers %d %s", m.status, http.StatusText(m.status))
}

// proven tells whether a comment that its page lacks is gone. 404 proves it only where
// another page of the blog, or the comments feed of a post, was there, or where the feed
// of all comments reaches back before the comment: else the blog has moved or is ill.
func (l *checkRun) proven(m missing) bool {
	switch m.status {
	case http.StatusGone:
		return true
	case http.StatusNotFound:
		reached := !l.reaches.IsZero() && !m.written.IsZero() && l.reaches.Before(m.written)
		return l.askedFeed && (l.alive || reached)
	}
	return l.askedFeed
}

// markMissing marks comments gone that their pages lack and that nothing else shows.
func (l *checkRun) markMissing(ctx context.Context, shown map[int64]bool) error {
	unproven := map[string]bool{}
	for _, m := range l.missing {
		switch {
		case shown[m.id]:
		case l.proven(m):
			if err := l.MarkGone(ctx, m.id, digest.ByPermalink, m.reason()); err != nil {
				return err
			}
			shown[m.id] = false
		case l.askedFeed:
			unproven[m.address] = true
		}
	}
	switch n := len(unproven); n {
	case 0:
	case 1:
		l.Note("the only page that was asked for is not there, so that proves nothing")
	default:
		l.Note("none of the %d pages that were asked for is there, so that proves nothing", n)
	}
	return nil
}
