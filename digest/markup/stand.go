package markup

import (
	"net/url"
	"path"
	"strings"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/digest"
)

// The limits of what a mark says, in characters, and of what is read for it, in
// bytes.
const (
	maxStand = 200
	maxHeld  = 16 << 10
)

// stand is a mark in the making: what stands for something that is not shown.
type stand struct {
	thing digest.Thing
	words string
	href  string

	reads   taken           // what the text that comes now is
	tex     strings.Builder // the source of a formula
	said    strings.Builder // its letters and signs, in a row
	drawing bool            // their places mean something
	isDrawn bool            // as many small pieces
}

type taken int

const (
	asSaid taken = iota
	asTeX
	asTitle
	asNothing
)

// standFor begins the mark for an element that is left out; nil for one that leaves
// none, since nobody sees it where it stands.
func standFor(e element, a attributes) *stand {
	switch e.tag {
	case atom.Math:
		return &stand{thing: digest.Formula, words: firstOf(a.tex, a.alt)}
	case atom.Script:
		return scripted(a)
	case atom.Svg:
		if a.unseen || strings.Contains(a.class, "icon") || isTiny(a, 32) {
			return nil
		}
		return &stand{thing: digest.Picture, words: firstOf(a.label, a.title), reads: asNothing}
	case atom.Canvas:
		return &stand{thing: digest.Picture, words: a.label}
	case atom.Form, atom.Select:
		return &stand{thing: digest.Form, words: a.label}
	case atom.Iframe, atom.Embed, atom.Object, atom.Video, atom.Audio, atom.Applet:
		return framed(e, a)
	}
	if thing, ok := players[e.name]; ok {
		return played(e, a, thing)
	}
	return nil
}

// players are the elements in whose place a script shows something, by name, with what
// that is; "" where the address tells.
var players = map[string]digest.Thing{
	"lite-youtube": digest.Film, "lite-vimeo": digest.Film, "youtube-video": digest.Film, "vimeo-video": digest.Film, "video-js": digest.Film,
	"amp-youtube": digest.Film, "amp-vimeo": digest.Film, "amp-dailymotion": digest.Film, "amp-brightcove": digest.Film, "amp-video": digest.Film,
	"amp-audio": digest.Sound, "amp-soundcloud": digest.Sound, "amp-iframe": "",
	"amp-twitter": digest.Embed, "amp-instagram": digest.Embed, "amp-facebook": digest.Embed, "amp-reddit": digest.Embed, "amp-gist": digest.Embed,
	"amp-img": digest.Picture, "amp-anim": digest.Picture,
}

// played begins the mark for one of [players].
func played(e element, a attributes, thing digest.Thing) *stand {
	if a.video != "" {
		switch _, of, _ := strings.Cut(e.name, "-"); of {
		case "youtube":
			a.src = "https://www.youtube.com/watch?v=" + url.QueryEscape(a.video)
		case "vimeo":
			a.src = "https://vimeo.com/" + url.PathEscape(a.video)
		case "dailymotion":
			a.src = "https://www.dailymotion.com/video/" + url.PathEscape(a.video)
		}
	}
	s := framed(e, a)
	if s != nil && thing != "" {
		s.thing = thing
	}
	return s
}

// isShown tells whether an element leaves the mark of a picture, a film or a frame.
func isShown(e element, a attributes) bool {
	switch _, plays := players[e.name]; {
	case !plays && e.tag != atom.Img && e.tag != atom.Iframe && e.tag != atom.Video:
		return false
	default:
		return !a.hides() && !isTiny(a, maxSpeck)
	}
}

// spareOf gives the marks of what a noscript shows, of which its own words are no part.
// As a rule it repeats what a script shows, before it or behind: nil where that came
// right before.
func (p *parser) spareOf(doc string) (marks []digest.Span) {
	if p.isSpare {
		return nil
	}
	for _, para := range (&parser{base: p.base, isSpare: true}).read(doc) {
		for _, s := range para.Spans {
			if s.Stands != "" {
				marks = append(marks, s)
			}
		}
	}
	if len(marks) == 0 || p.b.follows(marks[0]) {
		return nil
	}
	return marks
}

// endWaiting sets the marks that waited for what did not come.
func (p *parser) endWaiting() {
	p.endDrawn()
	p.endSpare()
}

func (p *parser) endSpare() {
	for _, s := range p.spare {
		p.b.stand(s.Stands, s.Text, s.Href)
	}
	p.spare = nil
}

// scripted begins the mark for a script that shows something in its place: a formula
// (MathJax 2) or a piece of code from elsewhere.
func scripted(a attributes) *stand {
	if isTeX(a) {
		return &stand{thing: digest.Formula, reads: asTeX}
	}
	if u, err := url.Parse(a.src); err == nil && u.Host == "gist.github.com" {
		return &stand{thing: digest.Embed, href: strings.TrimSuffix(a.src, ".js")}
	}
	return nil
}

// isTeX tells whether a script is the source of a formula (MathJax 2).
func isTeX(a attributes) bool {
	kind, _, _ := strings.Cut(strings.ToLower(a.typ), ";")
	return kind == "math/tex" || kind == "math/asciimath" || kind == "application/x-tex"
}

// drawing begins the mark for a formula that is drawn; nil where KaTeX has said it in
// MathML right before.
func (p *parser) drawing(a attributes) *stand {
	if a.hasClass("katex-html") && p.b.style.Stands == digest.Formula {
		return nil
	}
	s := &stand{thing: digest.Formula, reads: asNothing, drawing: true, isDrawn: true}
	s.readMathML(a.mathML)
	return s
}

// readMathML takes a formula from where MathJax 2 keeps it beside what it draws.
func (s *stand) readMathML(doc string) {
	if len(doc) > maxHeld {
		return
	}
	for z := html.NewTokenizer(strings.NewReader(doc)); ; {
		switch z.Next() {
		case html.ErrorToken: // the end; a reader of a string fails in no other way
			return
		case html.TextToken:
			s.take(strings.TrimSpace(string(z.Text())))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			s.start(element{name: string(name), tag: atom.Lookup(name)}, attributesOf(z, more))
		case html.EndTagToken:
			name, _ := z.TagName()
			s.end(element{name: string(name), tag: atom.Lookup(name)})
		}
	}
}

// start looks at an element inside of what is left out.
func (s *stand) start(e element, a attributes) {
	switch s.thing {
	case digest.Formula:
		switch {
		case e.tag == atom.Math: // MathJax says it for those who do not see
			s.words, s.reads, s.drawing = firstOf(a.tex, a.alt, s.words), asSaid, false
			s.said.Reset()
			s.tex.Reset()
		case e.tag == atom.AnnotationXml, e.name == "annotation":
			s.reads = asNothing
			if encoding := strings.ToLower(a.encoding); e.name == "annotation" && strings.HasSuffix(encoding, "tex") {
				s.reads = asTeX // application/x-tex
			}
		case e.name == "semantics", e.name == "mrow", e.name == "mstyle", e.name == "mpadded", e.tag == atom.Mi, e.tag == atom.Mo, e.tag == atom.Mn, e.tag == atom.Mtext:
		case e.name == "mjx-math":
			s.words = firstOf(s.words, a.tex)
		default:
			s.drawing = s.drawing || s.reads != asNothing
		}
	case digest.Picture:
		if e.tag == atom.Title && s.words == "" {
			s.reads = asTitle
		}
	default:
		s.fill(e, a)
	}
}

// fill takes the address that a frame's own attributes did not give.
func (s *stand) fill(e element, a attributes) {
	address := ""
	switch e.tag {
	case atom.Source, atom.Embed:
		address = a.src
	case atom.Param:
		switch strings.ToLower(a.name) {
		case "movie", "src", "url", "filename":
			address = a.value
		}
	}
	if s.href != "" || address == "" {
		return
	}
	s.href = address
	if s.thing == digest.Film || s.thing == digest.Embed {
		s.thing = thingAt(address, a.typ)
	}
}

// end looks at an end tag inside of what is left out.
func (s *stand) end(e element) {
	switch {
	case s.thing == digest.Formula && e.tag == atom.Math:
		s.reads = asNothing
	case s.thing == digest.Formula && (e.name == "annotation" || e.tag == atom.AnnotationXml):
		s.reads = asSaid
	case s.thing == digest.Picture && e.tag == atom.Title:
		s.reads = asNothing
	}
}

// take takes a piece of text.
func (s *stand) take(text string) {
	to := &s.said
	switch s.reads {
	case asNothing:
		return
	case asTeX:
		to = &s.tex
	case asTitle:
		s.words += Clean(text)
		return
	}
	if s.thing == digest.Formula && to.Len()+len(text) <= maxHeld {
		to.WriteString(text)
	}
}

// stand sets a mark.
func (p *parser) stand(s *stand) {
	if s == nil {
		return
	}
	words := s.words
	if s.thing == digest.Formula {
		words = firstOf(bareTeX(s.tex.String()), bareTeX(s.words))
		if words == "" && !s.drawing {
			words = s.said.String()
		}
	}
	p.mark(s.thing, words, link(p.base, watched(s.href)))
}

// mark sets "[thing: words]". What links around it already stays its link where it
// has none of its own.
func (p *parser) mark(thing digest.Thing, words, href string) {
	text := string(thing)
	if words = short(Clean(words), maxStand); words != "" {
		text += ": " + words
	}
	p.b.stand(thing, "["+text+"]", href)
}

// short cuts a line of text at so many characters, as a reader counts them.
func short(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for it, n := graphemes.FromString(s), 1; it.Next(); n++ {
		if n > limit {
			return strings.TrimSpace(s[:it.Start()]) + "…"
		}
	}
	return s
}

func firstOf(all ...string) string {
	for _, s := range all {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// bareTeX takes off what programs put around the source of a formula: MediaWiki and
// kramdown.
func bareTeX(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, "% <![CDATA["), "%]]>"))
	if rest, ok := strings.CutPrefix(s, `{\displaystyle`); ok && strings.HasSuffix(s, "}") {
		s = strings.TrimSpace(strings.TrimSuffix(rest, "}"))
	}
	return s
}

// framed begins the mark for a film, a sound or a page in a frame; nil for one too
// small to be seen.
func framed(e element, a attributes) *stand {
	if isTiny(a, maxSpeck) {
		return nil
	}
	s := &stand{href: firstOf(a.src, a.data, a.later), reads: asNothing}
	if s.href == "about:blank" {
		s.href = a.later
	}
	switch {
	case e.tag == atom.Audio:
		s.thing = digest.Sound
	case e.tag == atom.Video:
		s.thing = digest.Film
	case a.hasClass("wp-embedded-content"):
		s.thing = digest.Embed
	default:
		s.thing = thingAt(s.href, a.typ)
	}
	s.words = firstOf(a.title, a.label)
	// "YouTube video player" tells nothing.
	for _, of := range []string{"player", "embed", "iframe"} {
		if strings.Contains(strings.ToLower(s.words), of) {
			s.words = ""
		}
	}
	return s
}

// things tells what is shown in a frame by a part of its address. Any other address
// is taken for that of a film, as nearly all are that people put into comments.
var things = []struct {
	part  string
	thing digest.Thing
}{
	{"facebook.com/plugins/video", digest.Film}, {"facebook.com/", digest.Embed}, {"twitter.com/", digest.Embed}, {"//x.com/", digest.Embed},
	{"instagram.com/", digest.Embed}, {"bsky.app/", digest.Embed}, {"reddit.com/", digest.Embed}, {"tumblr.com/", digest.Embed},
	{"codepen.io/", digest.Embed}, {"jsfiddle.net/", digest.Embed}, {"wikipedia.org/", digest.Embed},
	{"soundcloud.com/", digest.Sound}, {"spotify.com/", digest.Sound}, {"bandcamp.com/", digest.Sound}, {"mixcloud.com/", digest.Sound},
	{"podcasts.apple.com/", digest.Sound}, {"music.apple.com/", digest.Sound}, {"deezer.com/", digest.Sound},
	{"/maps/", digest.Map}, {"/maps?", digest.Map}, {"//maps.", digest.Map}, {"openstreetmap.org/", digest.Map}, {"umap.", digest.Map},
	{"docs.google.com/forms", digest.Form}, {"docs.google.com/", digest.Document}, {"scribd.com/", digest.Document}, {"slideshare.net/", digest.Document},
	{"issuu.com/", digest.Document},
}

func thingAt(address, kind string) digest.Thing {
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), "/")
	switch kind {
	case "audio":
		return digest.Sound
	case "image":
		return digest.Picture
	case "text":
		return digest.Embed
	}
	lower := strings.ToLower(address)
	for _, t := range things {
		if strings.Contains(lower, t.part) {
			return t.thing
		}
	}
	u, err := url.Parse(lower)
	if err != nil || address == "" || u.Scheme != "" && u.Scheme != "https" && u.Scheme != "http" {
		return digest.Embed
	}
	switch path.Ext(u.Path) {
	case ".mp3", ".ogg", ".oga", ".wav", ".m4a", ".flac", ".opus", ".mid":
		return digest.Sound
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif":
		return digest.Picture
	case ".pdf", ".doc", ".docx", ".odt":
		return digest.Document
	}
	return digest.Film
}

// watched gives the address at which people watch what a frame shows.
func watched(address string) string {
	if strings.HasPrefix(address, "//") {
		address = "https:" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	id := path.Base(u.Path)
	switch host := strings.TrimPrefix(strings.ToLower(u.Host), "www."); {
	case (host == "youtube.com" || host == "youtube-nocookie.com") && (strings.HasPrefix(u.Path, "/embed/") || strings.HasPrefix(u.Path, "/v/")) && id != "videoseries":
		id, _, _ = strings.Cut(id, "&") // as old players had their settings
		return "https://www.youtube.com/watch?v=" + url.QueryEscape(id)
	case host == "player.vimeo.com" && strings.HasPrefix(u.Path, "/video/"):
		return "https://vimeo.com/" + url.PathEscape(id)
	}
	return address
}
