package deliver_test

import (
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]deliver.Rate{
		"": {}, "0": {}, "10": {Second: 10}, "0.5/s": {Second: 0.5}, " 500/h , 10/s": {Second: 10, Hour: 500},
		"2000/day,1/second": {Second: 1, Day: 2000}, "3/d": {Day: 3},
	} {
		if got, err := deliver.ParseRate(text); err != nil || got != want {
			t.Errorf("%q gives %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"x", "-1", "nan", "inf", "1e300", "1e-9", "5/fortnight", "1.5/h", "1/s,2", "/h"} {
		if got, err := deliver.ParseRate(text); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%q gives %+v, %v", text, got, err)
		}
	}
}

func FuzzParseRate(f *testing.F) {
	for _, seed := range []string{"10/s,500/h,2000/day", "0", "x/y", "1e9/s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := deliver.ParseRate(text)
		if err != nil {
			return
		}
		again, err := deliver.ParseRate(r.String())
		if err != nil || again != r {
			t.Errorf("%q is written %q, which gives %+v, %v", text, r, again, err)
		}
		if r.Second > 0 {
			if n, each := r.Spacing(); n < 1 || each < time.Microsecond/1000 {
				t.Errorf("%v: %d at once, %v each", r, n, each)
			}
		}
	})
}
