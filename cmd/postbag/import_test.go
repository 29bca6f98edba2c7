package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest/digesttest"
)

// writing writes a file of about so many bytes.
func writing(t *testing.T, name string, body func(write func(format string, args ...any) (written int64))) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	written := int64(0)
	body(func(format string, args ...any) int64 {
		n, err := fmt.Fprintf(w, format, args...)
		if err != nil {
			t.Fatal(err)
		}
		written += int64(n)
		return written
	})
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

type write = func(format string, args ...any) int64

// writeBackup writes a Blogger backup: posts with a hundred comments each, some of
// them replies.
func writeBackup(write write, size int64) (comments int) {
	const kind = `<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#%s'/>`
	words := strings.Repeat("The boat was late &lt;b&gt;again&lt;/b&gt;, and nobody said &amp;quot;sorry&amp;quot;.&lt;br /&gt;\n", 40)
	write(`<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'>` +
		`<id>tag:blogger.com,1999:blog-7.archive</id><title>Slow Ferries</title><link rel='alternate' href='https://slowferries.example/'/>`)
	for i, written := 0, int64(0); written < size; i++ {
		const post = 1_000_000_000
		if i%100 == 0 {
			write(`<entry><id>tag:blogger.com,1999:blog-7.post-%d</id><published>2019-05-01T08:00:00Z</published>`+kind+
				`<title>Late %d</title><content type='html'>%s</content></entry>`, post+i/100, "post", i, words)
		}
		reply := ""
		if i%3 == 2 {
			reply = fmt.Sprintf(`<link rel='related' href='https://www.blogger.com/feeds/7/1/comments/default/%d'/>`, i-1)
		}
		written = write(`<entry><id>tag:blogger.com,1999:blog-7.post-%d</id><published>2019-05-01T09:00:00Z</published>`+kind+`<content type='html'>%s</content>`+
			`<author><name>Anonymous</name></author>%s<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-%d'/></entry>`,
			i, "comment", words[:len(words)/(1+i%40)/101*101], reply, post+i/100)
		comments++
	}
	write("</feed>")
	return comments
}

// writeForum writes a Disqus export of very many threads, and a comment for every
// tenth of them.
func writeForum(write write, size int64) (comments int) {
	write(`<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`)
	link, threads := strings.Repeat("long-path/", 15), 0
	for written := int64(0); written < size*9/10; threads++ {
		written = write(`<thread dsq:id="%d"><id/><link>https://towpath.example/%s%d/</link><title>Lock %d</title>`+
			`<createdAt>2020-04-01T08:00:00Z</createdAt><isDeleted>false</isDeleted></thread>`, threads+1, link, threads, threads)
	}
	for thread := 1; thread <= threads; thread += 10 {
		write(`<post dsq:id="%d"><message><![CDATA[<p>Seven at lock %d.</p>]]></message><createdAt>2020-04-01T09:00:00Z</createdAt>`+
			`<isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Wren</name></author><thread dsq:id="%d"/></post>`, thread, thread, thread)
		comments++
	}
	write("</disqus>")
	return comments
}

// The program imports a large export in less than 100 MB of memory, the database
// included. Under POSTBAG_TEST_LONG=1 the export has a gigabyte.
func TestImportInBoundedMemory(t *testing.T) {
	t.Parallel()
	size := digesttest.Large(16 << 20)
	if os.Getenv("POSTBAG_TEST_LONG") == "1" {
		size = 1 << 30
	}
	for name, body := range map[string]func(write, int64) int{"backup": writeBackup, "forum": writeForum} {
		t.Run(name, func(t *testing.T) {
			in := &installation{t: t, dir: t.TempDir()}
			in.flags = []string{"--db", filepath.Join(in.dir, "postbag.db")}
			file, comments := filepath.Join(in.dir, name+".xml"), 0
			writing(t, file, func(write write) { comments = body(write, size) })
			importBounded(t, in, file, size, comments)
		})
	}
}

func importBounded(t *testing.T, in *installation, file string, size int64, comments int) {
	t.Helper()
	var said strings.Builder
	began := time.Now()
	cmd := in.processTo(&said, "import", file)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	peak := digesttest.PeakMemory(t, cmd.Process.Pid)
	if err := <-ended; err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	took := time.Since(began)
	t.Logf("%d MB, %d comments in %v: %.0f a second, %d MB resident at most", size>>20, comments, took.Round(time.Millisecond),
		float64(comments)/took.Seconds(), peak>>20)
	if !strings.Contains(said.String(), fmt.Sprintf("and %d comments new", comments)) {
		t.Errorf("%d comments were to be imported:\n%s", comments, said.String())
	}
	if peak > 100<<20 && !digesttest.Race {
		t.Errorf("%d MB were resident, want at most 100", peak>>20)
	}
}
