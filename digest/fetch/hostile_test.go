package fetch_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/fetch"
	"postbag/digest/pull"
)

// hasty are limits of time that a test can wait for.
var hasty = fetch.Options{HeaderTimeout: 150 * time.Millisecond, Timeout: 400 * time.Millisecond}

func TestServersThatWasteTime(t *testing.T) {
	blog := newBlog(t)
	long := strings.Repeat("x", 1000)
	for path, answer := range map[string]answer{
		"/silent":  {Wait: time.Minute},
		"/trickle": {Body: long, Drip: 20 * time.Millisecond},
		"/header":  {Raw: "HTTP/1.1 200 OK\r\nX: " + long, Drip: 20 * time.Millisecond},
		"/hints":   {Raw: "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", Drip: 5 * time.Millisecond, Endless: true},
		"/packed":  {Body: string(noise(2000)), Encoding: "br", Drip: 20 * time.Millisecond},
		"/chunks":  {Raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\nx\r\n", 100), Drip: 5 * time.Millisecond, Endless: true},
	} {
		blog.On(path, answer)
		began := time.Now()
		_, err := get(t, clientOf(t, hasty, blog), blog.URL+path)
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: held for %v", path, took)
		}
		if path == "/hints" {
			wantKind(t, err, digest.Unavailable, "") // net/http takes a few of them only
		} else {
			wantKind(t, err, digest.Unavailable, "does not answer in time")
		}
	}

	// The time is that of the whole way, not of each redirect.
	for i := range 10 {
		blog.On(fmt.Sprint("/slow", i), answer{Status: http.StatusFound, Location: fmt.Sprint("/slow", i+1), Wait: 90 * time.Millisecond})
	}
	_, err := get(t, clientOf(t, hasty, blog), blog.URL+"/slow0")
	wantKind(t, err, digest.Unavailable, "does not answer in time")
	if n := len(blog.Asked("/slow9")); n != 0 {
		t.Error("the whole way was gone")
	}
}

func TestServersThatTalkTooMuch(t *testing.T) {
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{Limits: fetch.Limits{Wire: 1 << 20}}, blog)
	const ok = "HTTP/1.1 200 OK\r\n"
	for path, tt := range map[string]struct {
		answer answer
		kind   digest.Kind
		words  string
	}{
		"/endless": {answer{Body: strings.Repeat("x", 10_000), Endless: true}, digest.Invalid, "larger than 1 MB"},
		"/chunks":  {answer{Raw: ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 300)}, digest.Invalid, "larger than 1 MB"},
		"/claims":  {answer{Raw: ok + "Content-Length: 99999999999\r\n\r\nx"}, digest.Invalid, "larger than 1 MB"},
		"/field":   {answer{Header: http.Header{"X-Long": {strings.Repeat("x", 100<<10)}}}, digest.Invalid, "too long a header"},
		"/fields":  {answer{Raw: ok + strings.Repeat("X: y\r\n", 100_000)}, digest.Invalid, "too long a header"},
		"/forever": {answer{Raw: "X: y\r\n", Endless: true}, digest.Unavailable, ""},
		"/line":    {answer{Raw: "HTTP/1.1 200 " + strings.Repeat("O", 1<<20)}, digest.Invalid, "too long a header"},
		"/hints":   {answer{Raw: strings.Repeat("HTTP/1.1 103 Hm\r\nX: "+strings.Repeat("y", 500)+"\r\n\r\n", 1000)}, digest.Invalid, "too long a header"},
		"/trailer": {answer{Raw: ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n" + strings.Repeat("X: y\r\n", 1_000_000)}, digest.Unavailable, ""},
		"/tail":    {answer{Raw: ok + "Transfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("x", 1<<20) + "\r\n"}, digest.Unavailable, ""},
	} {
		blog.On(path, tt.answer)
		_, err := get(t, c, blog.URL+path)
		if err == nil || digest.KindOf(err) == tt.kind && strings.Contains(err.Error(), tt.words) && digest.HintOf(err) != "" {
			if err == nil {
				t.Errorf("%s: no error", path)
			}
			continue
		}
		t.Errorf("%s: error %q of kind %d, want kind %d saying %q", path, err, digest.KindOf(err), tt.kind, tt.words)
	}
}

func TestLongHeadersOfHTTP2(t *testing.T) {
	blog := newTLSBlog(t).On("/next", answer{Body: "next"})
	blog.On("/field", answer{Header: http.Header{"X-Long": {strings.Repeat("x", 100<<10)}}})
	many := http.Header{}
	for i := range 1250 { // a little past the limit; far past it the connection fails
		many.Set(fmt.Sprint("X-", i), "a little of much")
	}
	blog.On("/fields", answer{Header: many})
	c := clientOf(t, fetch.Options{}, blog)
	_, err := get(t, c, blog.URL+"/fields")
	wantKind(t, err, digest.Invalid, "too long a header")
	_, err = get(t, c, blog.URL+"/field")
	wantKind(t, err, digest.Unavailable, "") // a fault of the whole connection
	if resp, err := get(t, c, blog.URL+"/next"); err != nil || string(resp.Body) != "next" {
		t.Errorf("the next answer: %v", err)
	}
}

func TestAnswersThatAreNotWhatTheySay(t *testing.T) {
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{}, blog)
	const ok = "HTTP/1.1 200 OK\r\n"
	for path, answer := range map[string]answer{
		"/more":      {Raw: ok + "Content-Length: 50\r\n\r\nshort"},
		"/cut":       {Body: strings.Repeat("x", 5000), Cut: 3000},
		"/cutpacked": {Body: string(noise(5000)), Encoding: "deflate", Cut: 3000},
		"/two":       {Raw: ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nshort!"},
		"/negative":  {Raw: ok + "Content-Length: -5\r\n\r\nshort"},
		"/size":      {Raw: ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nshort\r\n0\r\n\r\n"},
		"/bigsize":   {Raw: ok + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nshort\r\n"},
		"/missing":   {Raw: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"},
		"/coding":    {Raw: ok + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nshort\r\n0\r\n\r\n"},
		"/old":       {Raw: "just a body, as in 1991"},
		"/nothing":   {Raw: "\n"},
		"/status":    {Raw: "HTTP/1.1 two hundred\r\n\r\n"},
		"/colon":     {Raw: ok + "no colon here\r\n\r\n"},
		"/switch":    {Raw: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"},
	} {
		blog.On(path, answer)
		_, err := get(t, c, blog.URL+path)
		if err == nil {
			t.Errorf("%s: taken for an answer", path)
			continue
		}
		wantKind(t, err, digest.Unavailable, "")
	}
	// What comes after the length that was named is no part of the answer.
	blog.On("/less", answer{Raw: ok + "Content-Length: 5\r\n\r\nshortHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"})
	blog.On("/next", answer{Body: "real"})
	for path, want := range map[string]string{"/less": "short", "/next": "real"} {
		if resp, err := get(t, c, blog.URL+path); err != nil || string(resp.Body) != want {
			t.Errorf("%s: %+v, %v", path, resp, err)
		}
	}
}

func TestRedirectsWithoutEnd(t *testing.T) {
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{}, blog)
	for i := range 100 {
		blog.On(fmt.Sprint("/", i), answer{Status: http.StatusMovedPermanently, Location: fmt.Sprint("/", i+1)})
	}
	blog.On("/a", answer{Status: http.StatusFound, Location: "/b#x"}).On("/b", answer{Status: http.StatusFound, Location: "/a#y"})
	blog.On("/self", answer{Status: http.StatusFound, Location: strings.ToUpper(blog.URL[:4]) + blog.URL[4:] + "/self"})
	for path, tt := range map[string]struct {
		words string
		asked int
	}{"/0": {"more than 10 times", 11}, "/a": {"in a circle", 2}, "/self": {"in a circle", 1}} {
		blog.Forget()
		made := 0
		_, err := c.Get(t.Context(), pull.Request{URL: blog.URL + path, Made: &made})
		wantKind(t, err, digest.Unavailable, tt.words)
		if n := len(blog.Requests()); n != tt.asked || made != n {
			t.Errorf("%s: asked %d times and counted %d, want %d", path, n, made, tt.asked)
		}
	}
	for _, location := range []string{
		"file:///etc/passwd", "FILE:/etc/passwd", "gopher://x.test/", "javascript:alert(1)", "data:text/xml,<rss/>", "mailto:a@b.test",
		"http://user:pw@x.test/", "http://x.test:99999/", "http://x.test:0/", "http://", "http:///x", "http://" + strings.Repeat("a", 5000),
	} {
		blog.Forget()
		blog.On("/out", answer{Status: http.StatusFound, Location: location})
		_, err := get(t, c, blog.URL+"/out")
		wantKind(t, err, digest.Invalid, "redirects to what cannot be asked for")
		if err != nil && strings.Contains(err.Error(), "pw@") {
			t.Errorf("error %q shows the password", err)
		}
	}
	// A redirect is followed without waiting for the end of its body.
	blog.On("/body", answer{Status: http.StatusFound, Location: "/here", Body: "x", Endless: true, Drip: 10 * time.Millisecond})
	blog.On("/here", answer{Body: "here"})
	if resp, err := get(t, c, blog.URL+"/body"); err != nil || string(resp.Body) != "here" {
		t.Errorf("redirect with an endless body: %v", err)
	}
}

func TestValidatorsThatCannotBeSentBackAreDropped(t *testing.T) {
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{}, blog)
	for i, etag := range []string{"\"\xe9\"", "\"\u202e\"", `"` + strings.Repeat("x", 5000) + `"`} {
		path := fmt.Sprint("/", i)
		blog.On(path, answer{ETag: etag, Type: "text/xml; x=" + strings.Repeat("y", 5000)})
		resp, err := get(t, c, blog.URL+path)
		if err != nil || resp.ETag != "" || len(resp.ContentType) > 300 {
			t.Errorf("ETag %.20q, type of %d bytes, %v; want none", resp.ETag, len(resp.ContentType), err)
		}
	}
	blog.On("/odd", answer{ETag: `W/"odd one" x`, LastModified: "never"})
	resp, err := get(t, c, blog.URL+"/odd")
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Get(t.Context(), pull.Request{URL: blog.URL + "/odd", Validators: resp.Validators})
	if err != nil || !again.NotModified {
		t.Errorf("the second answer %+v, %v; want not modified", again, err)
	}
}

func TestAddressesGetOneSpelling(t *testing.T) {
	blog := newBlog(t)
	c := clientOf(t, fetch.Options{}, blog)
	blog.On("/%C3%BC?q=%C3%A9%20x", answer{Body: "here"})
	blog.On("/go", answer{Status: http.StatusFound, Location: "/ü?q=é x"})
	resp, err := get(t, c, blog.URL+"/go")
	if err != nil || string(resp.Body) != "here" || resp.URL != blog.URL+"/%C3%BC?q=%C3%A9%20x" {
		t.Errorf("answer %+v, %v", resp, err)
	}
}
