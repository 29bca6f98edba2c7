package signup

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// How long things live.
const (
	// PendingLife is how long an address that never confirms stays stored.
	PendingLife = 14 * 24 * time.Hour
	// recordLife is how long a record counts for every limit but
	// PerMailboxEver.
	recordLife = 24 * time.Hour
)

// DefaultWording is recorded as what was agreed to when the publication gives
// no wording of its own.
const DefaultWording = "asked for the mail by the sign-up form and confirmed it by the link mailed to the address"

// undoWording is what is agreed to by whoever undoes an unsubscription.
const undoWording = "undid an unsubscription with the link of the mails"

// DefaultLimits are strict enough that a form filled in by machines sends
// hardly any mail, and wide enough for a popular blog's busiest hour.
func DefaultLimits() Limits {
	return Limits{
		PerMailboxDay:  1,
		PerMailboxEver: 3,
		PerNetworkHour: 10,
		PerDomainHour:  60,
		PerHour:        500,
	}
}

// Options is what a [Service] is made of. Store and Clock are needed.
type Options struct {
	Store Store
	Clock digest.Clock
	// Limits bound the confirmation mails. The zero value means [DefaultLimits],
	// so that nobody goes without by mistake.
	Limits Limits
	// Wording gives the sentence a reader agrees to on the form, kept as the proof
	// of consent. With nil, or where it gives "", that is [DefaultWording].
	Wording func(context.Context) string
	// Takes says, by an error of kind Invalid, that the mail server cannot write to an
	// address; nil takes all.
	Takes func(email string) error
	Log   *slog.Logger // nil discards
}

// Service answers the readers' side of the list. It is safe for concurrent use.
type Service struct {
	store   Store
	clock   digest.Clock
	limits  Limits
	wording func(context.Context) string
	takes   func(email string) error
	log     *slog.Logger
}

// New makes a service.
func New(o Options) *Service {
	if o.Wording == nil {
		o.Wording = func(context.Context) string { return "" }
	}
	if o.Takes == nil {
		o.Takes = func(string) error { return nil }
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{store: o.Store, clock: o.Clock, limits: o.Limits, wording: o.Wording, takes: o.Takes, log: o.Log}
}

// SubscribeInput is a sign-up as it comes from a form.
type SubscribeInput struct {
	Email    string // as typed
	RemoteIP string // of the request; "" when there is none
	Page     string // where the form stands
}

// Subscribe takes a sign-up. An address that is not one gives an error of kind
// Invalid with a hint about the mend. To every other address the answer is the
// same and costs the same, be it new, pending, active, gone or over a limit;
// what was done is known by the mail that comes, and to the log as a number
// without the address. Any other error is a fault of the store.
func (s *Service) Subscribe(ctx context.Context, in SubscribeInput) error {
	addr, err := address.Parse(in.Email)
	if err == nil {
		err = s.takes(addr.Email)
	}
	if err != nil {
		return fmt.Errorf("sign up: %w", err)
	}
	now := s.clock.Now()
	queued, err := s.store.Request(ctx, Request{
		Email:   addr.Email,
		Key:     addr.Key,
		Mailbox: addr.Mailbox,
		Network: networkOf(in.RemoteIP),
		Token:   subscribers.NewToken(),
		Confirm: subscribers.NewToken(),
		Expires: now.Add(subscribers.ConfirmationLife),
		Consent: s.consent(in.RemoteIP, in.Page, s.agreed(ctx)),
		Limits:  s.limits,
	})
	if err != nil {
		return fmt.Errorf("sign up: %w", err)
	}
	if queued {
		s.log.InfoContext(ctx, "sign-up taken", "confirmation", true)
		return nil
	}
	s.log.InfoContext(ctx, "sign-up taken", "confirmation", false, "why", "a limit holds it back, or the address is subscribed already")
	return nil
}

// MailLinks mails the links to leave and to choose to an address that is on the
// list: for whoever has only links that do not work. What is true of the answer of
// [Service.Subscribe] is true of this one.
func (s *Service) MailLinks(ctx context.Context, email, remoteIP string) error {
	addr, err := address.Parse(email)
	if err != nil {
		return fmt.Errorf("mail the links: %w", err)
	}
	queued, err := s.store.RequestLinks(ctx, LinksRequest{
		Key: addr.Key, Mailbox: addr.Mailbox, Network: networkOf(remoteIP), At: s.clock.Now(), Limits: s.limits,
	})
	if err != nil {
		return fmt.Errorf("mail the links: %w", err)
	}
	s.log.InfoContext(ctx, "links asked for", "letter", queued)
	return nil
}

// networkOf gives the network that limits count a request in, or "". This machine
// is none: what comes from it comes through a proxy that is not trusted to say
// for whom, and all readers would share one limit.
func networkOf(ip string) string {
	if addr, err := netip.ParseAddr(ip); err == nil && addr.Unmap().IsLoopback() {
		return ""
	}
	return address.NetworkOf(ip)
}

// Sweep deletes addresses that did not confirm within [PendingLife], and the
// sign-up records that no limit needs any more, and tells how many addresses
// went.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	now := s.clock.Now()
	n, err := s.store.Sweep(ctx, now.Add(-PendingLife), now.Add(-recordLife))
	if err != nil {
		return 0, fmt.Errorf("sweep unconfirmed addresses: %w", err)
	}
	return n, nil
}

// agreed is the sentence that readers agree to now.
func (s *Service) agreed(ctx context.Context) string {
	return cmp.Or(s.wording(ctx), DefaultWording)
}

func (s *Service) consent(ip, page, wording string) subscribers.Consent {
	return subscribers.Consent{At: s.clock.Now(), IP: ip, Page: page, Wording: wording}
}
