package compile

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"postbag/digest"
	"postbag/digest/hostname"
)

// MintTagAuthority makes the "host,date" that begins every tag: URI of a
// publication (RFC 4151, 2.1): who may mint such ids is whoever held the host on
// that day. It is called once and its result stored, so that ids survive a change
// of host.
//
// A base URL on an address or a name that nobody holds in the DNS (localhost, a
// host of the local network) would give two publications the same authority.
// The host is then made of the publication's name, under a domain that will
// never be anybody's: "on-probation-blog.invalid" (RFC 2606, 2).
func MintTagAuthority(baseURL string, at time.Time, name string) string {
	host := heldHost(baseURL)
	if host == "" {
		host = nameLabel(name) + ".invalid"
	}
	return host + "," + at.UTC().Format(time.DateOnly)
}

// heldHost gives the host of an address in its ASCII form, or "" when nobody can
// be said to hold it.
func heldHost(baseURL string) string {
	u, err := url.Parse(strings.TrimSpace(baseURL))
	if err != nil {
		return ""
	}
	host := hostname.Normal(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || !isHost(host) {
		return ""
	}
	labels := strings.Split(host, ".")
	switch last := labels[len(labels)-1]; {
	case len(labels) < 2, strings.Trim(last, "0123456789") == "":
		return ""
	case last == "localhost", last == "local", last == "internal", last == "invalid", strings.HasSuffix(host, ".home.arpa"):
		return ""
	}
	return host
}

// isHost tells whether a name has the form that a tag: URI allows: labels of
// letters, digits and inner hyphens (RFC 4151, 2.1).
func isHost(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return true
}

// nameLabel makes a host's label of a name: its letters and digits in ASCII,
// without accents, joined by hyphens. A name that has none gets one from its
// hash.
func nameLabel(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	label := b.String()
	if label = strings.Trim(label[:min(63, len(label))], "-"); label != "" {
		return label
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("publication-%08x", h.Sum32())
}

// FeedID is the tag: URI of a series' feed.
func FeedID(p digest.Publication, s digest.Series) string {
	return "tag:" + p.TagAuthority + ":" + url.PathEscape(s.Slug)
}

// EntryID is the tag: URI of one issue in that feed.
func EntryID(p digest.Publication, s digest.Series, number int) string {
	return fmt.Sprintf("%s/%d", FeedID(p, s), number)
}
