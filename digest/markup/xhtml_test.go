package markup_test

import (
	"testing"

	"postbag/digest/markup"
)

func TestXHTML(t *testing.T) {
	for _, c := range []struct{ name, xhtml, html string }{
		{"nothing", "", ""},
		{"what is the same", `<p class="a">x &amp; <b>y</b></p>`, `<p class="a">x &amp; <b>y</b></p>`},
		{"an anchor that closes itself", `<p><a id="top"/>Said.</p>`, `<p><a id="top"></a>Said.</p>`},
		{"a frame, a film, a script", `<iframe src="x"/>a<video src="y" />b<script src="z"/>c`, `<iframe src="x"></iframe>a<video src="y" ></video>b<script src="z"></script>c`},
		{"a box for text, a title", `<textarea/>a<title/>b<xmp/>c<plaintext/>d`, `<textarea></textarea>a<title></title>b<xmp></xmp>c<plaintext></plaintext>d`},
		{"what HTML has no end of", `a<br/>b<br></br>c<img src="x"/>d<hr />`, `a<br>b<br>c<img src="x">d<hr >`},
		{"styles that close themselves", `<i/>a<del/>b<blockquote/>c`, `<i></i>a<del></del>b<blockquote></blockquote>c`},
		{"prefixes", `<h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>a</h:p><h:br/>b</h:div>`, `<div xmlns:h="http://www.w3.org/1999/xhtml"><p>a</p><br>b</div>`},
		{"a prefix that the feed declares", `<xh:p>a</xh:p><xh:p>b</xh:p>`, `<p>a</p><p>b</p>`},
		{"a prefix of other things", `<p xmlns:o="urn:office">a<o:p>b</o:p></p>`, `<p xmlns:o="urn:office">a<o:p>b</o:p></p>`},
		{"MathML with a prefix", `<m:math><m:mi>x</m:mi></m:math>`, `<math><mi>x</mi></math>`},
		{"text that is not markup", `<p><![CDATA[a < b & c]]></p>`, `<p>a &lt; b &amp; c</p>`},
		{"a comment", `a<!-- <p> -->b`, `ab`},
		{"a tag that does not end", `a<p class="b`, `a`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markup.XHTML(c.xhtml); got != c.html {
				t.Errorf("gave %s\nwant %s", got, c.html)
			}
		})
	}
}

func FuzzXHTML(f *testing.F) {
	f.Add(`<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p><iframe src="x"/><p>b</p></div>`)
	f.Add(`<x:p xmlns:x="http://www.w3.org/1999/xhtml"><![CDATA[<]]></x:p>`)
	f.Fuzz(func(t *testing.T, doc string) {
		out := markup.XHTML(doc)
		if len(out) > 6*len(doc)+16 {
			t.Errorf("%d bytes became %d", len(doc), len(out))
		}
		checkSafe(t, markup.FromHTML(out, ""))
	})
}
