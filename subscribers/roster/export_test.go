package roster_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/roster"
)

func TestExportQuotesWhatASpreadsheetWouldRun(t *testing.T) {
	s, _ := newService(t)
	for email, name := range map[string]string{
		"ann@example.org":   "=HYPERLINK(\"http://example.com\")",
		"+bob@example.org":  "@SUM(1)",
		"=cy@example.org":   "-1+1",
		"-di@example.org":   "'=1+1",
		"ed@example.org":    "''+x",
		"fay@example.org":   "O'Neill, \"Fay\"",
		"gus@example.org":   "'quoted'",
		"harry@example.org": "",
	} {
		if _, err := s.Add(t.Context(), tester, email, name, roster.AddOptions{Confirmed: true, ConsentText: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	n, err := s.Export(t.Context(), tester, "out.csv", &out, roster.Filter{})
	if err != nil || n != 8 {
		t.Fatal(n, err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "email,name,state,frequency,created_at,confirmed_at,left_at" {
		t.Errorf("headings %s", got)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("the cell %q runs", cell)
			}
		}
		if row[4] != "2026-03-02T12:00:00Z" || row[6] != "" {
			t.Errorf("times %v", row[4:])
		}
	}
}

func TestAnExportImportedGivesTheSamePeople(t *testing.T) {
	s, m := newService(t)
	left := time.Date(2025, 6, 7, 8, 9, 10, 11, time.UTC)
	for i, sub := range []subscribers.Subscriber{
		{Email: "Ann@example.org", Name: "=1", State: subscribers.Active, ConfirmedAt: left},
		{Email: "+bob@example.org", Name: "'=1", State: subscribers.Unsubscribed, ConfirmedAt: left, LeftAt: left},
		{Email: "cy@xn--bcher-kva.example", Name: "''@ \"x\", y; z", State: subscribers.Bounced, LeftAt: left},
		{Email: "di@example.org", Name: "ünï", State: subscribers.Complained, LeftAt: left, Frequency: subscribers.Monthly},
	} {
		sub.Key = strings.ToLower(sub.Email)
		sub.CreatedAt = left.AddDate(0, 0, -i)
		if sub.Frequency == "" {
			sub.Frequency = subscribers.Every
		}
		m.people[sub.Key] = roster.Entry{Subscriber: sub}
	}
	roundTrip(t, s, m)
}

// roundTrip exports a list, imports it into an empty one, and compares what that
// exports. The moment at which pending people were noted begins anew.
func roundTrip(t *testing.T, s *roster.Service, m *memory) {
	t.Helper()
	var first, second bytes.Buffer
	for key, e := range m.people {
		if e.Subscriber.State == subscribers.Pending {
			e.Subscriber.CreatedAt = noon
			m.people[key] = e
		}
	}
	if _, err := s.Export(t.Context(), tester, "out.csv", &first, roster.Filter{}); err != nil {
		t.Fatal(err)
	}
	other, into := newService(t)
	if _, err := other.Import(t.Context(), tester, bytes.NewReader(first.Bytes()), agreed); err != nil {
		t.Fatalf("importing %q: %v", first.String(), err)
	}
	if _, err := other.Export(t.Context(), tester, "out.csv", &second, roster.Filter{}); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() || len(into.people) != len(m.people) {
		t.Errorf("exported\n%s\nimported and exported\n%s", first.String(), second.String())
	}
}

func TestExportFilters(t *testing.T) {
	s, m := newService(t)
	for _, email := range []string{"ann@example.org", "bob@example.net"} {
		if _, err := s.Add(t.Context(), tester, email, "", roster.AddOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if n, err := s.Export(t.Context(), tester, "out.csv", &out, roster.Filter{Text: "example.net"}); err != nil || n != 1 || strings.Contains(out.String(), "ann@") {
		t.Errorf("%d: %s, %v", n, out.String(), err)
	}
	if n, err := s.Export(t.Context(), tester, "out.csv", &out, roster.Filter{State: subscribers.Active}); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if len(m.told) != 2 || m.told[1].String() != "tester exported readers to out.csv: active" {
		t.Errorf("the audit list says %v", m.told)
	}
}

func TestExportToAFullDiskFails(t *testing.T) {
	s, _ := newService(t)
	if _, err := s.Add(t.Context(), tester, "ann@example.org", "", roster.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left")
	if _, err := s.Export(t.Context(), tester, "out.csv", writerFunc(func([]byte) (int, error) { return 0, full }), roster.Filter{}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestListAndCounts(t *testing.T) {
	s, _ := newService(t)
	for _, email := range []string{"bob@example.org", "ann@example.org"} {
		if _, err := s.Add(t.Context(), tester, email, "", roster.AddOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := s.List(t.Context(), roster.Filter{}, func(sub subscribers.Subscriber) error {
		got = append(got, sub.Email)
		return nil
	})
	if err != nil || strings.Join(got, " ") != "ann@example.org bob@example.org" {
		t.Errorf("%v, %v", got, err)
	}
	if counts, err := s.Counts(t.Context()); err != nil || counts[subscribers.Pending] != 2 {
		t.Errorf("%v, %v", counts, err)
	}
}
