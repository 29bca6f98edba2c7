package markup

import (
	"bytes"
	"html"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The namespaces whose elements mean the same with and without a prefix.
var ownNamespaces = map[string]bool{
	"http://www.w3.org/1999/xhtml": true, "http://www.w3.org/2000/svg": true, "http://www.w3.org/1998/Math/MathML": true,
}

// XHTML writes a fragment of XHTML, such as the content of an Atom entry (RFC
// 4287, 3.1.1.3), as HTML that says the same. In XHTML every element may close
// itself, "<iframe/>", where HTML would take all that follows for its content;
// elements may carry a prefix, "<h:p>"; and text may stand in CDATA sections.
//
// A prefix that the fragment declares for another namespace stays: its elements
// are none of HTML's.
func XHTML(fragment string) string {
	var b strings.Builder
	foreign := map[string]bool{}
	fragment = strings.ReplaceAll(strings.ToValidUTF8(fragment, "\uFFFD"), "\x00", "\uFFFD") // as the tokenizer writes names
	z := nethtml.NewTokenizer(strings.NewReader(fragment))
	z.AllowCDATA(true)
	for {
		kind := z.Next()
		raw := z.Raw()
		switch kind {
		case nethtml.ErrorToken:
			return b.String()
		case nethtml.TextToken:
			text, ok := bytes.CutPrefix(raw, []byte("<![CDATA["))
			if ok {
				b.WriteString(html.EscapeString(string(bytes.TrimSuffix(text, []byte("]]>")))))
			} else {
				b.Write(raw)
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			// No element of XML has text that is not markup.
			z.NextIsNotRawText()
			tag := string(raw)
			name, more := z.TagName()
			local := localName(string(name), z, more, foreign)
			tag = "<" + local + strings.TrimSuffix(tag[1+len(name):], ">")
			if kind == nethtml.StartTagToken {
				b.WriteString(tag + ">")
				continue
			}
			b.WriteString(strings.TrimSuffix(tag, "/") + ">")
			if !isVoid(local) {
				b.WriteString("</" + local + ">")
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			if local := withoutPrefix(string(name), foreign); !isVoid(local) { // "</br>" would be another break
				b.WriteString("</" + local + ">")
			}
		}
	}
}

// localName gives a tag's name without its prefix, and notes the prefixes that the
// tag declares for other namespaces.
func localName(name string, z *nethtml.Tokenizer, more bool, foreign map[string]bool) string {
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if prefix, ok := strings.CutPrefix(string(key), "xmlns:"); ok {
			foreign[prefix] = !ownNamespaces[strings.TrimSpace(string(value))]
		}
	}
	return withoutPrefix(name, foreign)
}

func withoutPrefix(name string, foreign map[string]bool) string {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok || foreign[prefix] || local == "" {
		return name
	}
	return local
}

// isVoid tells the elements that never have an end tag (HTML, 13.1.2).
func isVoid(name string) bool {
	switch atom.Lookup([]byte(name)) {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Keygen, atom.Link, atom.Meta,
		atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}
