package dnscheck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Resolver looks records up. [net.Resolver] is one. An error that is a
// [net.DNSError] with IsNotFound set means that there is no such record.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupAddr(ctx context.Context, addr string) (names []string, err error)
}

// Sender is who sends, and how.
type Sender struct {
	// Domain is that of the From address, which is also the envelope's: bounces go
	// there. "" says that no From address is set.
	Domain string
	// Host is the mail server that takes the mails; "" for an outbox, from which none
	// leaves.
	Host string
	// Account is the name by which the program signs in there, often an address.
	Account string
	// BaseURL is where the mails' links lead to.
	BaseURL string
	// Signed is the domain that the program itself signs for, and Keys are the records
	// that publish its keys; none where the server signs, if anybody does.
	Signed string
	Keys   []Record
	// Bounces is the domain that bounces go to, where the program takes them; "" for the
	// From address's own.
	Bounces string
}

// Subject is what a finding is about.
type Subject string

// The subjects, in the order of the findings.
const (
	FromDomain Subject = "from"    // the From address's domain exists and takes mail
	SPF        Subject = "spf"     // who may send for the domain
	DMARC      Subject = "dmarc"   // what becomes of mail that only pretends
	DKIM       Subject = "dkim"    // the signature
	Bounces    Subject = "bounces" // where bounces go
	PTR        Subject = "ptr"     // the names of the mail server's addresses
	Account    Subject = "account" // the account at the server is of another domain
	Links      Subject = "links"   // where the mails lead
)

// Grade says how much a finding matters.
type Grade string

// The grades.
const (
	Good    Grade = "good"
	Look    Grade = "look"    // mail goes, and may be trusted less
	Wrong   Grade = "wrong"   // mail is likely to be refused or filed as spam
	Unknown Grade = "unknown" // it could not be looked up, or cannot be known
)

// Record is a record to publish.
type Record struct{ Name, Type, Value string }

// mostText is how much one string of a TXT record holds (RFC 1035, 3.3.14); a longer text
// stands in several.
const mostText = 255

// String gives the record as it stands in a zone.
func (r Record) String() string {
	value := r.Value
	if r.Type == "TXT" {
		var parts []string
		for ; len(value) > mostText; value = value[mostText:] {
			parts = append(parts, `"`+value[:mostText]+`"`)
		}
		value = strings.Join(append(parts, `"`+value+`"`), " ")
	}
	return r.Name + ". " + r.Type + " " + value
}

// Finding is one thing that was seen.
type Finding struct {
	Subject Subject
	Grade   Grade
	Text    string // whole sentences
	// Publish is the record that mends it; nil for none.
	Publish *Record
}

// Bounds of a check.
const (
	lookupTime = 5 * time.Second  // one lookup
	checkTime  = 20 * time.Second // all of them
	maxQueries = 60
)

// Check looks at what can be seen of a sender and gives the findings in the order of
// the subjects. It takes at most twenty seconds; what does not answer is told as
// Unknown, so there is no error.
func Check(ctx context.Context, r Resolver, s Sender) []Finding {
	ctx, stop := context.WithTimeout(ctx, checkTime)
	defer stop()
	s.Domain = strings.TrimSuffix(strings.ToLower(s.Domain), ".")
	s.Host = strings.TrimSuffix(strings.ToLower(s.Host), ".")
	c := &check{ctx: ctx, resolver: r, Sender: s}
	parts := []func() []Finding{c.from, c.spf, c.dmarc, c.dkim, c.bounces, c.ptr, c.account, c.links}
	found := make([][]Finding, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		all.Go(func() { found[i] = part() })
	}
	all.Wait()
	return slices.Concat(found...)
}

// check is one check under way.
type check struct {
	Sender
	ctx      context.Context
	resolver Resolver

	mu      sync.Mutex
	queries int
}

var errTooMany = errors.New("too much had to be looked up")

// ask makes one lookup within its bounds.
func ask[T any](c *check, look func(context.Context) (T, error)) (T, error) {
	c.mu.Lock()
	c.queries++
	over := c.queries > maxQueries
	c.mu.Unlock()
	if over {
		var none T
		return none, errTooMany
	}
	ctx, stop := context.WithTimeout(c.ctx, lookupTime)
	defer stop()
	return look(ctx)
}

func (c *check) txt(name string) ([]string, error) {
	return ask(c, func(ctx context.Context) ([]string, error) { return c.resolver.LookupTXT(ctx, name) })
}

func (c *check) mx(name string) ([]*net.MX, error) {
	return ask(c, func(ctx context.Context) ([]*net.MX, error) { return c.resolver.LookupMX(ctx, name) })
}

func (c *check) ips(name string) ([]netip.Addr, error) {
	all, err := ask(c, func(ctx context.Context) ([]netip.Addr, error) { return c.resolver.LookupNetIP(ctx, "ip", name) })
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all, err
}

func (c *check) names(ip netip.Addr) ([]string, error) {
	return ask(c, func(ctx context.Context) ([]string, error) { return c.resolver.LookupAddr(ctx, ip.String()) })
}

// missing tells whether an error only says that there is no such record.
func missing(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

// unseen is a finding of what could not be looked up.
func unseen(about Subject, what string, err error) []Finding {
	why := "the name server gave an error"
	dns, ok := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded), ok && dns.IsTimeout:
		why = "no name server answered in time"
	case errors.Is(err, errTooMany):
		why = errTooMany.Error()
	}
	return []Finding{{about, Unknown, what + " could not be looked up: " + why + ". Try again later.", nil}}
}

// found is one finding.
func found(about Subject, g Grade, publish *Record, format string, args ...any) []Finding {
	return []Finding{{about, g, fmt.Sprintf(format, args...), publish}}
}

// from looks whether the domain exists and where mail to it goes. RFC 5321, 5.1: without
// an MX record the address record counts. RFC 7505: an MX of "." says that no mail is
// taken.
func (c *check) from() []Finding {
	if c.Domain == "" {
		return found(FromDomain, Unknown, nil, "No From address is set, so there is no domain to look up.")
	}
	hosts, err := c.mx(c.Domain)
	if err != nil && !missing(err) {
		return unseen(FromDomain, "Where mail to "+c.Domain+" goes", err)
	}
	if len(hosts) == 1 && strings.Trim(hosts[0].Host, ".") == "" {
		return found(FromDomain, Wrong, nil, "%s says that it takes no mail (a null MX record). Servers refuse mail from such a domain, and answers and bounces cannot come back.", c.Domain)
	}
	if len(hosts) > 0 {
		return found(FromDomain, Good, nil, "Mail to %s goes to %s, so answers and bounces come back.", c.Domain, strings.TrimSuffix(hosts[0].Host, "."))
	}
	addresses, err := c.ips(c.Domain)
	switch {
	case err != nil && !missing(err):
		return unseen(FromDomain, "The address of "+c.Domain, err)
	case len(addresses) > 0:
		return found(FromDomain, Look, &Record{c.Domain, "MX", "10 " + cmp.Or(c.Host, "mail."+c.Domain) + "."},
			"%s has no MX record. Mail to it is tried at its web address, where answers and bounces may be lost.", c.Domain)
	}
	if texts, err := c.txt(c.Domain); err == nil && len(texts) > 0 {
		return found(FromDomain, Wrong, &Record{c.Domain, "MX", "10 " + cmp.Or(c.Host, "mail."+c.Domain) + "."},
			"%s has neither an MX record nor an address: no mail can reach it. Servers refuse mail from a domain that cannot be answered.", c.Domain)
	}
	return found(FromDomain, Wrong, nil, "Nothing is known of the domain %s. Check how the From address is spelled, or register the domain.", c.Domain)
}

// account compares the account at the server with the From address: many servers send
// only in the name of the account's own domain, or sign for that one.
func (c *check) account() []Finding {
	_, domain, isAddress := strings.Cut(strings.ToLower(c.Account), "@")
	if !isAddress || c.Domain == "" || organisation(domain) == organisation(c.Domain) {
		return nil
	}
	return found(Account, Look, nil, "The account at %s is of %s, while mail comes from %s. Many servers refuse another sender, replace it, or sign for the account's domain, which DMARC does not count. "+
		"Add %[3]s to the account, or set the From address to one of %[2]s.", c.Host, domain, c.Domain)
}

// links looks whether the mails lead somewhere that readers and their programs trust.
func (c *check) links() []Finding {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		if ip.IsLoopback() || err != nil {
			grade := Wrong
			if c.Host == "" { // nobody gets a mail yet
				grade = Look
			}
			return found(Links, grade, nil, "The links in mails lead to %s, which is this machine alone. Set --base-url to the https address that readers reach it by.", c.BaseURL)
		}
		return found(Links, Look, nil, "The links in mails lead to %s, a bare number that spam filters distrust. Give the machine a name, and set --base-url to it.", c.BaseURL)
	}
	addresses, err := c.ips(host)
	switch {
	case err != nil && !missing(err):
		return unseen(Links, "The address of "+host, err)
	case len(addresses) == 0:
		return found(Links, Wrong, &Record{host, "A", "the address of this machine"},
			"The links in mails lead to %s, a name without an address: nobody can open them.", host)
	case u.Scheme != "https":
		return found(Links, Wrong, nil, "The links in mails lead to %s, which is not encrypted. Mail programs warn of such links, and one-click unsubscribing needs https (RFC 8058). Set --base-url to an https address.", c.BaseURL)
	}
	return found(Links, Good, nil, "The links in mails lead to %s, by https, and the name has an address.", c.BaseURL)
}

// organisation gives the registered domain of a name (RFC 7489, 3.2), or the name
// itself where it has none.
func organisation(domain string) string {
	top, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return top
}
