package markup_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/markup"
)

// TestShownText tells what a text reads as where nothing has a style, for all that
// blogs write beside plain words.
func TestShownText(t *testing.T) {
	for _, c := range []struct{ name, html, want string }{
		// Struck out.
		{"del and ins", `<p>The moths are <del>charming</del> <ins>a plague</ins>.</p>`, "The moths are ~~charming~~ a plague."},
		{"s and strike", `<s>Yes</s> no, <strike>maybe</strike> not`, "~~Yes~~ no, ~~maybe~~ not"},
		{"a style", `<span style="color:red; TEXT-DECORATION: underline Line-Through !important">free</span> dear`, "~~free~~ dear"},
		{"a style by its long name", `<i style="text-decoration-line:line-through">free</i> dear`, "~~free~~ dear"},
		{"a class", `<span class="x strikethrough">free</span> dear`, "~~free~~ dear"},
		{"a style in a style", `<del>a <b>b</b> c</del> d`, "~~a b c~~ d"},
		{"elements of one name", `<span style="text-decoration:line-through">a <span>b</span> c</span> d`, "~~a b c~~ d"},
		{"over paragraphs", `<del><p>a</p><p>b</p></del><p>c</p>`, "~~a~~\n\n~~b~~\n\nc"},
		{"a paragraph of its own", `<p style="text-decoration:line-through">a<p>b`, "~~a~~\n\nb"},
		{"a cell, a term and an item without ends", `<table><tr><td style="text-decoration:line-through">a<td>b<tr><td class=strike>c</table>d<dl><dt class=strike>e<dd>f</dl><ul><li class=strike>g<ul><li>h</ul>i<li>j</ul>k`,
			"~~a~~ | b\n~~c~~\n\nd\n\n~~e~~\n\nf\n\n~~g~~\n\n~~h~~\n\n~~i~~\n\nj\n\nk"},
		{"not closed in its paragraph", `<p>a <del>b</p><p>c</p>`, "a ~~b~~\n\nc"},
		{"a line break inside", `<s>a<br>b</s>`, "~~a\nb~~"},
		{"a link inside", `<s><a href="https://a.example/">a</a> b</s>`, "~~a b~~"},

		// Raised and lowered.
		{"a power", `4 &times; 10<sup>12</sup> m<sup>3</sup>`, "4 × 10¹² m³"},
		{"a chemical", `CO<sub>2</sub> and C<sub>6</sub>H<sub>12</sub>O<sub>6</sub>`, "CO₂ and C₆H₁₂O₆"},
		{"powers of powers", `2<sup>3<sup>2</sup></sup> = 512`, "2^(3²) = 512"},
		{"an ordinal", `on the 21<sup>st</sup>, the 1<sup>er</sup>`, "on the 21st, the 1er"},
		{"a style", `10<span style="vertical-align: super; font-size: smaller">9</span> years, a<span style="vertical-align:sub">n</span>`, "10⁹ years, a_n"},
		{"more than a number", `e<sup>i&pi;</sup> = -1`, "e^iπ = -1"},
		{"more than a word", `e<sup>a + b</sup>`, "e^(a + b)"},
		{"a power in brackets", `E<sup>(a,b)</sup>, x<sub>(i,j)</sub>, f<sup>(2)</sup>`, "E^(a,b), x_(i,j), f⁽²⁾"},
		{"a part, a sign", `y<sup>½</sup>, z<sup>∞</sup>, w<sup>2½</sup>, v*<sup>*</sup>, u<sup>®</sup>, t<sup><sup>2</sup></sup>`, "y^½, z^∞, w^(2½), v**, u®, t²"},
		{"a note", `He left.<sup>(see below)</sup> So<sup>[1]</sup>`, "He left.(see below) So[1]"},
		{"two notes in a row", `See<sup>[1]</sup><sup>[2]</sup> or<sup>[3], [4]</sup>`, "See[1][2] or[3], [4]"},
		{"two that stand apart", `so<sup>[who?]</sup> <sup>a</sup>b, c<sup>1</sup> <sup>2</sup>, H<sub>n</sub> <sub>m</sub>`, "so[who?] ^ab, c¹ ², H_n _m"},
		{"not closed in its paragraph", `<p>note<sup>2</p><p>1066</p>`, "note²\n\n1066"},

		// Line starts.
		{"code", "<pre><code>def f(x):\n    if x:\n\treturn 1\n\n\n\n\nf(2)  # twice</code></pre>", "def f(x):\n    if x:\n    return 1\n\n\nf(2)  # twice"},
		{"code whose first line is set in", "<pre>    b\na</pre>", "    b\na"},
		{"code with line breaks", "<pre>a:<br>  b<br/>  c</pre>", "a:\n  b\n  c"},
		{"code with styles", "<pre>  <b>if</b>  x:\n    <i>y</i></pre>", "  if  x:\n    y"},
		{"code in a quotation", "<blockquote><pre>a\n  b</pre></blockquote>", "a\n  b"},
		{"code in a list", "<ul><li><pre>a\n  b</pre></li></ul>", "a\n  b"},
		{"code as WordPress sends it in comments", "<p><code>for x:<br />\n    say x<br />\n        twice</code></p>", "for x:\n\u00a0\u00a0\u00a0\u00a0say x\n\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0twice"},
		{"verse set in with spaces that stay", "The bus<br>&nbsp; &nbsp; is late<br>\n&nbsp;again", "The bus\n\u00a0\u00a0\u00a0\u00a0is late\nagain"},
		{"lines kept by a style", "<div style=\"white-space:pre-wrap\">a\n  b\nc</div>d", "a\n\u00a0\u00a0b\nc\n\nd"},
		{"spaces of the source", "<p>a<br>\n      b</p>", "a\nb"},
		{"a box to copy from", "<textarea rows=2>&lt;b&gt;\n  x</textarea>", "<b>\n  x"},

		// Pictures.
		{"between words", `one<img src="a.jpg">two`, "one [picture] two"},
		{"described", `see <img src="a.jpg" alt="a bus at
night">, (<img alt="x" src=b>)`, "see [picture: a bus at night], ([picture: x])"},
		{"in quotation marks", `He sent "<img src=a alt=x>". <img src=b>"No," she said.`, `He sent "[picture: x]". [picture] "No," she said.`},
		{"by its title", `<img src=a title="The garage">`, "[picture: The garage]"},
		{"described by a program", `<img src=a alt="image"> <img src=a alt=Photo>`, "[picture] [picture]"},
		{"described at length", `<img src=a alt="` + strings.Repeat("ab ", 100) + `">`, "[picture: " + strings.TrimSpace(strings.Repeat("ab ", 67)[:200]) + "…]"},
		{"emoji of WordPress", `Yes <img src="https://s.w.org/images/core/emoji/14/72x72/1f600.png" alt="😀" class="wp-smiley" style="height: 1em; max-height: 1em;" />!`, "Yes 😀!"},
		{"emoji of Discourse", `<img src="/images/emoji/twitter/bus.png?v=12" title=":bus:" class="emoji only-emoji" alt=":bus:" width="20" height="20">`, ":bus:"},
		{"emoji without a class", `<img alt="👍🏽" src=x>  <img alt="1️⃣" src=x>`, "👍🏽 1️⃣"},
		{"emoji of Gmail", `so <img goomoji="1f68c" src="cid:1f68c@goomoji.gmail" alt="">, <img data-goomoji="1f44b_1f3fd" src=x alt="[?]">, <img goomoji="360" src="cid:360@goomoji.gmail" alt="[?]">`, "so 🚌, 👋🏽, [?]"},
		{"smilies of phpBB", `ha <img class="smilies" src="./images/smilies/icon_e_biggrin.gif" alt=":D" title="Very Happy">`, "ha :D"},
		{"a smiley without a class", `ha <img src=x alt=";-)">`, "ha ;-)"},
		{"what counts readers", `a<img src="https://pixel.example/x" width="1" height="1">b<img src="https://feeds.feedburner.com/~r/x/~4/y"><img style="width:1px;height:1px" src=x>`, "ab"},
		{"a hidden one", `a<img style="display:none" src=x alt=no>b`, "ab"},
		{"a portrait, an ornament", `<img class="avatar avatar-32 photo" src=x alt="Ann"> a <img role=presentation src=x alt=line>`, "a"},
		{"in a link", `<a href="https://a.example/big.jpg"><img src="small.jpg" alt="a bus"></a>`, "[picture: a bus]"},
		{"drawn in the page", `<svg width="300" height="200"><title>A map</title><text>x</text></svg>`, "[picture: A map]"},
		{"an icon", `a<svg class="fa d-icon d-icon-link svg-icon" aria-hidden="true"><use href="#link"></use></svg>b`, "ab"},
		{"a picture of Discourse", `<div class="lightbox-wrapper"><a class="lightbox" href="https://a.example/bus.jpeg" title="bus"><img src="b.jpeg" alt="bus" width="690" height="388"><div class="meta"><svg class="fa"></svg><span class="filename">bus</span><span class="informations">1920×1080 245 KB</span></div></a></div>after`, "[picture: bus]\n\nafter"},
		{"a small icon", `<img src=x width="16" height="16"> ann <img src=x width=20 height=20 alt="a bee">`, "ann [picture: a bee]"},
		{"in a figure", `<figure><img src=x alt="A bus"><figcaption>At night</figcaption></figure>`, "[picture: A bus]\n\nAt night"},

		// Formulas.
		{"WordPress", `so <img src="https://s0.wp.com/latex.php?latex=x%5E2&bg=fff" alt="x^2" class="latex" /> is`, "so [formula: x^2] is"},
		{"WordPress without a description", `<img src="https://s0.wp.com/latex.php?latex=x%5E2&bg=fff" class="latex">`, "[formula: x^2]"},
		{"CodeCogs", `<img src="https://latex.codecogs.com/gif.latex?%5Cfrac%7Ba%7D%7Bb%7D">`, `[formula: \frac{a}{b}]`},
		{"MediaWiki", `<span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;"><math alttext="{\displaystyle y}"><mi>y</mi></math></span><img class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{\displaystyle y}" src=x></span>`, "[formula: y]"},
		{"MathML of letters in a row", `<math><mi>a</mi><mo>=</mo><mn>2</mn></math>`, "[formula: a=2]"},
		{"MathML that draws", `<math><msup><mi>a</mi><mn>2</mn></msup></math> holds`, "[formula] holds"},
		{"MathML with its source", `<math><semantics><mrow><msup><mi>a</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">a^2</annotation></semantics></math>`, "[formula: a^2]"},
		{"MathML in words", `<math alttext="a squared"><msup><mi>a</mi><mn>2</mn></msup></math>`, "[formula: a squared]"},
		{"KaTeX", `<span class="katex"><span class="katex-mathml"><math><semantics><mi>c</mi><annotation encoding="application/x-tex">c_0</annotation></semantics></math></span><span class="katex-html" aria-hidden="true"><span class="base"><span>c</span><span>0</span></span></span></span>!`, "[formula: c_0]!"},
		{"MathJax 2", `<span class="MathJax_Preview">c</span><span class="MathJax"><nobr>c0</nobr></span><script type="math/tex; mode=display">c_0 < 1</script>`, "[formula: c_0 < 1]"},
		{"MathJax 2, displayed", `so<div class="MathJax_Display"><span class="MathJax"><nobr>c0</nobr></span></div><script type="math/tex; mode=display">c_0</script>`, "so\n\n[formula: c_0]"},
		{"MathJax 2 without its source", `so <span class="MathJax"><nobr>c0</nobr><span class="MJX_Assistive_MathML"><math><mi>c</mi></math></span></span> holds`, "so [formula: c] holds"},
		{"MathJax 2 as a drawing alone", `so <span class="MathJax"><nobr>c0</nobr></span>`, "so [formula]"},
		{"KaTeX as a drawing alone", `so <span class="katex"><span class="katex-html" aria-hidden="true"><span>c</span><span>0</span></span></span> holds`, "so [formula] holds"},
		{"MathJax 3", `<mjx-container class="MathJax CtxtMenu_Attached_0"><mjx-math aria-hidden="true"><mjx-mi>c</mjx-mi></mjx-math><mjx-assistive-mml><math><mi>c</mi></math></mjx-assistive-mml></mjx-container>`, "[formula: c]"},
		{"MathJax 2 with its source as an attribute", `so <span class="MathJax" data-mathml="&lt;math&gt;&lt;mi&gt;c&lt;/mi&gt;&lt;mo&gt;&amp;lt;&lt;/mo&gt;&lt;mn&gt;1&lt;/mn&gt;&lt;/math&gt;"><nobr><span>c</span>1</nobr></span> holds`, "so [formula: c<1] holds"},
		{"MathJax 2 as an attribute that draws", `so <span class="MathJax" data-mathml="&lt;math&gt;&lt;msup&gt;&lt;mi&gt;c&lt;/mi&gt;&lt;mn&gt;1&lt;/mn&gt;&lt;/msup&gt;&lt;/math&gt;">c1</span> holds`, "so [formula] holds"},
		{"MathJax 2 in pictures", `so <span class="MathJax_SVG" data-mathml="x"><svg width="90" height="40"><path/></svg></span><script type="math/tex">c_0</script> holds`, "so [formula: c_0] holds"},
		{"MathJax 3 in pictures", `so <mjx-container class="MathJax" jax="SVG"><svg width="9ex" height="2ex" role="img"><g><path/></g></svg><mjx-assistive-mml><math><mi>c</mi></math></mjx-assistive-mml></mjx-container> holds`, "so [formula: c] holds"},
		{"MathJax 3 as a drawing alone", `so <mjx-container jax="SVG"><svg><path/></svg></mjx-container>, <mjx-container jax="CHTML"><mjx-math><mjx-mi></mjx-mi></mjx-math></mjx-container> hold`, "so [formula], [formula] hold"},
		{"MathJax 4", `so <mjx-container jax="SVG"><svg data-latex="c_0"><path/></svg><mjx-assistive-mml><math data-latex="c_0"><msub data-latex="c_0"><mi>c</mi><mn>0</mn></msub></math></mjx-assistive-mml></mjx-container> holds`, "so [formula: c_0] holds"},
		{"the source alone", `so <script type="application/x-tex">c_0</script> holds`, "so [formula: c_0] holds"},

		// What browsers without scripts see.
		{"without scripts alone", `a <noscript>Switch scripts on! <img src="b.jpg" alt="a bus"></noscript> b`, "a [picture: a bus] b"},
		{"with a twin before", `a<img class=lazy data-src="b.jpg" alt="a bus"><noscript><img src="b.jpg" alt="a bus"></noscript>b`, "a [picture: a bus] b"},
		{"with a twin behind", `a <noscript><img src="b.jpg" alt="a bus"></noscript> <img class=lazy data-src="b.jpg" alt="a bus">b`, "a [picture: a bus] b"},
		{"with a twin in a figure", `<figure><img class=lazy data-src="b.jpg" alt="a bus"></figure><noscript><img src="b.jpg" alt="a bus"></noscript>b`, "[picture: a bus]\n\nb"},
		{"two without scripts", `<p><noscript><img src="b.jpg" alt="a bus"></noscript></p><p><noscript><img src="c.jpg" alt="a bee"></noscript></p>`, "[picture: a bus]\n\n[picture: a bee]"},
		{"two without scripts in a row", `<noscript><img src="b.jpg" alt="a bus"></noscript> <noscript><img src="c.jpg" alt="a bee"></noscript>`, "[picture: a bus] [picture: a bee]"},
		{"a film without scripts", `<noscript><iframe src="https://www.youtube.com/embed/x"></iframe></noscript>`, "[film]"},
		{"what counts readers without scripts", `a<noscript><img height="1" width="1" style="display:none" src="https://pixel.example/tr"></noscript>b`, "ab"},

		// Elements that scripts draw.
		{"films that scripts show", `a <lite-youtube videoid="x" playlabel="Play"><a href="https://v.example/">Play</a></lite-youtube> b <amp-vimeo data-videoid="7" width="480" height="270"></amp-vimeo> c`, "a [film] b [film] c"},
		{"a picture that a script shows", `a <amp-img src="b.jpg" alt="a bus" width="300" height="200"><noscript><img src="b.jpg" alt="a bus"></noscript></amp-img> b`, "a [picture: a bus] b"},
		{"a sound and posts that scripts show", `<amp-soundcloud data-trackid="1"></amp-soundcloud> <amp-twitter data-tweetid="2"></amp-twitter> <amp-iframe src="https://www.google.com/maps/embed?pb=x"></amp-iframe>`, "[sound] [page] [map]"},

		// Films, sounds, frames.
		{"a film", `Look:<iframe width="560" height="315" src="https://www.youtube.com/embed/a-b_c" title="YouTube video player"></iframe>there`, "Look: [film] there"},
		{"with a title", `<iframe src="https://player.vimeo.com/video/7" title="Moths at night"></iframe>`, "[film: Moths at night]"},
		{"an old one", `<object width="425"><param name="movie" value="https://www.youtube.com/v/a-b_c&hl=en"></param><embed src="https://www.youtube.com/v/a-b_c&hl=en" type="application/x-shockwave-flash"></embed></object>`, "[film]"},
		{"a film of the page", `<video controls><source src="a.mp4" type="video/mp4">Your browser is old.</video>`, "[film]"},
		{"a sound", `<audio src="a.mp3"></audio><iframe src="https://w.soundcloud.com/player/?url=x"></iframe>`, "[sound] [sound]"},
		{"a map", `<iframe src="https://www.google.com/maps/embed?pb=x"></iframe>`, "[map]"},
		{"a document", `<embed src="timetable.pdf" type="application/pdf"><object data="https://docs.google.com/document/d/x/pub"></object>`, "[document] [document]"},
		{"a picture as an object", `<object data="bus.svg" type="image/svg+xml">a bus</object>`, "[picture]"},
		{"a post elsewhere", `<iframe src="https://platform.twitter.com/embed/Tweet.html?id=1"></iframe>`, "[page]"},
		{"what counts readers in a frame", `a<iframe src="https://x.example/" width=0 height=0></iframe>b`, "ab"},
		{"code elsewhere", `<script src="https://gist.github.com/ann/12.js"></script>`, "[page]"},
		{"a frame that closes itself", `<p>a</p><iframe src="https://www.youtube.com/embed/x"/><p>b</p>`, "a\n\n[film]\n\nb"},
		{"a frame whose address ends in a slash", `a<iframe src=https://v.example/>b</iframe>c<script src=https://v.example/>d</script>e`, "a [film] ce"},
		{"a script that closes itself", `<p>a</p><script src=x /><p>b</p>`, "a\n\nb"},
		{"a form", `<form><input name=q><button>Vote</button></form>`, "[form]"},

		// What is not seen.
		{"hidden text", `a<span style="display: none">b <span>c</span></span>d<div hidden>e</div><p style="visibility:hidden">f<p>g`, "ad\n\ng"},
		{"text for machines", `a<span class="screen-reader-text"> (opens in a new tab)</span><span style="font-size:0px">b</span><i style="opacity: 0">c</i>d`, "ad"},
		{"struck and hidden", `<del style="display:none">a</del>b`, "b"},

		// Words of several languages, and the rest of HTML.
		{"readings", `<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</ruby>です`, "漢(かん)字(じ)です"},
		{"readings of one character each", `<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>です`, "漢(かん)字(じ)です"},
		{"readings behind all characters", `<ruby><rb>夜<rb>行<rt>や<rt>こう</ruby>の<ruby><rb>虫</rb><rb>夜</rb><rp>(</rp><rt>むし</rt> <rt>よ</rt><rp>)</rp></ruby>です`, "夜行(やこう)の虫夜(むし よ)です"},
		{"readings behind theirs", `<ruby><rb>夜</rb><rt>や</rt><rb>行</rb><rt>こう</rt></ruby>`, "夜(や)行(こう)"},
		{"a reading before other tags", `<ruby>夜<rt>よる</rt><b>行</b></ruby> <ruby>虫<rt>むし</rt>`, "夜(よる)行 虫(むし)"},
		{"cells", `<table><tr><th>Line<th>Minutes<tr><td>14<td>8 000<tr><td>15<td><td>9</table>`, "Line | Minutes\n14 | 8 000\n15 | | 9"},
		{"cells with paragraphs", `<table><thead><tr><td><p>a</p></td><td><p>b</p></td></tr></thead><tbody><tr><td></td><td>c</td></tr></tbody></table>d`, "a\n\nb\n\nc\n\nd"},
		{"boxes to tick", `<ul><li><input type="checkbox" checked disabled> oil<li><input type=checkbox>water</ul>`, "☑ oil\n\n☐ water"},
		{"a rule", `<p>a</p><hr><hr/><p>b</p><hr>`, "a\n\n* * *\n\nb"},
		{"terms", `<dl><dt>Rota<dd>What hangs on the wall.</dl>`, "Rota\n\nWhat hangs on the wall."},
		{"what stands apart", `one<button>two</button>three<input>four<dialog open>five</dialog>six`, "one two three four\n\nfive\n\nsix"},
		{"what moves and measures", `one<marquee>two</marquee>three<progress>40%</progress>four<meter>5</meter>six<output>7</output>eight`, "one two three 40% four 5 six 7 eight"},
		{"what opens", `<details><summary>The end</summary>He did it.</details>`, "The end\n\nHe did it."},
		{"a list that goes on", `<ol start="4"><li>d<li value=9>i</ol>`, "d\n\ni"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := markup.FromHTML(c.html, "https://blog.example/2016/post.html")
			if got := p.Shown(); got != c.want {
				t.Errorf("%s\nreads %q\nwant  %q", c.html, got, c.want)
			}
			checkSafe(t, p)
			checkAllowed(t, string(markup.Look{Ours: "ours"}.HTML(p)), markup.Look{Ours: "ours"})
		})
	}
}

// What is not shown leads to where it is.
func TestMarksLead(t *testing.T) {
	for doc, want := range map[string]string{
		`<iframe src="//www.youtube-nocookie.com/embed/a-b_c?rel=0"></iframe>`:                    "https://www.youtube.com/watch?v=a-b_c",
		`<iframe src="https://player.vimeo.com/video/7?h=1"></iframe>`:                            "https://vimeo.com/7",
		`<object><param name="movie" value="https://www.youtube.com/v/a-b_c&amp;hl=en"></object>`: "https://www.youtube.com/watch?v=a-b_c",
		`<iframe src="https://v.example/1"/>`:                                                     "https://v.example/1",
		`<iframe src="about:blank" data-src="https://v.example/1"></iframe>`:                      "https://v.example/1",
		`<video><source src="/a.mp4"></video>`:                                                    "https://blog.example/a.mp4",
		`<video src="b.mp4"></video>`:                                                             "https://blog.example/2016/b.mp4",
		`<lite-youtube videoid="a-b_c"></lite-youtube>`:                                           "https://www.youtube.com/watch?v=a-b_c",
		`<amp-youtube data-videoid="a-b_c"></amp-youtube>`:                                        "https://www.youtube.com/watch?v=a-b_c",
		`<amp-dailymotion data-videoid="x1"></amp-dailymotion>`:                                   "https://www.dailymotion.com/video/x1",
		`<lite-vimeo videoid="7"></lite-vimeo>`:                                                   "https://vimeo.com/7",
		`<video-js><source src="/a.mp4"></video-js>`:                                              "https://blog.example/a.mp4",
		`<noscript><iframe src="https://player.vimeo.com/video/7"></iframe></noscript>`:           "https://vimeo.com/7",
		`<script src="https://gist.github.com/ann/12.js"></script>`:                               "https://gist.github.com/ann/12",
		`<a href="https://a.example/"><img src="https://p.example/p.jpg" alt="x"></a>`:            "https://a.example/",
		`<img src="https://p.example/p.jpg" alt="x">`:                                             "",
		`<iframe src="javascript:alert(1)"></iframe>`:                                             "",
		`<a href="https://a.example/"><iframe src="https://v.example/1"></iframe></a>`:            "https://v.example/1",
		`<iframe src="https://user:word@v.example/1"></iframe>`:                                   "",
		`<embed src="data:text/html;base64,eA==">`:                                                "",
	} {
		p := markup.FromHTML(doc, "https://blog.example/2016/post.html")
		if len(p) != 1 || len(p[0].Spans) != 1 || p[0].Spans[0].Href != want || p[0].Spans[0].Stands == "" {
			t.Errorf("%s\nbecame %+v, want a link to %q", doc, p, want)
		}
	}
}

func TestHTMLOfStyles(t *testing.T) {
	for doc, want := range map[string]string{
		`a <del>b <b>c</b></del>`:                     "<p>a <del>b <strong>c</strong></del></p>\n",
		`x<sup>2<sup>3</sup></sup>`:                   "<p>x<sup>2<sup>3</sup></sup></p>\n",
		`so<sup>[who?]</sup> <sup>a</sup>b`:           "<p>so<sup>[who?]</sup> <sup>a</sup>b</p>\n",
		`so<sub>d <s>e</s></sub>`:                     "<p>so<sub>d </sub><del><sub>e</sub></del></p>\n",
		`so<sup>a b</sup>`:                            "<p>so<sup>a b</sup></p>\n",
		`« Encore ! »`:                                "<p>«\u00a0Encore\u00a0!\u00a0»</p>\n",
		`<s>10<sup>6</sup></s>`:                       "<p><del>10<sup>6</sup></del></p>\n",
		"<pre>a &lt;\n  <b>b</b></pre>":               "<pre>a &lt;\n  <strong>b</strong></pre>\n",
		"<ul><li><pre>a\n b</pre><p>c</ul>":           "<ul>\n<li><pre>a\n b</pre>\n<p>c</p>\n</li>\n</ul>\n",
		`<a href="https://a.example/">a <s>b</s></a>`: "<p><a href=\"https://a.example/\" rel=\"nofollow ugc noopener\">a <del>b</del></a></p>\n",
	} {
		if got := string(markup.Look{Rel: markup.ReaderRel}.HTML(markup.FromHTML(doc, ""))); got != want {
			t.Errorf("%s\nbecame %q\nwant   %q", doc, got, want)
		}
	}
	got := string(markup.Look{Ours: "ours"}.HTML(digest.Prose{{Spans: []digest.Span{{Text: "a "}, {Text: "[picture]", Stands: digest.Picture}}}}))
	if want := "<p>a <span class=\"ours\">[picture]</span></p>\n"; got != want {
		t.Errorf("a mark became %q", got)
	}
}

// TestMarks: the marked words stand in mark elements, whatever stands around them, and
// nothing else is written otherwise.
func TestMarks(t *testing.T) {
	p := digest.Prose{
		{Spans: []digest.Span{{Text: "We ran "}, {Text: "the 41", Strong: true}, {Text: " for nine years."}}},
		{Kind: digest.Item, Depth: 1, Spans: []digest.Span{{Text: "See "}, {Text: "the list", Href: "https://blog.example/"}, {Text: " & "}, {Text: "[picture: a bus]", Stands: digest.Picture}}},
		{Spans: []digest.Span{{Text: "Gone, ", Struck: true}, {Text: "“all”\nof it", Em: true}}},
	}
	text := p.Text()
	at := func(words, class string) markup.Mark {
		start := strings.Index(text, words)
		return markup.Mark{Range: digest.Range{Start: start, End: start + len(words)}, Class: class}
	}
	got := string(markup.Look{Marks: []markup.Mark{at("ran the 41 for", ""), at("list & [picture", "caution"), at("all”\nof", "")}}.HTML(p))
	want := `<p>We <mark>ran</mark> <strong><mark>the 41</mark></strong> <mark>for</mark> nine years.</p>
<ul>
<li>See <a href="https://blog.example/">the <mark class="caution">list</mark></a> <mark class="caution">&amp;</mark> <mark class="caution">[picture: a bus]</mark></li>
</ul>
<p><del>Gone, </del><em>“</em><em><mark>all”<br>
of</mark></em><em> it</em></p>
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	plain := string(markup.Look{}.HTML(p))
	without := regexp.MustCompile(`</?mark[^>]*>|</em><em>|</strong><strong>`)
	for start := range text {
		for end := start + 1; end <= len(text); end++ {
			if !utf8.ValidString(text[start:end]) {
				continue
			}
			got := string(markup.Look{Marks: []markup.Mark{{Range: digest.Range{Start: start, End: end}}}}.HTML(p))
			if got = without.ReplaceAllString(without.ReplaceAllString(got, ""), ""); got != plain {
				t.Fatalf("with %q marked it reads\n%s", text[start:end], got)
			}
		}
	}
}

// Our own words have no part in the direction that browsers find in a text.
func TestOurWordsStandApart(t *testing.T) {
	for _, c := range []struct {
		look markup.Look
		span digest.Span
		want string
	}{
		{markup.Look{Apart: true}, digest.Span{Text: "[picture: گربه]", Stands: digest.Picture}, "[<bdi>picture</bdi>: گربه]"},
		{markup.Look{Apart: true}, digest.Span{Text: "[film]", Stands: digest.Film, Href: "https://v.example/1"}, `<a href="https://v.example/1">[<bdi>film</bdi>]</a>`},
		{markup.Look{Apart: true, Foreign: true}, digest.Span{Text: "[film]", Stands: digest.Film}, `[<span lang="en" dir="ltr">film</span>]`},
		{markup.Look{Apart: true, Ours: "ours"}, digest.Span{Text: "[the driver] ", Ours: true}, `<span class="ours"><bdi>[the driver]</bdi></span> `},
		{markup.Look{Apart: true}, digest.Span{Text: "[…]", Ours: true}, "[…]"},
		{markup.Look{Apart: true}, digest.Span{Text: "[film]"}, "[film]"},
	} {
		p := digest.Prose{{Spans: []digest.Span{c.span, {Text: "شب"}}}}
		if got, want := string(c.look.HTML(p)), "<p>"+c.want+"شب</p>\n"; got != want {
			t.Errorf("%+v became %s\nwant %s", c.span, got, want)
		}
	}
}
