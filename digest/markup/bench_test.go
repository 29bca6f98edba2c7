package markup_test

import (
	"strings"
	"testing"

	"postbag/digest/markup"
)

// comments are of the kinds that feeds are full of.
var comments = []struct{ name, doc string }{
	{"Blogger", strings.Repeat("I have been &quot;driving&quot; nights for nine years, and it's never been <i>this</i> cold.<br /><br />", 12)},
	{"WordPress", strings.Repeat("<p>The 14 was late again, wasn&#8217;t it? <a href=\"https://rota.example/2016/06/late\" rel=\"nofollow ugc\">Here</a> is\nwhy &#8211; read <strong>all</strong> of it.</p>\n", 8)},
	{"short", "Same here. It's the heating, I'm sure of it."},
	{"other letters", strings.Repeat("Ночью <b>холодно</b>, и автобус опять не пришёл. 夜行バスの運転手です。<br>", 10)},
	{"quotes and lists", strings.Repeat("<blockquote><p>Who drives it?</p></blockquote><ul><li>Not me</li><li>Nor <em>me</em></li></ul>", 8)},
}

func BenchmarkFromHTML(b *testing.B) {
	for _, c := range comments {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.doc)))
			b.ReportAllocs()
			for b.Loop() {
				markup.FromHTML(c.doc, "http://blog.example/")
			}
		})
	}
}

func BenchmarkHTML(b *testing.B) {
	for _, c := range comments {
		p := markup.FromHTML(c.doc, "http://blog.example/")
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				markup.Look{Rel: markup.ReaderRel}.HTML(p)
			}
		})
	}
}
