package charset_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/digest/charset"
)

// TestNewReader holds that a stream gives what a body at hand gives, however it
// comes, and that no forbidden character or reference is torn.
func TestNewReader(t *testing.T) {
	filling := strings.Repeat("x", 4090) // the next characters lie across a buffer's end
	for _, tt := range []struct{ in, want string }{
		{"a\x00b\x1bc\x7fd\u0085e\uFFFEf\uFFFFg", "abcdefg"},
		{"a&#8;b&#xFFFE;c&#31;d&#xD800;e&#x110000;f&#000000000000008;g", "abcdefg"},
		{"é\u00a0\ufffd&#9;&#x41;&amp;&#;&# &", "é\u00a0\ufffd&#9;&#x41;&amp;&#;&# &"},
		{"\t\r\n", "\t\r\n"},
	} {
		for _, in := range []string{tt.in, filling + tt.in, filling[1:] + tt.in + filling, filling[3:] + tt.in} {
			want := strings.Replace(in, tt.in, tt.want, 1)
			if got := string(charset.Decode([]byte(in), "")); got != want {
				t.Errorf("%q is decoded as %q", tt.in, got)
			}
			for name, r := range map[string]io.Reader{"as it is": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in))} {
				got, err := io.ReadAll(charset.NewReader(r, []byte(in[:min(len(in), 64)])))
				if err != nil || string(got) != want {
					t.Errorf("%q, %s, is read as %q, %v", tt.in, name, got, err)
				}
			}
		}
	}
}
