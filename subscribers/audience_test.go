package subscribers_test

import (
	"testing"

	"postbag/subscribers"
)

func TestAudience(t *testing.T) {
	for _, c := range []struct {
		a           subscribers.Audience
		last        bool
		who, others string
	}{
		{subscribers.Audience{Every: 388, Monthly: 24, Pending: 3}, true,
			"412 readers: 388 get every issue, 24 only the month's last, and this is it.", "3 who have not confirmed get nothing."},
		{subscribers.Audience{Every: 388, Monthly: 24, Pending: 3}, false,
			"388 readers get it, who want every issue.", "24 who want only the month's last and 3 who have not confirmed get nothing."},
		{subscribers.Audience{Every: 1}, false, "1 reader gets it.", ""},
		{subscribers.Audience{Every: 1, Monthly: 1}, true, "2 readers: 1 gets every issue, 1 only the month's last, and this is it.", ""},
		{subscribers.Audience{Every: 1, Monthly: 1}, false, "1 reader gets it, who wants every issue.", "1 who wants only the month's last gets nothing."},
		{subscribers.Audience{Monthly: 2, Pending: 1}, true, "2 readers get it, who want only the month's last, and this is it.", "1 who has not confirmed gets nothing."},
		{subscribers.Audience{Pending: 2}, true, "No reader gets it.", "2 who have not confirmed get nothing."},
	} {
		if who, others := c.a.Who(c.last), c.a.Others(c.last); who != c.who || others != c.others {
			t.Errorf("%+v, last %v:\n%s\n%s\nwant\n%s\n%s", c.a, c.last, who, others, c.who, c.others)
		}
	}
}
