package bench

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// TestRatiosAreOfTheSameRound slows the machine down in the second of three rounds:
// the ratios stay as they are.
func TestRatiosAreOfTheSameRound(t *testing.T) {
	of := func(name string, workers int, perSecond ...float64) *variant {
		v := &variant{name: name, workers: workers}
		for i, n := range perSecond {
			v.samples = append(v.samples, sample{mails: 10, perSecond: n, cpu: 20e-6, allocs: 3, resident: int64(i) << 20, begin: time.Second})
		}
		return v
	}
	found := figures(&Plan{Readers: 10, DB: "postgres://x/y"}, []*variant{
		of(Postbag, 1, 400, 40, 480), of(Postbag, 2, 800, 80, 900), of(GoMail, 1, 100, 10, 100), of(Raw, 1, 1000, 100, 1000),
	})
	if f := found[0]; f.PerSecond != 400 || f.TimesGoMail != 4 || f.ShareOfRaw != 0.4 || f.Mails != 10 || f.Database != "postgresql" ||
		f.CPU != 20*time.Microsecond || f.Allocs != 3 || f.Resident != 2<<20 || f.Begin != time.Second {
		t.Errorf("%+v", f)
	}
	if f := found[1]; f.TimesOneWorker != 2 || f.TimesGoMail != 8 {
		t.Errorf("%+v", f)
	}
	if f := found[2]; f.Database != "" || f.TimesGoMail != 0 || f.PerSecond != 100 {
		t.Errorf("%+v", f)
	}
}

// TestSizeOfMails keeps the mails as large as docs/performance.md says.
func TestSizeOfMails(t *testing.T) {
	text, err := rawText()
	if err != nil || len(text) < 24_000 || len(text) > 25_000 || !strings.HasSuffix(string(text), "\r\n.\r\n") {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// TestPartMustComeIn refuses what is no part of a measurement.
func TestPartMustComeIn(t *testing.T) {
	for _, in := range []string{"", "nonsense", `{"do":"nonsense"}`} {
		if err := Do(context.Background(), strings.NewReader(in), io.Discard, Parts{}); err == nil {
			t.Errorf("%q was done", in)
		}
	}
}
