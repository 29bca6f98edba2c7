package sending_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// TestProgress looks at a mailing again and again, as the page does by itself or by its
// link: it tells the counts, the rate since the last look and the time left, and that all
// that is left waits.
func TestProgress(t *testing.T) {
	var readers []string
	for i := range 30 {
		readers = append(readers, fmt.Sprintf("reader%d@paper.example", i))
	}
	o := newOffice(t, readers...)
	ctx, ann := t.Context(), o.Person("ann")
	_, _, err := o.Desk.Desk.Approve(ctx, storetest.Tester, desk.Ref{Number: 8}, desk.When{})
	o.must(err)
	_, _, err = o.Desk.Desk.Publish(ctx, storetest.Tester, desk.Ref{Number: 8})
	o.must(err)
	_, err = o.sender.Begin(ctx, storetest.Tester, o.issue())
	o.must(err)
	id := o.issue().ID
	step := func(n int, to subscribers.DeliveryState) {
		t.Helper()
		now := o.Clock.Now()
		claimed, err := o.DB.Exchange(ctx, deliver.Exchange{IssueID: id, Claim: n, Now: now})
		o.must(err)
		begun, err := o.DB.Exchange(ctx, deliver.Exchange{IssueID: id, Begin: claimed.Claimed, Now: now})
		o.must(err)
		var results []deliver.Result
		for _, d := range begun.Begun {
			r := deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: to, At: now, Outcome: subscribers.Outcome{Cause: subscribers.Accepted, Code: 250, Reply: "ok"}}
			if to == subscribers.Deferred {
				r.NextTry, r.Outcome = now.Add(5*time.Minute), subscribers.Outcome{Cause: subscribers.TryLater, Code: 451, Reply: "later"}
			}
			results = append(results, r)
		}
		_, err = o.DB.Exchange(ctx, deliver.Exchange{IssueID: id, Settle: results, Now: now})
		o.must(err)
	}
	poll := regexp.MustCompile(`<noscript><p><a href="([^"]+)">Look again`)
	look := func(path string, want ...string) string {
		t.Helper()
		got := ann.Get(strings.ReplaceAll(path, "&amp;", "&"))
		for _, w := range want {
			if got.Status != 200 || !strings.Contains(got.Body, w) {
				t.Errorf("%s: %d, without %q:\n%s", path, got.Status, w, got.Body)
			}
		}
		next := poll.FindStringSubmatch(got.Body)
		if next == nil {
			return ""
		}
		return next[1]
	}
	step(5, subscribers.Delivered)
	again := look(sendPath, "<dt>Sent</dt><dd>5</dd>", "<dt>Waiting</dt><dd>25</dd>", "<dt>Deferred</dt><dd>0</dd>", `hx-trigger="every 3s"`)
	o.Clock.Move(5 * time.Second)
	step(10, subscribers.Delivered)
	again = look(again, "<dt>Sent</dt><dd>15</dd>", "2.0 mails a second over the last moments; less than a minute left.")
	step(12, subscribers.Delivered)
	step(3, subscribers.Deferred)
	waits := o.Clock.Now().Add(5 * time.Minute).UTC().Format("15:04")
	again = look(again, "<dt>Deferred</dt><dd>3</dd>", "<dt>Waiting</dt><dd>0</dd>", "All that is left waits for another try; the next is at "+waits+".")
	o.must(o.DB.SetWaits(ctx, o.issue().ID, digest.Waits{For: digest.WaitsForServer, Words: "454 <come> back", Until: o.Clock.Now().Add(time.Hour)}))
	again = look(again, "It waits: the mail server takes no mail, it goes on at ", "; it said: 454 &lt;come&gt; back.")
	o.must(o.DB.SetWaits(ctx, o.issue().ID, digest.Waits{}))
	look(strings.Replace(again, "done=", "done=x", 1), "<dt>Deferred</dt><dd>3</dd>")
	o.Clock.Move(6 * time.Minute)
	step(3, subscribers.Delivered)
	_, err = o.DB.Finish(ctx, id, o.Clock.Now())
	o.must(err)
	if next := look(sendPath, "<dt>Sent</dt><dd>30</dd>"); next != "" {
		t.Errorf("a mailing that is through is looked at again by %s", next)
	}
}
