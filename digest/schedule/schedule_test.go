package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"

	"postbag/digest"
	"postbag/digest/schedule"
)

func parse(t testing.TB, expr, zone string) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(expr, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// moments gives the occurrences after a moment, up to another, in the zone's own
// time with its offset.
func moments(t testing.TB, expr, zone, after, until string) []string {
	t.Helper()
	s := parse(t, expr, zone)
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, end := when(t, after), when(t, until)
	var out []string
	for {
		next := s.Next(at)
		if !next.After(at) {
			t.Fatalf("after %v comes %v", at, next)
		}
		if next.Location() != time.UTC {
			t.Fatalf("%v is not in UTC", next)
		}
		if at = next; next.After(end) {
			return out
		}
		out = append(out, next.In(loc).Format("2006-01-02 15:04 -0700"))
	}
}

func when(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNext(t *testing.T) {
	tests := []struct {
		name, expr, zone, after string
		want                    string // in the zone
	}{
		{"the default", "0 18 * * 0", "Europe/London", "2026-11-20T12:00:00Z", "2026-11-22 18:00 +0000"},
		{"in summer", "0 18 * * 0", "Europe/London", "2026-07-20T12:00:00Z", "2026-07-26 18:00 +0100"},
		{"strictly after", "0 18 * * 0", "UTC", "2026-11-22T18:00:00Z", "2026-11-29 18:00 +0000"},
		{"a nanosecond before", "0 18 * * 0", "UTC", "2026-11-22T17:59:59.999999999Z", "2026-11-22 18:00 +0000"},
		{"a name for a day", "0 18 * * SUN", "UTC", "2026-11-20T12:00:00Z", "2026-11-22 18:00 +0000"},
		{"a descriptor", "@weekly", "UTC", "2026-11-20T12:00:00Z", "2026-11-22 00:00 +0000"},
		{"a month", "30 7 1 jan *", "UTC", "2026-01-01T07:30:00Z", "2027-01-01 07:30 +0000"},
		{"either day", "0 9 13 * 5", "UTC", "2026-11-13T09:00:00Z", "2026-11-20 09:00 +0000"},
		{"a step of days is no star", "0 9 */10 * 5", "UTC", "2026-11-20T09:00:00Z", "2026-11-21 09:00 +0000"},
		{"29 February", "0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29 00:00 +0000"},
		{"29 February across a century", "0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29 00:00 +0000"},
		{"the 31st skips short months", "0 0 31 * *", "UTC", "2026-08-31T00:00:00Z", "2026-10-31 00:00 +0000"},
		{"an offset of quarters", "0 18 * * 0", "Asia/Kathmandu", "2026-11-22T12:00:00Z", "2026-11-22 18:00 +0545"},
		{"midnight far in the east", "0 0 * * 1", "Pacific/Kiritimati", "2026-11-22T09:59:00Z", "2026-11-23 00:00 +1400"},
		{"just before midnight far in the west", "59 23 * * 0", "Pacific/Pago_Pago", "2026-11-23T10:00:00Z", "2026-11-22 23:59 -1100"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			next := parse(t, test.expr, test.zone).Next(when(t, test.after))
			loc, _ := time.LoadLocation(test.zone)
			if got := next.In(loc).Format("2006-01-02 15:04 -0700"); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestClockChanges: what clocks skip happens once, right after; what they show
// twice happens once, the first time.
func TestClockChanges(t *testing.T) {
	tests := []struct {
		name, expr, zone, after, until string
		want                           []string
	}{
		{"London, skipped", "30 1 * * *", "Europe/London", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-28 01:30 +0000", "2026-03-29 02:00 +0100", "2026-03-30 01:30 +0100"}},
		{"London, doubled", "30 1 * * *", "Europe/London", "2026-10-24T00:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"2026-10-24 01:30 +0100", "2026-10-25 01:30 +0100", "2026-10-26 01:30 +0000"}},
		{"London, the first minute skipped", "0 1 * * 0", "Europe/London", "2026-03-22T12:00:00Z", "2026-04-05T12:00:00Z",
			[]string{"2026-03-29 02:00 +0100", "2026-04-05 01:00 +0100"}},
		{"London, the end of the doubled hour", "0 2 * * 0", "Europe/London", "2026-10-19T00:00:00Z", "2026-10-26T00:00:00Z",
			[]string{"2026-10-25 02:00 +0000"}},
		{"New York, skipped", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z",
			[]string{"2026-03-08 03:00 -0400", "2026-03-09 02:30 -0400"}},
		{"New York, doubled", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z",
			[]string{"2026-11-01 01:30 -0400", "2026-11-02 01:30 -0500"}},
		{"Lord Howe, half an hour skipped", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-05T00:00:00Z",
			[]string{"2026-10-04 02:30 +1100", "2026-10-05 02:15 +1100"}},
		{"Lord Howe, half an hour doubled", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-06T00:00:00Z",
			[]string{"2026-04-05 01:45 +1100", "2026-04-06 01:45 +1030"}},
		{"São Paulo, midnight skipped", "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-05T12:00:00Z",
			[]string{"2018-11-04 01:00 -0200", "2018-11-05 00:00 -0200"}},
		{"São Paulo, the hour before midnight doubled", "30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", "2018-02-19T12:00:00Z",
			[]string{"2018-02-17 23:30 -0200", "2018-02-18 23:30 -0300"}},
		{"Cairo, midnight skipped", "0 0 * * 5", "Africa/Cairo", "2026-04-18T00:00:00Z", "2026-05-02T00:00:00Z",
			[]string{"2026-04-24 01:00 +0300", "2026-05-01 00:00 +0300"}},
		{"Cairo, the hour before midnight doubled", "0 0 * * 5", "Africa/Cairo", "2026-10-24T00:00:00Z", "2026-11-07T00:00:00Z",
			[]string{"2026-10-30 00:00 +0200", "2026-11-06 00:00 +0200"}},
		{"Apia, a day skipped", "0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z",
			[]string{"2011-12-29 12:00 -1000", "2011-12-31 00:00 +1400", "2011-12-31 12:00 +1400", "2012-01-01 12:00 +1400"}},
		{"several skipped together", "*/20 1 * * *", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z",
			[]string{"2026-03-29 02:00 +0100", "2026-03-30 01:00 +0100", "2026-03-30 01:20 +0100"}},
		{"skipped onto an occurrence", "0 1,2 * * *", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29 02:00 +0100"}},
		{"every half hour in spring", "*/30 * * * *", "Europe/London", "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z",
			[]string{"2026-03-29 00:30 +0000", "2026-03-29 02:00 +0100", "2026-03-29 02:30 +0100"}},
		{"every half hour in autumn", "*/30 * * * *", "Europe/London", "2026-10-25T00:00:00Z", "2026-10-25T02:30:00Z",
			[]string{"2026-10-25 01:30 +0100", "2026-10-25 02:00 +0000", "2026-10-25 02:30 +0000"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := moments(t, test.expr, test.zone, test.after, test.until)
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), strings.Join(test.want, ", "))
			}
		})
	}
}

// TestDailyIsOnceADay runs many years in zones with changes of every sort: each
// day of the calendar has one occurrence, wherever one begins to count.
func TestDailyIsOnceADay(t *testing.T) {
	zones := []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
		"Africa/Cairo", "Asia/Tehran", "Antarctica/Troll", "Africa/Casablanca", "Asia/Kathmandu", "UTC"}
	for _, zone := range zones {
		for _, expr := range []string{"0 0 * * *", "30 1 * * *", "30 2 * * *", "30 23 * * *"} {
			s := parse(t, expr, zone)
			at := time.Date(1996, 1, 1, 12, 0, 0, 0, time.UTC)
			day := at
			loc, _ := time.LoadLocation(zone)
			for at.Year() < 2030 {
				next := s.Next(at)
				if near := s.Next(next.Add(-time.Second)); !near.Equal(next) {
					t.Fatalf("%s in %s: after %v comes %v, but a second before it comes %v", expr, zone, at, next, near)
				}
				y, m, d := next.In(loc).Date()
				date := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
				if gap := date.Sub(day); at.Year() > 1996 && gap != 24*time.Hour {
					t.Fatalf("%s in %s: %v comes after %v", expr, zone, next.In(loc), at.In(loc))
				}
				at, day = next, date
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, expr, zone, want string }{
		{"nothing", "  ", "UTC", "empty"},
		{"words", "every sunday", "UTC", "cannot be read"},
		{"too few fields", "0 18 * *", "UTC", "expected exactly 5 fields"},
		{"seconds", "0 0 18 * * 0", "UTC", "expected exactly 5 fields"},
		{"a zone", "TZ=Europe/London 0 18 * * 0", "UTC", "names a zone"},
		{"a zone alone", "TZ=Europe/London", "UTC", "names a zone"},
		{"the other sort of zone", "CRON_TZ=UTC @weekly", "UTC", "names a zone"},
		{"a span", "@every 168h", "UTC", "counts from no moment"},
		{"an unknown word", "@fortnightly", "UTC", "cannot be read"},
		{"hour 24", "0 24 * * *", "UTC", "above maximum"},
		{"Sunday as 7", "0 18 * * 7", "UTC", "above maximum"},
		{"backwards", "0 18 * * 5-1", "UTC", "beyond end"},
		{"a step of nothing", "*/0 * * * *", "UTC", "positive"},
		{"31 February", "0 0 31 2 *", "UTC", "never falls due"},
		{"30 February and 31 April", "0 0 31 2,4 *", "UTC", "never falls due"},
		{"a field of commas", "0 , * * *", "UTC", "never falls due"},
		{"no zone", "0 18 * * 0", "", "not a zone name"},
		{"an unknown zone", "0 18 * * 0", "Europe/Lundon", "not known"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := schedule.Parse(test.expr, test.zone)
			if err == nil {
				t.Fatalf("got %v; want an error", s.Describe())
			}
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v (kind %d, hint %q)", err, digest.KindOf(err), digest.HintOf(err))
			}
		})
	}
}

func TestLastOfMonth(t *testing.T) {
	weekly := parse(t, "0 18 * * 0", "Europe/London")
	for at, want := range map[string]bool{
		"2026-11-22T18:00:00Z": false,
		"2026-11-29T18:00:00Z": true,
		"2026-05-24T17:00:00Z": false,
		"2026-05-31T17:00:00Z": true,
	} {
		if got := weekly.LastOfMonth(when(t, at)); got != want {
			t.Errorf("%s: got %v", at, got)
		}
	}
	// In Kiritimati it is November already when UTC still has October.
	early := parse(t, "0 6 * * *", "Pacific/Kiritimati")
	if early.LastOfMonth(when(t, "2026-10-31T16:00:00Z")) || !early.LastOfMonth(when(t, "2026-10-30T16:00:00Z")) {
		t.Error("the month is not the zone's")
	}
	yearly := parse(t, "@yearly", "UTC")
	if !yearly.LastOfMonth(when(t, "2026-01-01T00:00:00Z")) {
		t.Error("the same month of another year is another month")
	}
}

func TestDescribe(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"0 18 * * 0", "Sunday 18:00"},
		{"  0   18 * *  sun ", "Sunday 18:00"},
		{"@weekly", "Sunday 00:00"},
		{"30 7 * * *", "every day 07:30"},
		{"30 7 1-31 * *", "every day 07:30"},
		{"@daily", "every day 00:00"},
		{"0 9 * * 1-5", "Monday to Friday 09:00"},
		{"0 9 * * 1,4", "Monday and Thursday 09:00"},
		{"0 9 * * 0,6", "Saturday and Sunday 09:00"},
		{"0 9 * * */2", "Tuesday, Thursday, Saturday and Sunday 09:00"},
		{"@monthly", "the 1st of every month 00:00"},
		{"0 9 2,11,23 * *", "the 2nd, 11th and 23rd of every month 09:00"},
		{"0 9 */2 * *", "0 9 */2 * * (Europe/London)"},
		{"0 9 1-31 * 0", "0 9 1-31 * 0 (Europe/London)"},
		{"0 9 13 * 5", "0 9 13 * 5 (Europe/London)"},
		{"@yearly", "@yearly (Europe/London)"},
		{"0 9,18 * * 0", "0 9,18 * * 0 (Europe/London)"},
		{"@hourly", "@hourly (Europe/London)"},
	}
	for _, test := range tests {
		if got := parse(t, test.expr, "Europe/London").Describe(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.expr, got, test.want)
		}
	}
}

func TestZeroSchedule(t *testing.T) {
	var s schedule.Schedule
	if !s.Next(time.Now()).IsZero() || s.Describe() != "never" || !s.LastOfMonth(time.Now()) {
		t.Error("a schedule of nothing falls due")
	}
}

// FuzzParse: whatever is read falls due, after the moment asked about and again
// after that.
func FuzzParse(f *testing.F) {
	for _, expr := range []string{"0 18 * * 0", "@weekly", "*/15 1-5 29 2 mon-fri", "TZ=UTC * * * * *", "@every 1h", "?,1 */2 , 1/3 *"} {
		f.Add(expr, int64(1_790_000_000), true)
	}
	f.Fuzz(func(t *testing.T, expr string, unix int64, london bool) {
		zone := "Australia/Lord_Howe"
		if london {
			zone = "Europe/London"
		}
		s, err := schedule.Parse(expr, zone)
		if err != nil {
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
				t.Errorf("got %v; want Invalid with a hint", err)
			}
			return
		}
		at := time.Unix(unix%4_000_000_000, 0)
		first := s.Next(at)
		if second := s.Next(first); !first.After(at) || !second.After(first) {
			t.Errorf("%q: after %v come %v and %v", expr, at, first, second)
		}
		if near := s.Next(first.Add(-1)); !near.Equal(first) {
			t.Errorf("%q: %v becomes %v when asked just before", expr, first, near)
		}
		if s.Describe() == "" {
			t.Errorf("%q has no description", expr)
		}
		checkAgainstCron(t, expr, at)
	})
}

// checkAgainstCron compares with the parser's own arithmetic, in a zone whose
// clocks never change. It looks five years ahead.
func checkAgainstCron(t *testing.T, expr string, at time.Time) {
	t.Helper()
	theirs, err := cron.ParseStandard(strings.ToLower(strings.Join(strings.Fields(expr), " ")))
	if err != nil {
		t.Errorf("%q is read here and refused there: %v", expr, err)
		return
	}
	got, want := parse(t, expr, "UTC").Next(at), theirs.Next(at.UTC())
	if !want.IsZero() && !got.Equal(want) {
		t.Errorf("%q: after %v comes %v, the parser says %v", expr, at, got, want)
	}
}

func BenchmarkNext(b *testing.B) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, expr := range []string{"0 18 * * 0", "* * * * *", "0 0 29 2 *"} {
		s := parse(b, expr, "Europe/London")
		b.Run(expr, func(b *testing.B) {
			for b.Loop() {
				s.Next(at)
			}
		})
	}
}
