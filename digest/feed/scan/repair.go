package scan

import (
	"bytes"
	"slices"
	"strings"

	"postbag/digest/lazyregexp"
)

var (
	// rootTag is the first tag of a feed, and ownName the declaration of the
	// namespace of names without prefix in it.
	rootTag = lazyregexp.New(`<(?:feed|rss|rdf:RDF|RDF)\s[^>]*>`)
	ownName = lazyregexp.New(`\sxmlns\s*=\s*(?:"[^"]*"|'[^']*')`)
	// keyed is an element that holds the list of its parts instead of its text.
	keyed = lazyregexp.New(`(<(?:\w+:)?\w+>)\s*<key>[^<]*</key>\s*(?:<attributes>(?:\s*<\w+>[^<]*</\w+>)*\s*</attributes>\s*)?<value>([^<]*)</value>\s*(</(?:\w+:)?\w+>)`)
)

// withoutKeys undoes what old Drupals do under later versions of PHP: guid, date and
// writer of every item come as keys and values.
func withoutKeys(text []byte) []byte {
	if !bytes.Contains(text, []byte("<key>guid</key>")) {
		return text
	}
	return keyed.ReplaceAll(text, []byte("$1$2$3"))
}

// namespaces are those of Atom 1.0 and 0.3 and of RSS 1.0, 0.90 and 0.9, by which
// the parsers know their elements.
var namespaces = []string{
	"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
	"http://channel.netscape.com/rdf/simple/0.9/", "http://my.netscape.com/rdf/simple/0.9/",
}

// withoutStrangeName blanks the namespace of a feed's own elements where it is none
// of these, such as one with https, or where RSS gives one at all (RSS 2.0 has
// none): the parser would take the whole feed for an extension.
func withoutStrangeName(text []byte) []byte {
	root := rootTag.FindIndex(text[:min(len(text), 8192)])
	if root == nil {
		return text
	}
	tag := text[root[0]:root[1]]
	at := ownName.FindIndex(tag)
	if at == nil {
		return text
	}
	_, name, _ := strings.Cut(string(tag[at[0]:at[1]]), "=")
	known := slices.Contains(namespaces, strings.TrimSpace(strings.Trim(strings.TrimSpace(name), `"'`)))
	if known && !bytes.HasPrefix(tag, []byte("<rss")) {
		return text
	}
	text = slices.Clone(text)
	for i := root[0] + at[0]; i < root[0]+at[1]; i++ {
		text[i] = ' '
	}
	return text
}
