package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/site"
)

// routes is the whole surface. GET answers HEAD too.
func (s *Server) routes() map[string]http.HandlerFunc {
	get := func(p site.Page) string { return "GET " + p.Pattern() }
	post := func(p site.Page) string { return "POST " + p.Pattern() }
	return map[string]http.HandlerFunc{
		get(site.Home): s.published(s.publisher.Home),
		"GET " + strings.TrimSuffix(string(site.Archive), "/"): s.toArchive,
		get(site.Archive): s.published(s.publisher.Archive),
		get(site.Issue):   s.issue,
		get(site.Feed):    s.published(s.publisher.FeedAtom),

		get(site.Home.InSeries()): s.ofSeries(site.Home),
		"GET " + strings.TrimSuffix(string(site.Archive.InSeries()), "/"): s.ofSeries(site.Archive),
		get(site.Archive.InSeries()):                                      s.ofSeries(site.Archive),
		get(site.Issue.InSeries()):                                        s.ofSeries(site.Issue),
		get(site.Feed.InSeries()):                                         s.ofSeries(site.Feed),

		get(site.Subscribe):    s.toForm,
		post(site.Subscribe):   bounded(s.subscribe),
		get(site.Confirm):      private(s.confirmPage),
		post(site.Confirm):     private(s.confirm),
		get(site.Leave):        private(s.leaveForm),
		post(site.Leave):       private(s.mailLinks),
		get(site.Unsubscribe):  private(s.tested(s.unsubscribePage)),
		post(site.Unsubscribe): private(s.tested(s.unsubscribe)),
		get(site.Undo):         private(s.toLeave),
		post(site.Undo):        private(s.tested(s.undo)),
		get(site.Preferences):  private(s.tested(s.preferencesPage)),
		post(site.Preferences): private(s.tested(s.preferences)),

		post(site.Hook): private(s.hook),

		get(site.Asset):   s.asset,
		get(site.Favicon): s.favicon,
		get(site.Robots):  s.robots,
		get(site.Health):  s.health,
		get(site.Ready):   s.ready,
	}
}

// crossOrigin lists the routes that pages of others may post to; the package
// documentation says why.
var crossOrigin = [...]string{"POST " + site.Subscribe.Pattern(), "POST " + site.Leave.Pattern(), "POST " + site.Unsubscribe.Pattern()}

// besideDesk is what a desk that listens by itself answers too.
var besideDesk = []site.Page{site.Health, site.Ready, site.Asset, site.Favicon, site.Robots}

// databaseTime is how long a page waits for a database that does not answer. Whoever sits
// before it would rather be told, and keep what was typed.
const databaseTime = 4 * time.Second

// Handler gives the whole surface with everything that holds on all of it.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range s.routes() {
		if s.deskOnly && !slices.Contains(besideDesk, site.Page(strings.TrimPrefix(pattern, "GET "))) {
			continue
		}
		mux.HandleFunc(pattern, handle)
	}
	return s.below(impatient(s.watch(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		s.proxyHint(r)
		if s.desk != nil && cleanPath(r) && (r.URL.Path == site.Desk || strings.HasPrefix(r.URL.Path, site.Desk+"/")) {
			w.Header().Del("Content-Security-Policy") // the desk sets its own
			s.desk.ServeHTTP(w, r)
			return
		}
		if s.deskOnly && r.URL.Path == string(site.Home) {
			http.Redirect(w, r, s.at.Path(site.DeskHome), http.StatusSeeOther)
			return
		}
		handler, pattern := find(mux, r)
		if pattern == "" {
			s.noRoute(w, r, handler)
			return
		}
		r.Pattern = pattern // for the log, should the request be refused before the mux
		nullOrigin(r, pattern)
		r.Body = http.MaxBytesReader(w, r.Body, mostBody(pattern))
		s.sameOrigin.Handler(mux).ServeHTTP(w, r)
	}))))
}

// impatient bounds how long the pages wait for the database.
func impatient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(digest.Impatient(r.Context(), databaseTime)))
	})
}

// find gives the handler of a request, and its pattern, "" for none. A link to a
// reader's own pages that was damaged on its way is taken for what it was, so that
// its button works, and so that a mail provider's POST does, which follows no
// redirect (RFC 8058, 3.1).
func find(mux *http.ServeMux, r *http.Request) (handler http.Handler, pattern string) {
	handler = http.NotFoundHandler()
	if cleanPath(r) {
		handler, pattern = mux.Handler(r)
	}
	if pattern != "" && !strings.Contains(pattern, "{token}") {
		return handler, pattern
	}
	page, token, ok := site.Find(r.URL.Path)
	if !ok || !page.Secret() {
		return handler, pattern
	}
	r.URL = &url.URL{Path: page.With(cmp.Or(token, noToken)), RawQuery: r.URL.RawQuery}
	return mux.Handler(r)
}

// noToken stands where the token was in a link that has lost it, or a part of it.
const noToken = "-"

// below serves a site whose base URL has a path, whether the proxy before us
// takes that path off or leaves it on. The path alone, without a slash, is the
// front page.
func (s *Server) below(next http.Handler) http.Handler {
	if s.path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if len(path) < len(s.path) || !strings.EqualFold(path[:len(s.path)], s.path) {
			next.ServeHTTP(w, r)
			return
		}
		rest := path[len(s.path):]
		if rest != "" && rest[0] != '/' {
			next.ServeHTTP(w, r)
			return
		}
		inner := *r
		inner.URL = &url.URL{Path: cmp.Or(rest, "/"), RawQuery: r.URL.RawQuery}
		// The written path has as many parts as the path, however they are encoded.
		above := strings.Count(s.path, "/") + 1
		if parts := strings.SplitN(r.URL.RawPath, "/", above+1); len(parts) > above {
			inner.URL.RawPath = "/" + parts[above]
		}
		next.ServeHTTP(w, &inner)
	})
}

// noRoute answers with a page of ours for what the mux would answer plainly: a
// path that is none, or a method that the path does not know.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request, plain http.Handler) {
	seen := &refusal{header: http.Header{}}
	plain.ServeHTTP(seen, r)
	if seen.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", seen.header.Get("Allow"))
		s.message(w, r, http.StatusMethodNotAllowed)
		return
	}
	s.notFound(w, r)
}

// notFound answers for an address that leads nowhere, or leads on to the page that it
// was for before a mail program damaged it.
func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	page, number, ok := site.Find(r.URL.Path)
	if ok && reads && page.With(number) != r.URL.Path {
		http.Redirect(w, r, s.at.Path(page, number), http.StatusMovedPermanently)
		return
	}
	s.message(w, r, http.StatusNotFound)
}

// refusal takes an answer in and keeps its status and header.
type refusal struct {
	header http.Header
	status int
}

func (f *refusal) Header() http.Header         { return f.header }
func (f *refusal) Write(p []byte) (int, error) { return len(p), nil }
func (f *refusal) WriteHeader(status int)      { f.status = status }

// statuses are the HTTP statuses of the kinds of error.
var statuses = map[digest.Kind]int{
	digest.Invalid:     http.StatusUnprocessableEntity,
	digest.NotFound:    http.StatusNotFound,
	digest.Conflict:    http.StatusConflict,
	digest.Unavailable: http.StatusServiceUnavailable,
	digest.Forbidden:   http.StatusForbidden,
}

func statusOf(err error) int {
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable // the database is busy
	}
	return cmp.Or(statuses[digest.KindOf(err)], http.StatusInternalServerError)
}

// fail answers with an error's page and logs what is our fault. Its text stays
// in the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if status >= http.StatusInternalServerError && !errors.Is(r.Context().Err(), context.Canceled) {
		s.log.ErrorContext(r.Context(), "a request failed", "route", route(r), "error", err)
	}
	s.message(w, r, status)
}

// health says that the process answers.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	s.plain(w, http.StatusOK, site.HealthAnswer)
}

// readyTime bounds the question whether we are ready.
const readyTime = 3 * time.Second

// ready says whether requests can be served: 503 when the database does not answer,
// or takes nothing in.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := s.isReady(ctx); err != nil {
		s.log.WarnContext(ctx, "not ready", "error", err)
		s.plain(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	s.plain(w, http.StatusOK, "ready\n")
}

// robots lets crawlers in everywhere: secret links carry noindex, which a
// crawler only sees when it may look.
func (s *Server) robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "max-age=86400")
	s.plain(w, http.StatusOK, "User-agent: *\nDisallow:\n")
}

// plain answers in plain text. A probe's answer must not be kept.
func (s *Server) plain(w http.ResponseWriter, status int, text string) {
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	sayWhen(w, status)
	s.body(w, status, "text/plain; charset=utf-8", []byte(text))
}
