package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	texttemplate "text/template"

	"postbag/digest"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

//go:embed mail page feed assets
var files embed.FS

// Set is every template, parsed. It keeps no state: any number of goroutines
// may use it at once.
type Set struct {
	pages  map[string]*template.Template // by name, each with the layout
	mails  *template.Template
	texts  *texttemplate.Template
	style  stylesheet // of mails, to be inlined
	assets map[string]Asset
	css    string // the name of the pages' stylesheet, its hash included
}

// Asset is a file that pages refer to. Its name changes with its content, so it
// may be cached for ever.
type Asset struct {
	Body        []byte
	ContentType string
}

// New parses the embedded templates. An error is a fault of the program.
func New() (*Set, error) {
	s := &Set{pages: map[string]*template.Template{}, assets: map[string]Asset{}}
	if err := s.parsePages(); err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	var err error
	s.mails, err = template.New("").Option("missingkey=error").Funcs(functions()).Funcs(template.FuncMap{"head": mailStyle}).ParseFS(files, "mail/*.html", "feed/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse mails: %w", err)
	}
	s.texts, err = texttemplate.New("").Option("missingkey=error").Funcs(texttemplate.FuncMap(textFunctions())).ParseFS(files, "mail/*.txt")
	if err != nil {
		return nil, fmt.Errorf("parse text mails: %w", err)
	}
	css, err := files.ReadFile("mail/mail.css")
	if err != nil {
		return nil, fmt.Errorf("read the mails' stylesheet: %w", err)
	}
	if s.style, err = parseStylesheet(string(css)); err != nil {
		return nil, fmt.Errorf("parse the mails' stylesheet: %w", err)
	}
	return s, nil
}

func (s *Set) parsePages() error {
	css, err := files.ReadFile("assets/postbag.css")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(css)
	s.css = "postbag." + hex.EncodeToString(sum[:6]) + ".css"
	s.assets[s.css] = Asset{Body: css, ContentType: "text/css; charset=utf-8"}

	names, err := fs.Glob(files, "page/*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		short := strings.TrimSuffix(strings.TrimPrefix(name, "page/"), ".html")
		if short == "layout" || short == "parts" {
			continue
		}
		t, err := template.New("layout").Option("missingkey=error").Funcs(functions()).ParseFS(files, "page/layout.html", "page/parts.html", name)
		if err != nil {
			return err
		}
		s.pages[short] = t.Lookup("layout.html")
	}
	return nil
}

// Asset gives the file that pages name /assets/{name}; ok is false for a name
// that none of them uses.
func (s *Set) Asset(name string) (a Asset, ok bool) {
	a, ok = s.assets[name]
	return a, ok
}

// functions are what html templates may call: all of them pure.
func functions() template.FuncMap {
	return template.FuncMap{
		"mso":     mso,
		"padding": func() string { return strings.Repeat("\u2007\u034F", 90) },
	}
}

// textFunctions are what text templates may call.
func textFunctions() map[string]any {
	return map[string]any{
		"wrap":  func(prefix string, p digest.Prose) string { return prose.Wrap(p, columns, prefix) },
		"line":  func(text string) string { return prose.Wrap(line(text), columns, "") },
		"quote": func(text string) string { return prose.Wrap(line(text), columns, "> ") },
		"indent": func(text string) string {
			return prose.Wrap(line(text), columns, "    ")
		},
		"byline":  byline,
		"address": markup.Address,
	}
}

func line(text string) digest.Prose { return digest.Prose{{Spans: []digest.Span{{Text: text}}}} }

// mso writes HTML that only Outlook on Windows reads. A template cannot hold it:
// html/template removes comments.
func mso(html string) template.HTML {
	return template.HTML("<!--[if mso]>" + html + "<![endif]-->")
}
