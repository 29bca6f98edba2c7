package markup

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"

	"postbag/digest"
)

// A link is honest when what its words claim and where it leads belong to the
// same owner. Words claim an address when one of them has a scheme or begins with
// www., is a mail address, or is a name under a public suffix of its own; hosts
// have the same owner when they are equal or share the domain that was registered
// (the public suffix list tells). Of a link that is not honest the owner of the
// target is shown after its words, in brackets:
//
//	https://bank.com/login [evil.net]
//
// A host in other letters than those of ASCII may look like any other; so its
// target is always shown, in the letters that it is looked up by.
//
// The mark belongs to how a link is drawn. It is no part of Prose, whose words
// stay the writer's own: [Look.HTML] draws it and [FromHTML] takes it off. A text part
// has no need of it, for it prints the whole address of such a link.

// honestMark gives what is to be shown after a link's words, " [evil.net]", or "" for an
// honest link.
func honestMark(text, href string) string {
	if !strings.ContainsAny(text, ".@:") && isASCII(text) {
		return ""
	}
	target := targetOf(href)
	for _, word := range strings.Fields(norm.NFKC.String(target.unmarked(text))) {
		if !target.honours(word) {
			return target.mark()
		}
	}
	return ""
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// target is where a link leads.
type target struct {
	host  string
	owner string // the registered domain or mail address
	mail  bool
}

func (t target) mark() string { return " [" + t.owner + "]" }

// unmarked takes the marks off the end of a link's words, whoever set them.
func (t target) unmarked(text string) string {
	for mark := t.mark(); strings.HasSuffix(text, mark); {
		text = strings.TrimSuffix(text, mark)
	}
	return text
}

func targetOf(href string) target {
	if _, ok := strings.CutPrefix(href, "mailto:"); ok {
		address := Address(href)
		return target{host: hostOf(address[strings.LastIndexByte(address, '@')+1:]), owner: address, mail: true}
	}
	_, rest, _ := strings.Cut(href, "://")
	host := hostOf(rest)
	return target{host: host, owner: ownerOf(host)}
}

// hostOf gives the host at the beginning of the part of an address that comes
// after its scheme.
func hostOf(rest string) string {
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && strings.Trim(rest[i+1:], "0123456789") == "" {
		rest = rest[:i]
	}
	return strings.ToLower(strings.TrimSuffix(rest, "."))
}

// ownerOf gives the registered domain that a host belongs to, or the host itself
// where none is known.
func ownerOf(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	// Blogs of one platform have many owners, which the list does not know of every
	// platform.
	switch name, _, _ := strings.Cut(domain, "."); name {
	case "blogspot", "wordpress", "substack", "typepad", "tumblr", "livejournal", "medium":
		if rest := strings.TrimSuffix(strings.TrimSuffix(host, domain), "."); rest != "" && rest != "www" {
			return rest[strings.LastIndexByte(rest, '.')+1:] + "." + domain
		}
	}
	return domain
}

// lookAlikes are the signs that pass for those of an address, beside those that
// Unicode holds equal to them.
var lookAlikes = strings.NewReplacer("。", ".", "∕", "/", "⁄", "/", "⧸", "/", "꞉", ":")

// honours tells whether a word of a link's text claims no other address than the
// target's.
func (t target) honours(word string) bool {
	word = lookAlikes.Replace(word)
	cut := strings.HasSuffix(word, "…") || strings.HasSuffix(word, "...")
	word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' })
	host, mail, claims := claim(word)
	switch {
	case !claims:
		return true
	case !isASCII(host):
		return false
	case mail != "" && t.mail:
		return strings.EqualFold(mail, t.owner)
	case cut && len(word) == strings.Index(word, host)+len(host): // shortened within its host
		return strings.HasPrefix(t.host, host) || strings.HasPrefix("www."+t.host, host)
	}
	return host == t.host || ownerOf(host) == ownerOf(t.host)
}

// claim gives the host that a word claims to lead to, and the mail address if it
// is one. A host with a name before an @ inside an address is claimed as it
// stands: what reads like one host and is another is never honest.
func claim(word string) (host, mail string, ok bool) {
	lower := strings.ToLower(word)
	if rest, found := cutScheme(lower); found {
		rest = strings.TrimLeft(rest, `/\`)
		return hostOf(rest), "", rest != ""
	}
	if strings.HasPrefix(lower, "www.") {
		return hostOf(lower), "", true
	}
	bare := strings.TrimLeft(word, `/\`)
	if i := strings.LastIndexByte(bare, '@'); i > 0 && !strings.ContainsAny(bare[:i], "/?#") {
		bare, mail = bare[i+1:], lower
	}
	host = hostOf(bare)
	// The last label in small letters: "end.It" is a full stop without its space.
	if i := strings.LastIndexByte(host, '.'); i < 0 || !strings.HasSuffix(hostPart(bare), host[i:]) {
		return "", "", false
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		ascii = host
	}
	if suffix, known := publicsuffix.PublicSuffix(ascii); !known && !strings.Contains(suffix, ".") {
		return "", "", false // no suffix that there is
	}
	_, err = publicsuffix.EffectiveTLDPlusOne(ascii)
	return host, mail, err == nil
}

func hostPart(s string) string {
	if i := strings.IndexAny(s, `/\?#:`); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSuffix(s, ".")
}

// cutScheme cuts the first scheme off the address in a word.
func cutScheme(lower string) (rest string, found bool) {
	if _, rest, found = strings.Cut(lower, "http"); found {
		if rest, found = strings.CutPrefix(strings.TrimPrefix(rest, "s"), ":"); found {
			return rest, true
		}
	}
	_, rest, found = strings.Cut(lower, "://")
	return rest, found
}

// unmarked takes the marks off the links of a paragraph.
func unmarked(spans []digest.Span) []digest.Span {
	out := spans[:0]
	for len(spans) > 0 {
		link, n := LinkOf(spans)
		end := len(out) + n
		out = append(out, spans[:n]...)
		spans = spans[n:]
		href := link.Href
		if href == "" || !strings.HasSuffix(link.Text, "]") {
			continue
		}
		text := targetOf(href).unmarked(link.Text)
		if text == link.Text || honestMark(text, href) == "" {
			continue
		}
		for cut := len(link.Text) - len(text); cut > 0; {
			last := &out[end-1]
			if cut < len(last.Text) {
				last.Text = last.Text[:len(last.Text)-cut]
				break
			}
			cut -= len(last.Text)
			end--
		}
		out = out[:end]
	}
	return out
}

// LinkOf joins the spans at the beginning that lead to one address, or have
// none, and tells how many they are.
func LinkOf(spans []digest.Span) (link digest.Span, n int) {
	link.Href = spans[0].Href
	for n < len(spans) && spans[n].Href == link.Href {
		n++
	}
	if n == 1 {
		link.Text = spans[0].Text
	} else if link.Href != "" {
		link.Text = digest.Para{Spans: spans[:n]}.Text()
	}
	return link, n
}
