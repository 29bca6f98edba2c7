package publish_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest/publish"
)

var modified = time.Date(2016, time.June, 30, 17, 0, 0, 999, time.UTC)

func document(t testing.TB) *publish.Document {
	t.Helper()
	d, err := publish.NewDocument([]byte(strings.Repeat("night bus ", 500)), "text/plain; charset=utf-8", modified, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestConditionalRequests(t *testing.T) {
	d := document(t)
	zipped := strings.TrimSuffix(d.ETag, `"`) + `-gzip"`
	const date, before, after = "Thu, 30 Jun 2016 17:00:00 GMT", "Thu, 30 Jun 2016 16:59:59 GMT", "Fri, 01 Jul 2016 00:00:00 GMT"
	for _, c := range []struct {
		name    string
		headers map[string]string
		status  int
	}{
		{"unconditional", nil, 200},
		{"the tag", map[string]string{"If-None-Match": d.ETag}, 304},
		{"another tag", map[string]string{"If-None-Match": `"x"`}, 200},
		{"a list", map[string]string{"If-None-Match": `"a,b", W/"c" ,` + d.ETag}, 304},
		{"a list without it", map[string]string{"If-None-Match": `"a", "b"`}, 200},
		{"a weak tag", map[string]string{"If-None-Match": "W/" + d.ETag}, 304},
		{"any", map[string]string{"If-None-Match": "*"}, 304},
		{"the compressed form's tag", map[string]string{"If-None-Match": zipped}, 304},
		{"both forms' tags", map[string]string{"If-None-Match": `"x", ` + zipped, "Accept-Encoding": "gzip"}, 304},
		{"a tag without its quotes", map[string]string{"If-None-Match": strings.Trim(d.ETag, `"`)}, 200},
		{"half a tag", map[string]string{"If-None-Match": strings.TrimSuffix(d.ETag, `"`)}, 200},
		{"an empty list", map[string]string{"If-None-Match": ""}, 200},
		{"the date", map[string]string{"If-Modified-Since": date}, 304},
		{"a later date", map[string]string{"If-Modified-Since": after}, 304},
		{"an earlier date", map[string]string{"If-Modified-Since": before}, 200},
		{"the date in the old form", map[string]string{"If-Modified-Since": "Thursday, 30-Jun-16 17:00:00 GMT"}, 304},
		{"no date at all", map[string]string{"If-Modified-Since": "yesterday"}, 200},
		{"a wrong tag beats the right date", map[string]string{"If-None-Match": `"x"`, "If-Modified-Since": date}, 200},
		{"the right tag beats a wrong date", map[string]string{"If-None-Match": d.ETag, "If-Modified-Since": before}, 304},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(c.name+" "+method, func(t *testing.T) {
				r := httptest.NewRequest(method, "/", nil)
				for k, v := range c.headers {
					r.Header.Set(k, v)
				}
				w := httptest.NewRecorder()
				d.ServeHTTP(w, r)
				if w.Code != c.status {
					t.Fatalf("status %d, want %d", w.Code, c.status)
				}
				h := w.Header()
				if h.Get("Etag") == "" || h.Get("Cache-Control") != "public, max-age=60" || h.Get("Vary") != "Accept-Encoding" || h.Get("Last-Modified") != date {
					t.Errorf("headers %v", h)
				}
				if c.status == 304 && (w.Body.Len() > 0 || h.Get("Content-Length") != "" || h.Get("Content-Type") != "") {
					t.Errorf("a 304 with %d bytes and %v", w.Body.Len(), h)
				}
				if c.status == 200 && (h.Get("Content-Length") != strconv.Itoa(len(d.Body)) || (w.Body.Len() > 0) != (method == "GET")) {
					t.Errorf("%d bytes, %v", w.Body.Len(), h)
				}
			})
		}
	}
}

func TestAcceptEncoding(t *testing.T) {
	d := document(t)
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "deflate, gzip;q=1.0, *;q=0.5": true, "br, GZIP": true, "*": true, "gzip;q=0": false, "gzip; q=0.0, *": false,
		"identity": false, "br": false, "*;q=0": false, "gzip;q=x": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if accept != "" {
			r.Header.Set("Accept-Encoding", accept)
		}
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("%q: compressed %v", accept, got)
		}
		if same := w.Header().Get("Etag") == d.ETag; same == want {
			t.Errorf("%q: the two forms share a tag", accept)
		}
	}
}

func TestOnlyGetAndHead(t *testing.T) {
	w := httptest.NewRecorder()
	document(t).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// The tag says that nothing changed, or that something did.
func TestTagFollowsContent(t *testing.T) {
	a, b := document(t), document(t)
	other, err := publish.NewDocument([]byte("x"), "text/plain", modified, 0)
	if err != nil {
		t.Fatal(err)
	}
	if a.ETag != b.ETag || a.ETag == other.ETag {
		t.Errorf("tags %s %s %s", a.ETag, b.ETag, other.ETag)
	}
}

func FuzzConditional(f *testing.F) {
	f.Add(`W/"a", "b"`, "gzip;q=0.1, *")
	f.Add(`"`, ";;q=,")
	d := document(f)
	f.Fuzz(func(t *testing.T, match, accept string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["If-None-Match"], r.Header["Accept-Encoding"] = []string{match}, []string{accept}
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code == 304 && !strings.Contains(match, strings.Trim(d.ETag, `"`)) && strings.TrimSpace(match) != "*" {
			t.Errorf("304 for %q", match)
		}
	})
}

// The feed beside a bare handler, over real connections, turn by turn in one run,
// so that a busy machine slows both alike.
func BenchmarkFeed(b *testing.B) {
	p, _ := newPublisher(b, weeks(20, 600))
	h, err := p.FeedAtom(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	d := h.(*publish.Document)
	feed := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, err := p.FeedAtom(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		h.ServeHTTP(w, r)
	})
	for _, c := range []struct {
		name, match string
		bare        http.HandlerFunc
		want        int
	}{
		{"304", d.ETag, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) }, 304},
		{"gzip", "", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(d.Gzip) }, 200},
	} {
		b.Run(c.name, func(b *testing.B) {
			bare, ours := newAsker(b, c.bare, c.match), newAsker(b, feed, c.match)
			for b.Loop() {
				bare.ask(b, c.want)
				ours.ask(b, c.want)
			}
			b.ReportMetric(float64(b.N)/bare.took.Seconds(), "bare/s")
			b.ReportMetric(float64(b.N)/ours.took.Seconds(), "feed/s")
			b.ReportMetric(bare.took.Seconds()/ours.took.Seconds(), "ratio")
		})
	}
}

// asker sends one request again and again and adds up what the answers took.
type asker struct {
	client  *http.Client
	request *http.Request
	sink    []byte
	took    time.Duration
}

func newAsker(b *testing.B, h http.Handler, match string) *asker {
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(b.Context(), "GET", server.URL, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	if match != "" {
		r.Header.Set("If-None-Match", match)
	}
	return &asker{client: server.Client(), request: r, sink: make([]byte, 64<<10)}
}

func (a *asker) ask(b *testing.B, want int) {
	began := time.Now()
	res, err := a.client.Do(a.request)
	if err != nil {
		b.Fatal(err)
	}
	for err == nil {
		_, err = res.Body.Read(a.sink)
	}
	res.Body.Close()
	a.took += time.Since(began)
	if res.StatusCode != want {
		b.Fatal(res.Status)
	}
}
