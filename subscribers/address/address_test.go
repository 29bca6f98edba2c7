package address_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/digest"
	"postbag/subscribers/address"
)

func TestParse(t *testing.T) {
	tests := []struct{ name, in, email, key, mailbox string }{
		{"plain", "anna@example.org", "anna@example.org", "anna@example.org", "anna@example.org"},
		{"space around", " \tanna@example.org\r\n", "anna@example.org", "anna@example.org", "anna@example.org"},
		{"case kept before, not after", "Anna.Lee@Example.ORG", "Anna.Lee@example.org", "anna.lee@example.org", "anna.lee@example.org"},
		{"plus-tag", "anna+news@example.org", "anna+news@example.org", "anna+news@example.org", "anna@example.org"},
		{"only a plus", "+@example.org", "+@example.org", "+@example.org", "+@example.org"},
		{"gmail dots", "A.N.na+x@GoogleMail.com", "A.N.na+x@googlemail.com", "a.n.na+x@googlemail.com", "anna@gmail.com"},
		{"dots elsewhere count", "a.b@example.org", "a.b@example.org", "a.b@example.org", "a.b@example.org"},
		{"IDN", "jo@BÜCHER.example", "jo@xn--bcher-kva.example", "jo@xn--bcher-kva.example", "jo@xn--bcher-kva.example"},
		{"A-label", "jo@XN--bcher-kva.example", "jo@xn--bcher-kva.example", "jo@xn--bcher-kva.example", "jo@xn--bcher-kva.example"},
		{"wide letters in the domain", "jo@ｅxample.org", "jo@example.org", "jo@example.org", "jo@example.org"},
		{"local part beyond ASCII", "Jürgen@example.org", "Jürgen@example.org", "jürgen@example.org", "jürgen@example.org"},
		{"normal form", "Ju\u0308rgen@example.org", "Jürgen@example.org", "jürgen@example.org", "jürgen@example.org"},
		{"apostrophe", "o'brien@example.org", "o'brien@example.org", "o'brien@example.org", "o'brien@example.org"},
		{"odd but right", "!#$%&*/=?^_{|}~-@example.org", "!#$%&*/=?^_{|}~-@example.org", "!#$%&*/=?^_{|}~-@example.org", "!#$%&*/=?^_{|}~-@example.org"},
		{"longest local part", strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 64) + "@example.org", strings.Repeat("a", 64) + "@example.org"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := address.Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			_, domain, _ := strings.Cut(tt.email, "@")
			want := address.Address{Email: tt.email, Key: tt.key, Mailbox: tt.mailbox, Domain: domain}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, in, hint string }{
		{"empty", "  ", "empty"},
		{"no at", "anna.example.org", `no "@"`},
		{"two ats", "a@b@example.org", `more than one "@"`},
		{"no local part", "@example.org", "before"},
		{"no domain", "anna@", "after"},
		{"space inside", "an na@example.org", "space"},
		{"no-break space inside", "an\u00a0na@example.org", "space"},
		{"line break", "anna@example.org\r\nBcc: eve@example.org", "space"},
		{"NUL", "an\x00na@example.org", "invisible"},
		{"bidi mark", "an\u202ena@example.org", "invisible"},
		{"zero width", "an\u200bna@example.org", "invisible"},
		{"not UTF-8", "an\xffna@example.org", "UTF-8"},
		{"replacement character", "an\ufffdna@example.org", "broken"},
		{"with a name", "Anna <anna@example.org>", "alone"},
		{"smuggled parameter", "anna@example.org> SIZE=1", "alone"},
		{"comma", "anna@example.org,eve@example.org", "one address at a time"},
		{"quoted", `"anna b"@example.org`, "Quotation"},
		{"backslash", `anna\@b@example.org`, "Quotation"},
		{"comment", "anna(x)@example.org", "Brackets"},
		{"mailto", "mailto:anna@example.org", "colons"},
		{"IPv4 literal", "anna@[192.0.2.1]", "IP address"},
		{"bare IPv4", "anna@192.0.2.1", "IP address"},
		{"IPv6 literal", "anna@[IPv6:2001:db8::1]", "IP address"},
		{"no dot", "root@localhost", "no dot"},
		{"leading dot", ".anna@example.org", "dot"},
		{"trailing dot", "anna.@example.org", "dot"},
		{"double dot", "an..na@example.org", "dot"},
		{"domain's trailing dot", "anna@example.org.", "dot"},
		{"domain's double dot", "anna@example..org", "dot"},
		{"ideographic double dot", "anna@example。。org", "empty"},
		{"underscore in the domain", "anna@ex_ample.org", "cannot exist"},
		{"hyphen at the edge", "anna@-example.org", "cannot exist"},
		{"broken A-label", "anna@xn--a.org", "cannot exist"},
		{"long local part", strings.Repeat("a", 65) + "@example.org", "64"},
		{"long label", "anna@" + strings.Repeat("a", 64) + ".org", "63"},
		{"long address", "anna@" + strings.Repeat(strings.Repeat("a", 60)+".", 5) + "org", "254"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := address.Parse(tt.in)
			if err == nil {
				t.Fatalf("taken as %+v", got)
			}
			if digest.KindOf(err) != digest.Invalid {
				t.Errorf("kind %v, want Invalid", digest.KindOf(err))
			}
			if h := digest.HintOf(err); !strings.Contains(h, tt.hint) {
				t.Errorf("hint %q does not speak of %q", h, tt.hint)
			}
			if strings.ContainsAny(err.Error(), "\r\n\x00") {
				t.Errorf("error %q carries control characters", err)
			}
		})
	}
}

func TestNetworkOf(t *testing.T) {
	tests := []struct{ in, want string }{
		{"203.0.113.77", "203.0.113.0/24"},
		{"203.0.113.77:4711", "203.0.113.0/24"},
		{"::ffff:203.0.113.77", "203.0.113.0/24"},
		{"2001:db8:1:2::3", "2001:db8:1::/48"},
		{"[2001:db8:1:2::3]:443", "2001:db8:1::/48"},
		{"fe80::1%eth0", "fe80::/48"},
		{"", ""},
		{"example.org", ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := address.NetworkOf(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzParse looks for an address that is taken and could not be put on an
// envelope, or that changes when it is read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"anna@example.org", "Jo+x@BÜCHER.example", "a.b@gmail.com", `"q"@x.y`, "a@[1.2.3.4]", "İ@example.org", "ß@straße.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := address.Parse(s)
		if err != nil {
			return
		}
		if len(a.Email) > 254 || !utf8.ValidString(a.Email) || strings.ContainsAny(a.Email, "\x00\r\n\t <>,;:\"\\()[]") {
			t.Errorf("%q gave %q", s, a.Email)
		}
		if strings.Count(a.Email, "@") != 1 || !strings.Contains(a.Domain, ".") || a.Domain != strings.ToLower(a.Domain) {
			t.Errorf("%q gave %+v", s, a)
		}
		again, err := address.Parse(a.Email)
		if err != nil || again != a {
			t.Errorf("%q gave %+v, then %+v, %v", s, a, again, err)
		}
		if k, err := address.Parse(a.Key); err == nil && k.Key != a.Key {
			t.Errorf("the key of %q is %q", a.Key, k.Key)
		}
	})
}
