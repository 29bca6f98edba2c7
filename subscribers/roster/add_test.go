package roster_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

func TestAddedPeopleArePendingAndAsked(t *testing.T) {
	s, m := newService(t)
	got, err := s.Add(t.Context(), tester, "Ann@Example.org", "Ann  Other", roster.AddOptions{})
	if err != nil || got != roster.Added {
		t.Fatalf("got %q, %v", got, err)
	}
	e := m.people["ann@example.org"]
	if e.Subscriber.State != subscribers.Pending || e.Subscriber.Name != "Ann Other" || e.Subscriber.Frequency != subscribers.Every {
		t.Errorf("stored %+v", e.Subscriber)
	}
	if len(e.Confirm) != subscribers.TokenLength || e.Confirm == e.Subscriber.Token {
		t.Errorf("the confirmation's token is %q", e.Confirm)
	}
	if want := noon.AddDate(0, 0, 7); !e.Expires.Equal(want) {
		t.Errorf("the confirmation expires %s, want %s", e.Expires, want)
	}
}

func TestAddedAsConfirmedNeedsConsent(t *testing.T) {
	s, m := newService(t)
	_, err := s.Add(t.Context(), tester, "ann@example.org", "", roster.AddOptions{Confirmed: true, ConsentText: " \n"})
	wantKind(t, err, digest.Invalid)
	if digest.HintOf(err) == "" {
		t.Error("no hint")
	}
	if m.calls != 0 {
		t.Error("the store was asked")
	}
	if _, err := s.Add(t.Context(), tester, "ann@example.org", "", roster.AddOptions{Confirmed: true, ConsentText: "on paper,\r\n3 May"}); err != nil {
		t.Fatal(err)
	}
	e := m.people["ann@example.org"]
	if e.Subscriber.State != subscribers.Active || !e.Subscriber.ConfirmedAt.Equal(noon) || e.Confirm != "" {
		t.Errorf("stored %+v", e)
	}
	if e.Consent.Wording != "on paper, 3 May" || e.Consent.Page != "subscriber add" || e.Consent.EnteredBy != "tester" || !e.Consent.At.Equal(noon) {
		t.Errorf("consent %+v", e.Consent)
	}
}

func TestAddNeverBringsBackWhoLeft(t *testing.T) {
	s, m := newService(t)
	yes := roster.AddOptions{Confirmed: true, ConsentText: "said so"}
	if _, err := s.Add(t.Context(), tester, "ann@example.org", "", yes); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Add(t.Context(), tester, "ANN@example.org", "", yes); err != nil || got != roster.Known {
		t.Errorf("added again: %q, %v", got, err)
	}
	e := m.people["ann@example.org"]
	e.Subscriber.State = subscribers.Unsubscribed
	m.people["ann@example.org"] = e
	got, err := s.Add(t.Context(), tester, "ann@example.org", "", yes)
	wantKind(t, err, digest.Conflict)
	if got != roster.Kept || m.people["ann@example.org"].Subscriber.State != subscribers.Unsubscribed {
		t.Errorf("got %q", got)
	}
}

func TestAddRefusesWhatIsNoAddress(t *testing.T) {
	s, m := newService(t)
	for _, email := range []string{"", "ann", "ann@", "a b@example.org", "ann@example.org\r\nBcc: x@example.org"} {
		_, err := s.Add(t.Context(), tester, email, "", roster.AddOptions{})
		wantKind(t, err, digest.Invalid)
	}
	if m.calls != 0 {
		t.Error("the store was asked")
	}
}

func TestNamesCarryNothingIntoHeaders(t *testing.T) {
	s, m := newService(t)
	name := "Ann\r\nBcc: x@example.org\x00\u202e" + strings.Repeat("ß", 300)
	if _, err := s.Add(t.Context(), tester, "ann@example.org", name, roster.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	got := m.people["ann@example.org"].Subscriber.Name
	if strings.ContainsAny(got, "\r\n\x00\u202e") || len([]rune(got)) > 200 || !strings.HasPrefix(got, "Ann Bcc: x@example.org") {
		t.Errorf("stored %q", got)
	}
}
