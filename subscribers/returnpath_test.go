package subscribers_test

import (
	"math"
	"strings"
	"testing"

	"postbag/subscribers"
)

func TestReturnPaths(t *testing.T) {
	p := subscribers.ReturnPath{Domain: "bounces.example.org", Salt: []byte("salt")}
	seen := map[string]bool{}
	for _, r := range []subscribers.Returned{
		{IssueID: 1, SubscriberID: 1}, {IssueID: 1, SubscriberID: 2}, {IssueID: 2, SubscriberID: 1}, {LetterID: 1, SubscriberID: 1},
		{IssueID: 258, SubscriberID: 1_000_000}, {IssueID: math.MaxInt64, SubscriberID: math.MaxInt64}, {LetterID: math.MaxInt64, SubscriberID: math.MaxInt64},
	} {
		address := p.For(r)
		local, domain, _ := strings.Cut(address, "@")
		if len(local) > 64 || domain != p.Domain || seen[address] || p.For(r) != address || p.Maker()(r) != address {
			t.Errorf("%+v has the return path %s", r, address)
		}
		seen[address] = true
		for _, as := range []string{address, strings.ToUpper(address), "<" + address + ">", "prvs=1234567890=" + address,
			"SRS0=hash=xx=bounces.example.org=" + strings.Replace(address, "@", "@relay.example", 1)} {
			if got, ok := p.Read(as); !ok || got != r {
				t.Errorf("%s is read as %+v, %v, want %+v", as, got, ok, r)
			}
		}
		for i := range local[len("bounce+"):] {
			at := len("bounce+") + i
			other := byte('a')
			if local[at] == 'a' {
				other = 'b'
			}
			forged := local[:at] + string(other) + local[at+1:] + "@" + domain
			if got, ok := p.Read(forged); ok && got != r {
				t.Errorf("the forged %s is believed: %+v", forged, got)
			}
		}
		for _, bad := range []string{local + "zzz@" + domain, local + "-1@" + domain, local + "=@" + domain, local, local + "@elsewhere.example", local + "@" + domain + ".example",
			"SRS0=hash=xx=elsewhere.example=" + local + "@relay.example", "bounces.example.org=" + local + "@relay.example"} {
			if got, ok := p.Read(bad); ok {
				t.Errorf("%s is read as %+v", bad, got)
			}
		}
		if got, ok := (subscribers.ReturnPath{Salt: p.Salt}).Read(address); !ok || got != r {
			t.Error("it is not read where no domain is named")
		}
		if _, ok := (subscribers.ReturnPath{Salt: []byte("pepper")}).Read(address); ok {
			t.Error("another publication believes it")
		}
	}
	for _, bad := range []string{"", "bounce+", "bounce+@example.org", "bounce+aaaa@example.org", "ann@example.org", "bounce+" + strings.Repeat("a", 56) + "@x", "bounce+" + strings.Repeat("7", 9000)} {
		if got, ok := p.Read(bad); ok {
			t.Errorf("%q is read as %+v", bad, got)
		}
	}
}

func TestUnsubscribeAddresses(t *testing.T) {
	token := subscribers.NewToken()
	address := subscribers.UnsubscribeAddress(token, "bounces.example.org")
	for _, as := range []string{address, strings.ToUpper(address), "mailto:" + address} {
		if got, ok := subscribers.UnsubscribeToken(as); !ok || got != token {
			t.Errorf("%s holds %q, %v", as, got, ok)
		}
	}
	for _, bad := range []string{"", "unsubscribe+@x", "unsubscribe+" + token[1:] + "@x", "unsubscribe+" + token + "a@x", "unsubscribe@x", token + "@x"} {
		if got, ok := subscribers.UnsubscribeToken(bad); ok {
			t.Errorf("%s holds %q", bad, got)
		}
	}
}

func BenchmarkReturnPath(b *testing.B) {
	p := subscribers.ReturnPath{Domain: "bounces.example.org", Salt: []byte("0123456789abcdef0123456789abcdef")}
	b.ReportAllocs()
	path := p.Maker()
	for i := range b.N {
		path(subscribers.Returned{IssueID: 7, SubscriberID: int64(i)})
	}
}
