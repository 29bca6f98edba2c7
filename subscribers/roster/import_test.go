package roster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

var agreed = roster.ImportOptions{Confirmed: true, Consent: "moved from the old list"}

func TestImportUnderstandsListsAsTheyCome(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("email\tname\r\nann@example.org\tZoë\r\n")
	if err != nil {
		t.Fatal(err)
	}
	utf16be, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String("email\tname\r\nann@example.org\tZoë\r\n")
	if err != nil {
		t.Fatal(err)
	}
	latin1, err := charmap.ISO8859_1.NewEncoder().String("email;name\nann@example.org;Zoë\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{
		"comma":               "email,name\nann@example.org,Zoë\n",
		"no final line break": "email,name\nann@example.org,Zoë",
		"CRLF":                "email,name\r\nann@example.org,Zoë\r\n",
		"semicolon":           "email;name\nann@example.org;Zoë\n",
		"semicolon, commas":   "Name;Email\n\"Zoë\";ann@example.org\n",
		"tab":                 "email\tname\nann@example.org\tZoë\n",
		"other columns":       "id,E-Mail, Name ,score\n7,ann@example.org,Zoë,\"1,5\"\n",
		"quoted line breaks":  "email,note,name\nann@example.org,\"one\ntwo\",Zoë\n",
		"blank rows":          "\n\nemail,name\n\n,\nann@example.org,Zoë\n,\n",
		"UTF-8 mark":          "\ufeffemail,name\nann@example.org,Zoë\n",
		"UTF-16":              utf16,
		"UTF-16 big":          utf16be,
		"Latin-1":             latin1,
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newService(t)
			report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
			if err != nil {
				t.Fatal(err)
			}
			if want := (roster.ImportReport{Rows: 1, Added: 1}); !reflect.DeepEqual(report, want) {
				t.Errorf("report %+v, want %+v", report, want)
			}
			if got := m.people["ann@example.org"].Subscriber; got.Name != "Zoë" || got.State != subscribers.Active {
				t.Errorf("stored %+v", got)
			}
		})
	}
}

func TestImportOfBareAddresses(t *testing.T) {
	s, m := newService(t)
	report, err := s.Import(t.Context(), tester, strings.NewReader("ann@example.org\n bob@example.org \n\n"), roster.ImportOptions{})
	if err != nil || report.Added != 2 || report.Rows != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	if e := m.people["bob@example.org"]; e.Subscriber.State != subscribers.Pending || e.Confirm == "" {
		t.Errorf("stored %+v", e)
	}
}

func TestDamagedListsChangeNothing(t *testing.T) {
	good := strings.Repeat("bob@example.org,Bob\n", 2)
	for name, c := range map[string]struct{ in, says string }{
		"empty":             {"", "empty"},
		"blank":             {"\n\n", "empty"},
		"no email column":   {"name,phone\nann,1\n", "no column email"},
		"two email columns": {"email,Mail\na@example.org,b@example.org\n", "twice"},
		"unclosed quote":    {"email,name\n" + good + "ann@example.org,\"Ann\n" + good, "line 4"},
		"stray quote":       {"email,name\n" + good + "ann@example.org,A\"nn\n" + good, "line 4"},
		"cut off":           {"email,name\n" + good + "ann@exam", "line 4 has 1 cell; the heading line has 2"},
		"too many cells":    {"email,name\nann@example.org,Ann,Other\n", "line 2 has 3 cells; the heading line has 2"},
		"no headings":       {"ann@example.org\nbob@example.org,Bob\n", "line 2 has 2 cells; the first line has 1"},
		"endless quote":     {"email,name\n" + good + "ann@example.org,\"Ann\n" + strings.Repeat(good, 20000), "after line 3"},
		"endless line":      {"email,name\n" + good + strings.Repeat("x", 1<<20), "after line 3"},
		"not text":          {"email,name\nann@example.org,A\x00nn\n", "line 2 is not text"},
		"UTF-16 unmarked":   {"e\x00m\x00a\x00i\x00l\x00\n\x00a\x00", "not text"},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newService(t)
			o := agreed
			o.SkipInvalid = true // bad rows may be skipped, damage may not
			report, err := s.Import(t.Context(), tester, strings.NewReader(c.in), o)
			wantKind(t, err, digest.Invalid)
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error %q does not say %q on one line", err, c.says)
			}
			if digest.HintOf(err) == "" {
				t.Error("no hint")
			}
			if m.calls != 0 || !reflect.DeepEqual(report, roster.ImportReport{}) {
				t.Errorf("the store was asked %d times, report %+v", m.calls, report)
			}
		})
	}
}

func TestBadRowsAreListedAndStopTheImport(t *testing.T) {
	in := "email,state,confirmed_at\nann@example.org,active,\nbob at example.org,active,\ncy@example.org,asleep,\ndi@example.org,active,yesterday\n"
	s, m := newService(t)
	report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	wantKind(t, err, digest.Invalid)
	if !strings.Contains(err.Error(), "3 of 4 rows") || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error %q", err)
	}
	if m.calls != 0 || report.Added != 0 {
		t.Error("something was imported")
	}
	var lines []int
	for _, r := range report.Rejected {
		lines = append(lines, r.Line)
		if r.Why == "" {
			t.Errorf("line %d: no reason", r.Line)
		}
	}
	if !reflect.DeepEqual(lines, []int{3, 4, 5}) || report.RejectedCount != 3 {
		t.Errorf("rejected %+v", report)
	}

	o := agreed
	o.SkipInvalid = true
	report, err = s.Import(t.Context(), tester, strings.NewReader(in), o)
	if err != nil || report.Added != 1 || report.RejectedCount != 3 || len(m.people) != 1 {
		t.Errorf("skipping: %+v, %v", report, err)
	}
}

func TestTheListOfRejectedRowsIsBounded(t *testing.T) {
	s, _ := newService(t)
	o := agreed
	o.SkipInvalid = true
	report, err := s.Import(t.Context(), tester, strings.NewReader("email\n"+strings.Repeat("nobody\n", 900)), o)
	if err != nil || report.RejectedCount != 900 || len(report.Rejected) != 20 {
		t.Errorf("%d rejected, %d listed, %v", report.RejectedCount, len(report.Rejected), err)
	}
}

func TestImportKeepsWhoLeft(t *testing.T) {
	in := `email,status,unsubscribed_at,confirmed_at,consent
ann@example.org,unsubscribed,2025-01-02 03:04:05,,
bob@example.org,Bounced,,,
cy@example.org,complained,2025-01-02,,
di@example.org,pending,,2024-05-06T07:08:09+02:00,
ed@example.org,ACTIVE,2025-01-02,2024-05-06T07:08:09+02:00,at the fair
ed@example.org,unsubscribed,,,
fay@example.org,,,2099-01-01,
`
	s, m := newService(t)
	report, err := s.Import(t.Context(), tester, strings.NewReader(strings.ReplaceAll(in, "ed@example.org,unsub", "gus@example.org,unsub")), agreed)
	if err != nil || report.Added != 7 {
		t.Fatalf("%+v, %v", report, err)
	}
	for email, want := range map[string]subscribers.State{
		"ann@example.org": subscribers.Unsubscribed, "bob@example.org": subscribers.Bounced, "cy@example.org": subscribers.Complained,
		"di@example.org": subscribers.Pending, "ed@example.org": subscribers.Active, "fay@example.org": subscribers.Active,
	} {
		if got := m.people[email].Subscriber.State; got != want {
			t.Errorf("%s is %s, want %s", email, got, want)
		}
	}
	if ann := m.people["ann@example.org"]; !ann.Subscriber.LeftAt.Equal(time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)) || ann.Confirm != "" {
		t.Errorf("ann %+v", ann)
	}
	if bob := m.people["bob@example.org"].Subscriber; !bob.LeftAt.Equal(noon) {
		t.Errorf("bob left %s", bob.LeftAt)
	}
	if di := m.people["di@example.org"]; di.Confirm == "" || !di.Subscriber.ConfirmedAt.IsZero() {
		t.Errorf("di is asked to confirm? %+v", di)
	}
	confirmed := time.Date(2024, 5, 6, 5, 8, 9, 0, time.UTC)
	if ed := m.people["ed@example.org"]; !ed.Subscriber.ConfirmedAt.Equal(confirmed) || !ed.Consent.At.Equal(confirmed) ||
		ed.Consent.Wording != "at the fair" || ed.Consent.EnteredBy != "tester" || !ed.Subscriber.LeftAt.IsZero() {
		t.Errorf("ed %+v", ed)
	}
	if fay := m.people["fay@example.org"].Subscriber; !fay.ConfirmedAt.Equal(noon) {
		t.Errorf("a moment to come was believed: %s", fay.ConfirmedAt)
	}

	// Twice in one list: gone wins, whichever comes first.
	s, m = newService(t)
	report, err = s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	if err != nil || report.Added != 6 || report.Duplicated != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := m.people["ed@example.org"].Subscriber.State; got != subscribers.Unsubscribed {
		t.Errorf("ed is %s", got)
	}
}

func TestImportNeedsConsentToConfirm(t *testing.T) {
	s, m := newService(t)
	_, err := s.Import(t.Context(), tester, strings.NewReader("email\nann@example.org\n"), roster.ImportOptions{Confirmed: true})
	wantKind(t, err, digest.Invalid)
	if _, err := s.Import(t.Context(), tester, strings.NewReader("email,state\nann@example.org,active\n"), roster.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if e := m.people["ann@example.org"]; e.Subscriber.State != subscribers.Pending {
		t.Errorf("a list's own word made %+v", e.Subscriber)
	}
}

// big gives a list of n people in which every tenth address comes twice.
func big(n int) string {
	var b strings.Builder
	b.WriteString("email,name\n")
	for i := range n {
		fmt.Fprintf(&b, "reader%d@example.org,Reader %d\n", i, i)
		if i%10 == 0 {
			fmt.Fprintf(&b, "Reader%d@Example.org,Reader %d\n", i/2, i)
		}
	}
	return b.String()
}

func TestDryRunTellsWhatAnImportDoes(t *testing.T) {
	s, m := newService(t)
	for _, email := range []string{"reader3@example.org", "reader1700@example.org"} {
		if _, err := s.Add(t.Context(), tester, email, "", roster.AddOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	m.people["gone@example.org"] = roster.Entry{Subscriber: subscribers.Subscriber{Key: "gone@example.org", State: subscribers.Complained}}
	in := big(2000) + "gone@example.org,\n"
	m.writes = 0
	dry := agreed
	dry.DryRun = true
	foreseen, err := s.Import(t.Context(), tester, strings.NewReader(in), dry)
	if err != nil || m.writes != 0 {
		t.Fatalf("%d written, %v", m.writes, err)
	}
	var steps []int
	wet := agreed
	wet.Progress = func(done, total int) {
		steps = append(steps, done)
		if total != 2201 {
			t.Errorf("total %d", total)
		}
	}
	done, err := s.Import(t.Context(), tester, strings.NewReader(in), wet)
	if err != nil || !reflect.DeepEqual(foreseen, done) {
		t.Errorf("foreseen %+v, done %+v, %v", foreseen, done, err)
	}
	if want := (roster.ImportReport{Rows: 2201, Added: 1998, Known: 2, KeptOut: 1, Duplicated: 200}); !reflect.DeepEqual(done, want) {
		t.Errorf("got %+v, want %+v", done, want)
	}
	if !reflect.DeepEqual(steps, []int{500, 1000, 1500, 2000, 2201}) {
		t.Errorf("progress %v", steps)
	}
	again, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	if err != nil || again.Added != 0 || m.writes != 1998 {
		t.Errorf("again %+v, %v", again, err)
	}
}

func TestAFailingStoreIsCompletedByImportingAgain(t *testing.T) {
	s, m := newService(t)
	m.err, m.failAt = errors.New("disk full"), 3
	if _, err := s.Import(t.Context(), tester, strings.NewReader(big(2000)), agreed); !errors.Is(err, m.err) {
		t.Fatalf("got %v", err)
	}
	m.err = nil
	if _, err := s.Import(t.Context(), tester, strings.NewReader(big(2000)), agreed); err != nil || len(m.people) != 2000 {
		t.Errorf("%d people, %v", len(m.people), err)
	}
}

func TestImportEndsWithItsContextAndLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx, cancel := context.WithCancel(t.Context())
	s, m := newService(t)
	in := io.MultiReader(strings.NewReader(big(1000)), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, nil
	}))
	if _, err := s.Import(ctx, tester, in, agreed); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if m.calls != 0 {
		t.Error("the store was asked")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// counting drops everybody, so that what an import itself holds is measured.
type counting struct{ *memory }

func (counting) Enrol(_ context.Context, people []roster.Entry, _ bool) ([]roster.Enrolled, error) {
	out := make([]roster.Enrolled, len(people))
	for i := range out {
		out[i] = roster.Added
	}
	return out, nil
}

func TestImportOfALargeListIsStreamed(t *testing.T) {
	const rows = 200_000
	s := roster.New(roster.Options{Store: counting{newMemory()}, Clock: digesttest.NewClock(noon)})
	n := 0
	in := readerFunc(func(p []byte) (int, error) {
		if n == rows {
			return 0, io.EOF
		}
		n++
		return copy(p, fmt.Sprintf("reader%d@example.org,%0150d\n", n, 1)), nil
	})
	var peak uint64
	o := agreed
	o.Progress = func(done, _ int) {
		if done%50_000 != 0 {
			return
		}
		var mem runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&mem)
		peak = max(peak, mem.HeapAlloc)
	}
	report, err := s.Import(t.Context(), tester, io.MultiReader(strings.NewReader("email,name\n"), in), o)
	if err != nil || report.Added != rows {
		t.Fatalf("%+v, %v", report, err)
	}
	if peak == 0 || peak > 24<<20 {
		t.Errorf("the import of %d rows (34 MB) held %d KB", rows, peak>>10)
	}
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"email,name\nann@example.org,Ann\n", "ann@example.org\n", "email;state\n\"a\nb\";x\n", "\ufeffemail\tleft_at\nann@example.org\t2025-01-01\n",
		"\xff\xfee\x00m\x00a\x00i\x00l\x00\n\x00", "email,name\n'+ann@example.org,\"'=1+1\"\n", "email,name\nann@example.org,\"", "\"\"\n", "email\n\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		t.Setenv("TMPDIR", t.TempDir())
		s, m := newService(t)
		o := agreed
		o.SkipInvalid = true
		report, err := s.Import(t.Context(), tester, bytes.NewReader(in), o)
		if err != nil {
			if digest.KindOf(err) != digest.Invalid || m.calls != 0 {
				t.Fatalf("%v after %d calls", err, m.calls)
			}
			return
		}
		if sum := report.Added + report.Known + report.KeptOut + report.Duplicated + report.RejectedCount; sum != report.Rows {
			t.Fatalf("%+v does not add up", report)
		}
		if len(m.people) != report.Added {
			t.Fatalf("%d people, %+v", len(m.people), report)
		}
		roundTrip(t, s, m)
	})
}

// TestWordsForStates has every word by which other programs' lists tell a state, and
// imports each as if everybody had agreed: who left there stays out here.
func TestWordsForStates(t *testing.T) {
	words := map[subscribers.State][]string{
		subscribers.Active:       {"", "active", "subscribed", "confirmed", "enabled"},
		subscribers.Pending:      {"pending", "unconfirmed"},
		subscribers.Unsubscribed: {"unsubscribed", "left", "blocklisted", "disabled"},
		subscribers.Bounced:      {"bounced", "cleaned"}, // cleaned: Mailchimp; blocklisted: listmonk
		subscribers.Complained:   {"complained", "spam"},
	}
	n := 0
	for want, all := range words {
		for _, word := range all {
			n++
			s, m := newService(t)
			in := "email,name,state\nbob@example.org,Bob,active\nann@example.org,Ann," + strings.ToUpper(word) + "\n"
			if _, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed); err != nil {
				t.Fatal(err)
			}
			got := m.people["ann@example.org"]
			if got.Subscriber.State != want {
				t.Errorf("%q became %s, want %s", word, got.Subscriber.State, want)
			}
			if mailed := got.Confirm != ""; mailed != (want == subscribers.Pending) {
				t.Errorf("%q: a confirmation is mailed: %v", word, mailed)
			}
		}
	}
	if known := roster.StateWords(); known != n {
		t.Errorf("%d words are known, and %d are tested", known, n)
	}
}
