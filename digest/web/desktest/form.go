package desktest

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Fields gives what a browser would send of the form of a page that posts to a path: of
// several, of the first that has a field with the name of, where that is given.
func (p *Person) Fields(page Answer, path string, of ...string) url.Values {
	p.d.T.Helper()
	root, err := html.Parse(strings.NewReader(page.Body))
	if err != nil {
		p.d.T.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data != "form" {
			continue
		}
		if !postsTo(n, path) {
			continue
		}
		fields := fieldsOf(n)
		if len(of) == 0 || fields.Has(of[0]) {
			return fields
		}
	}
	p.d.T.Fatalf("the page, %d, has no form that posts to %s:\n%s", page.Status, path, page.Body)
	return nil
}

// postsTo tells whether a form, or one of its buttons, sends it to a path.
func postsTo(form *html.Node, path string) bool {
	is := func(address string) bool {
		to, err := url.Parse(address)
		return err == nil && to.RequestURI() == path
	}
	if is(attr(form, "action")) {
		return true
	}
	for n := range form.Descendants() {
		if n.Data == "button" && is(attr(n, "formaction")) {
			return true
		}
	}
	return false
}

// Send sends the form of a page that was opened before, however old it is, with some of
// its fields typed anew: names and values, one after the other.
func (p *Person) Send(page Answer, path string, typed ...string) Answer {
	p.d.T.Helper()
	return p.SendForm(page, path, nil, typed...)
}

// SendForm sends that one of several forms which has a field with a name.
func (p *Person) SendForm(page Answer, path string, of []string, typed ...string) Answer {
	p.d.T.Helper()
	fields := p.Fields(page, path, of...)
	for i := 0; i+1 < len(typed); i += 2 {
		fields.Set(typed[i], typed[i+1])
	}
	return p.do(http.MethodPost, path, strings.NewReader(fields.Encode()), []string{
		"Content-Type", "application/x-www-form-urlencoded", "Referer", page.URL.String()})
}

// fieldsOf gives what a form holds.
func fieldsOf(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if name == "" {
			continue
		}
		switch n.Data {
		case "input":
			if kind := attr(n, "type"); kind != "checkbox" && kind != "radio" || has(n, "checked") {
				fields.Add(name, attr(n, "value"))
			}
		case "textarea":
			fields.Add(name, strings.ReplaceAll(strings.TrimPrefix(text(n), "\n"), "\n", "\r\n")) // HTML, 4.10.21.4
		case "select":
			fields.Add(name, chosen(n))
		}
	}
	return fields
}

// chosen gives the value of the option that is selected, else of the first.
func chosen(list *html.Node) (value string) {
	isFirst := true
	for n := range list.Descendants() {
		if n.Data == "option" && (isFirst || has(n, "selected")) {
			isFirst, value = false, attr(n, "value")
		}
	}
	return value
}

func text(n *html.Node) (all string) {
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			all += c.Data
		}
	}
	return all
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
