package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/digest/feed"
)

// notPlain are fixtures for whose sake the decoder is kept.
var notPlain = map[string]bool{"rss091.rss": true}

func TestFeedsOfPlatformsAreReadAsPlainXML(t *testing.T) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".json") {
			continue
		}
		plain, same := feed.Surveys(body, "")
		equal(t, name+" is plain", plain, !notPlain[filepath.Base(name)])
		equal(t, name+" is the same to the decoder", same || !plain, true)
	}
	plain, same := feed.Surveys(sampleFile(t, "comments.atom"), "")
	equal(t, "the founding blog's comments are plain", plain && same, true)
}

// plainSeeds are what the reader of plain XML has to take, or leave to the decoder.
var plainSeeds = map[string]bool{
	`<feed><entry><title>a &amp; b &#39;&#x2014;</title><link rel="replies" thr:count='3' href="?a&amp;b"/></entry></feed>`: true,
	`<?xml-stylesheet href="a"?><feed><!-- c --><entry><![CDATA[ ]] > <a> &x; ]]></entry></feed>trailing <`:                 true,
	`<feed xml:base="/a/"><entry xml:base = 'b'
		><content xml:base="c"/></entry ></feed>`: true,
	`<rss><channel><item><title>a</item><item/></channel></rss>`: true, // forgets to close the title
	`<feed><entry>`:                         true,
	`<feed></entry></feed>`:                 true,
	`<a:feed b:c="d"e='f'></a:feed>`:        true,
	`<feed><entry/ ></feed>`:                false,
	`<feed a></feed>`:                       false,
	`<feed a=b></feed>`:                     false,
	`<feed a="<"></feed>`:                   false,
	`<feed a="&b"></feed>`:                  false,
	`<feed rel="&amp;"></feed>`:             false,
	`<feed>&nbsp;</feed>`:                   false,
	`<feed>&#8;&#xD800;</feed>`:             true, // both are taken out before
	`<feed>&#000000000000008;</feed>`:       false,
	`<feed>]]></feed>`:                      false,
	`<feed><!-- -- --></feed>`:              false,
	`<feed><![CDATA[</feed>`:                false,
	`<!DOCTYPE feed><feed></feed>`:          false,
	"<feed><?xml\tversion=\"1.1\"?></feed>": false,
	`<féed></féed>`:                         false,
	`<a:b:c></a:b:c>`:                       false,
	`<:a></:a>`:                             false,
	`<1></1>`:                               false,
	`<feed></feed a>`:                       false,
	`<feed`:                                 false,
	`<feed a`:                               false,
	`<feed a="`:                             false,
	`</`:                                    false,
	`<`:                                     false,
	`<?`:                                    false,
}

func TestPlainXML(t *testing.T) {
	for body, want := range plainSeeds {
		plain, same := feed.Surveys([]byte(body), "")
		equal(t, body+" is plain", plain, want)
		equal(t, body+" is the same to the decoder", same || !plain, true)
	}
}

// FuzzPlainXML holds that what the reader of plain XML does not leave to the decoder
// it reads as that one does.
func FuzzPlainXML(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "")
	}
	for body := range plainSeeds {
		f.Add([]byte(body), "")
		f.Add([]byte(body), "text/xml; charset=iso-8859-1")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if plain, same := feed.Surveys(body, contentType); plain && !same {
			t.Error("the decoder reads it otherwise")
		}
	})
}
