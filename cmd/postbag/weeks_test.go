package main

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/sampleblog"
)

// TestThreeWeeks lives through three issues: each offers what came since the one
// before froze, no more and no less, numbers go on, and who wants one mail a
// month gets the month's last.
func TestThreeWeeks(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 3, 15, 17, 0, 0, 0, time.UTC) // a Sunday; 29 March is the month's last
	blog := sampleblog.New(first)
	server := httptest.NewServer(blog)
	t.Cleanup(server.Close)
	in := following(t, digest.NewTestClock(first, 1), server.URL)
	at := func(moment time.Time) { in.clock = digest.NewTestClock(moment, 1) }
	in.must("series", "set", "--zone", "UTC", "--next-number", "40")
	in.must("subscriber", "add", "weekly@reader.example", "--confirmed", "--consent", "for the test")
	in.must("subscriber", "import", "--confirmed", "--consent", "for the test", monthlyReader(t, in.dir))
	in.must("pull")
	in.must("issue", "draft")

	for week := range 3 {
		sunday := first.AddDate(0, 0, 7*week)
		number := 40 + week
		in.must("issue", "pick", fmt.Sprint(1+week))
		if out := in.must("issue", "approve"); !strings.Contains(out, sunday.Format("2 January 2006")+" 18:00 UTC") {
			t.Errorf("issue %d: %s", number, out)
		}
		at(sunday.Add(time.Hour))
		if out := in.must("issue", "send", "--yes"); !strings.Contains(out, fmt.Sprintf("Pick of the Week %d to ", number)) {
			t.Errorf("issue %d: %s", number, out)
		}
		// Some write in the hour after the approval, some in the week.
		fresh := 2 + week
		for i := range fresh {
			when := sunday.Add(time.Duration(1+30*i) * time.Hour)
			if _, err := blog.Add(0, "", "Anonymous", fmt.Sprintf("Something new, number %d of week %d.", i, week), when); err != nil {
				t.Fatal(err)
			}
		}
		at(sunday.AddDate(0, 0, 7))
		in.must("pull")
		if out := in.must("issue", "draft"); !strings.Contains(out, fmt.Sprintf("Pick of the Week %d is open: %d comments to read", number+1, fresh)) {
			t.Errorf("after issue %d: %s", number, out)
		}
	}
	mails := in.mails()
	got := map[string]string{}
	for _, m := range mails {
		got[m.to] += strings.TrimPrefix(m.subject, "Pick of the Week ") + " "
	}
	if got["weekly@reader.example"] != "40 41 42 " || got["monthly@reader.example"] != "42 " {
		t.Errorf("the readers got %v", got)
	}
}

// monthlyReader writes a list of one reader who wants the month's last issue.
func monthlyReader(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "monthly.csv")
	if err := writeAll(dir, map[string][]byte{"monthly.csv": []byte("email,frequency\nmonthly@reader.example,monthly\n")}); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestMonthlyGoesByTheSchedule sends a month's last issue days before its moment,
// by hand: who wants one mail a month gets it all the same, with a worker and
// without.
func TestMonthlyGoesByTheSchedule(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 3, 23, 12, 0, 0, 0, time.UTC) // the schedule's moment is Sunday 29 March
	for _, beside := range []bool{false, true} {
		for _, now := range []string{"", "--now"} {
			t.Run(fmt.Sprintf("worker %v, approve %s", beside, now), func(t *testing.T) {
				in := draftedInstallation(t, digest.NewTestClock(monday, 1))
				in.must("series", "set", "--zone", "UTC")
				in.must("subscriber", "import", "--confirmed", "--consent", "for the test", monthlyReader(t, in.dir))
				args := []string{"issue", "approve"}
				if now != "" {
					args = append(args, now)
				}
				in.must(args...)
				if beside {
					in.serve()
				}
				if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "1 reader: 1 sent") && !strings.Contains(out, "sent already") {
					t.Errorf("issue send says %q", out)
				}
				if out := in.must("issue", "delivered", "1"); !strings.Contains(out, "monthly@reader.example") {
					t.Errorf("the monthly reader got nothing:\n%s", out)
				}
			})
		}
	}
}

// TestLateAnswersForItsSlot approves an issue five minutes after its Sunday, the
// month's last: who wants one mail a month gets it, dated that day, and the next
// draft is for the Sunday after.
func TestLateAnswersForItsSlot(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 3, 29, 18, 0, 0, 0, time.UTC)
	for _, beside := range []bool{false, true} {
		t.Run(fmt.Sprintf("worker %v", beside), func(t *testing.T) {
			in := draftedInstallation(t, digest.NewTestClock(sunday.Add(-6*24*time.Hour), 1))
			in.must("series", "set", "--zone", "UTC")
			in.must("subscriber", "import", "--confirmed", "--consent", "for the test", monthlyReader(t, in.dir))
			in.clock = digest.NewTestClock(sunday.Add(5*time.Minute), 1)
			if beside { // it postpones the draft
				in.serve()
				eventually(t, "the draft is postponed", func() bool {
					return strings.Contains(in.must("issue", "list", "--json"), `"due": "2026-04-05T18:00:00Z"`)
				})
			}
			in.must("issue", "approve", "1", "--now")
			in.must("issue", "send", "--yes", "1")
			if mails := in.mails(); len(mails) != 1 || mails[0].to != "monthly@reader.example" {
				t.Fatalf("%d mails", len(mails))
			}
			if list := in.must("issue", "list", "--json"); strings.Count(list, `"slot": "2026-03-29T18:00:00Z"`) != 1 || strings.Count(list, `"slot": "2026-04-05T18:00:00Z"`) != 1 {
				t.Errorf("the issues are %s", list)
			}
		})
	}
}

// TestDateOfPublication publishes an issue on the Monday before its Sunday: page and
// mail say Monday.
func TestDateOfPublication(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 3, 23, 12, 0, 0, 0, time.UTC)
	in := draftedInstallation(t, digest.NewTestClock(monday, 1))
	in.must("series", "set", "--zone", "UTC")
	in.must("subscriber", "add", "ada@reader.example", "--confirmed", "--consent", "for the test")
	in.must("issue", "approve")
	in.must("issue", "publish", "--yes", "1")
	in.must("issue", "send", "--yes", "1")
	mails := in.mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	for _, part := range []string{mails[0].text, mails[0].html} {
		if !strings.Contains(part, "Monday 23 March 2026") || strings.Contains(part, "29 March 2026") {
			t.Errorf("the mail is dated otherwise:\n%.1500s", part)
		}
	}
}

// TestClocksChange approves issues around the nights when clocks change, for half
// past one in London: the time that is skipped comes once, right after the
// change, and the one that comes twice the first time only. A worker takes the
// skipped one at its moment.
func TestClocksChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		before time.Time
		dues   [3]string
	}{
		{"forward", time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC),
			[3]string{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"}},
		{"back", time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC),
			[3]string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := draftedInstallation(t, digest.NewTestClock(c.before, 1))
			in.must("series", "set", "--zone", "Europe/London", "--schedule", "30 1 * * *")
			in.must("issue", "approve")
			in.must("issue", "pick", "1")
			in.must("issue", "approve", "2")
			list := in.must("issue", "list", "--json")
			for _, due := range c.dues {
				if strings.Count(list, `"due": "`+due+`"`) != 1 {
					t.Errorf("%s is not the moment of one issue:\n%s", due, list)
				}
			}
			first, err := time.Parse(time.RFC3339, c.dues[0])
			if err != nil {
				t.Fatal(err)
			}
			in.clock = digest.NewTestClock(first.Add(-5*time.Minute), 600)
			in.serve()
			eventually(t, "an issue is sent and the second hour has passed", func() bool {
				list = in.must("issue", "list")
				return strings.Contains(list, "sent  ") && in.now().Now().After(first.Add(2*time.Hour))
			})
			if strings.Count(list, "sent  ") != 1 || strings.Count(list, "approved  ") != 1 {
				t.Errorf("after the night:\n%s", list)
			}
		})
	}
}
