package webhook

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"postbag/digest"
	"postbag/subscribers/bounce"
)

// The bounds of a request.
const (
	MostBody   = 1 << 20 // bytes
	mostEvents = 5000    // in one request, those that say nothing of an address included
)

// Keys are what the providers' requests are checked by. A provider without one is not
// there.
type Keys struct {
	SESTopic       string // the ARN of the SNS topic that Amazon SES tells its events
	PostmarkSecret string
	MailgunKey     string // the "HTTP webhook signing key" of the account
	SendGridKey    *ecdsa.PublicKey
	BrevoSecret    string
}

// Bounces takes what came back.
type Bounces interface {
	// TakeAll takes events, and counts what became of them. The error is the database's;
	// events before it may have been taken.
	TakeAll(ctx context.Context, events []bounce.Event) (map[bounce.Outcome]int, error)
}

// Fetch gets a document over HTTPS, without following redirects, and only from public
// addresses of the network.
type Fetch func(ctx context.Context, url string) ([]byte, error)

// Options are what a [Service] is made of.
type Options struct {
	Keys    Keys
	Bounces Bounces
	Fetch   Fetch // of Amazon's certificates
	Clock   digest.Clock
	Log     *slog.Logger // default: none
}

// Service takes the requests of providers. It is safe for concurrent use.
type Service struct {
	o         Options
	providers map[bounce.Source]provider
	refused   refusals
}

// provider is how one of them is checked and read.
type provider struct {
	// verify refuses with an error of kind Forbidden what is not proved, and gives the
	// part of the body that holds the events: nil for a request that has none.
	verify func(ctx context.Context, h http.Header, body []byte) ([]byte, error)
	// read reads the events.
	read func(body []byte) ([]bounce.Event, error)
}

// The providers, as their addresses and the listings name them.
const (
	SES      bounce.Source = "ses"
	Postmark bounce.Source = "postmark"
	Mailgun  bounce.Source = "mailgun"
	SendGrid bounce.Source = "sendgrid"
	Brevo    bounce.Source = "brevo"
)

// New makes a service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, providers: map[bounce.Source]provider{}, refused: refusals{clock: o.Clock}}
	if o.Keys.SESTopic != "" {
		s.providers[SES] = provider{newSNS(o).verify, readSES}
	}
	if o.Keys.PostmarkSecret != "" {
		s.providers[Postmark] = provider{secret(o.Keys.PostmarkSecret).verify, readPostmark}
	}
	if o.Keys.MailgunKey != "" {
		s.providers[Mailgun] = provider{(&mailgun{key: o.Keys.MailgunKey, clock: o.Clock}).verify, readMailgun}
	}
	if o.Keys.SendGridKey != nil {
		s.providers[SendGrid] = provider{sendGrid{o.Keys.SendGridKey, o.Clock}.verify, readSendGrid}
	}
	if o.Keys.BrevoSecret != "" {
		s.providers[Brevo] = provider{secret(o.Keys.BrevoSecret).verify, readBrevo}
	}
	return s
}

// errForged tells of a request that is not proved to be a provider's. It never says why.
var errForged = digest.Fail(digest.Forbidden, "", "the request is not proved")

// Admit tells whether a request may be read at all: the error is of kind NotFound for a
// provider that is not set up, and TooMany for a client whose requests were refused too
// often in this minute. client is the address that the request comes from, "" for none.
func (s *Service) Admit(name, client string) error {
	if _, ok := s.providers[bounce.Source(name)]; !ok {
		return digest.Fail(digest.NotFound, "", "there is no such provider")
	}
	if s.refused.tooMany(client) {
		return digest.Fail(digest.TooMany, "", "too many requests were refused")
	}
	return nil
}

// Receive takes a request of a provider. The error is of kind Forbidden for one that is
// not proved, Invalid for one that cannot be read, and Unavailable when the provider
// should try again. What is about nobody is no error: nothing would come of trying again.
func (s *Service) Receive(ctx context.Context, name, client string, h http.Header, body []byte) error {
	from := bounce.Source(name)
	p, ok := s.providers[from]
	if !ok {
		return digest.Fail(digest.NotFound, "", "there is no such provider")
	}
	told, err := p.verify(ctx, h, body)
	if err != nil {
		if errors.Is(err, errForged) && s.refused.add(client) {
			s.o.Log.Warn("a request to a webhook is refused, since it is not proved", "provider", name)
		}
		return err
	}
	if told == nil {
		return nil
	}
	events, err := p.read(told)
	if err != nil {
		s.o.Log.Warn("a request to a webhook cannot be read", "provider", name, "error", err)
		return err
	}
	for i := range events {
		events[i].Source, events[i].Signed = from, true
		events[i].Words = tidy(events[i].Words)
	}
	if len(events) == 0 {
		return nil
	}
	outcomes, err := s.o.Bounces.TakeAll(ctx, events)
	if err != nil {
		return err
	}
	s.o.Log.Info("a provider told what came back", "provider", name, "events", len(events), slog.Any("outcomes", outcomes))
	return nil
}

// ahead is how far a provider's clock may be before ours.
const ahead = 5 * time.Minute

// inWindow tells whether a moment that was signed is recent enough.
func inWindow(clock digest.Clock, at time.Time, window time.Duration) bool {
	age := clock.Now().Sub(at)
	return age <= window && age >= -ahead
}
