package templates

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"postbag/digest/lazyregexp"
)

// stylesheet is a flat list of rules: selectors and declarations, no at-rules.
type stylesheet []rule

type rule struct {
	source       string // the selector as written
	selector     cascadia.Sel
	declarations []declaration
}

type declaration struct{ property, value string }

var cssComment = lazyregexp.New(`(?s)/\*.*?\*/`)

// parseStylesheet reads a flat stylesheet. Groups of selectors become one rule
// each.
func parseStylesheet(css string) (stylesheet, error) {
	var sheet stylesheet
	css = cssComment.ReplaceAllString(css, "")
	if strings.Contains(css, "/*") {
		return nil, errors.New("a comment is not closed")
	}
	for strings.TrimSpace(css) != "" {
		head, rest, ok := strings.Cut(css, "{")
		body, after, closed := strings.Cut(rest, "}")
		if !ok || !closed || strings.ContainsAny(body, "{@") || strings.Contains(head, "@") {
			return nil, fmt.Errorf("not a flat rule near %q", strings.TrimSpace(head))
		}
		css = after
		declarations, err := parseDeclarations(body)
		if err != nil {
			return nil, err
		}
		for _, source := range strings.Split(head, ",") {
			source = strings.TrimSpace(source)
			selector, err := cascadia.Parse(source)
			if err != nil {
				return nil, fmt.Errorf("selector %q: %w", source, err)
			}
			sheet = append(sheet, rule{source, selector, declarations})
		}
	}
	// The cascade: the more specific rule wins, then the later one.
	sort.SliceStable(sheet, func(i, j int) bool {
		return sheet[i].selector.Specificity().Less(sheet[j].selector.Specificity())
	})
	return sheet, nil
}

func parseDeclarations(body string) ([]declaration, error) {
	var out []declaration
	for _, d := range strings.Split(body, ";") {
		if d = strings.TrimSpace(d); d == "" {
			continue
		}
		property, value, ok := strings.Cut(d, ":")
		if !ok {
			return nil, fmt.Errorf("declaration %q has no colon", d)
		}
		out = append(out, declaration{strings.TrimSpace(property), strings.TrimSpace(value)})
	}
	return out, nil
}

// inline writes the document with every rule's declarations in the style
// attributes of the elements it matches. Of the class attributes only the names
// in keep remain: those that a style block in the head uses.
func (s stylesheet) inline(w io.Writer, doc string, keep map[string]bool) error {
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		return err
	}
	styles := map[*html.Node][]declaration{}
	for _, r := range s {
		for _, n := range cascadia.QueryAll(root, r.selector) {
			styles[n] = merge(styles[n], r.declarations)
		}
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		keepClasses(n, keep)
		if len(styles[n]) > 0 {
			n.Attr = append(n.Attr, html.Attribute{Key: "style", Val: written(styles[n])})
		}
	}
	return html.Render(w, root)
}

// merge lets later declarations replace earlier ones of the same property; what
// is declared later also stands later, since a shorthand undoes what is before it.
func merge(old, more []declaration) []declaration {
	var out []declaration
	for _, d := range old {
		if !slices.ContainsFunc(more, func(m declaration) bool { return m.property == d.property }) {
			out = append(out, d)
		}
	}
	return append(out, more...)
}

func written(declarations []declaration) string {
	var b strings.Builder
	for i, d := range declarations {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(d.property + ":" + d.value)
	}
	return b.String()
}

func keepClasses(n *html.Node, keep map[string]bool) {
	for i, a := range n.Attr {
		if a.Key != "class" {
			continue
		}
		var kept []string
		for _, name := range strings.Fields(a.Val) {
			if keep[name] {
				kept = append(kept, name)
			}
		}
		if len(kept) == 0 {
			n.Attr = append(n.Attr[:i:i], n.Attr[i+1:]...)
		} else {
			n.Attr[i].Val = strings.Join(kept, " ")
		}
		return
	}
}
