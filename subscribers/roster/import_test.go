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
	"postbag/subscribers/listfile"
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
		"CR":                  "email,name\rann@example.org,Zoë\r",
		"bar":                 "email|name\nann@example.org|Zoë\n",
		"a line for Excel":    "sep=;\r\nemail;name\r\nann@example.org;Zoë\r\n",
		"a title":             "Members of our club\n\nemail,name\nann@example.org,Zoë\n",
		"space after a mark":  "email,name\n\"ann@example.org\" ,\"Zoë\" \n",
		"one empty cell more": "email,name\nann@example.org,Zoë,\n",
		"two names":           "Surname,Address,Email Address\nZoë,1 Oak Lane,ann@example.org\n",
		"Spanish":             "Correo electrónico;Nombre\nann@example.org;Zoë\n",
		"Dutch":               "E-mailadres;Voornaam\nann@example.org;Zoë\n",
		"Italian":             "Indirizzo e-mail;Cognome\nann@example.org;Zoë\n",
		"a mailto link":       "email,name\nmailto:ann@example.org,Zoë\n",
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
			if report.Rows != 1 || report.Added != 1 {
				t.Errorf("report %+v", report)
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

func TestWhatIsNoListChangesNothing(t *testing.T) {
	for name, c := range map[string]struct{ in, says, hint string }{
		"empty":             {"", "empty", "CSV"},
		"blank":             {"\n\n", "empty", "CSV"},
		"headings alone":    {"email,name\n", "nobody", "right file"},
		"unknown headings":  {"email,state,colour\n", "nobody", "right file"},
		"headings, old Mac": {"email,name\r", "nobody", "right file"},
		"no email column":   {"surname,phone\nann,1\n", "no column email", `"surname", "phone"`},
		"two email columns": {"email,Mail\na@example.org,b@example.org\n", "twice", "passed over"},
		"no headings":       {"ann@example.org,Ann\nbob@example.org,Bob\n", "no column email", `"Ann"`},
		"a spreadsheet":     {"PK\x03\x04\x14\x00", "spreadsheet", "CSV"},
		"JSON":              {`{"members": []}`, "JSON", "CSV"},
		"only bad rows":     {"email\nnobody\n", "1 of 1 rows", "Mend"},
		"Cyrillic":          {"email;name\nann@example.org;\xc0\xed\xed\xe0\n", "character set", "windows-1251"},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newService(t)
			o := agreed
			o.SkipInvalid = true
			_, err := s.Import(t.Context(), tester, strings.NewReader(c.in), o)
			wantKind(t, err, digest.Invalid)
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error %q does not say %q on one line", err, c.says)
			}
			if hint := digest.HintOf(err); !strings.Contains(hint, c.hint) {
				t.Errorf("the hint %q does not say %q", hint, c.hint)
			}
			if m.calls != 0 {
				t.Errorf("the store was asked %d times", m.calls)
			}
		})
	}
}

func TestDamagedRowsCostNoOthers(t *testing.T) {
	const head = "email,name,left_at\n"
	good := strings.Repeat("bob@example.org,Bob,\n", 2)
	for name, c := range map[string]struct {
		in   string
		line int
		says string
	}{
		"an open mark":      {head + good + "ann@example.org,\"Ann,\n" + good, 4, "never closed"},
		"one mark":          {head + good + "ann@example.org,A\"nn,\n" + good, 4, "missing"},
		"words after marks": {head + good + "\"ann@example.org\" x,\"Ann\",\n" + good, 4, "out of place"},
		"cut off":           {head + good + "ann@exam", 4, "1 cell; the heading line has 3"},
		"cells missing":     {head + good + "ann@example.org,Ann\n" + good, 4, "2 cells; the heading line has 3"},
		"too many cells":    {head + good + "ann@example.org,Ann,,Other\n" + good, 4, "4 cells; the heading line has 3"},
		"no text":           {head + good + "ann@example.org,A\x00nn,\n" + good, 4, "not text"},
		"an endless line":   {head + good + strings.Repeat("x", 3<<20) + "\n" + good, 4, "longer than"},
		"an endless cell":   {head + good + "ann@example.org,\"Ann,\n" + strings.Repeat(good, 40000), 4, "longer than"},
		"bare addresses":    {"bob@example.org\nbob@example.org\nann@example.org,Ann\n", 3, "2 cells; the first line has 1"},
	} {
		t.Run(name, func(t *testing.T) {
			s, m := newService(t)
			_, err := s.Import(t.Context(), tester, strings.NewReader(c.in), agreed)
			wantKind(t, err, digest.Invalid)
			if m.calls != 0 || !strings.Contains(err.Error(), fmt.Sprintf("line %d", c.line)) || digest.HintOf(err) == "" {
				t.Errorf("%v after %d calls", err, m.calls)
			}
			o := agreed
			o.SkipInvalid = true
			report, err := s.Import(t.Context(), tester, strings.NewReader(c.in), o)
			if err != nil || report.Added != 1 || report.RejectedCount != 1 {
				t.Fatalf("%+v, %v", report, err)
			}
			if r := report.Rejected[0]; r.Line != c.line || !strings.Contains(r.Why, c.says) {
				t.Errorf("line %d: %s", r.Line, r.Why)
			}
			if _, is := m.people["ann@example.org"]; is {
				t.Error("a row that cannot be read brought somebody")
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
	report, err := s.Import(t.Context(), tester, strings.NewReader("email\nann@example.org\n"+strings.Repeat("nobody\n", 900)), o)
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
		"di@example.org": subscribers.Pending, "ed@example.org": subscribers.Unsubscribed, "fay@example.org": subscribers.Active,
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
		ed.Consent.Wording != "at the fair" || ed.Consent.EnteredBy != "tester" || !ed.Subscriber.LeftAt.Equal(time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)) {
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
	if want := (roster.ImportReport{Rows: 2201, Added: 1998, States: map[subscribers.State]int{subscribers.Active: 1998}, Known: 2, KeptOut: 1, Duplicated: 200,
		Dates: listfile.MonthFirst}); !reflect.DeepEqual(done, want) {
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

func (counting) Enrol(_ context.Context, _ digest.Audited, people []roster.Entry, _ bool) ([]roster.Enrolled, error) {
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
		if sum := report.Added + report.Known + report.Ended + report.KeptOut + report.Duplicated + report.RejectedCount; sum != report.Rows {
			t.Fatalf("%+v does not add up", report)
		}
		if len(m.people) != report.Added {
			t.Fatalf("%d people, %+v", len(m.people), report)
		}
		roundTrip(t, s, m)
	})
}

func TestWhoLeftElsewhereLeavesHere(t *testing.T) {
	s, m := newService(t)
	for _, email := range []string{"ann@example.org", "bob@example.org", "cy@example.org"} {
		if _, err := s.Add(t.Context(), tester, email, "", roster.AddOptions{Confirmed: email != "bob@example.org", ConsentText: "asked"}); err != nil {
			t.Fatal(err)
		}
	}
	in := "email,status,unsubscribed_at\nANN@example.org,,2025-01-02\nbob@example.org,complained,\ncy@example.org,active,\nnew@example.org,active,\nann@example.org,active,\n"
	dry := agreed
	dry.DryRun = true
	foreseen, err := s.Import(t.Context(), tester, strings.NewReader(in), dry)
	if err != nil || m.people["ann@example.org"].Subscriber.State != subscribers.Active {
		t.Fatal("a dry run changed something", err)
	}
	report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	if err != nil || report.Ended != 2 || report.Known != 1 || report.Added != 1 || report.Duplicated != 1 || !reflect.DeepEqual(report, foreseen) {
		t.Errorf("%+v, foreseen %+v, %v", report, foreseen, err)
	}
	if ann := m.people["ann@example.org"].Subscriber; ann.State != subscribers.Unsubscribed || !ann.LeftAt.Equal(time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("ann is %s since %s", ann.State, ann.LeftAt)
	}
	if bob := m.people["bob@example.org"].Subscriber; bob.State != subscribers.Complained || !bob.LeftAt.Equal(noon) {
		t.Errorf("bob is %s since %s", bob.State, bob.LeftAt)
	}
}

func TestAColumnThatMayTellOfLeavingStopsAnImport(t *testing.T) {
	for heading, cell := range map[string]string{
		"Kündigung bearbeitet durch": "Meier",        // the heading speaks
		"Data rezygnacji (system)":   "7",            // in another language
		"unsubscribe ticket":         "4711",         //
		"Churn risk":                 "high",         //
		"group 2":                    "Unsubscribed", // the value speaks
		"Zusatz":                     "abgemeldet!",  //
		"Marketing per Brief/Mail":   "nein",         // a no to something that may be the mail
	} {
		s, m := newService(t)
		in := "email,\"" + heading + "\"\nann@example.org,\nann2@example.org,vip\nbob@example.org," + cell + "\n"
		report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
		wantKind(t, err, digest.Invalid)
		if m.calls != 0 || !strings.Contains(err.Error(), heading) {
			t.Errorf("%s: %v after %d calls", heading, err, m.calls)
		}
		if len(report.Unread) != 1 || report.Unread[0].Name != heading {
			t.Errorf("%s: the report names %+v as not read", heading, report.Unread)
		}
		if acts := digest.ActsOf(err); len(acts) != 1 || acts[0].Do != digest.NameColumn || acts[0].Name != heading+"=left_at" {
			t.Errorf("%s: offered is %+v", heading, acts)
		}
		said := agreed
		said.List.Columns = map[string]listfile.Field{heading: listfile.Ignore}
		if report, err := s.Import(t.Context(), tester, strings.NewReader(in), said); err != nil || report.Added != 3 || len(report.Unread) != 1 {
			t.Errorf("%s, passed over: %+v, %v", heading, report, err)
		}
		// Nor is anybody asked by mail who may have left.
		s, m = newService(t)
		_, err = s.Import(t.Context(), tester, strings.NewReader(in), roster.ImportOptions{})
		wantKind(t, err, digest.Invalid)
		if m.calls != 0 {
			t.Errorf("%s, unconfirmed: %v after %d calls", heading, err, m.calls)
		}
	}
}

func TestColumnsAreWhatTheOperatorSays(t *testing.T) {
	for name, c := range map[string]struct {
		in      string
		columns map[string]listfile.Field
	}{
		"a heading":  {"Postfach,Wer,Raus\nann@example.org,Ann,\nbob@example.org,Bob,ja\n", map[string]listfile.Field{"postfach": listfile.Email, "Wer": listfile.Name, "Raus": listfile.Left}},
		"numbers":    {"x1,x2,x3\nann@example.org,Ann,\nbob@example.org,Bob,2020-01-02\n", map[string]listfile.Field{"1": listfile.Email, "2": listfile.Name, "3": listfile.Left}},
		"no heading": {"ann@example.org,Ann,\nbob@example.org,Bob,yes\n", map[string]listfile.Field{"1": listfile.Email, "2": listfile.Name, "3": listfile.Left}},
		"another address": {"email,private,name,gone\nx@example.org,ann@example.org,Ann,\ny@example.org,bob@example.org,Bob,1\n",
			map[string]listfile.Field{"private": listfile.Email, "email": listfile.Ignore}},
	} {
		s, m := newService(t)
		o := agreed
		o.List.Columns = c.columns
		if _, err := s.Import(t.Context(), tester, strings.NewReader(c.in), o); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ann, bob := m.people["ann@example.org"].Subscriber, m.people["bob@example.org"].Subscriber
		if ann.State != subscribers.Active || ann.Name != "Ann" || bob.State != subscribers.Unsubscribed || bob.Name != "Bob" {
			t.Errorf("%s: %+v, %+v", name, ann, bob)
		}
	}
	s, _ := newService(t)
	o := agreed
	o.List.Columns = map[string]listfile.Field{"who": listfile.Name, "2": listfile.Left}
	_, err := s.Import(t.Context(), tester, strings.NewReader("email,who\nann@example.org,Ann\n"), o)
	wantKind(t, err, digest.Invalid)
	o.List.Columns = map[string]listfile.Field{"Wer": listfile.Name}
	_, err = s.Import(t.Context(), tester, strings.NewReader("email,who\nann@example.org,Ann\n"), o)
	wantKind(t, err, digest.Invalid)
	if hint := digest.HintOf(err); !strings.Contains(hint, `"who"`) {
		t.Errorf("the hint %q does not name the columns", hint)
	}
}

func TestWhatIsNotUnderstoodMakesNobodyActive(t *testing.T) {
	in := "email,unsubscribed\nann@example.org,no\nbob@example.org,no\nBob@example.org,perhaps\ncy@example.org,perhaps\ndi@example.org,yes\ndi@example.org,perhaps\n"
	s, m := newService(t)
	report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	wantKind(t, err, digest.Invalid)
	if m.calls != 0 || report.RejectedCount != 4 {
		t.Errorf("%+v after %d calls", report, m.calls)
	}
	o := agreed
	o.SkipInvalid = true
	report, err = s.Import(t.Context(), tester, strings.NewReader(in), o)
	if err != nil || report.Added != 2 || report.RejectedCount != 4 || len(m.people) != 2 {
		t.Fatalf("%+v, %d people, %v", report, len(m.people), err)
	}
	var lines []int
	for _, r := range report.Rejected {
		lines = append(lines, r.Line)
	}
	if !reflect.DeepEqual(lines, []int{3, 4, 5, 7}) {
		t.Errorf("lines %v", lines)
	}
	if ann, di := m.people["ann@example.org"].Subscriber, m.people["di@example.org"].Subscriber; ann.State != subscribers.Active || di.State != subscribers.Unsubscribed {
		t.Errorf("ann is %s, di is %s", ann.State, di.State)
	}
}

func TestWhoStandsInATornRowIsNotMadeActiveByAnother(t *testing.T) {
	for _, torn := range []string{"Ann@example.org,\"Ann,2024-01-02", "ann@example.org", "ann@example.org,Ann,2024-01-02,x,y", "\"ann@example.org\" ?,Ann,2024-01-02", "ann@example.org,An\x00n,2024-01-02"} {
		s, m := newService(t)
		o := agreed
		o.SkipInvalid = true
		report, err := s.Import(t.Context(), tester, strings.NewReader("email,name,unsubscribed_at\nann@example.org,Ann,\nbob@example.org,Bob,\n"+torn+"\n"), o)
		if err != nil || report.Added != 1 || report.RejectedCount != 2 || len(m.people) != 1 {
			t.Errorf("%q: %+v, %v", torn, report, err)
		}
	}
}

func TestTheGravestReasonStays(t *testing.T) {
	in := "email,state,unsubscribed_at\nann@example.org,unsubscribed,2024-01-01\nann@example.org,complained,\nann@example.org,bounced,\nann@example.org,active,\n"
	s, m := newService(t)
	report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	if got := m.people["ann@example.org"].Subscriber.State; err != nil || got != subscribers.Complained || report.Duplicated != 3 {
		t.Errorf("%s, %+v, %v", got, report, err)
	}
}

func TestTheNameOfAFileMayTellThatPeopleLeft(t *testing.T) {
	const bare = "Email Address,First Name\nann@example.org,Ann\n"
	for file, in := range map[string]string{
		"unsubscribed_members_export_9f3.csv":        bare,
		"nonsubscribed_email_audience_export_77.csv": bare,
		"cleaned_email_audience_export_77.csv":       bare,
		"Weekly - bounced.csv":                       bare,
		"abmeldungen-2024.csv":                       bare,
		"weekly-marked-as-spam.csv":                  "Name,Email\nAnn,ann@example.org\n",
		"lista.csv":                                  "Opted-out contacts\n\nName,Email\nAnn,ann@example.org\n",
		"list.csv":                                   "Bounced addresses\nann@example.org\n",
		"unconfirmed-opt-outs.csv":                   bare,
	} {
		s, m := newService(t)
		o := agreed
		o.File = file
		_, err := s.Import(t.Context(), tester, strings.NewReader(in), o)
		wantKind(t, err, digest.Invalid)
		if m.calls != 0 {
			t.Errorf("%s: the store was asked", file)
		}
		o.As = subscribers.Bounced
		if _, err := s.Import(t.Context(), tester, strings.NewReader(in), o); err != nil || m.people["ann@example.org"].Subscriber.State != subscribers.Bounced {
			t.Errorf("%s, as bounced: %+v, %v", file, m.people, err)
		}
	}
	for file, in := range map[string]string{
		"weekly-unconfirmed.csv": bare,
		"list.csv":               "Contacts, pending confirmation\nName,Email\nAnn,ann@example.org\n",
	} {
		s, m := newService(t)
		o := agreed
		o.File = file
		_, err := s.Import(t.Context(), tester, strings.NewReader(in), o)
		wantKind(t, err, digest.Invalid)
		o.Confirmed = false
		if _, err := s.Import(t.Context(), tester, strings.NewReader(in), o); err != nil || m.people["ann@example.org"].Subscriber.State != subscribers.Pending {
			t.Errorf("%s, to be asked: %+v, %v", file, m.people, err)
		}
	}
	s, _ := newService(t)
	_, err := s.Import(t.Context(), tester, strings.NewReader(bare), roster.ImportOptions{File: "opt-out.csv"})
	wantKind(t, err, digest.Invalid) // nor are those asked who left
	for file, in := range map[string]string{
		"subscribed_members_export_9f3.csv": bare,
		"pending-and-active.csv":            "email,state\nann@example.org,active\n",
		"members.csv":                       "Confidential, do not forward\nName,Email\nAnn,ann@example.org\n",
		"cleaned-up.csv":                    bare,
	} {
		s, m := newService(t)
		o := agreed
		o.File = file
		if _, err := s.Import(t.Context(), tester, strings.NewReader(in), o); err != nil || m.people["ann@example.org"].Subscriber.State != subscribers.Active {
			t.Errorf("%s: %v", file, err)
		}
	}
	o := agreed
	o.As = subscribers.Active
	_, err = s.Import(t.Context(), tester, strings.NewReader(bare), o)
	wantKind(t, err, digest.Invalid)
}
