package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/schollz/progressbar/v3"

	"postbag/digest"
	"postbag/digest/sampleblog"
)

// TestWhatAPullSaysOfABlog pulls a blog that edits a comment, then gives half a
// feed: that is no wrong call, and the earlier text is shown. What nobody could ask
// for is one.
func TestWhatAPullSaysOfABlog(t *testing.T) {
	t.Parallel()
	now := digest.NewTestClock(sunday, 1)
	blog := sampleblog.New(now.Now())
	var half atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if half.Load() {
			fmt.Fprint(w, brokenBlogs["TRUNCATED"])
			return
		}
		blog.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	in := following(t, now, server.URL)
	in.must("pull")
	newest := blog.Comments()[len(blog.Comments())-1]
	before := strings.Join(strings.Fields(in.must("comment", "show", "1")), " ")
	if strings.Contains(before, "it read:") {
		t.Errorf("a comment without an earlier text:\n%s", before)
	}
	if err := blog.Edit(newest.ID, "<p>On second thoughts, no.</p>"); err != nil {
		t.Fatal(err)
	}
	in.must("pull", "--force")
	words := in.must("comment", "show", "1")
	if !strings.Contains(words, "On second thoughts, no.\n\nuntil "+when(now.Now())[:10]) || !strings.Contains(words, "it read:\n\n  ") {
		t.Errorf("an edited comment:\n%s", words)
	}
	if row := in.must("comment", "show", "1", "--json"); strings.Count(row, `"until": "`) != 1 {
		t.Errorf("an edited comment in JSON:\n%s", row)
	}
	half.Store(true)
	if _, err := in.run("pull", "--force"); err == nil || (&Program{Stderr: t.Output()}).Report(err) != exitFailed || digest.HintOf(err) == "" {
		t.Errorf("half a feed: %v", err)
	}
	for _, tt := range []struct {
		args []string
		want int
	}{
		{[]string{"source", "add", server.URL + "/robots.txt"}, exitFailed},
		{[]string{"source", "add", "not an address"}, exitUsage},
		{[]string{"source", "add", server.URL, "--platform", "nothing"}, exitUsage},
		{[]string{"preview", "http://"}, exitUsage},
	} {
		if _, err := in.run(tt.args...); (&Program{Stderr: t.Output()}).Report(err) != tt.want {
			t.Errorf("postbag %s: %v, want exit status %d", strings.Join(tt.args, " "), err, tt.want)
		}
	}
}

// TestAnInterruptedPullSaysHowToGoOn stops a pull while the blog answers.
func TestAnInterruptedPullSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	blog := sampleblog.New(time.Now())
	ctx, stop := context.WithCancel(t.Context())
	var slow atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slow.Load() {
			stop()
			<-r.Context().Done()
			return
		}
		blog.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	in := following(t, nil, server.URL)
	slow.Store(true)
	var said strings.Builder
	p := &Program{Args: append(in.flags, "pull", "--source", "1", "--history"), Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said, Clock: in.now()}
	err := p.Run(ctx)
	if !errors.Is(err, context.Canceled) || p.Report(err) != exitFailed {
		t.Errorf("an interrupted pull: %v", err)
	}
	if want := "postbag: interrupted\n  hint: What had come is stored. To go on from there: postbag pull --source 1 --history\n"; said.String() != want {
		t.Errorf("an interrupted pull says\n%swant\n%s", said.String(), want)
	}
}

// TestABarBeginsAnew fills a bar, as one feed does, and goes on with another.
func TestABarBeginsAnew(t *testing.T) {
	t.Parallel()
	b := bar{progressbar.NewOptions(-1, progressbar.OptionSetWriter(io.Discard))}
	for _, step := range [][2]int{{5, 5}, {25, 126}, {50, 126}, {126, 126}, {10, -1}, {20, -1}} {
		b.of(step[0], step[1])
		if at := b.b.State(); at.CurrentNum != int64(step[0]) || at.Max != int64(step[1]) {
			t.Errorf("at %v the bar shows %d of %d", step, at.CurrentNum, at.Max)
		}
	}
}
