package screen

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

//go:embed page assets/*.css assets/*.js vendor/*.js vendor/*.LICENSE
var files embed.FS

// Set is every screen, parsed. It keeps no state: any number of goroutines may use it
// at once.
type Set struct {
	screens map[string]*template.Template
	assets  map[string]Asset
	names   map[string]string // of assets, by what they are
}

// Asset is a file that screens refer to. Its name changes with its content, so it may
// be cached for ever.
type Asset struct {
	Body        []byte
	ContentType string
}

const (
	cssType = "text/css; charset=utf-8"
	jsType  = "text/javascript; charset=utf-8"
)

// New parses the embedded templates. An error is a fault of the program.
func New() (*Set, error) {
	s := &Set{screens: map[string]*template.Template{}, assets: map[string]Asset{}, names: map[string]string{}}
	for _, a := range []struct{ name, pattern, contentType string }{
		{"desk.css", "assets/*.css", cssType},
		{"desk.js", "assets/*.js", jsType},
		{"htmx.js", "vendor/htmx.min.js", jsType},
		{"sortable.js", "vendor/sortable.min.js", jsType},
	} {
		if err := s.join(a.name, a.pattern, a.contentType); err != nil {
			return nil, fmt.Errorf("read %s: %w", a.name, err)
		}
	}
	names, err := fs.Glob(files, "page/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		short := strings.TrimSuffix(path.Base(name), ".html")
		if short == "layout" || short == "parts" {
			continue
		}
		t, err := template.New("layout").Option("missingkey=error").Funcs(functions()).ParseFS(files, "page/layout.html", "page/parts.html", name)
		if err != nil {
			return nil, fmt.Errorf("parse the screen %s: %w", short, err)
		}
		s.screens[short] = t
	}
	return s, nil
}

// join makes one asset of some files, in the order of their names.
func (s *Set) join(name, pattern, contentType string) error {
	parts, err := fs.Glob(files, pattern)
	if err != nil {
		return err
	}
	var all bytes.Buffer
	for _, part := range parts {
		content, err := files.ReadFile(part)
		if err != nil {
			return err
		}
		all.Write(content)
		all.WriteByte('\n')
	}
	sum := sha256.Sum256(all.Bytes())
	stem, end := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	hashed := stem + "." + hex.EncodeToString(sum[:6]) + end
	s.assets[hashed], s.names[name] = Asset{Body: all.Bytes(), ContentType: contentType}, hashed
	return nil
}

// Asset gives a file by the name that screens use; ok is false for a name that none
// of them uses.
func (s *Set) Asset(name string) (a Asset, ok bool) {
	a, ok = s.assets[name]
	return a, ok
}

// Screen is one page of the desk: what it shows, and which template shows it.
type Screen interface {
	// Heading gives the name of the template, page/NAME.html, and the page's title.
	Heading() (name, title string)
}

// Page renders a screen in its frame.
func (s *Set) Page(f Frame, screen Screen) ([]byte, error) {
	name, title := screen.Heading()
	f.set, f.Title, f.Page = s, title, screen
	return s.render(name, "layout.html", f)
}

// Main renders a screen without what stands around it, for a page that is there
// already.
func (s *Set) Main(f Frame, screen Screen) ([]byte, error) {
	name, title := screen.Heading()
	f.set, f.Title, f.Page = s, title, screen
	return s.render(name, "whole", f)
}

// Part renders a part of a screen: a template that its file defines, or one of the
// shared ones.
func (s *Set) Part(name, part string, data any) ([]byte, error) {
	return s.render(name, part, data)
}

func (s *Set) render(name, part string, data any) ([]byte, error) {
	t := s.screens[name]
	if t == nil {
		return nil, fmt.Errorf("there is no screen %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return nil, fmt.Errorf("render %s of the screen %s: %w", part, name, err)
	}
	return b.Bytes(), nil
}
