package feed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/digest/digesttest"
	"postbag/digest/feed"
)

// withChild is a feed with an entry before an element and another one behind it.
func withChild(element string) []byte {
	return []byte(`<rss version="2.0" xmlns:x="urn:x"><channel><title>Kettle Row</title><item><guid>1</guid><description>one</description></item>` +
		element + `<item><guid>2</guid><description>two</description></item></channel></rss>`)
}

// TestSmallDocumentsThatCostMuch reads documents of which a few hundred kilobytes
// keep a parser busy for minutes: what stands before the costly part is taken, and the
// rest is not read.
func TestSmallDocumentsThatCostMuch(t *testing.T) {
	var many, wide strings.Builder
	for i := range 20 {
		many.WriteString("<x:a")
		for j := range 900 {
			fmt.Fprintf(&many, " xmlns:n%d_%d='u'", i, j)
		}
		many.WriteString(">")
	}
	many.WriteString(strings.Repeat("<x:b/>", 20_000) + strings.Repeat("</x:a>", 20))
	for i := range 30 {
		fmt.Fprintf(&wide, " xmlns:n%d='u%d'", i, i)
	}
	ordinary := "<x:a" + wide.String() + ">" + strings.Repeat("some words<x:br/><!-- -->", 1000) + "</x:a>"
	for name, tt := range map[string]struct {
		element string
		cut     bool
	}{
		"namespaces": {many.String(), true},
		"comments":   {"<x:a>" + strings.Repeat("twelve bytes<!---->", 100_000) + "</x:a>", true},
		"sections":   {"<x:a>" + strings.Repeat("<![CDATA[twelve bytes]]>", 100_000) + "</x:a>", true},
		"breaks":     {"<x:a>" + strings.Repeat("more than twelve bytes<b/>", 100_000) + "</x:a>", true},
		"ordinary":   {strings.Repeat(ordinary, 20), false},
	} {
		began := digesttest.CPU(t)
		d := parse(t, withChild(tt.element), feed.Options{URL: "https://blog.test/feed"})
		want := 2
		if tt.cut {
			want = 1
		}
		if d.CutShort != tt.cut || d.Entries() != want {
			t.Errorf("%s: cut short %v with %d entries, want %v with %d", name, d.CutShort, d.Entries(), tt.cut, want)
		}
		if took := digesttest.CPU(t) - began; took > time.Minute {
			t.Errorf("%s: read for %v", name, took)
		}
	}
	_, err := feed.Parse([]byte(`<feed>`+many.String()+`</feed>`), feed.Options{})
	wantInvalid(t, "namespaces before any entry", err, "namespaces")
}

// TestDamageUponDamage reads documents of nothing but damage, in an entry and between
// entries: the time grows with their length, and the entry before them stays wherever
// the feed is not refused.
func TestDamageUponDamage(t *testing.T) {
	const size = 2 << 20
	for _, unit := range []string{
		"< ", "&x ", "]]>", "</q>", "</item>", "</rss>", "</channel>", "<item>", "<entry/>", "<b></c>", "<a b=c d>", `<a b="x`, "<!-- x", "<?x", "<![CDATA[x",
		"<description><![CDATA[", "<!DOCTYPE x>", "</channel></rss><rss><channel>", "<title><item>",
		"<author><name>", "<description><title>", "<guid><link>", "<description><b><title>",
	} {
		for where, in := range map[string]string{"an entry": "<item><title>a</title><guid>3</guid>%s</item>", "the feed": "%s"} {
			began := digesttest.CPU(t)
			d, err := feed.Parse(withChild(fmt.Sprintf(in, strings.Repeat(unit, size/len(unit)))), feed.Options{URL: "https://blog.test/feed"})
			if took := digesttest.CPU(t) - began; took > 6*time.Second {
				t.Errorf("%q in %s: read for %v", unit, where, took)
			}
			if err == nil && d.Entries() == 0 {
				t.Errorf("%q in %s: no entry and no error", unit, where)
			}
		}
	}
}
