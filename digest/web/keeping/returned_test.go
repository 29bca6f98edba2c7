package keeping_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/deliver"
	"postbag/subscribers/report"
	"postbag/subscribers/roster"
)

// TestWhatCameBack shows bounces and complaints on the pages of the reader and the issue.
func TestWhatCameBack(t *testing.T) {
	d := start(t)
	ann, ctx, now := d.Person("ann"), t.Context(), d.Clock.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	list := roster.New(roster.Options{Store: d.DB, Clock: d.Clock})
	emails := []string{"ada@paper.example", "bo@paper.example", "cem@paper.example"}
	for _, email := range emails {
		_, err := list.Add(ctx, storetest.Tester, email, "", roster.AddOptions{Confirmed: true, ConsentText: "asked"})
		must(err)
	}
	issue, _, err := d.Desk.Issue(ctx, desk.Ref{Number: 8})
	must(err)
	issue.ApprovedAt = now
	issue.Frozen = &digest.Frozen{Title: issue.Title, Number: 8, Date: now, Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "Nights"}}}
	must(d.DB.Approve(ctx, storetest.Tester, &issue, nil))
	must(d.DB.MoveIssue(ctx, storetest.Tester, issue.ID, digest.Published, now, digest.AsSeen{}))
	_, err = d.DB.Begin(ctx, subscribers.Mailing{IssueID: issue.ID, Begun: now, Domain: "paper.example"}, false)
	must(err)
	claimed, err := d.DB.Exchange(ctx, deliver.Exchange{IssueID: issue.ID, Claim: 9, Now: now})
	must(err)
	begun, err := d.DB.Exchange(ctx, deliver.Exchange{IssueID: issue.ID, Begin: claimed.Claimed, Now: now})
	must(err)
	var results []deliver.Result
	for _, x := range begun.Begun {
		results = append(results, deliver.Result{DeliveryID: x.ID, Fence: x.Fence, State: subscribers.Delivered, At: now,
			Outcome: subscribers.Outcome{Cause: subscribers.Accepted, Code: 250, Reply: "2.0.0 queued as " + x.Email[:2]}})
	}
	_, err = d.DB.Exchange(ctx, deliver.Exchange{IssueID: issue.ID, Settle: results, Now: now})
	must(err)
	back := bounce.New(bounce.Options{Store: d.DB, Clock: d.Clock})
	for i, e := range []bounce.Event{
		{Kind: report.Hard, Status: "5.1.1", Words: "550 5.1.1 no <such> user"}, {Kind: report.Complaint}, {Kind: report.Policy, Status: "5.7.1", Words: "we block you"},
	} {
		e.ID, e.Source, e.At = emails[i], "provider", now.Add(-time.Minute)
		e.Person = bounce.Person{Addresses: emails[i : i+1], RelayID: emails[i][:2], Signed: true}
		_, err := back.Take(ctx, e)
		must(err)
	}
	page := ann.Get("/desk/issues/8")
	wants(t, page, http.StatusOK, "Addresses that take no mail any more</dt><dd>1", "Readers who called it spam</dt><dd>1", "Refused for what the mail is or where it came from</dt><dd>1",
		"What came back", "ada@paper.example</a>", "The reader called the mail spam. Nothing is mailed to the address since then.", "we block you", "no &lt;such&gt; user")
	reader := ann.Get("/desk/readers/1")
	wants(t, reader, http.StatusOK, "What came back", "The server says that the address takes no mail, for good. Nothing is mailed to the address since then.", "of “"+issue.Title+"”", "Lift it: ask them to confirm anew")
	if strings.Contains(reader.Body, "spam") {
		t.Error("what came back of another reader is shown")
	}
}
