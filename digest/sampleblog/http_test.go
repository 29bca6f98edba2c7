package sampleblog_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest/sampleblog"
)

const host = "http://127.0.0.1:8099"

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Published time.Time  `xml:"published"`
	Updated   time.Time  `xml:"updated"`
	Title     string     `xml:"title"`
	Content   string     `xml:"content"`
	Links     []atomLink `xml:"link"`
	Author    struct {
		Name string `xml:"name"`
		URI  string `xml:"uri"`
	} `xml:"author"`
	Total     int `xml:"http://purl.org/syndication/thread/1.0 total"`
	InReplyTo struct {
		Ref string `xml:"ref,attr"`
	} `xml:"http://purl.org/syndication/thread/1.0 in-reply-to"`
	Properties []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	} `xml:"http://schemas.google.com/g/2005 extendedProperty"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Title   string      `xml:"title"`
	Links   []atomLink  `xml:"link"`
	Total   int         `xml:"http://a9.com/-/spec/opensearchrss/1.0/ totalResults"`
	Start   int         `xml:"http://a9.com/-/spec/opensearchrss/1.0/ startIndex"`
	PerPage int         `xml:"http://a9.com/-/spec/opensearchrss/1.0/ itemsPerPage"`
	Entries []atomEntry `xml:"entry"`
}

func href(links []atomLink, rel, kind string) string {
	for _, l := range links {
		if l.Rel == rel && (kind == "" || l.Type == kind) {
			return l.Href
		}
	}
	return ""
}

func (e atomEntry) property(name string) string {
	for _, p := range e.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// get asks h for a path or an address on the test host.
func get(t *testing.T, h http.Handler, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(h, http.MethodGet, address, header...)
}

func ask(h http.Handler, method, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, host+strings.TrimPrefix(address, host), nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func getFeed(t *testing.T, h http.Handler, address string) atomFeed {
	t.Helper()
	rec := get(t, h, address)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", address, rec.Code, rec.Body)
	}
	var f atomFeed
	if err := xml.Unmarshal(rec.Body.Bytes(), &f); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return f
}

func TestConditionalGet(t *testing.T) {
	b := sampleblog.New(noon)
	for _, path := range []string{"/feeds/posts/default", "/feeds/comments/default", "/", b.Posts()[0].Path} {
		first := get(t, b, path)
		tag, date := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
		if !strings.HasPrefix(tag, `W/"`) || date == "" {
			t.Fatalf("%s: ETag %s, Last-Modified %s", path, tag, date)
		}
		for _, h := range [][]string{{"If-None-Match", tag}, {"If-Modified-Since", date}, {"If-None-Match", tag, "If-Modified-Since", date}} {
			if rec := get(t, b, path, h...); rec.Code != http.StatusNotModified || rec.Body.Len() > 0 {
				t.Errorf("%s with %v: %d, %d bytes", path, h, rec.Code, rec.Body.Len())
			}
		}
	}
	path := "/feeds/comments/default"
	tag := get(t, b, path).Header().Get("ETag")
	if err := b.Remove(b.Comments()[b.Stats().Comments-5].ID); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, b, path, "If-None-Match", tag); rec.Code != http.StatusOK {
		t.Errorf("after a removal: %d", rec.Code)
	}
}

func TestHeadAndUnknown(t *testing.T) {
	b := sampleblog.New(noon)
	rec := ask(b, http.MethodHead, "/feeds/posts/default")
	if rec.Code != http.StatusOK || rec.Body.Len() != 0 || rec.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes", rec.Code, rec.Body.Len())
	}
	for _, path := range []string{
		"/nothing", "/feeds/1/comments/default", "/feeds/1/posts/default", "/2001/01/no.html", "/profile/1",
		"/feeds/posts/default/1", "/feeds/1/2/comments/default/3", "/feeds/",
	} {
		if rec := get(t, b, path); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	for _, q := range []string{"max-results=x", "start-index=0", "alt=rss"} {
		if rec := get(t, b, "/feeds/comments/default?"+q); rec.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", q, rec.Code)
		}
	}
}

func TestPages(t *testing.T) {
	b := sampleblog.New(noon)
	home := get(t, b, "/").Body.String()
	if !strings.Contains(home, `type="application/atom+xml" title="Not In Service - Atom" href="`+host+`/feeds/posts/default"`) {
		t.Error("the home page names no feed")
	}
	for _, p := range b.Posts() {
		if !strings.Contains(home, `href="`+p.Path+`"`) {
			t.Errorf("the home page does not list %s", p.Path)
		}
		page := get(t, b, p.Path).Body.String()
		under := 0
		for _, c := range b.Comments() {
			if c.PostID != p.ID {
				continue
			}
			under++
			if !strings.Contains(page, fmt.Sprintf(`<li id="c%s"`, c.ID)) {
				t.Errorf("%s lacks the comment %s", p.Path, c.ID)
			}
		}
		if !strings.Contains(page, p.HTML) || !strings.Contains(page, fmt.Sprintf("%d comments:", under)) {
			t.Errorf("%s is not whole", p.Path)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	b := sampleblog.New(noon)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			id, err := b.Add(i%5, "", "", fmt.Sprintf("Word %d.", i), noon)
			if err != nil {
				t.Error(err)
			}
			get(t, b, "/feeds/comments/default")
			get(t, b, b.Posts()[i%5].Path)
			if err := b.Remove(id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// walk follows rel=next to the end and returns the entries by id.
func walk(t *testing.T, h http.Handler, address string) map[string]atomEntry {
	t.Helper()
	all := map[string]atomEntry{}
	total := 0
	for address != "" {
		f := getFeed(t, h, address)
		for _, e := range f.Entries {
			if _, twice := all[e.ID]; twice {
				t.Errorf("%s came twice", e.ID)
			}
			all[e.ID] = e
		}
		total = f.Total
		address = href(f.Links, "next", "")
	}
	if total != len(all) {
		t.Errorf("%d entries of %d", len(all), total)
	}
	return all
}
