package dump

import (
	"encoding/xml"
	"strings"
)

// The limits of a unit besides its bytes.
const (
	maxNodes = 2000 // elements
	maxShort = 2000 // bytes of a text that an over-long unit keeps
)

// node is an element of a unit with all it holds.
type node struct {
	name     xml.Name
	attrs    []xml.Attr
	text     strings.Builder
	children []*node

	// in is the unit around a unit that stands in another one, as far as that
	// was read when this one ended.
	in   *node
	unit *unit // of the topmost element only
}

// unit is the state of an entry, or of a field above the entries.
type unit struct {
	from  int64 // offset of its beginning
	inner int64 // bytes of the units inside
	nodes int
	// tooLong marks a unit over a limit: it keeps its short texts only.
	tooLong bool
	broken  bool // it cannot be read
}

// tooLong tells whether a unit is over a limit.
func (n *node) tooLong() bool { return n.unit != nil && n.unit.tooLong }

// child gives the first element of a local name whose namespace ns takes, or an
// empty node.
func (n *node) child(ns space, local string) *node {
	for _, c := range n.children {
		if c.name.Local == local && ns(c.name.Space) {
			return c
		}
	}
	return &node{}
}

// value is a child's text without the white space around it.
func (n *node) value(ns space, local string) string { return n.child(ns, local).trimmed() }

func (n *node) trimmed() string { return strings.TrimSpace(n.text.String()) }

// attr gives an attribute by its local name, or "".
func (n *node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Local == local {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// space tells whether a namespace is the one that is meant. A prefix that the
// document does not declare stands for itself.
type space func(uri string) bool

// The namespaces of the formats. WordPress counts its versions in the address.
var (
	anySpace  space = func(string) bool { return true }
	plain     space = func(uri string) bool { return uri == "" || uri == "http://www.w3.org/2005/Atom" }
	wordPress space = func(uri string) bool {
		return uri == "wp" || strings.Contains(uri, "wordpress.org/export/") && !strings.Contains(uri, "/excerpt")
	}
	content space = func(uri string) bool {
		return uri == "content" || strings.Contains(uri, "purl.org/rss/1.0/modules/content")
	}
	bloggerNS space = func(uri string) bool { return uri == "blogger" || uri == takeoutNS }
)

const takeoutNS = "http://schemas.google.com/blogger/2018"
