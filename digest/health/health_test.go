package health_test

import (
	"os"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/dispatch/dispatchtest"
	"postbag/digest/health"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// TestStatus tells what waits for a person: an issue that is too late, and that all
// sending is held; and who works.
func TestStatus(t *testing.T) {
	o := dispatchtest.New(t)
	h := health.Health{Store: o.DB, Clock: o.Clock}
	o.Must((&health.Readiness{Store: o.DB}).Ready(t.Context()))
	status := func() health.Status {
		t.Helper()
		s, err := h.Status(t.Context())
		o.Must(err)
		return s
	}
	if s := status(); s.Workers != 0 || !s.HeldSince.IsZero() || len(s.TooLate) != 0 || s.Active != 1 || s.Newest.Number != 9 {
		t.Errorf("the status is %+v", s)
	}
	issue, _, err := o.Desk.Issue(t.Context(), dispatchtest.Eight)
	o.Must(err)
	asked, err := o.DB.Ask(t.Context(), issue.ID, issue.DueAt)
	if err != nil || !asked {
		t.Fatal(asked, err)
	}
	_, _, err = o.Sender.Hold(t.Context(), dispatchtest.By, "moving")
	o.Must(err)
	member, err := o.DB.Join(t.Context(), work.Joining{Name: "worker", Lease: time.Minute})
	o.Must(err)
	defer member.Leave()
	s := status()
	if s.Workers != 1 || !s.HeldSince.Equal(dispatchtest.Now) || len(s.TooLate) != 1 || s.TooLate[0].Number != 8 || s.TooLate[0].State != digest.Approved {
		t.Errorf("the status is %+v", s)
	}
}

// TestOverdueWithoutAWorker tells of an issue whose moment passed while nobody was
// there to publish it, and no more once somebody is, or sending is held.
func TestOverdueWithoutAWorker(t *testing.T) {
	o := dispatchtest.New(t)
	h := health.Health{Store: o.DB, Clock: o.Clock}
	status := func() health.Status {
		t.Helper()
		s, err := h.Status(t.Context())
		o.Must(err)
		return s
	}
	if s := status(); len(s.UnderWay) != 1 || s.UnderWay[0].Number != 8 || len(s.Overdue) != 0 || !s.Waits() {
		t.Errorf("before its moment the status is %+v", s)
	}
	issue, _, err := o.Desk.Issue(t.Context(), dispatchtest.Eight)
	o.Must(err)
	o.Clock.Set(issue.DueAt.Add(time.Hour))
	if s := status(); len(s.Overdue) != 1 || s.Overdue[0].Number != 8 {
		t.Errorf("after its moment the status is %+v", s)
	}
	member, err := o.DB.Join(t.Context(), work.Joining{Name: "worker", Lease: time.Minute})
	o.Must(err)
	if s := status(); len(s.Overdue) != 0 || s.Waits() {
		t.Errorf("with a worker the status is %+v", s)
	}
	member.Leave()
	_, _, err = o.Sender.Hold(t.Context(), dispatchtest.By, "moving")
	o.Must(err)
	if s := status(); len(s.Overdue) != 0 || len(s.UnderWay) != 1 {
		t.Errorf("while sending is held the status is %+v", s)
	}
}

// TestUnderWay tells of an issue at every step from its approval to its last mail.
func TestUnderWay(t *testing.T) {
	o := dispatchtest.New(t)
	h := health.Health{Store: o.DB, Clock: o.Clock}
	stands := func(want digest.IssueState) {
		t.Helper()
		s, err := h.Status(t.Context())
		o.Must(err)
		if want == digest.Sent {
			if len(s.UnderWay) != 0 {
				t.Errorf("under way are %+v", s.UnderWay)
			}
			return
		}
		if len(s.UnderWay) != 1 || s.UnderWay[0].Number != 8 || s.UnderWay[0].State != want {
			t.Errorf("under way are %+v, want issue 8 as %s", s.UnderWay, want)
		}
	}
	stands(digest.Approved)
	issue, _, err := o.Sender.Send(t.Context(), dispatchtest.By, dispatchtest.Eight, false)
	o.Must(err)
	stands(digest.Published)
	_, err = o.Sender.Begin(t.Context(), dispatchtest.By, issue)
	o.Must(err)
	stands(digest.Sending)
	_, err = o.Sender.Pause(t.Context(), dispatchtest.By, dispatchtest.Eight)
	o.Must(err)
	stands(digest.Paused)
	issue, err = o.Sender.Resume(t.Context(), dispatchtest.By, dispatchtest.Eight)
	o.Must(err)
	_, err = o.Sender.Deliver(t.Context(), dispatchtest.By, issue, func(dispatch.Standing) {})
	o.Must(err)
	stands(digest.Sent)
}
