package bounce

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
)

// Tally is how many readers of an issue were tried, and how many of these were refused
// as unknown while the mail was handed over. One server in a bad hour, or a relay that
// takes other domains for its own, refuses everybody: what is refused by the many says
// nothing of each.
type Tally struct{ Tried, Refused int }

// From so many readers tried on, half of them refused are too many to be believed: of
// one receiving domain, and of a whole issue. An issue of fewer readers is not believed
// where it was refused for all of at least domainLeast.
const (
	domainLeast = 5
	issueLeast  = 20
)

func (t Tally) implausible(least int) bool { return t.Tried >= least && t.Refused*2 >= t.Tried }

// doubts tell which refusals of an issue are not believed.
type doubts struct {
	whole   bool
	domains map[string]bool
}

func doubtsOf(domains map[string]Tally) doubts {
	d, whole := doubts{domains: map[string]bool{}}, Tally{}
	for domain, t := range domains {
		whole.Tried += t.Tried
		whole.Refused += t.Refused
		d.domains[domain] = t.implausible(domainLeast)
	}
	d.whole = whole.implausible(issueLeast) || whole.Tried >= domainLeast && whole.Refused == whole.Tried
	return d
}

func (d doubts) of(email string) bool { return d.whole || d.domains[DomainOf(email)] }

// DomainOf gives the receiving domain of an address, in small letters.
func DomainOf(email string) string {
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}

// logDoubts tells of refusals that are not believed, by domain.
func (s *Service) logDoubts(issueID int64, d doubts, doubted map[string]int) {
	const told = "readers were refused as unknown, too many to be believed: they stay on the list"
	if d.whole {
		n := 0
		for _, of := range doubted {
			n += of
		}
		if n > 0 {
			s.o.Log.Warn(told, "issue_id", issueID, "readers", n, "domains", len(doubted))
		}
		return
	}
	for domain, n := range doubted {
		s.o.Log.Warn(told, "issue_id", issueID, "readers", n, "domain", domain)
	}
}

// Doubted is what is not believed of an issue: readers of one domain who were refused,
// are on the list still and have not got the issue since.
type Doubted struct {
	IssueID int64
	Series  string // slug
	Number  int
	Title   string
	Domain  string
	Readers int
}

// Decision is a person's word about readers that servers refused in one issue.
type Decision struct {
	IssueID int64
	Domain  string // only readers of this domain; "" for all
	// Gone tells that the addresses of refusals that were not believed do not exist: they
	// bounced. Else those who bounced by refusals in the issue are mailed again, without
	// a new consent, for they never asked to leave. Who left, complained, was suppressed
	// by hand or by anything that came since stays as they are.
	Gone bool
	Now  time.Time
}

// Meant counts the readers that a decision is about.
func (s *Service) Meant(ctx context.Context, x Decision) (n int, err error) {
	x.Domain = strings.ToLower(x.Domain)
	if n, err = s.o.Store.CountRefusedReaders(ctx, x); err != nil {
		return 0, fmt.Errorf("count refused addresses: %w", err)
	}
	return n, nil
}

// Decide does what a person says of them, and tells of how many.
func (s *Service) Decide(ctx context.Context, by digest.Actor, x Decision) (n int, err error) {
	x.Domain, x.Now = strings.ToLower(x.Domain), s.o.Clock.Now()
	if n, err = s.o.Store.DecideRefused(ctx, by, x); err != nil {
		return 0, fmt.Errorf("decide about refused addresses: %w", err)
	}
	return n, nil
}
