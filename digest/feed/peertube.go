package feed

import (
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// peerTubePlace is the address of a thread of comments: that of the film before it.
	peerTubePlace = lazyregexp.New(`^(https?://[^?#;]+);threadId=(\d+)`)
	peerTubeFeed  = lazyregexp.New(`/feeds/(video-comments|videos|subscriptions|podcast/videos)\.[a-z0-9]+$`)
	peerTubeEmpty = lazyregexp.New(`/feeds/video-comments\.`)
	peerTubeFilm  = lazyregexp.New(`^https?://[^/]+/(?:w|videos/watch)/[A-Za-z0-9-]+$`)
)

func hasPeerTubeNames(p *page) bool {
	return peerTubeFeed.MatchString(field.PathOf(p.where())) &&
		p.every(func(e *entry) bool { return peerTubeFilm.MatchString(e.url) || isPeerTubeComment(e) })
}

func isPeerTubeComment(e *entry) bool { return peerTubePlace.MatchString(e.url) }

func peerTubeDocument(p *page, d *Document) {
	d.OnePost = d.Kind == digest.CommentsFeed && strings.Contains(p.where(), "videoId=")
}

// peerTubeComment ties a comment to its film. All comments of a thread have its address
// for an id, so the time is put to it. Which of them answers which is not told.
func peerTubeComment(_ *page, e *entry, c *CommentEntry) {
	m := peerTubePlace.FindStringSubmatch(e.url)
	if m == nil {
		return
	}
	c.PostRef = m[1]
	if !c.Published.IsZero() {
		c.ID = fmt.Sprintf("%s;threadId=%s@%d", m[1], m[2], c.Published.Unix())
	}
	if at := strings.LastIndex(e.title, " - "); c.Author == "" && at >= 0 {
		c.Author = field.Name(e.title[at+len(" - "):])
	}
}
