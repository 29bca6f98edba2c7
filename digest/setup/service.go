package setup

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull/discover"
	"postbag/digest/schedule"
	"postbag/subscribers/deliver"
	"postbag/subscribers/dnscheck"
)

// Store is what the set-up asks of the database.
type Store interface {
	Sources(ctx context.Context) ([]digest.Source, error)
	SeriesList(ctx context.Context) ([]digest.Series, error)
	Publication(ctx context.Context) (digest.Publication, error)
	Issues(ctx context.Context, seriesID int64, limit int) ([]digest.Issue, error)
	Feeds(ctx context.Context, sourceID int64) ([]digest.FeedState, error)
	Comments(ctx context.Context, f digest.CommentFilter) ([]digest.ListedComment, error)
	// SetupMarks gives what was confirmed in the set-up.
	SetupMarks(ctx context.Context) (Marks, error)
	// MarkSetup stores the moments that are set, and leaves the others as they are.
	MarkSetup(ctx context.Context, m Marks) error
}

// Desk is what changes a series.
type Desk interface {
	Set(ctx context.Context, by digest.Actor, slug string, s desk.Settings) (desk.Changed, error)
}

// What is known of a blog before it is looked at, what is found of it, and a page of
// which somebody has to choose a feed.
type (
	Known     = discover.Options
	Found     = discover.Found
	Ambiguous = discover.AmbiguousError
)

// Finder finds and follows blogs.
type Finder interface {
	Look(ctx context.Context, rawURL string, opts Known) (Found, error)
	Add(ctx context.Context, by digest.Actor, rawURL string, first digest.Series, opts Known) (Found, error)
}

// Sending is what the settings of this process say of mail.
type Sending struct {
	Outbox   string // the folder that mails are written into; "" when they go to a server
	Host     string // of the mail server
	Port     string
	Account  string // by which the program signs in there; "" for none
	From     string // the From address; "" when none is set
	FromMade bool   // nobody set it: it stands in for one, since no mail leaves
	ReplyTo  string
	BaseURL  string // where links in mails lead
}

// sender gives what of the sending can be looked up.
func (s Sending) sender() dnscheck.Sender {
	out := dnscheck.Sender{Host: s.Host, Account: s.Account, BaseURL: s.BaseURL}
	if !s.FromMade {
		out.Domain = domainOf(s.From)
	}
	return out
}

// Options are what the set-up works with. All but Transport and Write must be set.
type Options struct {
	Store    Store
	Desk     Desk
	Finder   Finder
	Resolver Resolver
	Clock    digest.Clock
	Sending  Sending
	// First is the series that the first blog brings.
	First func(now time.Time) digest.Series
	// Transport takes the test mail, which Write makes.
	Transport deliver.Transport
	Write     func(ctx context.Context, to string, at time.Time) ([]byte, error)
}

// Service leads through the set-up.
type Service struct{ o Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Look says what would be followed behind an address; see [discover.Finder.Look].
func (s *Service) Look(ctx context.Context, address string, opts Known) (Found, error) {
	if err := discover.CheckAddress(address, opts); err != nil {
		return Found{}, err
	}
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	found, err := s.o.Finder.Look(ctx, address, opts)
	return found, inTime(ctx, err)
}

// lookTime bounds how long somebody waits for a blog.
const lookTime = 40 * time.Second

// inTime words the end of a wait.
func inTime(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		return digest.Fail(digest.Unavailable, "Look whether it opens in a browser, and try again.", "the blog does not answer")
	}
	return err
}

// Follow follows the blog behind an address; see [discover.Finder.Add]. The first one
// brings the series with it.
func (s *Service) Follow(ctx context.Context, by digest.Actor, address string, opts Known) (Found, error) {
	if err := discover.CheckAddress(address, opts); err != nil {
		return Found{}, err
	}
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	found, err := s.o.Finder.Add(ctx, by, address, s.o.First(s.o.Clock.Now()), opts)
	return found, inTime(ctx, err)
}

// Words says a schedule in words, with the next moments; see [schedule.InWords].
func (s *Service) Words(expr, zone string) (schedule.Words, error) {
	return schedule.InWords(expr, zone, s.o.Clock.Now())
}

// SetSeries changes the first series and takes its settings as confirmed. An error
// changes nothing.
func (s *Service) SetSeries(ctx context.Context, by digest.Actor, change desk.Settings) error {
	all, err := s.o.Store.SeriesList(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return digest.Fail(digest.Conflict, "Name the blog first; the series comes with it.", "there is no series yet").Offer(digest.Act{Do: digest.AddSource})
	}
	if _, err := s.o.Desk.Set(ctx, by, all[0].Slug, change); err != nil {
		return err
	}
	return s.o.Store.MarkSetup(ctx, Marks{Series: s.o.Clock.Now()})
}

// Publication gives what all series share.
func (s *Service) Publication(ctx context.Context) (digest.Publication, error) {
	return s.o.Store.Publication(ctx)
}
