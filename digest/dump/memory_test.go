package dump_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"postbag/digest/digesttest"
	"postbag/digest/dump"
)

// endless gives a document of about so many bytes without holding it: a
// beginning, pieces, and an end.
type endless struct {
	piece func(i int) string
	end   string
	left  int64 // bytes until the end begins
	i     int
	now   string
}

func (e *endless) Read(p []byte) (int, error) {
	for e.now == "" {
		switch {
		case e.left > 0:
			e.now = e.piece(e.i)
			e.i++
		case e.end != "":
			e.now, e.end = e.end, ""
		default:
			return 0, io.EOF
		}
		e.left -= int64(len(e.now))
	}
	n := copy(p, e.now)
	e.now = e.now[n:]
	return n, nil
}

// bigBackup is a Blogger backup whose comments are of different lengths.
func bigBackup(size int64) io.Reader {
	words := strings.Repeat("The boat was late &lt;b&gt;again&lt;/b&gt;, and nobody said &amp;quot;sorry&amp;quot;.&lt;br /&gt;", 40)
	return &endless{left: size, end: "</feed>", piece: func(i int) string {
		if i == 0 {
			return backupHead + fmt.Sprintf(backupPost, 1)
		}
		return backupComment(i, words[:len(words)/(1+i%40)/98*98])
	}}
}

// bigItem is a WordPress export of a single post with comments without end, half
// of them replies and some removed.
func bigItem(t testing.TB, size int64) io.Reader {
	head, rest, ok := strings.Cut(fixture(t, "wordpress-1.2.xml"), "<wp:comment>\n\t\t\t<wp:comment_id>104")
	if !ok {
		t.Fatal("the fixture has changed")
	}
	_, tail, _ := strings.Cut(rest, "</item>")
	words := strings.Repeat("It was the van again.\n\nAt seven. ", 20)
	return &endless{left: size, end: "</item>" + tail, piece: func(i int) string {
		if i == 0 {
			return head
		}
		state := "1"
		if i%10 == 0 {
			state = "trash"
		}
		return fmt.Sprintf("<wp:comment><wp:comment_id>%d</wp:comment_id><wp:comment_author>Len</wp:comment_author>"+
			"<wp:comment_date_gmt>2026-03-05 11:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[%s]]></wp:comment_content>"+
			"<wp:comment_approved>%s</wp:comment_approved><wp:comment_type></wp:comment_type><wp:comment_parent>%d</wp:comment_parent></wp:comment>",
			1000+i, words[:i%600], state, i%2*(900+i))
	}}
}

// bigForum is a Disqus export with far more threads than are held.
func bigForum(size int64) io.Reader {
	link := strings.Repeat("long-path/", 15)
	return &endless{left: size, end: "</disqus>", piece: func(i int) string {
		switch {
		case i == 0:
			return `<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`
		case int64(i)*500 < size/2:
			return fmt.Sprintf(`<thread dsq:id="%d"><id/><link>https://towpath.example/%s%d/</link><title>%d</title>`+
				`<createdAt>2020-04-01T08:00:00Z</createdAt></thread>`, i, link, i, i)
		}
		return fmt.Sprintf(`<post dsq:id="%d"><message><![CDATA[<p>%s</p>]]></message><createdAt>2020-04-01T09:00:00Z</createdAt>`+
			`<isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Wren</name></author><thread dsq:id="%d"/></post>`, i, link, i%int(size/1000)+1)
	}}
}

// again is a file that is read from its beginning as often as one likes.
type again struct {
	file func() io.Reader
	io.Reader
}

func (a *again) Seek(int64, int) (int64, error) {
	a.Reader = a.file()
	return 0, nil
}

// big gives a file of pieces between a beginning and an end.
func big(size int64, begin, end string, piece func(i int) string) io.Reader {
	return &again{file: func() io.Reader {
		return &endless{left: size, end: end, piece: func(i int) string {
			if i == 0 {
				return begin
			}
			return piece(i)
		}}
	}}
}

// bigTables is a Ghost export with far more posts and readers than are held, or a Commento
// export with more writers.
func bigTables(size int64, ghost bool) io.Reader {
	words := strings.Repeat("<p>The glaze ran again.</p>", 30)
	if !ghost {
		return big(size, `{"version":1,"comments":[{"commentHex":"a"}`, "]}", func(i int) string {
			at := int64(i) * 330
			switch {
			case at < size/2:
				return fmt.Sprintf(`,{"commentHex":"a%d","commenterHex":"c%d","domain":"bells.test","url":"/%d/","markdown":"Count them. %d","parentHex":"a%d","state":"approved","creationDate":"2021-04-01T10:00:00Z"}`, i, i, i%5000, i, i-1)
			case at-330 < size/2:
				return `],"commenters":[{"commenterHex":"c0"}`
			}
			return fmt.Sprintf(`,{"commenterHex":"c%d","name":"Treble %d","link":"https://treble.example/%s"}`, i, i, words[:200])
		})
	}
	return big(size, `{"db":[{"meta":{},"data":{"comments":[{"id":"c0"}`, `],"users":[]}}]}`, func(i int) string {
		at := int64(i) * 900
		switch {
		case at < size/2:
			return fmt.Sprintf(`,{"id":"c%d","post_id":"p%d","member_id":"m%d","html":"%s","created_at":"2024-05-26T10:00:00.000Z","status":"published"}`, i, i%9000, i, words)
		case at-900 < size/2:
			return `],"members":[{"id":"m0"}],"posts":[{"id":"p0"}`
		}
		return fmt.Sprintf(`,{"id":"p%d","title":"No. %d","slug":"no-%d","html":"%s","status":"published","visibility":"public","published_at":"2024-05-24T04:00:00.000Z"}`, i, i, i, words)
	})
}

// bigLines is a Remark42 backup of comments on very many pages.
func bigLines(size int64) io.Reader {
	return big(size, `{"version":1,"users":[],"posts":[]}`+"\n", "", func(i int) string {
		return fmt.Sprintf(`{"id":"r%d","pid":"r%d","text":"<p>Sow them on peat, not clay. %d</p>","user":{"name":"Ada"},"locator":{"url":"https://ferns.test/%d/"},"time":"2024-05-24T04:00:00Z","title":"Spores"}`+"\n", i, i-1, i, i)
	})
}

// bigMailbox is the archive of a list of which every tenth message begins a thread.
func bigMailbox(size int64) io.Reader {
	words := strings.Repeat("> The zeppelin bend, in wet rope.\nTwo half hitches.\n\n", 8)
	return big(size, "", "", func(i int) string {
		up := ""
		if i%10 != 1 {
			up = fmt.Sprintf("In-Reply-To: <m%d@knots.test>\n", i-1)
		}
		return fmt.Sprintf("From a@b.test Mon Mar  2 10:00:00 2026\nMessage-ID: <m%d@knots.test>\n%sFrom: Ann <a@b.test>\nSubject: [knots] Bend %d\n\n%s", i, up, i/10, words)
	})
}

// bigText is a Movable Type export of a single entry with comments without end.
func bigText(size int64) io.Reader {
	return big(size, "AUTHOR: Gwen\nTITLE: Leeks\nUNIQUE URL: http://coldframe.test/leeks.html\nDATE: 11/05/2009 08:05:00 PM\n-----\nBODY:\nx\n-----\n", "--------\n", func(i int) string {
		return fmt.Sprintf("COMMENT:\nAUTHOR: Idris\nDATE: 11/06/2009 07:10:00 AM\nMine have rust, all %d of them.\n-----\n", i)
	})
}

func size() int64 {
	if os.Getenv("POSTBAG_TEST_LONG") == "1" {
		return 1 << 30
	}
	return digesttest.Large(64 << 20)
}

// However large a file is, what is held of it stays the same. The limit is far
// below the 100 MB that the whole program may take.
func TestMemoryStaysBounded(t *testing.T) {
	for _, tt := range []struct {
		name string
		size int64
		file func(size int64) io.Reader
	}{
		{"comments of a backup", size() / 2, bigBackup},
		{"one item", size() / 4, func(size int64) io.Reader { return bigItem(t, size) }},
		{"threads", size() / 4, bigForum},
		{"tables of Ghost", size() / 4, func(size int64) io.Reader { return bigTables(size, true) }},
		{"tables of Commento", size() / 4, func(size int64) io.Reader { return bigTables(size, false) }},
		{"lines", size() / 4, bigLines},
		{"mails", size() / 4, bigMailbox},
		{"sections", size() / 4, bigText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			entries, grown := consume(t, tt.file(tt.size))
			took := time.Since(began)
			t.Logf("%d entries of %d MB in %v (%.0f MB/s), heap grown by %d MB at most", entries, tt.size>>20,
				took.Round(time.Millisecond), float64(tt.size>>20)/took.Seconds(), grown>>20)
			if entries < int(tt.size/10_000) {
				t.Errorf("only %d entries were read", entries)
			}
			if grown > 40<<20 {
				t.Errorf("the heap has grown by %d MB", grown>>20)
			}
		})
	}
}

// Threads beyond those that are held become posts at once, and comments find them
// by another name.
func TestThreadsBeyondThoseHeld(t *testing.T) {
	got := readWhole(t, bigForum(32<<20), "")
	posts := map[string]bool{}
	for _, p := range got.posts {
		posts[p.ID], posts[p.Ref] = true, true
	}
	byName := 0
	for _, c := range got.comments {
		if !posts[c.PostRef] {
			t.Fatalf("comment %s is under %s, which is no post", c.ID, c.PostRef)
		}
		if strings.HasPrefix(c.PostRef, "disqus-thread:") {
			byName++
		}
	}
	if byName == 0 || byName == len(got.comments) {
		t.Errorf("%d of %d comments name their thread by its number", byName, len(got.comments))
	}
}

// consume reads an export to its end and gives how far the heap grew.
func consume(t testing.TB, file io.Reader) (entries int, grown uint64) {
	t.Helper()
	before, peak := heap(true), uint64(0)
	r, err := dump.Open(t.Context(), seekable(file))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		b, err := r.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return entries, peak - min(peak, before)
		}
		if err != nil {
			t.Fatal(err)
		}
		entries += len(b.Posts) + len(b.Comments) + len(b.Deleted)
		if i%8 == 0 {
			peak = max(peak, heap(false))
		}
	}
}

// heap gives the bytes of the heap that are in use, garbage included.
func heap(collected bool) uint64 {
	if collected {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// A single token of 300 MB is neither held nor lets anything behind it be lost;
// where it can be no text, the file is refused.
func TestSingleTokenOf300MB(t *testing.T) {
	huge := digesttest.Large(300 << 20)
	for _, tt := range []struct {
		name, open, close, words string
	}{
		{"text", "", "", ""},
		{"CDATA", "<![CDATA[", "]]>", ""},
		{"comment", "<!--", "-->", ""},
		{"instruction", "<?x ", "?>", ""},
		{"attribute", "<b x='", "'/>", "64 KB"},
		{"name", "<", "/>", "64 KB"},
		{"directive", "<!X ", ">", "entities"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, peak := heap(true), uint64(0)
			first, last, _ := strings.Cut(backupComment(3, "|"), "|")
			filling := strings.Repeat("y", 1<<20)
			doc := &endless{left: huge, end: tt.close + last + backupComment(4, "after") + "</feed>", piece: func(i int) string {
				peak = max(peak, heap(false))
				if i == 0 {
					return backupHead + fmt.Sprintf(backupPost, 1) + first + tt.open
				}
				return filling
			}}
			got, err := read(t, doc, "")
			if grown := peak - min(peak, before); grown > 40<<20 {
				t.Errorf("the heap has grown by %d MB", grown>>20)
			}
			if tt.words != "" {
				wantInvalid(t, tt.name, err, tt.words)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "the comment behind it", got.comments[len(got.comments)-1].Body.HTML, "after")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	const size = 8 << 20
	for name, open := range map[string]func() io.Reader{
		"blogger":   func() io.Reader { return bigBackup(size) },
		"wordpress": func() io.Reader { return bigItem(b, size) },
		"disqus":    func() io.Reader { return bigForum(size) },
	} {
		body, err := io.ReadAll(open())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				r, err := dump.Open(b.Context(), strings.NewReader(string(body)))
				for err == nil {
					_, err = r.Next(b.Context())
				}
				if !errors.Is(err, io.EOF) {
					b.Fatal(err)
				}
			}
		})
	}
}
