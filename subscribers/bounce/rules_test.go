package bounce_test

import (
	"testing"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func days(n float64) time.Time { return start.Add(time.Duration(n * 24 * float64(time.Hour))) }

// at makes an event on a day about an issue that was mailed on another.
func at(came, mailed float64, kind report.Kind, status string) bounce.Known {
	return bounce.Known{Event: bounce.Event{At: days(came), Kind: kind, Status: status}, MailedAt: days(mailed)}
}

func TestRules(t *testing.T) {
	const active, bounced = subscribers.Active, subscribers.Bounced
	soft := func(came, mailed float64) bounce.Known { return at(came, mailed, report.Soft, "4.2.2") }
	hard := func(came, mailed float64, status string) bounce.Known {
		return at(came, mailed, report.Hard, status)
	}
	for name, c := range map[string]struct {
		events []bounce.Known
		hard   int
		state  subscribers.State
		points int
	}{
		"no such mailbox":                {[]bounce.Known{hard(0, 0, "5.1.1")}, 2, bounced, 1},
		"another hard one":               {[]bounce.Known{hard(0, 0, "5.1.2")}, 2, active, 1},
		"without a code":                 {[]bounce.Known{hard(0, 0, "")}, 2, active, 1},
		"another, if so set":             {[]bounce.Known{hard(0, 0, "5.1.2")}, 1, bounced, 1},
		"two in two issues":              {[]bounce.Known{hard(0, 0, "5.1.2"), hard(7, 7, "5.2.1")}, 2, bounced, 2},
		"two on one day":                 {[]bounce.Known{hard(0, 0, "5.1.2"), hard(0.1, 0.1, "5.1.2")}, 2, active, 1},
		"no such mailbox, the same day":  {[]bounce.Known{soft(0, 0), hard(0.1, 0, "5.1.1")}, 2, bounced, 1},
		"three soft in a fortnight":      {[]bounce.Known{soft(0, 0), soft(7, 7), soft(14, 14)}, 2, bounced, 3},
		"sooner or later by some hours":  {[]bounce.Known{soft(2.2, 0.2), soft(9.1, 7), soft(16, 14)}, 2, bounced, 3},
		"three soft in fewer days":       {[]bounce.Known{soft(0, 0), soft(1, 1), soft(13, 13)}, 2, active, 3},
		"four in a fortnight":            {[]bounce.Known{soft(0, 0), soft(1, 1), soft(13, 13), soft(14, 14)}, 2, bounced, 4},
		"two soft, far apart":            {[]bounce.Known{soft(0, 0), soft(300, 300)}, 2, active, 2},
		"six reports of one day":         {[]bounce.Known{soft(0, 0), soft(0.1, 0), soft(0.2, 0), soft(0.3, 0), soft(0.4, 0), soft(0.5, 0)}, 2, active, 1},
		"soft and hard":                  {[]bounce.Known{soft(0, 0), hard(7, 7, "5.1.2"), soft(14, 14)}, 2, active, 3},
		"policy":                         {[]bounce.Known{at(0, 0, report.Policy, "5.7.1"), at(7, 7, report.Policy, "5.7.1"), at(14, 14, report.Policy, "5.7.1")}, 1, active, 0},
		"delays":                         {[]bounce.Known{at(0, 0, report.Delayed, "5.1.1"), at(7, 7, report.Delayed, "4.4.1"), at(14, 14, report.Delayed, "4.4.1")}, 1, active, 0},
		"holidays":                       {[]bounce.Known{at(0, 0, report.AutoReply, ""), at(1, 0, report.Challenge, ""), at(2, 0, report.Other, "5.1.1")}, 1, active, 0},
		"a complaint":                    {[]bounce.Known{at(0, 0, report.Complaint, "")}, 2, subscribers.Complained, 1},
		"a request to leave":             {[]bounce.Known{at(0, 0, report.Unsubscribe, "")}, 2, subscribers.Unsubscribed, 1},
		"a bounce of who complained":     {[]bounce.Known{at(0, 0, report.Complaint, ""), hard(1, 0, "5.1.1")}, 2, subscribers.Complained, 1},
		"a complaint of who bounced":     {[]bounce.Known{hard(0, 0, "5.1.1"), at(1, 0, report.Complaint, "")}, 2, subscribers.Complained, 2},
		"of before it was confirmed":     {[]bounce.Known{hard(0, -5, "5.1.1")}, 2, active, 0},
		"a complaint of an earlier mail": {[]bounce.Known{at(0, -5, report.Complaint, "")}, 2, subscribers.Complained, 1},
	} {
		is, points := bounce.Standing{State: active, ConfirmedAt: days(-1)}, 0
		for _, e := range c.events {
			var counted bool
			if is, counted = (bounce.Rules{Hard: c.hard}).Judge(is, e); counted {
				points++
			}
		}
		// An event that ends a subscription counts even on a day that has its point.
		if name == "no such mailbox, the same day" {
			points--
		}
		if is.State != c.state || points != c.points {
			t.Errorf("%s: %s with %d points, want %s with %d", name, is.State, points, c.state, c.points)
		}
	}
}

func TestWhatRefusalsSay(t *testing.T) {
	for _, c := range []struct {
		cause subscribers.Cause
		code  int
		reply string
		want  string
	}{
		{subscribers.AddressRefused, 550, "5.1.1 no such user", "hard 5.1.1"},
		{subscribers.AddressRefused, 550, "no such user", "hard "},
		{subscribers.AddressRefused, 550, "5.7.1 not from you", "policy 5.7.1"},
		{subscribers.AddressRefused, 550, "5.2.1 closed", "hard 5.2.1"},
		{subscribers.Expired, 452, "4.2.2 over quota", "soft 4.2.2"},
		{subscribers.Expired, 552, "5.2.2 over quota", "soft 5.2.2"},
		{subscribers.Expired, 450, "4.1.1 try later", "soft 4.1.1"},
		{subscribers.Expired, 451, "4.7.1 greylisted", "policy 4.7.1"},
		{subscribers.Expired, 421, "4.3.2 too many", ""},
		{subscribers.Expired, 0, "", ""},
		{subscribers.MessageRefused, 554, "5.7.1 spam", "policy 5.7.1"},
		{subscribers.NotSendable, 0, "", ""},
		{subscribers.NoAnswer, 0, "", ""},
	} {
		kind, status, ok := bounce.Refusal{Outcome: subscribers.Outcome{Cause: c.cause, Code: c.code, Reply: c.reply}}.Kind()
		got := ""
		if ok {
			got = string(kind) + " " + status
		}
		if got != c.want {
			t.Errorf("%s %d %q is %q, want %q", c.cause, c.code, c.reply, got, c.want)
		}
	}
}
