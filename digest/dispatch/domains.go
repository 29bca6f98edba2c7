package dispatch

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postbag/digest/desk"
	"postbag/subscribers"
)

// DomainSum is what became of an issue's mails to one receiving domain.
type DomainSum struct {
	Domain string // in lower case; "" for the sum of all further ones, [ErasedDomain] for readers without an address
	// Domains is how many domains it sums up, those told apart at least.
	Domains int
	Mails   int // all of them: the counts below up to Withdrawn add up to it
	Sent, Deferred, Refused, Doubt, Waiting,
	Left, // the reader left before it was sent
	Withdrawn int // the issue was withdrawn before it was sent
	// Bounced and Complained count addresses whose mail was taken, and came back or was
	// called spam.
	Bounced, Complained int
	// Code and Words are the most frequent of the server's answers to mails that it did not
	// take, and Times is how many had it; 0 where there is none.
	Code  int
	Words string
	Times int
}

// ErasedDomain stands for readers who were erased.
const ErasedDomain = "(erased)"

// DomainOutcome is one mail as [Domains.Add] takes it.
type DomainOutcome struct {
	Email string
	State subscribers.DeliveryState
	Cause subscribers.Cause
	Code  int
	Words string // of the server, or what went wrong here; none for a mail that was taken
}

// Domains sums up mails by receiving domain, in memory that does not grow with their
// number.
type Domains struct {
	of     map[string]*domainSum
	others domainSum // of the domains beyond mostDomains
}

type domainSum struct {
	DomainSum
	answers map[answer]int
}

type answer struct {
	code  int
	words string
}

const (
	// mostDomains bounds the domains that are told apart, and mostAnswers the answers of
	// each.
	mostDomains = 50_000
	mostAnswers = 50
	// topDomains is how many are shown; all others are summed up.
	topDomains = 20
	// mostAnswer bounds the words of an answer, in bytes.
	mostAnswer = 200
)

// NewDomains makes an empty sum.
func NewDomains() *Domains { return &Domains{of: map[string]*domainSum{}} }

func (d *Domains) at(email string) *domainSum {
	domain := strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
	if domain == "" {
		domain = ErasedDomain
	}
	s := d.of[domain]
	if s == nil && len(d.of) < mostDomains {
		s = &domainSum{DomainSum: DomainSum{Domain: domain, Domains: 1}}
		d.of[domain] = s
	}
	if s == nil {
		s = &d.others
	}
	return s
}

// Add adds a mail.
func (d *Domains) Add(o DomainOutcome) {
	s := d.at(o.Email)
	s.Mails++
	switch o.State {
	case subscribers.Delivered:
		s.Sent++
		return
	case subscribers.Deferred:
		s.Deferred++
	case subscribers.Failed:
		s.Refused++
	case subscribers.Uncertain:
		s.Doubt++
	case subscribers.Cancelled:
		// A server may have refused it before: its words still tell of the domain.
		if o.Cause == subscribers.IssueWithdrawn {
			s.Withdrawn++
		} else {
			s.Left++
		}
	default:
		s.Waiting++
	}
	if o.Words == "" {
		return
	}
	a := answer{o.Code, withoutAddress(o.Words, o.Email)}
	if _, known := s.answers[a]; known || len(s.answers) < mostAnswers {
		if s.answers == nil {
			s.answers = map[answer]int{}
		}
		s.answers[a]++
	}
}

// AddReturned adds that a mail which was taken came back, or was called spam.
func (d *Domains) AddReturned(email string, complained bool) {
	if s := d.at(email); complained {
		s.Complained++
	} else {
		s.Bounced++
	}
}

// withoutAddress takes the reader's address out of a server's words, so that the same
// answer to many counts as one, and bounds them.
func withoutAddress(words, email string) string {
	words = strings.ReplaceAll(words, email, "…")
	if len(words) > mostAnswer {
		words = strings.ToValidUTF8(words[:mostAnswer], "")
	}
	return words
}

// Top gives the domains with the most mails, the largest first, and at the end, where
// there are more, the sum of all others. The counts of all add up to the audience.
func (d *Domains) Top() []DomainSum {
	all := make([]*domainSum, 0, len(d.of))
	for _, s := range d.of {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *domainSum) int {
		return cmp.Or(cmp.Compare(b.Mails, a.Mails), strings.Compare(a.Domain, b.Domain))
	})
	var top []DomainSum
	rest := d.others
	for i, s := range all {
		if i < topDomains {
			top = append(top, s.told())
			continue
		}
		rest.add(s)
	}
	if rest.Mails > 0 {
		top = append(top, rest.told())
	}
	return top
}

// add adds another domain's sums.
func (s *domainSum) add(o *domainSum) {
	s.Domains++
	s.Mails += o.Mails
	s.Sent += o.Sent
	s.Deferred += o.Deferred
	s.Refused += o.Refused
	s.Doubt += o.Doubt
	s.Waiting += o.Waiting
	s.Left += o.Left
	s.Withdrawn += o.Withdrawn
	s.Bounced += o.Bounced
	s.Complained += o.Complained
	if s.answers == nil {
		s.answers = map[answer]int{}
	}
	for a, n := range o.answers {
		if _, known := s.answers[a]; known || len(s.answers) < mostAnswers {
			s.answers[a] += n
		}
	}
}

// told gives the sums with the most frequent answer.
func (s *domainSum) told() DomainSum {
	out := s.DomainSum
	for a, n := range s.answers {
		if n > out.Times || n == out.Times && (a.words < out.Words || a.words == out.Words && a.code < out.Code) {
			out.Times, out.Code, out.Words = n, a.code, a.words
		}
	}
	return out
}

// ByDomain sums up the mails of an issue by receiving domain, and tells where its mailing
// stands. Without a number the newest issue is meant whose mailing began.
func (s *Sender) ByDomain(ctx context.Context, ref desk.Ref) (r Report, sums []DomainSum, err error) {
	if r, _, err = s.Delivered(ctx, ref, 1); err != nil {
		return r, nil, err
	}
	all, err := s.Store.ByDomain(ctx, r.Issue.ID)
	if err != nil {
		return r, nil, err
	}
	return r, all.Top(), nil
}
