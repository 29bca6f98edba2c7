package pull_test

import (
	"fmt"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

// The whole way into a real database: interrupted, gone on with, and repeated.
func TestFoundingBlogIntoSQLite(t *testing.T) {
	dir := digesttest.SampleBlog(t)
	db, err := store.Open(t.Context(), storetest.Database(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := &sample{dir: dir, firstPage: 5}
	r := newRig(t, newBlog(t, s.page), db, afterTheLast)
	src := r.add()
	r.pull(src, pull.PullOptions{History: true})

	s.firstPage = 1
	r.clock.add(time.Hour)
	r.blog.breakAt("/feeds/comments/default?start-index=51&max-results=25")
	if _, err := r.Pull(t.Context(), src.ID, pull.PullOptions{}); err == nil {
		t.Fatal("the broken page gave no error")
	}
	equal(t, "catching up since", r.feed(src, digest.CommentsFeed).CatchUp, r.clock.Now())
	r.blog.breakAt()
	r.clock.add(time.Second)
	began := time.Now()
	equal(t, "stored after the interruption", r.pull(src, pull.PullOptions{}).Stored.NewComments, 50)
	t.Logf("four pages took %v", time.Since(began))

	posts, err := db.Posts(t.Context(), digest.PostFilter{})
	if err != nil {
		t.Fatal(err)
	}
	listed, err := db.Comments(t.Context(), digest.CommentFilter{})
	if err != nil {
		t.Fatal(err)
	}
	comments := make([]digest.Comment, len(listed))
	for i, l := range listed {
		comments[i] = l.Comment
	}
	checkSample(t, readExpected(t, dir), posts, comments)

	r.clock.add(time.Hour)
	again := r.pull(src, pull.PullOptions{})
	equal(t, "stored again", fmt.Sprint(again.NotModified, counts(again.Stored)), fmt.Sprint(true, counts(pull.Stored{})))
	_, err = r.Add(t.Context(), r.blog.url, firstSeries)
	if digest.KindOf(err) != digest.Conflict {
		t.Errorf("adding the blog twice gives %v, want a Conflict", err)
	}
}
