package digest_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"postbag/digest"
)

func TestText(t *testing.T) {
	p := digest.Prose{
		{Spans: []digest.Span{{Text: "One "}, {Text: "two", Em: true}, {Text: "\nth"}, {Text: "ree", Strong: true}}},
		{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: "four"}}},
	}
	if got, want := p.Text(), "One two\nthree\n\nfour"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := digest.Prose(nil).Text(); got != "" {
		t.Errorf("no text at all gives %q", got)
	}
}

func paras(texts ...string) digest.Prose {
	var p digest.Prose
	for _, text := range texts {
		p = append(p, digest.Para{Spans: []digest.Span{{Text: text}}})
	}
	return p
}

func TestPlain(t *testing.T) {
	tests := []struct {
		name, text string
		want       digest.Prose
	}{
		{"nothing", " \n\n ", nil},
		{"one paragraph", "  one\ntwo  ", paras("one\ntwo")},
		{"two paragraphs", "one\n\ntwo", paras("one", "two")},
		{"many empty lines", "one\n\n\n\n\ntwo\n\n\n", paras("one", "two")},
		{"an empty line that holds spaces", "one\n \t\ntwo", paras("one", "two")},
		{"line ends of Windows", "one\r\ntwo\r\n\r\nthree", paras("one\ntwo", "three")},
		{"line ends of old", "one\rtwo\r\rthree", paras("one\ntwo", "three")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := digest.Plain(test.text); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestProseInStore keeps the names that stored rows were written with.
func TestProseInStore(t *testing.T) {
	p := digest.Prose{
		{Spans: []digest.Span{{Text: "a", Em: true, Strong: true, Href: "https://e.example/"}, {Text: "[…]", Ours: true}}},
		{Pre: true, Spans: []digest.Span{{Text: "d", Struck: true, Shift: "^_"}, {Text: "[film]", Stands: digest.Film}}},
		{Kind: digest.Item, Depth: 2, Number: 3, Spans: []digest.Span{{Text: "b"}}},
		{Kind: digest.Item, Depth: 1, More: true, Spans: []digest.Span{{Text: "c"}}},
	}
	const want = `[{"s":[{"t":"a","e":true,"b":true,"h":"https://e.example/"},{"t":"[…]","o":true}]},` +
		`{"p":true,"s":[{"t":"d","x":true,"l":"^_"},{"t":"[film]","w":"film"}]},` +
		`{"k":"i","d":2,"n":3,"s":[{"t":"b"}]},{"k":"i","d":1,"m":true,"s":[{"t":"c"}]}]`
	got, err := json.Marshal(p)
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v\nwant %s", got, err, want)
	}
	var back digest.Prose
	if err := json.Unmarshal(got, &back); err != nil || !reflect.DeepEqual(back, p) {
		t.Errorf("read back as %+v, %v", back, err)
	}
}
