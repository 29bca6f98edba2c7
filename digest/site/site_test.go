package site_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"postbag/digest/site"
)

func TestAddresses(t *testing.T) {
	at := site.Site{Base: "https://post.example/below"}
	for want, got := range map[string]string{
		"https://post.example/below/":         at.URL(site.Home),
		"https://post.example/below/issues/":  at.URL(site.Archive),
		"https://post.example/below/issues/8": at.URL(site.Issue, 8),
		"/below/unsubscribe/abc/undo":         at.Path(site.Undo, "abc"),
		"/below/desk/issues/8/read":           at.Desk(site.ReadScreen, "", 8),
		"/below/desk/issues/8/read?series=b":  at.Desk(site.ReadScreen, "b", 8),
		"/a/1/{b}":                            site.Page("/a/{x}/{b}").With(1),
		"/a/{1}/2":                            site.Page("/a/{x}/{b}").With("{1}", 2),
		"/below/feed.atom":                    at.Path(site.Feed),
		"https://post.example/below/confirm/": at.URL(site.Confirm, ""),
		"/issues/{number}":                    site.Issue.Pattern(),
		"/issues/{$}":                         site.Archive.Pattern(),
		"/{$}":                                site.Home.Pattern(),
		"/assets/postbag.css":                 site.Site{Base: "http://localhost:8080"}.Path(site.Asset, "postbag.css"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// own finds what only this package may write: the path of a page, in a string or
// in a template.
var own = regexp.MustCompile("[\"`](GET |POST )?/(issues|feed\\.atom|subscribe|confirm|unsubscribe|preferences|assets|healthz|readyz|desk)\\b")

// TestAddressesAreWrittenOnce looks through the program for addresses that are not
// made from the table.
func TestAddressesAreWrittenOnce(t *testing.T) {
	root := filepath.Join("..", "..")
	looked := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			return firstOf(err, fs.SkipDir)
		}
		ours := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".html")
		if !ours || filepath.Base(filepath.Dir(path)) == "site" {
			return nil
		}
		looked++
		content, err := os.ReadFile(path)
		for _, found := range own.FindAllString(string(content), -1) {
			t.Errorf("%s has the address %s", path, found)
		}
		return err
	})
	if err != nil || looked < 100 {
		t.Errorf("%d files were looked at, %v", looked, err)
	}
}

func firstOf(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
