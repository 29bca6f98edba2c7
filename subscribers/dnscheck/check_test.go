package dnscheck_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postbag/subscribers/dnscheck"
)

// zone is a name system of fixed records: "name TYPE" leads to values. A value of
// "timeout" or "fail" is an answer of that kind, and "silence" none at all.
type zone map[string][]string

func (z zone) ask(ctx context.Context, name, kind string) ([]string, error) {
	values := z[strings.TrimSuffix(name, ".")+" "+kind]
	switch {
	case len(values) == 0:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case values[0] == "timeout":
		return nil, &net.DNSError{Err: "i/o timeout", Name: name, IsTimeout: true}
	case values[0] == "fail":
		return nil, &net.DNSError{Err: "server misbehaving", Name: name}
	case values[0] == "silence":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return values, nil
}

func (z zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return z.ask(ctx, name, "TXT")
}

func (z zone) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	return z.ask(ctx, addr, "PTR")
}

func (z zone) LookupMX(ctx context.Context, name string) (all []*net.MX, err error) {
	values, err := z.ask(ctx, name, "MX")
	for _, v := range values {
		all = append(all, &net.MX{Host: v, Pref: 10})
	}
	return all, err
}

func (z zone) LookupNetIP(ctx context.Context, _, name string) (all []netip.Addr, err error) {
	values, err := z.ask(ctx, name, "A")
	for _, v := range values {
		all = append(all, netip.MustParseAddr(v))
	}
	return all, err
}

// good is a sender with whom everything is right, and the records of it.
func good() (dnscheck.Sender, zone) {
	return dnscheck.Sender{Domain: "bus.example", Host: "mail.bus.example", Account: "post@bus.example", BaseURL: "https://news.bus.example"},
		zone{
			"bus.example MX":         {"mail.bus.example."},
			"bus.example TXT":        {"site-verification=1", "v=spf1 a:mail.bus.example -all"},
			"mail.bus.example A":     {"192.0.2.7"},
			"192.0.2.7 PTR":          {"mail.bus.example."},
			"_dmarc.bus.example TXT": {"v=DMARC1; p=quarantine"},
			"news.bus.example A":     {"192.0.2.8"},
		}
}

func TestAllIsRight(t *testing.T) {
	s, z := good()
	all := dnscheck.Check(t.Context(), z, s)
	for _, f := range all {
		if want := map[bool]dnscheck.Grade{true: dnscheck.Unknown, false: dnscheck.Good}[f.Subject == dnscheck.DKIM]; f.Grade != want || f.Publish != nil {
			t.Errorf("%+v, want %s", f, want)
		}
	}
	if len(all) != 6 {
		t.Errorf("%d findings", len(all))
	}
}

func TestFindings(t *testing.T) {
	const from, spf, dmarc, account, links = dnscheck.FromDomain, dnscheck.SPF, dnscheck.DMARC, dnscheck.Account, dnscheck.Links
	ten := "v=spf1 " + strings.Repeat("exists:%{i}.bus.example ", 10)
	for name, tt := range map[string]struct {
		sender  func(*dnscheck.Sender)
		change  zone // nil values take a record away
		about   dnscheck.Subject
		grade   dnscheck.Grade
		says    string
		publish string
	}{
		"no MX":                {nil, zone{"bus.example MX": nil, "bus.example A": {"192.0.2.1"}}, from, dnscheck.Look, "no MX record", "bus.example. MX 10 mail.bus.example."},
		"neither MX nor A":     {nil, zone{"bus.example MX": nil}, from, dnscheck.Wrong, "no mail can reach it", "bus.example. MX 10 mail.bus.example."},
		"null MX":              {nil, zone{"bus.example MX": {"."}}, from, dnscheck.Wrong, "takes no mail", ""},
		"no such domain":       {nil, zone{"bus.example MX": nil, "bus.example TXT": nil}, from, dnscheck.Wrong, "Nothing is known of the domain bus.example", ""},
		"MX times out":         {nil, zone{"bus.example MX": {"timeout"}}, from, dnscheck.Unknown, "no name server answered in time", ""},
		"MX fails":             {nil, zone{"bus.example MX": {"fail"}}, from, dnscheck.Unknown, "gave an error", ""},
		"no From":              {func(s *dnscheck.Sender) { s.Domain = "" }, nil, from, dnscheck.Unknown, "No From address is set", ""},
		"no SPF":               {nil, zone{"bus.example TXT": {"site-verification=1", "v=spf10 -all"}}, spf, dnscheck.Wrong, "has no SPF record", `bus.example. TXT "v=spf1 a:mail.bus.example ~all"`},
		"no SPF at a service":  {func(s *dnscheck.Sender) { s.Host = "smtp.gmail.com" }, zone{"bus.example TXT": nil}, spf, dnscheck.Wrong, "has no SPF record", `bus.example. TXT "v=spf1 include:_spf.google.com ~all"`},
		"no SPF, own machine":  {func(s *dnscheck.Sender) { s.Host = "127.0.0.1" }, zone{"bus.example TXT": nil}, spf, dnscheck.Wrong, "has no SPF record", `bus.example. TXT "v=spf1 mx ~all"`},
		"several SPF":          {nil, zone{"bus.example TXT": {"v=spf1 a -all", "v=spf1 mx -all"}}, spf, dnscheck.Wrong, "has 2 SPF records", ""},
		"ten lookups":          {nil, zone{"bus.example TXT": {ten + "-all"}}, spf, dnscheck.Good, "10 lookups of the 10 allowed", ""},
		"eleven lookups":       {nil, zone{"bus.example TXT": {ten + "mx -all"}}, spf, dnscheck.Wrong, "stop after 10", ""},
		"lookups of others":    {nil, zone{"bus.example TXT": {"v=spf1 include:a.example include:b.example -all"}, "a.example TXT": {ten}, "b.example TXT": {"v=spf1 -all"}}, spf, dnscheck.Wrong, "stop after 10", ""},
		"includes nothing":     {nil, zone{"bus.example TXT": {"v=spf1 include:a.example -all"}}, spf, dnscheck.Wrong, "a.example, which has no SPF record", ""},
		"includes itself":      {nil, zone{"bus.example TXT": {"v=spf1 include:bus.example -all"}}, spf, dnscheck.Wrong, "leads to itself", ""},
		"no term":              {nil, zone{"bus.example TXT": {"v=spf1 ipv4:192.0.2.7 -all"}}, spf, dnscheck.Wrong, `"ipv4:192.0.2.7" is no term`, ""},
		"no network":           {nil, zone{"bus.example TXT": {"v=spf1 ip4:192.0.2 -all"}}, spf, dnscheck.Wrong, `names no network`, ""},
		"everybody":            {nil, zone{"bus.example TXT": {"v=spf1 a:mail.bus.example +all"}}, spf, dnscheck.Wrong, "lets anybody send", `bus.example. TXT "v=spf1 a:mail.bus.example ~all"`},
		"all without a sign":   {nil, zone{"bus.example TXT": {"v=spf1 mx all"}}, spf, dnscheck.Wrong, "lets anybody send", `bus.example. TXT "v=spf1 mx ~all"`},
		"soft":                 {nil, zone{"bus.example TXT": {"v=spf1 mx ~all"}}, spf, dnscheck.Good, "lets mail.bus.example send", ""},
		"neutral":              {nil, zone{"bus.example TXT": {"v=spf1 mx ?all"}}, spf, dnscheck.Look, "nothing against anybody else", `bus.example. TXT "v=spf1 mx ~all"`},
		"no all":               {nil, zone{"bus.example TXT": {"v=spf1 mx"}}, spf, dnscheck.Look, "nothing against anybody else", `bus.example. TXT "v=spf1 mx ~all"`},
		"redirect":             {nil, zone{"bus.example TXT": {"v=spf1 redirect=a.example"}, "a.example TXT": {"v=spf1 ip4:192.0.2.0/24 -all"}}, spf, dnscheck.Good, "lets mail.bus.example send", ""},
		"named by an include":  {nil, zone{"bus.example TXT": {"v=spf1 include:a.example -all"}, "a.example TXT": {"v=spf1 ip4:192.0.2.0/24 -all"}}, spf, dnscheck.Good, "lets mail.bus.example send", ""},
		"another server":       {nil, zone{"bus.example TXT": {"v=spf1 ip4:198.51.100.0/24 -all"}}, spf, dnscheck.Look, "does not name mail.bus.example", ""},
		"a server by a prefix": {nil, zone{"bus.example TXT": {"v=spf1 a:news.bus.example/28 -all"}}, spf, dnscheck.Good, "lets mail.bus.example send", ""},
		"SPF fails":            {nil, zone{"bus.example TXT": {"fail"}}, spf, dnscheck.Unknown, "gave an error", ""},
		"an include fails":     {nil, zone{"bus.example TXT": {"v=spf1 include:a.example -all"}, "a.example TXT": {"timeout"}}, spf, dnscheck.Unknown, "no name server answered in time", ""},
		"no DMARC":             {nil, zone{"_dmarc.bus.example TXT": nil}, dmarc, dnscheck.Wrong, "has no DMARC record", `_dmarc.bus.example. TXT "v=DMARC1; p=none; rua=mailto:postmaster@bus.example"`},
		"DMARC none":           {nil, zone{"_dmarc.bus.example TXT": {"v=DMARC1; p=none"}}, dmarc, dnscheck.Good, "p=none", ""},
		"DMARC reject":         {nil, zone{"_dmarc.bus.example TXT": {"v=DMARC1;p=reject"}}, dmarc, dnscheck.Good, "refuse mail in its name", ""},
		"two DMARC":            {nil, zone{"_dmarc.bus.example TXT": {"v=DMARC1; p=none", "v=DMARC1; p=reject"}}, dmarc, dnscheck.Wrong, "has 2 DMARC records", ""},
		"DMARC without policy": {nil, zone{"_dmarc.bus.example TXT": {"v=DMARC1; rua=mailto:a@bus.example"}}, dmarc, dnscheck.Wrong, "no policy", `_dmarc.bus.example. TXT "v=DMARC1; p=none; rua=mailto:postmaster@bus.example"`},
		"DMARC from above": {func(s *dnscheck.Sender) { s.Domain = "news.bus.example" }, zone{"_dmarc.bus.example TXT": {"v=DMARC1; p=reject; sp=quarantine"}, "news.bus.example MX": {"mail.bus.example."}},
			dmarc, dnscheck.Good, "bus.example, which holds for news.bus.example, asks receivers to file as spam", ""},
		"own key":            {signs, zone{"k._domainkey.bus.example TXT": {"any wildcard", "v=DKIM1; k=rsa; p=QUJD"}}, dnscheck.DKIM, dnscheck.Good, "of the key that mails are signed with", ""},
		"own key, split":     {signs, zone{"k._domainkey.bus.example TXT": {"p=QU JD"}}, dnscheck.DKIM, dnscheck.Good, "of the key", ""},
		"key not published":  {signs, nil, dnscheck.DKIM, dnscheck.Wrong, "There is no DKIM record at k._domainkey.bus.example", `k._domainkey.bus.example. TXT "v=DKIM1; k=rsa; p=QUJD"`},
		"another key":        {signs, zone{"k._domainkey.bus.example TXT": {"v=DKIM1; p=WFla"}}, dnscheck.DKIM, dnscheck.Wrong, "of another key", `k._domainkey.bus.example. TXT "v=DKIM1; k=rsa; p=QUJD"`},
		"another kind":       {signs, zone{"k._domainkey.bus.example TXT": {"v=DKIM1; k=ed25519; p=QUJD"}}, dnscheck.DKIM, dnscheck.Wrong, "of another key", `k._domainkey.bus.example. TXT "v=DKIM1; k=rsa; p=QUJD"`},
		"key withdrawn":      {signs, zone{"k._domainkey.bus.example TXT": {"v=DKIM1; p="}}, dnscheck.DKIM, dnscheck.Wrong, "withdrawn", `k._domainkey.bus.example. TXT "v=DKIM1; k=rsa; p=QUJD"`},
		"only tried":         {signs, zone{"k._domainkey.bus.example TXT": {"v=DKIM1; t=y:s; p=QUJD"}}, dnscheck.DKIM, dnscheck.Look, "only being tried", `k._domainkey.bus.example. TXT "v=DKIM1; k=rsa; p=QUJD"`},
		"two keys there":     {signs, zone{"k._domainkey.bus.example TXT": {"p=QUJD", "p=WFla"}}, dnscheck.DKIM, dnscheck.Wrong, "2 DKIM records", ""},
		"key not answered":   {signs, zone{"k._domainkey.bus.example TXT": {"timeout"}}, dnscheck.DKIM, dnscheck.Unknown, "no name server answered in time", ""},
		"strict DMARC":       {func(s *dnscheck.Sender) { signs(s); s.Domain = "news.bus.example" }, zone{"_dmarc.news.bus.example TXT": {"v=DMARC1; p=none; adkim=s"}}, dmarc, dnscheck.Wrong, "Set --dkim-domain to news.bus.example", ""},
		"named and back":     {nil, nil, dnscheck.PTR, dnscheck.Good, "192.0.2.7 is named mail.bus.example, and that name leads back", ""},
		"no name":            {nil, zone{"192.0.2.7 PTR": nil}, dnscheck.PTR, dnscheck.Wrong, "has no name", "7.2.0.192.in-addr.arpa. PTR mail.bus.example."},
		"a name of others":   {nil, zone{"192.0.2.7 PTR": {"host7.provider.example."}}, dnscheck.PTR, dnscheck.Wrong, "does not lead back", "host7.provider.example. A 192.0.2.7"},
		"no name, IPv6":      {func(s *dnscheck.Sender) { s.Host = "2001:db8::7" }, nil, dnscheck.PTR, dnscheck.Wrong, "has no name", "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.bus.example."},
		"own machine's name": {func(s *dnscheck.Sender) { s.Host = "localhost" }, nil, dnscheck.PTR, dnscheck.Unknown, "cannot be seen from here", ""},
		"bounces":            {bounces, zone{"b.bus.example MX": {"news.bus.example."}, "b.bus.example TXT": {"v=spf1 mx -all"}}, dnscheck.Bounces, dnscheck.Good, "Bounces go to b.bus.example", ""},
		"bounces to nowhere": {bounces, nil, dnscheck.Bounces, dnscheck.Wrong, "b.bus.example has no MX record", "b.bus.example. MX 10 news.bus.example."},
		"bounces to no host": {bounces, zone{"b.bus.example MX": {"x.bus.example."}}, dnscheck.Bounces, dnscheck.Wrong, "a name without an address", "x.bus.example. A the address of this machine"},
		"another account":    {func(s *dnscheck.Sender) { s.Account = "me@mail.example" }, nil, account, dnscheck.Look, "of mail.example, while mail comes from bus.example", ""},
		"links by http":      {func(s *dnscheck.Sender) { s.BaseURL = "http://news.bus.example" }, nil, links, dnscheck.Wrong, "not encrypted", ""},
		"links to loopback":  {func(s *dnscheck.Sender) { s.BaseURL = "http://localhost:8080" }, nil, links, dnscheck.Wrong, "this machine alone", ""},
		"links, no server":   {func(s *dnscheck.Sender) { s.BaseURL, s.Host = "http://localhost:8080", "" }, nil, links, dnscheck.Look, "this machine alone", ""},
		"links to ::1":       {func(s *dnscheck.Sender) { s.BaseURL = "http://[::1]:8080" }, nil, links, dnscheck.Wrong, "this machine alone", ""},
		"links to a number":  {func(s *dnscheck.Sender) { s.BaseURL = "https://192.0.2.8" }, nil, links, dnscheck.Look, "a bare number", ""},
		"links to nowhere":   {nil, zone{"news.bus.example A": nil}, links, dnscheck.Wrong, "a name without an address", "news.bus.example. A the address of this machine"},
	} {
		t.Run(name, func(t *testing.T) {
			s, z := good()
			if tt.sender != nil {
				tt.sender(&s)
			}
			for record, values := range tt.change {
				z[record] = values
			}
			for _, f := range dnscheck.Check(t.Context(), z, s) {
				if f.Subject != tt.about {
					continue
				}
				publish := ""
				if f.Publish != nil {
					publish = f.Publish.String()
				}
				if f.Grade != tt.grade || !strings.Contains(f.Text, tt.says) || publish != tt.publish {
					t.Errorf("%s, publish %q: %s\nwant %s, %q, that says %q", f.Grade, publish, f.Text, tt.grade, tt.publish, tt.says)
				}
				return
			}
			t.Errorf("nothing is found about %s", tt.about)
		})
	}
}

// signs lets the program sign itself.
func signs(s *dnscheck.Sender) {
	s.Signed, s.Keys = "bus.example", []dnscheck.Record{{Name: "k._domainkey.bus.example", Type: "TXT", Value: "v=DKIM1; k=rsa; p=QUJD"}}
}

// bounces lets the program take bounces itself.
func bounces(s *dnscheck.Sender) { s.Bounces = "b.bus.example" }

// TestASharedServerNeedsNoNameOfOurs: the addresses of a service are its own affair.
func TestASharedServerNeedsNoNameOfOurs(t *testing.T) {
	s, z := good()
	s.Host = "smtp.gmail.com"
	for _, f := range dnscheck.Check(t.Context(), z, s) {
		if f.Subject == dnscheck.PTR {
			t.Errorf("%+v", f)
		}
	}
}

// TestALongRecordStandsInSeveralStrings of at most 255 characters (RFC 1035, 3.3.14).
func TestALongRecordStandsInSeveralStrings(t *testing.T) {
	long := strings.Repeat("a", 255) + strings.Repeat("b", 255) + "c"
	want := `x.example. TXT "` + long[:255] + `" "` + long[255:510] + `" "c"`
	if got := (dnscheck.Record{Name: "x.example", Type: "TXT", Value: long}).String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A name server that never answers costs a bounded time, and is told as unknown.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, z := good()
		for record := range z {
			z[record] = []string{"silence"}
		}
		began := time.Now()
		for _, f := range dnscheck.Check(t.Context(), z, s) {
			if f.Grade != dnscheck.Unknown {
				t.Errorf("%+v", f)
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// A record that leads on and on is followed so far and no further.
func TestTooManyRecords(t *testing.T) {
	s, z := good()
	z["bus.example TXT"] = []string{"v=spf1 " + strings.Repeat("include:a.example ", 200) + "-all"}
	z["a.example TXT"] = []string{"v=spf1 " + strings.Repeat("include:b.example ", 200) + "-all"}
	z["b.example TXT"] = []string{"v=spf1 " + strings.Repeat("include:a.example ", 200) + "-all"}
	for _, f := range dnscheck.Check(t.Context(), z, s) {
		if f.Subject == dnscheck.SPF && f.Grade != dnscheck.Wrong {
			t.Errorf("%+v", f)
		}
	}
}
