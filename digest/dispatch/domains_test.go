package dispatch_test

import (
	"fmt"
	"testing"

	"postbag/digest/dispatch"
	"postbag/subscribers"
)

// TestDomains sums up mails to more domains than are shown: the counts add up to all
// mails, and the same answer to many readers counts as one.
func TestDomains(t *testing.T) {
	d := dispatch.NewDomains()
	states := []subscribers.DeliveryState{subscribers.Delivered, subscribers.Deferred, subscribers.Failed, subscribers.Uncertain, subscribers.Queued,
		subscribers.Claimed, subscribers.InFlight, subscribers.Cancelled}
	// Of those that were cancelled half were of the readers, half of the editor.
	const domains = 30
	n := 0
	for domain := range domains {
		for i := range 8 * (domain + 1) {
			email := fmt.Sprintf("reader%d@Domain%02d.example", i, domain)
			o := dispatch.DomainOutcome{Email: email, State: states[i%len(states)]}
			if o.State == subscribers.Cancelled && i%16 == 7 {
				o.Cause = subscribers.IssueWithdrawn
			}
			if o.State == subscribers.Failed {
				o.Code, o.Words = 550, "no mailbox "+email
			}
			if o.State == subscribers.Deferred && i < 8 {
				o.Code, o.Words = 451, "later"
			}
			d.Add(o)
			n++
		}
	}
	d.AddReturned("reader1@domain29.example", false)
	d.AddReturned("reader2@domain29.example", true)
	top := d.Top()
	if len(top) != 21 || top[0].Domain != "domain29.example" || top[20].Domain != "" || top[20].Domains != 10 {
		t.Fatalf("%d sums, %+v", len(top), top)
	}
	if first := top[0]; first.Mails != 240 || first.Sent != 30 || first.Waiting != 90 || first.Left != 15 || first.Withdrawn != 15 || first.Bounced != 1 || first.Complained != 1 ||
		first.Code != 550 || first.Words != "no mailbox …" || first.Times != 30 {
		t.Errorf("%+v", first)
	}
	all := 0
	for _, s := range top {
		all += s.Mails
		if s.Mails != s.Sent+s.Deferred+s.Refused+s.Doubt+s.Waiting+s.Left+s.Withdrawn {
			t.Errorf("the counts do not add up: %+v", s)
		}
	}
	if all != n {
		t.Errorf("%d mails in all sums, and there are %d", all, n)
	}
}
