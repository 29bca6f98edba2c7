package dump_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/feed"
)

// whole is all that an export gave.
type whole struct {
	head     dump.Head
	posts    []feed.PostEntry
	comments []feed.CommentEntry
	deleted  []string
	tally    dump.Tally
	batches  int
}

// read reads an export to its end, or to the error that ends it.
func read(t testing.TB, file io.Reader, home string) (all whole, err error) {
	t.Helper()
	r, err := dump.Open(t.Context(), seekable(file))
	if err != nil {
		return all, err
	}
	if home != "" {
		r.SetHome(home)
	}
	all.head = r.Head()
	for {
		b, err := r.Next(t.Context())
		all.tally = r.Tally()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all.batches++
		all.posts = append(all.posts, b.Posts...)
		all.comments = append(all.comments, b.Comments...)
		for _, d := range b.Deleted {
			all.deleted = append(all.deleted, d.ID)
		}
		if n := len(b.Posts) + len(b.Comments) + len(b.Deleted); n == 0 || n > dump.MaxBatch {
			t.Errorf("a batch of %d entries", n)
		}
	}
}

// seekable makes a file of a reader that is read once only.
func seekable(in io.Reader) io.ReadSeeker {
	if file, ok := in.(io.ReadSeeker); ok {
		return file
	}
	return onlyOnce{in}
}

type onlyOnce struct{ io.Reader }

func (onlyOnce) Seek(int64, int) (int64, error) { return 0, nil }

// byByte is a file that gives its bytes one by one.
func byByte(body string) io.ReadSeeker {
	file := strings.NewReader(body)
	return struct {
		io.Reader
		io.Seeker
	}{iotest.OneByteReader(file), file}
}

func readWhole(t testing.TB, file io.Reader, home string) whole {
	t.Helper()
	all, err := read(t, file, home)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return all
}

func (w whole) comment(t testing.TB, key string) feed.CommentEntry {
	t.Helper()
	for _, c := range w.comments {
		if c.Key == key || c.ID == key {
			return c
		}
	}
	t.Fatalf("there is no comment %q among %d", key, len(w.comments))
	return feed.CommentEntry{}
}

// left says what was left out, as a person reads it.
func (w whole) left() string {
	var all []string
	for _, l := range w.tally.Left {
		all = append(all, l.String())
	}
	return strings.Join(all, ", ")
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func wantInvalid(t testing.TB, what string, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error, want one that says %q", what, words)
		return
	}
	if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
		t.Errorf("%s: error %q is of kind %d with the hint %q", what, err, digest.KindOf(err), digest.HintOf(err))
	}
	for _, w := range words {
		if !strings.Contains(err.Error()+" / "+digest.HintOf(err), w) {
			t.Errorf("%s: error %q does not say %q", what, fmt.Sprint(err, " / ", digest.HintOf(err)), w)
		}
	}
}

// An end of the context ends the reading, even in a token without end.
func TestCancelledReadingEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := dump.Open(ctx, strings.NewReader(backupOf(1, "words")))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Next gives %v after its context ended", err)
	}
	for _, before := range []string{"<feed><!--", backupOf(1, "words")[:1500] + "<![CDATA["} {
		ctx, cancel := context.WithCancel(t.Context())
		doc := &endless{left: 1 << 40, piece: func(i int) string {
			if i == 0 {
				return before
			}
			if i == 200 {
				cancel()
			}
			return strings.Repeat("words ", 1000)
		}}
		r, err := dump.Open(ctx, seekable(doc))
		for err == nil {
			_, err = r.Next(ctx)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a token without end gives %v", err)
		}
	}
}
