package schedule_test

import (
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
)

func TestSentence(t *testing.T) {
	for expr, want := range map[string]string{
		"0 18 * * 0":                 "every Sunday at 18:00",
		"0 18 * * 1,3,0":             "every Monday, Wednesday and Sunday at 18:00",
		"30 7 * * 1-5":               "Monday to Friday at 07:30",
		"30 7 * * *":                 "every day at 07:30",
		"30 7,19 * * *":              "every day at 07:30 and 19:30",
		"0 9 1 * *":                  "on the 1st of every month at 09:00",
		"0 9 1,15 1,7 *":             "on the 1st and 15th of January and July at 09:00",
		"0 9 13 * 5":                 "on the 13th of every month and every Friday at 09:00",
		"0 9 * 6 0":                  "every Sunday in June at 09:00",
		"0 9 * 2 *":                  "every day of February at 09:00",
		"0 9 */10 * 5":               "on the 1st, 11th, 21st and 31st of every month and every Friday at 09:00",
		"@weekly":                    "every Sunday at 00:00",
		"15 * * * *":                 "every day every hour, at minute 15",
		"*/20 8-18 * * 1":            "every Monday at the minutes 0, 20 and 40 of the hours 08, 09, 10, 11, 12, 13, 14, 15, 16, 17 and 18",
		"* * * * *":                  "every day every minute",
		"0 0 29 2 *":                 "on the 29th of February at 00:00",
		"0 9 1-31 * 5":               "every day at 09:00",
		"0 8,9,10,11,12,13,14 * * 1": "every Monday on the hour of the hours 08, 09, 10, 11, 12, 13 and 14",
	} {
		if got := parse(t, expr, "UTC").Sentence(); got != want {
			t.Errorf("%q is %q, want %q", expr, got, want)
		}
	}
	if got := (schedule.Schedule{}).Sentence(); got != "never" {
		t.Errorf("the zero schedule is %q", got)
	}
}

func TestInWords(t *testing.T) {
	words, err := schedule.InWords("0 18 * * 0", "Europe/London", when(t, "2026-03-20T12:00:00Z"))
	if err != nil || words.Sentence != "every Sunday at 18:00" {
		t.Fatalf("%+v, %v", words, err)
	}
	want := []string{"2026-03-22 18:00 +0000", "2026-03-29 18:00 +0100", "2026-04-05 18:00 +0100"} // summer time begins
	for i, at := range words.Next {
		if got := at.Format("2006-01-02 15:04 -0700"); len(words.Next) != 3 || got != want[i] {
			t.Errorf("moment %d is %s, want %s", i, got, want[i])
		}
	}
	for _, bad := range [][2]string{{"0 18 31 2 *", "UTC"}, {"0 18 * * 0", "Mars"}, {"", "UTC"}, {"soon", "UTC"}} {
		if words, err := schedule.InWords(bad[0], bad[1], time.Now()); digest.KindOf(err) != digest.Invalid || len(words.Next) != 0 {
			t.Errorf("%q in %q: %+v, %v", bad[0], bad[1], words, err)
		}
	}
	if got := (schedule.Schedule{}).Coming(time.Now(), 3); got != nil {
		t.Errorf("the zero schedule falls due at %v", got)
	}
}

func TestPlanOf(t *testing.T) {
	for expr, want := range map[string]schedule.Plan{
		"0 18 * * 0":   {Every: schedule.EveryWeek, Weekday: time.Sunday, Date: 1, At: "18:00", Expr: "0 18 * * 0"},
		"5 7 * * mon":  {Every: schedule.EveryWeek, Weekday: time.Monday, Date: 1, At: "07:05", Expr: "5 7 * * mon"},
		"0 9 28 * *":   {Every: schedule.EveryMonth, Date: 28, At: "09:00", Expr: "0 9 28 * *"},
		"0 9 * * *":    {Every: schedule.EveryDay, Date: 1, At: "09:00", Expr: "0 9 * * *"},
		"0 9 31 * *":   {Every: schedule.AsWritten, Date: 1, At: "18:00", Expr: "0 9 31 * *"},
		"0 9 * * 1,2":  {Every: schedule.AsWritten, Date: 1, At: "18:00", Expr: "0 9 * * 1,2"},
		"0 9 1 1 *":    {Every: schedule.AsWritten, Date: 1, At: "18:00", Expr: "0 9 1 1 *"},
		"0 9,10 * * *": {Every: schedule.AsWritten, Date: 1, At: "18:00", Expr: "0 9,10 * * *"},
		"0 9 1 * 1":    {Every: schedule.AsWritten, Date: 1, At: "18:00", Expr: "0 9 1 * 1"},
		"nonsense":     {Every: schedule.AsWritten, Date: 1, At: "18:00", Expr: "nonsense"},
	} {
		got := schedule.PlanOf(expr)
		if got != want {
			t.Errorf("%q is %+v, want %+v", expr, got, want)
		}
		if want.Every == schedule.AsWritten {
			continue
		}
		// The plan's expression falls due when the one that was written does.
		again, err := got.Cron()
		if err != nil || parse(t, again, "UTC").Next(time.Unix(0, 0)) != parse(t, expr, "UTC").Next(time.Unix(0, 0)) {
			t.Errorf("%q became %q, %v", expr, again, err)
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	for name, plan := range map[string]schedule.Plan{
		"a time":           {Every: schedule.EveryDay, At: "25:00"},
		"no time":          {Every: schedule.EveryDay},
		"a day":            {Every: schedule.EveryWeek, Weekday: 7, At: "18:00"},
		"a date":           {Every: schedule.EveryMonth, Date: 31, At: "18:00"},
		"nothing at all":   {},
		"an unknown every": {Every: "fortnight", At: "18:00"},
	} {
		if got, err := plan.Cron(); digest.KindOf(err) != digest.Invalid {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := (schedule.Plan{Every: schedule.AsWritten, Expr: " 0  9 * * 1,2 "}).Cron(); err != nil || got != "0 9 * * 1,2" {
		t.Errorf("%q, %v", got, err)
	}
}
