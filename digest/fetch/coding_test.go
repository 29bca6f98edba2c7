package fetch_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/fetch"
)

// packings are all the ways in which a body may come.
var packings = []string{"", "gzip", "deflate", "raw-deflate", "br", "gzip, br", "br, gzip", "deflate, gzip", "gzip, gzip", "br, br"}

func TestEveryPackingIsUnpacked(t *testing.T) {
	blog := newBlog(t)
	body := strings.Repeat("hello ", 1000) + string(noise(3000))
	for i, packing := range packings {
		blog.On(fmt.Sprint("/", i), answer{Encoding: packing, Body: body})
	}
	c := clientOf(t, fetch.Options{}, blog)
	for i, packing := range packings {
		resp, err := get(t, c, fmt.Sprint(blog.URL, "/", i))
		if err != nil || string(resp.Body) != body {
			t.Errorf("packed as %q: %v, or another body", packing, err)
		}
	}
}

func TestBombsOfEveryPacking(t *testing.T) {
	digesttest.NotUnderRace(t)
	blog := newBlog(t)
	zeros := string(make([]byte, 4<<20))
	for i, packing := range packings[1:] {
		blog.On(fmt.Sprint("/", i), answer{Encoding: packing, Body: zeros})
	}
	// What an outer coding gives is bounded too, though nothing comes of it in the
	// end: a brotli bomb that unpacks to empty gzip members.
	empty := pack(t, "gzip", nil)
	blog.On("/inner", answer{
		Header: http.Header{"Content-Encoding": {"gzip, br"}},
		Body:   string(pack(t, "br", bytes.Repeat(empty, (4<<20)/len(empty)))),
	})
	c := clientOf(t, fetch.Options{}, blog)
	for i, packing := range packings[1:] {
		_, err := get(t, c, fmt.Sprint(blog.URL, "/", i))
		wantKind(t, err, digest.Invalid, "unpacks to more")
		if t.Failed() {
			t.Fatalf("packed as %q", packing)
		}
	}
	_, err := get(t, c, blog.URL+"/inner")
	wantKind(t, err, digest.Invalid, "unpacks to more")

	// Without the ratio it is the size that counts.
	loose := clientOf(t, fetch.Options{Limits: fetch.Limits{Ratio: 1 << 30, Unpacked: 2 << 20}}, blog)
	for i := range packings[1:] {
		_, err := get(t, loose, fmt.Sprint(blog.URL, "/", i))
		wantKind(t, err, digest.Invalid, "larger than 2 MB")
	}
	_, err = get(t, loose, blog.URL+"/inner")
	wantKind(t, err, digest.Invalid, "larger than 2 MB")

	// And what comes over the wire counts whatever it unpacks to.
	blog.On("/noise", answer{Encoding: "br", Body: string(noise(2 << 20))})
	tight := clientOf(t, fetch.Options{Limits: fetch.Limits{Wire: 1 << 20}}, blog)
	_, err = get(t, tight, blog.URL+"/noise")
	wantKind(t, err, digest.Invalid, "larger than 1 MB")
}

func TestPackingsThatAreRefused(t *testing.T) {
	body := strings.Repeat("hello ", 1000)
	blog := newBlog(t)
	said := func(encoding, body string) answer {
		return answer{Header: http.Header{"Content-Encoding": {encoding}}, Body: body}
	}
	packed := string(pack(t, "gzip", []byte(body)))
	flipped := []byte(packed)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	for path, tt := range map[string]struct {
		answer answer
		words  string
	}{
		"/three":    {answer{Encoding: "gzip, gzip, gzip", Body: body}, "packed more than 2 times"},
		"/hundred":  {said(strings.Repeat("gzip,", 100), body), "packed more than 2 times"},
		"/compress": {said("compress", "\x1F\x9D\x90"+body), `packed as "compress"`},
		"/zstd":     {said("zstd", "\x28\xB5\x2F\xFD\x04"+body), `packed as "zstd"`},
		"/long":     {said(strings.Repeat("x", 5000), string(noise(1000))), "xxx…"},
		"/notgzip":  {said("gzip", string(noise(1000))), "damaged"},
		"/inner":    {said("gzip, br", string(pack(t, "br", noise(1000)))), "damaged"},
		"/notbr":    {said("br", body), "damaged"},
		"/notflate": {said("deflate", body), "damaged"},
		"/checksum": {said("gzip", string(flipped)), "damaged"},
		"/adler":    {said("deflate", string(pack(t, "deflate", []byte(body))[:40])+strings.Repeat("\xff", 40)), "damaged"},
	} {
		blog.On(path, tt.answer)
		_, err := get(t, clientOf(t, fetch.Options{}, blog), blog.URL+path)
		wantKind(t, err, digest.Invalid, tt.words)
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%s: an error of %d bytes", path, len(err.Error()))
		}
	}
	for i, packing := range packings[1:] {
		whole := pack(t, packing, noise(4000))
		path := fmt.Sprint("/cut", i)
		blog.On(path, answer{Header: http.Header{"Content-Encoding": {strings.ReplaceAll(packing, "raw-", "")}}, Body: string(whole[:len(whole)-50])})
		_, err := get(t, clientOf(t, fetch.Options{}, blog), blog.URL+path)
		wantKind(t, err, digest.Unavailable, "broke off")
	}
}

func TestHabitsOfServersThatAreForgiven(t *testing.T) {
	blog := newBlog(t)
	var two bytes.Buffer
	for _, part := range []string{"one ", "two"} {
		w := gzip.NewWriter(&two)
		w.Write([]byte(part))
		w.Close()
	}
	said := func(encoding, body string) answer {
		return answer{Header: http.Header{"Content-Encoding": {encoding}}, Body: body}
	}
	text := []byte("one two")
	for path, answer := range map[string]answer{
		"/aws":         said("aws-chunked", "one two"),
		"/unknown":     said("x-none, compress", "one two"),
		"/unknown+":    said("aws-chunked,gzip", string(pack(t, "gzip", text))),
		"/plain":       said("gzip", "one two"),
		"/nolabel":     {Body: string(pack(t, "gzip", text))},
		"/nolabelzlib": {Body: string(pack(t, "deflate", text))},
		"/mislabelled": said("deflate", string(pack(t, "gzip", text))),
		"/mistaken":    said("br", string(pack(t, "gzip", text))),
		"/packedtwice": said("gzip", string(pack(t, "gzip", pack(t, "gzip", text)))),
		"/two":         {Header: http.Header{"Content-Encoding": {"x-gzip"}}, Body: two.String()},
		"/filled":      {Header: http.Header{"Content-Encoding": {"GZIP"}}, Body: two.String() + "\x00\x00\x00\x00"},
		"/charset":     {Header: http.Header{"Content-Encoding": {"UTF-8"}}, Body: "one two"},
		"/twice":       {Header: http.Header{"Content-Encoding": {"identity", "gzip"}}, Body: two.String()},
	} {
		blog.On(path, answer)
		resp, err := get(t, clientOf(t, fetch.Options{}, blog), blog.URL+path)
		if err != nil || string(resp.Body) != "one two" {
			t.Errorf("%s: %v, or another body", path, err)
		}
	}
	feed := `<rss version="2.0"><channel>` + strings.Repeat("<title>one</title>", 10) + `</channel></rss>`
	for _, encoding := range []string{"gzip", "deflate", "br", "br, gzip", "deflate, zstd", "utf-8"} {
		blog.On("/feed", said(encoding, feed))
		resp, err := get(t, clientOf(t, fetch.Options{}, blog), blog.URL+"/feed")
		if err != nil || string(resp.Body) != feed {
			t.Errorf("a feed that is not packed, called %q: %v, or another body", encoding, err)
		}
	}
	// What shows its coding is bounded like what names it.
	for range 3 {
		text = pack(t, "gzip", text)
	}
	blog.On("/three", answer{Body: string(text)})
	if resp, err := get(t, clientOf(t, fetch.Options{}, blog), blog.URL+"/three"); err != nil || string(resp.Body) == "one two" {
		t.Errorf("packed three times over: %v, or unpacked", err)
	}
	blog.On("/bomb", answer{Body: string(pack(t, "gzip", make([]byte, 4<<20)))})
	_, err := get(t, clientOf(t, fetch.Options{}, blog), blog.URL+"/bomb")
	wantKind(t, err, digest.Invalid, "unpacks to more")
}
