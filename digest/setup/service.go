package setup

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/desk"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
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

// Desk is what changes a series, and opens its first issue.
type Desk interface {
	Set(ctx context.Context, by digest.Actor, slug string, s desk.Settings) (desk.Changed, error)
	Draft(ctx context.Context, by digest.Actor, slug string) (issue digest.Issue, created bool, err error)
}

// What is known of a blog before it is looked at, what is found of it, a page of which
// somebody has to choose a feed, and what runs beside.
type (
	Known     = discover.Options
	Found     = discover.Found
	Ambiguous = discover.AmbiguousError
	Task      = beside.Task
)

// Blogs finds, follows and pulls blogs; see package blogs.
type Blogs interface {
	Find(ctx context.Context, address string, o Known) (Found, error)
	Add(ctx context.Context, by digest.Actor, address string, o Known, series ...string) (Found, error)
	Pull(ctx context.Context, by digest.Actor, id int64, o poll.Options) (Task, error)
}

// Runner tells of what runs beside.
type Runner interface {
	Latest(ctx context.Context, subject int64, kinds ...beside.Kind) (t Task, ok bool, err error)
}

// Sending is what the settings of this process say of mail.
type Sending struct {
	Outbox   string // the folder that mails are written into; "" when they go to a server
	Host     string // of the mail server
	Port     string
	Account  string // by which the program signs in there; "" for none
	From     string // the From address
	FromMade bool   // nobody set it: it stands in for one, since no mail leaves
	ReplyTo  string // "" when none is set
	BaseURL  string // where links in mails lead
	Bounces  string // the domain that bounces go to, where the program takes them; "" for none
	Signed   string // the domain that the program signs for; "" where it does not
	Keys     []Record
	// Encrypted tells that nothing is said to the mail server in clear.
	Encrypted bool
}

// sender gives what of the sending can be looked up.
func (s Sending) sender() dnscheck.Sender {
	out := dnscheck.Sender{Host: s.Host, Account: s.Account, BaseURL: s.BaseURL, Bounces: s.Bounces, Signed: s.Signed, Keys: s.Keys}
	if !s.FromMade {
		out.Domain = domainOf(s.From)
	}
	return out
}

// Options are what the set-up works with. All are needed, but Blogs and Runner where
// only mail is asked about.
type Options struct {
	Store    Store
	Desk     Desk
	Blogs    Blogs
	Runner   Runner
	Resolver Resolver
	Clock    digest.Clock
	Sending  Sending
	// Transport takes the test mail, which Write makes.
	Transport deliver.Transport
	Write     func(ctx context.Context, to string, at time.Time) ([]byte, error)
}

// Service leads through the set-up. It is safe for concurrent use.
type Service struct{ o Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// lookTime bounds how long somebody waits for a blog.
const lookTime = 40 * time.Second

// Look says what would be followed behind an address, and stores nothing; see
// [discover.Finder.Look].
func (s *Service) Look(ctx context.Context, address string, known Known) (Found, error) {
	if err := checkAddress(address, known); err != nil {
		return Found{}, err
	}
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	found, err := s.o.Blogs.Find(ctx, address, known)
	return found, inTime(ctx, err)
}

func checkAddress(address string, known Known) error {
	if address == "" && known.Posts == "" && known.Comments == "" {
		return digest.Fail(digest.Invalid, "Any page of it will do, such as https://your-blog.example.", "the blog's address is missing")
	}
	return discover.CheckAddress(address, known)
}

// inTime words the end of a wait.
func inTime(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		return digest.Fail(digest.Unavailable, "Look whether it opens in a browser, and try again.", "the blog does not answer in time")
	}
	return err
}

// Follow follows the blog behind an address, and begins to pull it beside. The first
// one brings the series with it. A pull that cannot begin keeps nobody from going on:
// it can be begun later, and the worker pulls by itself.
func (s *Service) Follow(ctx context.Context, by digest.Actor, address string, known Known) (Found, error) {
	if err := checkAddress(address, known); err != nil {
		return Found{}, err
	}
	wait, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	found, err := s.o.Blogs.Add(wait, by, address, known)
	if err != nil {
		return Found{}, inTime(wait, err)
	}
	if _, err := s.o.Blogs.Pull(ctx, by, found.Source.ID, poll.Options{}); err != nil && digest.KindOf(err) == digest.Internal {
		return found, err
	}
	return found, nil
}

// Pull begins to pull the first blog beside. One that is under way is no error.
func (s *Service) Pull(ctx context.Context, by digest.Actor) error {
	at, err := s.Standing(ctx)
	if err != nil {
		return err
	}
	if at.Source.ID == 0 {
		return noBlog()
	}
	_, err = s.o.Blogs.Pull(ctx, by, at.Source.ID, poll.Options{})
	if digest.KindOf(err) == digest.Conflict {
		return nil
	}
	return err
}

// Pulling gives the newest pull of the first blog; ok is false before there was one.
func (s *Service) Pulling(ctx context.Context, source int64) (t Task, ok bool, err error) {
	return s.o.Runner.Latest(ctx, source, beside.Pull, beside.History)
}

// Begin opens the first issue, or gives the one that is open.
func (s *Service) Begin(ctx context.Context, by digest.Actor) (digest.Issue, error) {
	at, err := s.Standing(ctx)
	if err != nil {
		return digest.Issue{}, err
	}
	if at.Source.ID == 0 {
		return digest.Issue{}, noBlog()
	}
	issue, _, err := s.o.Desk.Draft(ctx, by, at.Series.Slug)
	return issue, err
}

func noBlog() error {
	return digest.Fail(digest.Conflict, "Name the blog first.", "no blog is followed yet").Offer(digest.Act{Do: digest.AddSource})
}
