package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writeExport writes a Blogger backup of about so many bytes: posts with a
// hundred comments each, some of them replies.
func writeExport(t *testing.T, name string, size int64) (comments int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	const kind = `<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#%s'/>`
	words := strings.Repeat("The boat was late &lt;b&gt;again&lt;/b&gt;, and nobody said &amp;quot;sorry&amp;quot;.&lt;br /&gt;\n", 40)
	written := int64(0)
	write := func(format string, args ...any) {
		n, err := fmt.Fprintf(w, format, args...)
		if err != nil {
			t.Fatal(err)
		}
		written += int64(n)
	}
	write(`<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'>` +
		`<id>tag:blogger.com,1999:blog-7.archive</id><title>Slow Ferries</title><link rel='alternate' href='https://slowferries.example/'/>`)
	for i := 0; written < size; i++ {
		const post = 1_000_000_000
		if i%100 == 0 {
			write(`<entry><id>tag:blogger.com,1999:blog-7.post-%d</id><published>2019-05-01T08:00:00Z</published>`+kind+
				`<title>Late %d</title><content type='html'>%s</content></entry>`, post+i/100, "post", i, words)
		}
		reply := ""
		if i%3 == 2 {
			reply = fmt.Sprintf(`<link rel='related' href='https://www.blogger.com/feeds/7/1/comments/default/%d'/>`, i-1)
		}
		write(`<entry><id>tag:blogger.com,1999:blog-7.post-%d</id><published>2019-05-01T09:00:00Z</published>`+kind+`<content type='html'>%s</content>`+
			`<author><name>Anonymous</name></author>%s<thr:in-reply-to ref='tag:blogger.com,1999:blog-7.post-%d'/></entry>`,
			i, "comment", words[:len(words)/(1+i%40)/101*101], reply, post+i/100)
		comments++
	}
	write("</feed>")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return comments
}

// The program imports a large export in less than 100 MB of memory, the database
// included. Under POSTBAG_TEST_LONG=1 the export has a gigabyte.
func TestImportInBoundedMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: only Linux gives the peak in kilobytes")
	}
	size := int64(16 << 20)
	if os.Getenv("POSTBAG_TEST_LONG") == "1" {
		size = 1 << 30
	}
	in := &installation{t: t, dir: t.TempDir()}
	in.flags = []string{"--db", filepath.Join(in.dir, "postbag.db")}
	file := filepath.Join(in.dir, "backup.xml")
	comments := writeExport(t, file, size)
	var said strings.Builder
	began := time.Now()
	cmd := in.processTo(&said, "import", file)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	took := time.Since(began)
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	t.Logf("%d MB, %d comments in %v: %.0f a second, %d MB resident at most", size>>20, comments, took.Round(time.Millisecond),
		float64(comments)/took.Seconds(), peak>>20)
	if !strings.Contains(said.String(), fmt.Sprintf("and %d comments new", comments)) {
		t.Errorf("%d comments were to be imported:\n%s", comments, said.String())
	}
	if peak > 100<<20 {
		t.Errorf("%d MB were resident, want at most 100", peak>>20)
	}
}
