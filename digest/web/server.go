package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/signup"
	"postbag/templates"
)

// Publisher gives what is published, ready to be served.
type Publisher interface {
	Home(ctx context.Context) (http.Handler, error)
	Archive(ctx context.Context) (http.Handler, error)
	// IssuePage gives an error of kind NotFound for an issue that is not public.
	IssuePage(ctx context.Context, number int) (http.Handler, error)
	FeedAtom(ctx context.Context) (http.Handler, error)
	// OfSeries gives a page of a further series by its slug; the error is of kind
	// NotFound for one that there is not. IsFirst tells of the series whose pages have
	// the short addresses.
	OfSeries(ctx context.Context, slug string, page site.Page, number int) (http.Handler, error)
	IsFirst(ctx context.Context, slug string) bool
	// Site is the frame of the pages that are made here.
	Site(ctx context.Context) (templates.Site, error)
	// HomeForm renders the front page with a form that has a mistake in it.
	HomeForm(ctx context.Context, form templates.Form) ([]byte, error)
}

// Signup is the readers' side of the list. Its errors' kinds become statuses.
type Signup interface {
	Subscribe(ctx context.Context, in signup.SubscribeInput) error
	Confirmation(ctx context.Context, token string) (signup.Confirmation, error)
	Confirm(ctx context.Context, token, ip, page string) (subscribers.Subscriber, error)
	MailLinks(ctx context.Context, email, remoteIP string) error
	Lookup(ctx context.Context, token string) (subscribers.Subscriber, error)
	Unsubscribe(ctx context.Context, token string) (subscribers.Subscriber, error)
	Undo(ctx context.Context, token, ip, page string) (subscribers.Subscriber, error)
	SetFrequency(ctx context.Context, token string, f subscribers.Frequency) (subscribers.Subscriber, error)
}

// Options is what a [Server] is made of. All but Hooks, Ready, Desk, TrustedProxies
// and Log are needed.
type Options struct {
	Publisher Publisher
	Signup    Signup
	Hooks     Hooks // nil where no provider is set up
	Templates *templates.Set
	Clock     digest.Clock
	// BaseURL is what readers reach us by, e.g. "https://digest.example.org"; it
	// is where every absolute link begins.
	BaseURL string
	// Ready tells whether requests can be served; nil means always. It is asked
	// by /readyz.
	Ready func(ctx context.Context) error
	// Desk answers for the editor's pages, below [site.Desk]; nil where they have a
	// listener of their own: then there is nothing here.
	Desk http.Handler
	// TrustedProxies are the networks of the reverse proxies before us, whose
	// X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// DeskOnly serves the desk, whether the process is well, and nothing else.
	DeskOnly bool
	Log      *slog.Logger // nil discards
}

// Server is the public surface. It is safe for concurrent use.
type Server struct {
	publisher  Publisher
	signup     Signup
	hooks      Hooks
	templates  *templates.Set
	clock      digest.Clock
	at         site.Site
	path       string // of base
	isReady    func(ctx context.Context) error
	desk       http.Handler
	deskOnly   bool
	proxies    proxies
	log        *slog.Logger
	hinted     sync.Once // about a proxy that is not trusted
	sameOrigin *http.CrossOriginProtection
}

// New makes a server. The error is of kind Invalid when the base URL cannot be
// one.
func New(o Options) (*Server, error) {
	s := &Server{
		publisher: o.Publisher, signup: o.Signup, hooks: o.Hooks, templates: o.Templates, clock: o.Clock,
		at: site.Site{Base: strings.TrimRight(o.BaseURL, "/")}, isReady: o.Ready, desk: o.Desk, deskOnly: o.DeskOnly, proxies: o.TrustedProxies, log: o.Log,
	}
	if s.isReady == nil {
		s.isReady = func(context.Context) error { return nil }
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s, s.protect()
}

// protect sets up what keeps other sites' pages from acting for a reader. Our
// own origin is named, since behind a proxy the Host we see may be another.
func (s *Server) protect() error {
	const hint = "Give a scheme and a host, such as https://digest.example.org."
	u, err := url.Parse(s.at.Base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return digest.Fail(digest.Invalid, hint, "the base URL %q is not one", s.at.Base)
	}
	s.path = u.Path
	s.sameOrigin = http.NewCrossOriginProtection()
	if err := s.sameOrigin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return digest.Fail(digest.Invalid, hint, "the base URL %q: %w", s.at.Base, err)
	}
	for _, pattern := range crossOrigin {
		s.sameOrigin.AddInsecureBypassPattern(pattern)
	}
	s.sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.message(w, r, http.StatusForbidden)
	}))
	return nil
}
