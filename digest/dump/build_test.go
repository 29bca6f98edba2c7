package dump_test

import (
	"fmt"
	"strings"
)

// backupOf is a Blogger backup with one post and n comments of the given HTML.
func backupOf(n int, words string) string {
	var b strings.Builder
	b.WriteString(backupHead)
	fmt.Fprintf(&b, backupPost, n)
	for i := range n {
		b.WriteString(backupComment(i, words))
	}
	b.WriteString("</feed>")
	return b.String()
}

const (
	backupHead = `<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet href="x.css" type="text/css"?>` +
		`<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:gd='http://schemas.google.com/g/2005'>` +
		`<id>tag:blogger.com,1999:blog-7.archive</id><title type='text'>Slow Ferries</title>` +
		`<link rel='alternate' type='text/html' href='https://slowferries.example/'/>` +
		`<author><name>Una</name><email>una@slowferries.example</email></author>` +
		`<entry><id>tag:blogger.com,1999:blog-7.settings.BLOG_LOCALE</id>` +
		`<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#settings'/>` +
		`<content type='text'>en_GB</content></entry>`
	backupPost = `<entry><id>tag:blogger.com,1999:blog-7.post-100</id><published>2019-05-01T08:00:00.000+01:00</published>` +
		`<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/>` +
		`<title type='text'>The &amp;quot;Marram&amp;quot; is late</title><content type='html'>&lt;p&gt;An hour.&lt;/p&gt;</content>` +
		`<link rel='related' href='https://elsewhere.example/'/>` +
		`<link rel='alternate' type='text/html' href='https://slowferries.example/2019/05/late.html'/>` +
		`<author><name>Una</name></author><thr:total>%d</thr:total></entry>`
)

func backupComment(i int, words string) string {
	return fmt.Sprintf(`<entry><id>tag:blogger.com,1999:blog-7.post-%d</id><published>2019-05-01T09:%02d:%02d.000Z</published>`+
		`<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#comment'/>`+
		`<title type='text'>...</title><content type='html'>%s</content>`+
		`<link rel='alternate' type='text/html' href='https://slowferries.example/2019/05/late.html?showComment=1#c%d'/>`+
		`<author><name>Anonymous</name><email>noreply@blogger.com</email></author>`+
		`<thr:in-reply-to href='https://slowferries.example/2019/05/late.html' ref='tag:blogger.com,1999:blog-7.post-100'/></entry>`,
		1000+i, i/60%60, i%60, words, 1000+i)
}
